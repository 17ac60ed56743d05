"""Routes on attachments: upload a photo, read the public copy, read the original."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import g, request

from core.api import answers
from core.api.blueprint import ApiBlueprint
from core.api.body import received
from core.api.door import IDEMPOTENCY, casework, needs, repeatable, sends
from core.casework import Answer, Content
from core.errors import Fault, Unprocessable, UnsupportedMedia

blueprint = ApiBlueprint("attachments", __name__, description="Photos that accompany reports and actions")
_ROOT = "/localities/<locality:locality>/attachments"
_UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "contentMediaType": "image/jpeg",
                    }
                },
                "additionalProperties": False,
            }
        }
    },
}
_IMAGE = {"schema": {"type": "string", "contentMediaType": "image/jpeg"}}


@blueprint.route(_ROOT, methods=["POST"])
@blueprint.response(201, answers.Attachment)
@blueprint.doc(parameters=[IDEMPOTENCY], requestBody=_UPLOAD)
@needs("report", "act")
def attach(locality: str) -> Answer:
    """Upload a photo; the answer's id goes into a report's or an action's evidence"""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("media-type-unsupported", expected="multipart/form-data")
    names = [*received(lambda: request.files).keys(), *request.form.keys()]
    faults = [Fault("field-unknown", f"/{name[:100]}", {"field": name[:100]}) for name in names if name != "file"]
    if "file" not in request.files:
        faults.append(Fault("field-required", "/file", {"field": "file"}))
    elif len(request.files.getlist("file")) > 1:
        faults.append(Fault("field-repeated", "/file", {"field": "file"}))
    if faults:
        raise Unprocessable("content-invalid", faults)
    content = request.files["file"].read()
    g.content_digest = hashlib.sha256(content).hexdigest()  # a boundary differs at each retry, the photo does not
    return casework().attach(locality, g.principal, repeatable(), content)


@blueprint.route(f"{_ROOT}/<uuid:attachment_id>")
@blueprint.doc(responses={"200": {"description": "The copy without EXIF", "content": {"image/jpeg": _IMAGE}}})
@sends("read")
def get_attachment(locality: str, attachment_id: UUID) -> Content:
    """Read the public copy of a photo"""
    return casework().read_attachment(locality, g.principal, str(attachment_id))


@blueprint.route(f"{_ROOT}/<uuid:attachment_id>/original")
@blueprint.doc(
    responses={
        "200": {
            "description": "What was uploaded",
            "content": dict.fromkeys(("image/jpeg", "image/png", "image/webp"), _IMAGE),
        }
    }
)
@sends("read")
def get_original(locality: str, attachment_id: UUID) -> Content:
    """Read what was uploaded, EXIF included; needs the right view_originals"""
    return casework().read_original(locality, g.principal, str(attachment_id))
