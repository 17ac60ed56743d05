"""CSV text (RFC 4180, UTF-8) → Table with the line and column of every cell.

The standard csv module gives no columns, hence a scanner of our own: one pass, linear in the size of the file.
Cells stay text, formulas too. Knows no table's meaning; never raises for a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from core.errors import Finding
from core.manifest.document import Row, Table
from core.manifest.plain_text import Findings, decode

MOST_COLUMNS = 500
MOST_ROWS = 200_000
MOST_CELLS = 2_000_000
LONGEST_CELL = 10_000  # characters

Position = tuple[int, int]


class _Unterminated(Exception):
    """A quoted cell runs to the end of the file; holds where it begins."""


class _Record:
    """One row as it stands in the text: its cells, and the places where they begin."""

    def __init__(self, cells: list[str], line: int, text: str, starts: list[Position] | None = None) -> None:
        self.cells = cells
        self._line = line
        self._text = text
        self._starts = starts

    @property
    def first(self) -> Position:
        """Where the first cell begins: what most findings about a whole row ask for."""
        if self._starts is not None:
            return self._starts[0]
        raw = self._text.split(",", 1)[0]
        return self._line, 1 + (len(raw) - len(raw.lstrip()) if raw.strip() else 0)

    @property
    def starts(self) -> list[Position]:
        """Of as many cells as a table may have, worked out when asked for: without quotes they follow from the text."""
        if self._starts is not None:
            return self._starts
        starts, at = [], 0
        for raw in self._text.split(",", MOST_COLUMNS + 1):
            indent = len(raw) - len(raw.lstrip()) if raw.strip() else 0
            starts.append((self._line, at + indent + 1))
            at += len(raw) + 1
        return starts


class _Positions(Mapping[str, Position]):
    """The places of a row's cells by column name."""

    def __init__(self, columns: Sequence[str], record: _Record) -> None:
        self._columns = columns
        self._record = record

    @cached_property
    def _places(self) -> dict[str, Position]:
        starts = self._record.starts
        missing = [starts[-1]] * (len(self._columns) - len(starts))
        pairs = zip(self._columns, [*starts, *missing], strict=False)
        places: dict[str, Position] = {}
        for column, position in pairs:
            places.setdefault(column, position)
        return places

    def __getitem__(self, column: str) -> Position:
        if self._columns and column == self._columns[0]:
            return self._record.first
        return self._places[column]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._columns))

    def __len__(self) -> int:
        return len(set(self._columns))


def read_csv(file: str, data: bytes) -> tuple[Table | None, list[Finding]]:
    """The table of one CSV file and what is wrong with its text.

    Blank rows are left out; a row with too few or too many cells is reported and kept with what it has. The table is
    None when rows could not be read.
    """
    findings = Findings(file)
    text = decode(data, findings)
    if text is None:
        return None, findings.all()
    records = _records(text, findings)
    try:
        header = next(records, None)
        if header is None:
            findings.add("csv-no-header", (1, 1))
            return None, findings.all()
        rows = _rows(file, header, records, findings)
    except _Unterminated as error:
        findings.add("csv-unterminated-quote", error.args[0])
        return None, findings.all()
    return (None if rows is None else Table(file, tuple(header.cells), tuple(rows))), findings.all()


