"""From a file's bytes to text with one kind of line end, and the collector of a file's findings.

Shared by the readers of YAML, CSV and GeoJSON. Knows no format; never raises for what a file holds.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from core.errors import Finding, Place, Severity
from core.manifest.document import json_path

MOST_FINDINGS = 200  # a file; hostile files could ask for millions
# Whatever YAML does not hold to be printable, and the characters that some programs count as line ends.
UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Findings:
    """The findings of one file, in order; beyond the first MOST_FINDINGS they are only counted."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[Finding] = []
        self._more = 0

    def add(
        self,
        code: str,
        position: tuple[int, int],
        path: Sequence[str | int] = (),
        severity: Severity = "error",
        **params: Any,
    ) -> None:
        if len(self._kept) == MOST_FINDINGS:
            self._more += 1
            return
        self._kept.append(Finding(code, severity, Place(self.file, *position, json_path(path)), params))

    def count_more(self, number: int) -> None:
        """Findings of the kinds already listed that nobody needs to see one by one."""
        self._more += number

    def all(self) -> list[Finding]:
        if not self._more:
            return self._kept
        note = Finding("text-more-findings", "note", Place(self.file), {"more": self._more})
        return [*self._kept, note]


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1 and in characters, of an offset into text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def decode(data: bytes, findings: Findings) -> str | None:
    """The text of a UTF-8 file, without its byte order mark and with line feeds as its line ends; or None.

    Characters that no text holds are reported and replaced, so that reading can go on and places stay right.
    """
    sample = data[:256]
    if data.startswith(_UTF16) or sample.count(0) * 3 > len(sample):
        findings.add("text-utf16", (1, 1))
        return None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = _line_feeds(data.decode())
    except UnicodeDecodeError as error:
        before = _line_feeds(data[: error.start].decode())
        code = "text-gb18030" if _looks_like_gb18030(data, before) else "text-not-utf8"
        findings.add(code, position_of(before, len(before)))
        return None
    clean, number = UNPRINTABLE.subn("\ufffd", text)
    for match in islice(UNPRINTABLE.finditer(text), MOST_FINDINGS if number else 0):
        code_point = f"U+{ord(match.group()):04X}"
        findings.add("text-control-character", position_of(text, match.start()), code_point=code_point)
    findings.count_more(max(0, number - MOST_FINDINGS))
    return clean


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like_gb18030(data: bytes, before: str) -> bool:
    if _CHINESE.search(before):
        return False  # it began as UTF-8
    try:
        return _CHINESE.search(data.decode("gb18030")) is not None
    except UnicodeDecodeError:
        return False
