"""What everybody may see: the districts and their latest cases, as class, place, stage and time. Nothing personal."""

from __future__ import annotations

from typing import Any

from core.casework.office import Office
from core.casework.views import row_view
from core.scheme.scheme import Scheme
from core.store import CaseRow

_SHOWN = ("number", "opened_at", "open", "alert")
_LABELLED = ("category", "cell")


def latest(office: Office, limit: int = 8) -> list[dict[str, Any]]:
    """Each district with its newest cases; a class that is confidential is left out."""
    districts = []
    for locality in office.store.localities():
        with office.store.read(locality) as reading:
            today = office.schemes.current(reading)
            page = reading.cases.list(limit=limit * 3)
        cases = [_public(row, today) for row in page.rows if not _confidential(row, today)][:limit]
        districts.append(
            {
                "id": locality,
                "label": today.locality.label.as_dict(),
                "time_zone": today.locality.time_zone,
                "cases": cases,
            }
        )
    return districts


def _public(row: CaseRow, today: Scheme) -> dict[str, Any]:
    view = row_view(row, today, reporter=False)
    return {
        **{name: view[name] for name in _SHOWN},
        **{name: view["labels"][name] for name in _LABELLED},
        "stages": [stage["label"] for stage in view["tracks"].values()],
    }


def _confidential(row: CaseRow, today: Scheme) -> bool:
    return any(today.codes.categories[code].confidential for code in today.codes.chains.get(row.category, ()))