def _rows(file: str, header: _Record, records: Iterator[_Record], findings: Findings) -> list[Row] | None:
    columns = header.cells
    if len(columns) > MOST_COLUMNS:
        findings.add("csv-too-many-columns", header.starts[MOST_COLUMNS], limit=MOST_COLUMNS, found=len(columns))
        return None
    _check_header(header, findings)
    rows: list[Row] = []
    limit = min(MOST_ROWS, MOST_CELLS // len(columns))
    for index, record in enumerate(records):
        if index == limit:
            findings.add("csv-too-many-rows", record.starts[0], (index,), limit=limit)
            return None
        cells = record.cells
        ragged = len(cells) != len(columns)
        if ragged:
            _ragged(index, record, columns, findings)
            cells = cells[: len(columns)] + [""] * (len(columns) - len(cells))
        if max(map(len, cells)) > LONGEST_CELL:
            _too_long(index, record, columns, findings)
        values = dict(zip(reversed(columns), reversed(cells), strict=True))  # of two namesakes the first counts
        rows.append(Row(file, index, values, _Positions(columns, record), ragged))
    return rows


def _check_header(header: _Record, findings: Findings) -> None:
    seen: set[str] = set()
    for number, (column, position) in enumerate(zip(header.cells, header.starts, strict=True), start=1):
        if not column:
            findings.add("csv-empty-column", position, number=number)
        elif column in seen:
            findings.add("csv-duplicate-column", position, column=column)
        elif len(column) > LONGEST_CELL:
            findings.add("csv-cell-too-long", position, limit=LONGEST_CELL, found=len(column))
        seen.add(column)


def _ragged(index: int, record: _Record, columns: Sequence[str], findings: Findings) -> None:
    starts = record.starts
    position = starts[min(len(columns), len(starts) - 1)]
    findings.add("csv-ragged-row", position, (index,), expected=len(columns), found=len(record.cells))


def _too_long(index: int, record: _Record, columns: Sequence[str], findings: Findings) -> None:
    for column, cell, position in zip(columns, record.cells, record.starts, strict=False):
        if len(cell) > LONGEST_CELL:
            findings.add("csv-cell-too-long", position, (index, column), limit=LONGEST_CELL, found=len(cell))


def _records(text: str, findings: Findings) -> Iterator[_Record]:
    """The rows that hold anything. Raises _Unterminated."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        if '"' in line:
            record, number = _quoted_record(lines, number, findings)
        else:
            cells = [cell.strip() for cell in line.split(",")]
            record = _Record(cells, number + 1, line)
        number += 1
        if any(record.cells):
            yield record


def _quoted_record(lines: Sequence[str], number: int, findings: Findings) -> tuple[_Record, int]:
    """A row some of whose cells are quoted, and the number of its last line."""
    cells: list[str] = []
    starts: list[Position] = []
    at = 0
    while True:
        line = lines[number]
        begin = _skip_space(line, at)
        if line.startswith('"', begin):
            start = (number + 1, begin + 1)
            cell, number, at = _quoted_cell(lines, number, begin)
            line = lines[number]
            end = _end_of_cell(line, at)
            if line[at:end].strip():
                findings.add("csv-text-after-quote", (number + 1, _skip_space(line, at) + 1))
        else:
            end = _end_of_cell(line, at)
            cell = line[at:end]
            start = (number + 1, (begin if begin < end else at) + 1)
        if len(starts) <= MOST_COLUMNS:
            starts.append(start)
        cells.append(cell.strip())
        if end == len(line):
            return _Record(cells, number + 1, line, starts), number
        at = end + 1


def _quoted_cell(lines: Sequence[str], number: int, begin: int) -> tuple[str, int, int]:
    """The content of the cell whose quote opens at `begin`, its last line and the offset after its closing quote."""
    parts: list[str] = []
    opened = (number + 1, begin + 1)
    at = begin + 1
    while True:
        line = lines[number]
        quote = line.find('"', at)
        if quote < 0:
            parts += (line[at:], "\n")
            number, at = number + 1, 0
            if number == len(lines):
                raise _Unterminated(opened)
        elif line.startswith('"', quote + 1):
            parts.append(line[at : quote + 1])
            at = quote + 2
        else:
            parts.append(line[at:quote])
            return "".join(parts), number, quote + 1


def _end_of_cell(line: str, at: int) -> int:
    end = line.find(",", at)
    return len(line) if end < 0 else end


def _skip_space(line: str, at: int) -> int:
    """The offset of the next character that is no space; linear, since each stretch of space is passed once."""
    while at < len(line) and line[at].isspace():
        at += 1
    return at
