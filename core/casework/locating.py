"""From where a reporter says it is to the cell that it lies in. What is given several times has to agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.casework.references import unknown
from core.casework.requests import Building, Point
from core.errors import Fault
from core.scheme.coordinates import to_cgcs2000
from core.scheme.registry import RegistryObject
from core.scheme.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Place:
    """What was given."""

    cell: str | None = None
    point: Point | None = None
    building: Building | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """`cell` is empty when there are faults. `point` is (longitude, latitude) in CGCS2000."""

    cell: str
    point: tuple[float, float] | None
    faults: tuple[Fault, ...] = ()


def converted(point: Point) -> tuple[float, float]:
    """The point as (longitude, latitude) in CGCS2000, to a hundredth of a metre."""
    longitude, latitude = to_cgcs2000(point.longitude, point.latitude, point.system)
    return round(longitude, 7), round(latitude, 7)


def locate_place(scheme: Scheme, place: Place, now: datetime) -> Located:
    """The most specific cell that cell, point, building and the object's own agree on."""
    faults: list[Fault] = []
    found: dict[str, str] = {}
    point = converted(place.point) if place.point else None
    if point is not None:
        code = scheme.cell_index.locate(*point)
        if code is None:
            faults.append(Fault("point-outside", "/point", {"longitude": point[0], "latitude": point[1]}))
        else:
            found["/point"] = code
    if place.building is not None:
        code = scheme.building_index.locate(place.building.building, place.building.unit, place.building.floor)
        if code is None:
            faults.append(Fault("building-unknown", "/building", {"value": place.building.building}))
        else:
            found["/building"] = code
    if place.cell is not None:
        if place.cell not in scheme.grid.cells:
            faults.append(unknown("cell-unknown", place.cell, scheme.grid.cells, "/cell"))
        else:
            found["/cell"] = place.cell
    registered = scheme.registry.objects.get(place.object or "")
    if not found and not faults:
        if registered is None:
            return Located("", point, (Fault("place-missing", "/cell"),))
        point = registered.point
    if registered is not None and registered.cell in scheme.grid.cells:
        found["/object"] = _cell_of(scheme, registered, now)
    faults += _disagreement(scheme, found)
    if faults:
        return Located("", point, tuple(faults))
    cell = max(found.values(), key=lambda code: len(scheme.grid.chain(code)))
    ended = _ended(scheme, cell, now)
    return Located("" if ended else cell, point, ended)


def _cell_of(scheme: Scheme, registered: RegistryObject, now: datetime) -> str:
    """An object's own cell; when that has ended, the one of its successors in which the object stands."""
    if not _ended(scheme, registered.cell, now):
        return registered.cell
    standing = scheme.cell_index.locate(*registered.point) if registered.point else None
    return standing or in_force(scheme, registered.cell, now)


def in_force(scheme: Scheme, cell: str, now: datetime) -> str:
    """The cell, or the first of its successors in turn that has not ended by today; the last one when all have."""
    seen = {cell}
    while cell in scheme.grid.cells and _ended(scheme, cell, now):
        following = next((code for code in scheme.grid.cells[cell].successors if code not in seen), None)
        if following is None:
            break
        seen.add(following)
        cell = following
    return cell


def _disagreement(scheme: Scheme, found: dict[str, str]) -> list[Fault]:
    """One fault for each place that does not contain the most specific one; of two that are equally specific a point
    is believed before an object's registered cell, and that before what was written."""
    if not found:
        return []
    trust = ("/object", "/point")
    best = max(
        found,
        key=lambda name: (len(scheme.grid.chain(found[name])), trust.index(name) if name in trust else -1),
    )
    return [
        Fault("place-contradiction", pointer, {"given": code, "located": found[best]})
        for pointer, code in found.items()
        if not scheme.grid.within(found[best], code)
    ]


def _ended(scheme: Scheme, cell: str, now: datetime) -> tuple[Fault, ...]:
    """A cell that has ended takes no new case; its successors are named."""
    entry = scheme.grid.cells[cell]
    today = now.astimezone(ZoneInfo(scheme.locality.time_zone)).date()
    if entry.valid_to is None or today < entry.valid_to:
        return ()
    return (Fault("cell-ended", "/cell", {"value": cell, "successors": ", ".join(entry.successors) or "-"}),)
