"""Request bodies and parameters: read within bounds, then into payloads; every fault at its pointer.

Refuses before it parses where it can: size, depth, NUL, lone surrogates, duplicate keys, numbers that JSON partners
disagree on. Knows no use case.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

import marshmallow as ma
from flask import Request
from gunicorn.http.errors import ParseException
from webargs.flaskparser import FlaskParser

from core.errors import Fault, Refused, TooLarge, Unprocessable, UnsupportedMedia

MAX_JSON_BYTES = 1024 * 1024
MAX_DEPTH = 32
_EXACT = 2**53 - 1
Received = TypeVar("Received")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BodyParser(FlaskParser):
    """The parser behind every `@arguments`."""

    DEFAULT_VALIDATION_STATUS = 422
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  (declared so by its base)
        "json": ma.RAISE,
        "query": ma.RAISE,
        "headers": ma.EXCLUDE,
        "form": ma.RAISE,
        "files": ma.RAISE,
    }

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        return read_json(req)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        for name, values in req.args.lists():
            for text in (name, *values):
                _text(text, name)
            if len(values) > 1:
                raise Unprocessable("content-invalid", [Fault("field-repeated", name, {"field": name[:100]})])
        return super().load_querystring(req, schema)

    def handle_error(self, error: ma.ValidationError, req: Any, schema: ma.Schema, **_: Any) -> NoReturn:
        location, messages = next(iter(error.normalized_messages().items()))
        faults = list(_walk(messages, schema, (), "" if location == "json" else None))
        raise Unprocessable("content-invalid", faults) from error


def read_json(req: Request) -> Any:
    """The body as JSON. Raises UnsupportedMedia, TooLarge, Refused (malformed) or Unprocessable (hostile)."""
    if not req.is_json:
        raise UnsupportedMedia("media-type-unsupported", expected="application/json")
    if (req.content_length or 0) > MAX_JSON_BYTES:
        raise TooLarge("body-too-large", limit=MAX_JSON_BYTES)
    raw = received(lambda: req.get_data(cache=True))
    if len(raw) > MAX_JSON_BYTES:
        raise TooLarge("body-too-large", limit=MAX_JSON_BYTES)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("json-malformed", line=1, column=1) from error
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_no)
    except json.JSONDecodeError as error:
        raise Refused("json-malformed", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise Unprocessable("json-too-deep", limit=MAX_DEPTH) from error
    _strings(value, "", 0)
    return value


def received(read: Callable[[], Received]) -> Received:
    """What `read` takes from the connection. Raises Refused `request-malformed` when the client breaks HTTP's rules
    half-way, or goes away."""
    try:
        return read()
    except ParseException as error:
        raise Refused("request-malformed") from error
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError):
            raise Refused("request-malformed") from error
        raise  # not the client's doing: no room for a temporary file, say


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unprocessable("content-invalid", [Fault("field-repeated", "", {"field": name[:100]})])
        found[name] = value
    return found


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _EXACT:
        raise Unprocessable("number-out-of-range", limit=_EXACT)
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > _EXACT:
        raise Unprocessable("number-out-of-range", limit=_EXACT)
    return value


def _no(text: str) -> NoReturn:
    raise Refused("json-malformed", line=1, column=1)


def _strings(value: Any, pointer: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Unprocessable("json-too-deep", limit=MAX_DEPTH)
    if isinstance(value, str):
        _text(value, pointer)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            _text(name, pointer)
            _strings(item, f"{pointer}/{_step(name)}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _strings(item, f"{pointer}/{index}", depth + 1)


def _text(text: str, pointer: str) -> None:
    if "\0" in text or _SURROGATE.search(text):
        raise Unprocessable("content-invalid", [Fault("text-not-storable", pointer.encode(errors="replace").decode())])


def _step(name: Any) -> str:
    return str(name)[:100].replace("~", "~0").replace("/", "~1")


_SAYINGS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), code, names)
    for pattern, code, names in (
        (r"Missing data for required field\.", "field-required", ()),
        (r"Field may not be null\.", "field-null", ()),
        (r"Unknown field\.", "field-unknown", ()),
        (r"Not a valid aware datetime\.", "time-without-zone", ()),
        (r"Not a valid datetime\.", "time-malformed", ()),
        (r"Not a valid ([A-Za-z -]+?)\.", "field-type", ("expected",)),
        (r"Invalid ([a-z -]+?)(?: type)?\.", "field-type", ("expected",)),
        (r"Longer than maximum length (\d+)\.", "field-too-long", ("limit",)),
        (r"Shorter than minimum length (\d+)\.", "field-too-short", ("limit",)),
        (r"Length must be between (\d+) and (\d+)\.", "field-length", ("low", "high")),
        (r"Must be one of: (.+)\.", "field-choice", ("allowed",)),
        (r"Must be greater than or equal to (\S+?)\.?$", "field-too-small", ("limit",)),
        (r"Must be less than or equal to (\S+?)\.?$", "field-too-large", ("limit",)),
        (
            r"Must be greater than or equal to (\S+) and less than or equal to (\S+?)\.?$",
            "field-range",
            ("low", "high"),
        ),
        (r"String does not match expected pattern\.", "field-shape", ()),
        (r"([a-z]+(?:-[a-z]+)+)$", "", ()),
    )
)


def _walk(messages: Any, schema: Any, path: tuple[str | int, ...], pointer: str | None) -> Iterator[Fault]:
    """Marshmallow's messages as faults. `pointer` is None for parameters, which are named without a slash."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            here = path if name == "_schema" else (*path, name)
            yield from _walk(inner, schema, here, pointer)
        return
    for message in [messages] if isinstance(messages, str) else messages:
        place = "".join(f"/{_step(step)}" for step in path)
        yield _fault(str(message), path, place if pointer is not None else place[1:], schema)


def _fault(message: str, path: tuple[str | int, ...], place: str, schema: Any) -> Fault:
    name = str(path[-1])[:100] if path else ""
    for pattern, code, names in _SAYINGS:
        match = pattern.match(message)
        if match is None:
            continue
        params: dict[str, Any] = {"field": name, **dict(zip(names, match.groups(), strict=False))}
        if code == "field-unknown":
            nearest = get_close_matches(name, _declared(schema, path[:-1]), n=1, cutoff=0.5)
            return (
                Fault(f"{code}-near", place, {**params, "nearest": nearest[0]})
                if nearest
                else Fault(code, place, params)
            )
        return Fault(code or match.group(1), place, params)
    return Fault("field-invalid", place, {"field": name})


def _declared(schema: Any, path: tuple[str | int, ...]) -> list[str]:
    """The names that the payload at `path` declares."""
    for step in path:
        if isinstance(step, int):
            continue
        field = schema.fields.get(step)
        field = getattr(field, "inner", field)
        schema = getattr(field, "schema", None)
        if schema is None:
            return []
    return [field.data_key or name for name, field in schema.fields.items()]
