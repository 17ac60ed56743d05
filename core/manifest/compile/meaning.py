"""What a manifest means, apart from how it is written: the value that the scheme digest names.

Comments, the order of keys, quoting, the layout of tables and the order of lists whose order says nothing do not
count. Labels count, and so does what the engine does not run yet; so do the plugins in use, by their versions and by
the data that the manifest takes from them. The scheme's own tests, its waivers and the schema
version that it is written in do not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.manifest.document import Table
from core.manifest.documents import KINDS, TABLES, Documents
from core.manifest.extension_data import written
from core.scheme.extensions import Extensions

IGNORED = frozenset({"schema", "waivers"})
ORDERED = frozenset({"tiers", "severities", "alerts", "grades", "reactions", "effects"})
"""Lists of things with an id (or of effects) in which the order says something."""


def meaning(documents: Documents, extensions: Extensions) -> dict[str, Any]:
    """JSON-able; equal for two manifests that say the same and whose plugins provide the same."""
    said: dict[str, Any] = {}
    for kind in KINDS:
        root = documents.root(kind).value
        said[kind] = {key: _value(value, key) for key, value in root.items() if key not in IGNORED}
    for (kind, named_by), name in TABLES.items():
        said[kind].pop(named_by, None)
        table = documents.table(kind, named_by)
        said[f"table:{name}"] = _table(table, ordered=name == "rules") if table else []
    said["grid"].pop("geometry", None)
    said["geometry"] = {code: json.dumps(shape, sort_keys=True) for code, shape in documents.features().items()}
    if extensions.versions:
        said["extensions"] = written(extensions)
    return said


def _value(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(name): _value(item, str(name)) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        items = [_value(item) for item in value]
        ids = [item["id"] for item in items if isinstance(item, dict) and "id" in item]
        if ids and len(set(ids)) == len(items) and key not in ORDERED:
            return {item["id"]: item for item in items}
        return items
    if isinstance(value, Decimal):
        return _number(value)
    return value


def _number(value: Decimal) -> int | str:
    """1 and 1.0 are one number; a fraction is written out, because JSON's own numbers are not exact."""
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


def _table(table: Table, ordered: bool) -> list[str]:
    """Rows as one text each, columns sorted and empty cells left out: tables are large, texts are quick to digest."""
    columns = sorted(table.columns)
    rows = [json.dumps([[name, row.values[name]] for name in columns if row.values[name]]) for row in table]
    return rows if ordered else sorted(rows)
