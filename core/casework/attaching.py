"""Photos of cases: uploaded before the report or action that they accompany, read as a copy or as the original."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.casework.locating import converted
from core.casework.office import Office, Seen, seen, situation_of
from core.casework.once import once
from core.casework.photo import Photo, read_photo
from core.casework.requests import Answer, Point, Principal, Repeatable
from core.casework.views import attachment_view
from core.engine.decision import Reason
from core.engine.permission import may
from core.errors import Forbidden, NotFound
from core.store import Attachment, Reading, Unit, vouching_id


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to send."""

    data: bytes
    media_type: str


def attach(office: Office, locality: str, who: Principal, repeat: Repeatable, content: bytes) -> Answer:
    """Take in a photo. 201 with its id; TooLarge, UnsupportedMedia or Unprocessable when it is none that may be kept.

    The bytes are on disk before the row is: what is answered is kept.
    """
    now = office.clock.now()
    with office.store.read(locality) as reading:
        zone = situation_of(office, reading, who, now).today.locality.time_zone
    photo = read_photo(content, zone)
    digest = office.store.blobs.put(locality, content)
    public = office.store.blobs.put(locality, photo.public)
    made = _attachment(photo, digest, public, len(content), who, now)
    return once(office, locality, who, repeat, now, lambda unit: _kept(unit, made))


def read_attachment(office: Office, locality: str, who: Principal, attachment_id: str) -> Content:
    """The copy without EXIF, for who uploaded it and for who may read its case."""
    with office.store.read(locality) as reading:
        found = _known(office, reading, who, attachment_id, office.clock.now())[0]
    return Content(office.store.blobs.read(locality, found.public_digest or ""), "image/jpeg")


def read_original(office: Office, locality: str, who: Principal, attachment_id: str) -> Content:
    """What was uploaded, for holders of `view_originals` on its case."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found, case = _known(office, reading, who, attachment_id, now)
        if case is None:
            raise Forbidden("original-not-visible", reasons=[Reason("photo-without-case").as_dict()])
        permission = may(case.situation, "view_originals", case.case, now=now, pinned=case.pinned)
        if not permission.allowed:
            raise Forbidden("original-not-visible", reasons=permission.reasons())
    return Content(office.store.blobs.read(locality, found.digest), found.media_type)


def _kept(unit: Unit, attachment: Attachment) -> Answer:
    unit.attachments.add(attachment)
    return Answer(201, attachment_view(attachment, place=True))


def _known(
    office: Office, reading: Reading, who: Principal, attachment_id: str, now: datetime
) -> tuple[Attachment, Seen | None]:
    """The attachment and its case; one that no case has yet is known to its uploader only."""
    situation_of(office, reading, who, now)
    found = reading.attachments.get(attachment_id)
    if found.case_id is not None:
        return found, seen(office, reading, who, found.case_id, now)
    if found.created_by != who.account:
        raise NotFound("attachment-unknown", attachment=attachment_id)
    return found, None


def _attachment(photo: Photo, digest: str, public: str, size: int, who: Principal, now: datetime) -> Attachment:
    longitude = latitude = None
    if photo.position is not None:
        longitude, latitude = converted(Point(*photo.position, system="WGS84"))
    made = Attachment(
        id="",
        digest=digest,
        media_type=photo.media_type,
        size=size,
        created_by=who.account,
        created_at=now,
        public_digest=public,
        width=photo.width,
        height=photo.height,
        taken_at=photo.taken_at,
        longitude=longitude,
        latitude=latitude,
    )
    return replace(made, id=vouching_id(made))
