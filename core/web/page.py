"""The home page and the error pages of browsers. Asks one use case; formats times in each district's zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from core.messages import LANGUAGES, Language, render

Latest = Callable[[], list[dict[str, Any]]]
_PLAIN = {404: "page-not-found", 405: "page-not-allowed"}


def create_blueprint(latest: Latest, api_docs: str) -> Blueprint:
    """The page as a blueprint. `latest` gives the districts, `api_docs` is where the documentation stands."""
    blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/web")

    @blueprint.get("/")
    def home() -> Response:
        return _page("web/home.html", 200, districts=latest(), api_docs=api_docs)

    blueprint.app_template_filter("local_time")(local_time)
    return blueprint


def error_page(error: Exception) -> Response:
    """What a browser shows instead of a page; never what went wrong inside."""
    status = error.code if isinstance(error, HTTPException) and error.code else 500
    code = _PLAIN.get(status, "page-refused" if status < 500 else "page-failed")
    response = _page("web/error.html", status, code=code, shown=status, request_id=g.get("request_id", ""))
    if isinstance(error, HTTPException):
        for name, value in error.get_headers(request.environ):
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
    return response


def page_language() -> Language:
    """`?lang=` first, then Accept-Language, Chinese otherwise."""
    asked = request.args.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    best = request.accept_languages.best_match(["zh", "zh-CN", "en", "en-US", "en-GB"], default="zh")
    return "en" if (best or "zh").startswith("en") else "zh"


def local_time(instant: str, zone: str) -> str:
    """`2026-03-02T01:00:00.000000Z` → `2026-03-02 09:00` in the zone."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _page(template: str, status: int, **values: Any) -> Response:
    speak = page_language()

    def words(code: str, **params: Any) -> str:
        return render(code, params, speak)

    def label(texts: Mapping[str, str]) -> str:
        return texts.get(speak) or texts["zh"]

    other = "en" if speak == "zh" else "zh"
    html = render_template(template, speak=speak, other=other, words=words, label=label, **values)
    response = make_response(html, status)
    response.headers["Content-Language"] = "zh-CN" if speak == "zh" else "en"
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response
