"""YAML text → Document: YAML 1.2 scalars with codes and times kept as text, a place for every key and value.

Built from the parser's events as they come. Nothing is ever resolved: anchors, aliases, merge keys and tags are
refused where they stand, so that no text can grow beyond its own size. Knows no schema; never raises for a text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import Any

import yaml
from yaml.cyaml import CParser

from core.errors import Finding
from core.manifest.document import Document, Path
from core.manifest.plain_text import UNPRINTABLE, Findings, decode

DEEPEST = 32  # collections inside one another
NESTED = "maximum nesting depth"
MOST_NODES = 200_000
_DEEPEST_INDENT = 200
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True"), True),
    **dict.fromkeys(("false", "False"), False),
    **dict.fromkeys(("", "~", "null"), None),
}
_FULL_WIDTH_COLON = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)：")
_FULL_WIDTH_LINE = re.compile(r"[ \t]*(?:- +)*([A-Za-z_][A-Za-z0-9_.-]*)：")
_ITEM_START = re.compile(r" *(?:- +)*\Z")
_FULL_WIDTH_COMMA = re.compile(r"，\s*[A-Za-z_][A-Za-z0-9_.-]*\s*\Z")
_TAB_INDENT = re.compile(r" *(?:- +)*\t[ \t]*[^\s#]")


def read_yaml(file: str, data: bytes) -> tuple[Document | None, list[Finding]]:
    """The document of one YAML file and what is wrong with its text.

    The document is None when some of its values could not be read; a fault that leaves every value known
    (a duplicate key, say) leaves the document too, so that later passes can report what they find.
    """
    findings = Findings(file)
    text = decode(data, findings)
    if text is None:
        return None, findings.all()
    builder = _Builder(text, findings)
    builder.build()
    document = Document(file, builder.value, builder.positions, builder.key_positions)
    return document if builder.whole else None, findings.all()


class _Frame:
    """A collection under construction. `path` is None inside something that is read but not kept."""

    __slots__ = ("container", "key", "path")

    def __init__(self, container: dict[str, Any] | list[Any], path: Path | None) -> None:
        self.container = container
        self.path = path
        self.key: str | bool | None = None  # of a mapping: None awaits a key; False is a key that is not kept


class _Stop(Exception):
    """Reading further makes no sense; the finding has been added."""


class _Builder:
    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self.findings = findings
        self.value: Any = None
        self.whole = True
        self.positions: dict[Path, tuple[int, int]] = {}
        self.key_positions: dict[Path, tuple[int, int]] = {}
        self._stack: list[_Frame] = []
        self._nodes = 0
        self._documents = 0

    def build(self) -> None:
        parser = CParser(self.text)
        try:
            while parser.check_event():
                self._take(parser.get_event())
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
        except (_Stop, yaml.YAMLError):
            self.whole = False
        finally:
            parser.dispose()

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._node(event)
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._node(event)
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._lost("yaml-alias", event, name=event.anchor)
            if self._awaits_key():
                self._stack[-1].key = False
            else:
                self._store(None, event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._lost("yaml-several-documents", event)
                raise _Stop

    def _node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._lost("yaml-too-many-nodes", event, limit=MOST_NODES)
            raise _Stop
        if event.anchor is not None:
            self._add("yaml-anchor", event, name=event.anchor)
        if event.tag is not None:
            self._add("yaml-tag", event, tag=event.tag)

    def _open(self, event: Any) -> None:
        if len(self._stack) == DEEPEST:
            self._lost("yaml-too-deep", event, limit=DEEPEST)
            raise _Stop
        container: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path: Path | None = None
        if self._awaits_key():
            self._lost("yaml-key-not-text", event)
            self._stack[-1].key = False
        else:
            path = self._store(container, event)
        self._stack.append(_Frame(container, path))

    def _scalar(self, event: Any) -> None:
        plain = not event.style
        if plain:
            self._full_width_colon(event)
        elif event.style == '"' and (match := UNPRINTABLE.search(event.value)):  # written as an escape
            self._add("text-control-character", event, code_point=f"U+{ord(match.group()):04X}")
            event.value = UNPRINTABLE.sub("\ufffd", event.value)
        if self._awaits_key():
            self._key(self._stack[-1], event, plain)
        else:
            self._store(_scalar(event.value) if plain else event.value, event)

    def _key(self, frame: _Frame, event: Any, plain: bool) -> None:
        key = event.value
        frame.key = False
        if plain and key == "<<":
            self._lost("yaml-merge-key", event)
        elif plain and not key:
            self._lost("yaml-key-not-text", event)
        elif key in frame.container:
            first = self.key_positions.get((*(frame.path or ()), key), (0, 0))
            self._add("yaml-duplicate-key", event, key=key, first_line=first[0])
        else:
            frame.key = key
            if frame.path is not None:
                self.key_positions[(*frame.path, key)] = _start(event)

    def _store(self, value: Any, event: Any) -> Path | None:
        """Puts a value where it belongs; returns its path, or None when it is not kept."""
        if not self._stack:
            self.value = value
            self.positions[()] = _start(event)
            return ()
        frame = self._stack[-1]
        step: str | int
        if isinstance(frame.container, list):
            step = len(frame.container)
            frame.container.append(value)
        else:
            key, frame.key = frame.key, None
            if not isinstance(key, str):
                return None
            step = key
            frame.container[key] = value
        if frame.path is None:
            return None
        path = (*frame.path, step)
        self.positions[path] = _start(event)
        return path

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].container, dict) and self._stack[-1].key is None

    def _here(self) -> Path:
        """The path of the node that comes next, as far as it is known."""
        for frame in reversed(self._stack):
            if frame.path is not None:
                if isinstance(frame.container, list):
                    return (*frame.path, len(frame.container))
                return (*frame.path, frame.key) if isinstance(frame.key, str) else frame.path
        return ()

    def _add(self, code: str, event: Any, **params: Any) -> None:
        self.findings.add(code, _start(event), self._here(), **params)

    def _lost(self, code: str, event: Any, **params: Any) -> None:
        self.whole = False
        self._add(code, event, **params)

    def _full_width_colon(self, event: Any) -> None:
        """`id：x` is no key to YAML but a text; in a text that shares its line with other things it may be meant."""
        if "：" not in event.value or not _FULL_WIDTH_COLON.match(event.value):
            return
        lines = self._lines
        line, column = event.start_mark.line, event.start_mark.column
        starts_line = column <= _DEEPEST_INDENT and _ITEM_START.match(lines[line], 0, column)
        if self._awaits_key() or starts_line:
            for number in range(line, event.end_mark.line + 1):
                before = column if number == line else 0
                match = (_FULL_WIDTH_COLON if number == line else _FULL_WIDTH_LINE).match(lines[number], before)
                if match:
                    self._colon(number, match)

    def _colon(self, number: int, match: re.Match[str]) -> None:
        self.whole = False
        position = (number + 1, match.end())
        self.findings.add("yaml-full-width-colon", position, self._here(), key=match.group(1))

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Says what the parser stumbled over, by its usual cause where that can be seen in the text."""
        self.whole = False
        lines = self._lines
        mark = error.problem_mark or error.context_mark
        at = min(mark.line, len(lines) - 1)
        tabs = [number for number in range(at, len(lines)) if _TAB_INDENT.match(lines[number])]
        if tabs and tabs[0] == at:
            for number in tabs:
                self.findings.add("yaml-tab", (number + 1, lines[number].index("\t") + 1), self._here())
            return
        first = at if _FULL_WIDTH_LINE.match(lines[at]) else at - 1
        if first >= 0 and _FULL_WIDTH_LINE.match(lines[first]):
            if not self._reported_colon(first + 1):
                for number in range(first, at + 1):
                    if match := _FULL_WIDTH_LINE.match(lines[number]):
                        self._colon(number, match)
            return
        position = (mark.line + 1, mark.column + 1)
        if NESTED in (error.problem or ""):  # newer parsers give up by themselves, before the events are seen
            self.findings.add("yaml-too-deep", position, self._here(), limit=DEEPEST)
            return
        comma = self._comma(at, mark.column)
        if comma is not None:
            self.findings.add("yaml-full-width-comma", comma, self._here())
            return
        self.findings.add("yaml-syntax", position, self._here(), problem=error.problem or "")

    def _comma(self, at: int, column: int) -> tuple[int, int] | None:
        """Where a full-width comma stands for the one that the parser missed: there, or before the key that it met."""
        line = self._lines[at]
        if line.startswith("，", column):
            return at + 1, column + 1
        for number, text in ((at, line[:column]), (at - 1, f"{self._lines[at - 1]}\n{line[:column]}")):
            match = _FULL_WIDTH_COMMA.search(text) if number >= 0 else None
            if match:
                return number + 1, match.start() + 1
        return None

    def _reported_colon(self, line: int) -> bool:
        return any(
            finding.code == "yaml-full-width-colon" and finding.place.line == line for finding in self.findings.all()
        )

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")


def _start(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _scalar(text: str) -> Any:
    """The value of an unquoted scalar: a boolean, nothing, a number of bounded length, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    return Decimal(text) if _DECIMAL.match(text) else text
