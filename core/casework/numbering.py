"""Case numbers by the district's pattern, with a serial for each local day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.scheme.scheme import Scheme
from core.store import Unit


def next_number(unit: Unit, scheme: Scheme, now: datetime) -> str:
    """The next number of the day, e.g. `KG20260302-00001`; given back when the unit is rolled back."""
    locality = scheme.locality
    day = now.astimezone(ZoneInfo(locality.time_zone)).strftime("%Y%m%d")
    return locality.case_number.format(date=day, serial=unit.numbers.next(f"case:{day}"), area_code=locality.area_code)
