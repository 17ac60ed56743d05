"""Whoever raises a code gives every parameter that its sentence and its hint name, wherever the code says which."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import core
from core.messages import Message, catalogue

SOURCES = sorted(Path(core.__file__).parent.rglob("*.py"))
MAPPED = {"Fault", "Reason"}
"""Take their parameters as one mapping; exceptions take them by name."""
RAISED = {
    *("Refused", "NotFound", "Forbidden", "Conflict", "Stale", "PreconditionMissing", "Unprocessable", "TooLarge"),
    *("UnsupportedMedia", "TemporaryFailure", "PermanentFailure", "GridwrightError", "ManifestError"),
}
RESERVED = {"faults", "findings", "delay", "reasons"}


def given(call: ast.Call) -> set[str] | None:
    """The names of the parameters; None where they are put together elsewhere."""
    name = getattr(call.func, "id", "")
    if name in RAISED:
        names = {keyword.arg for keyword in call.keywords}
        return None if None in names else {item for item in names if item} - RESERVED
    mapping = next((item for item in call.args[1:] if isinstance(item, ast.Dict)), None)
    if mapping is None:
        return set() if len(call.args) <= (2 if name == "Fault" else 1) and not call.keywords else None
    if not all(isinstance(key, ast.Constant) for key in mapping.keys):
        return None
    return {str(key.value) for key in mapping.keys if isinstance(key, ast.Constant)}


def said(source: str) -> Iterator[tuple[int, str, set[str]]]:
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in MAPPED | RAISED or not call.args:
            continue
        code, names = call.args[0], given(call)
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and names is not None:
            yield call.lineno, code.value, names


def places(message: Message) -> set[str]:
    texts = (*message.text.values(), *message.hint.values())
    return set(re.findall(r"{(\w+)}", "".join(texts)))


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(SOURCES[0].parent)) for path in SOURCES])
def test_every_placeholder_is_given(path: Path) -> None:
    lacking = [
        f"{path.name}:{line} {code} lacks {sorted(places(catalogue()[code]) - names)}"
        for line, code, names in said(path.read_text(encoding="utf-8"))
        if code in catalogue() and places(catalogue()[code]) - names
    ]
    assert lacking == []


def test_a_missing_parameter_is_found() -> None:
    source = 'Fault("attachment-unknown", "/x", {"value": 1}); NotFound("case-unknown"); Reason("a-b", {**x})'
    assert [(code, names) for _, code, names in said(source)] == [
        ("attachment-unknown", {"value"}),
        ("case-unknown", set()),
    ]
