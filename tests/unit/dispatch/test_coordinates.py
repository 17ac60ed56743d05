"""Between coordinate systems: known pairs, the inverse, and what is refused."""

from __future__ import annotations

from math import cos, hypot, inf, nan, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unprocessable
from core.scheme.coordinates import SYSTEMS, from_cgcs2000, to_cgcs2000

# (WGS84, GCJ-02) pairs published by the evil_transform package and by R's geoChina, as (longitude, latitude).
PAIRS = [
    ((120.596931, 31.280844), (120.60109998322247, 31.278648624428175), 0.1),
    ((114.12004399199218, 22.59682824722656), (114.1251447, 22.59414209), 0.1),
    ((116.42079, 39.90105), (116.42703, 39.90245), 2.0),
]
china = st.tuples(st.floats(73.5, 135), st.floats(18.2, 53.5))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1]) * 111_195


@pytest.mark.parametrize(("wgs84", "gcj02", "accuracy"), PAIRS)
def test_known_pairs(wgs84: tuple[float, float], gcj02: tuple[float, float], accuracy: float) -> None:
    assert metres(from_cgcs2000(*wgs84, "GCJ-02"), gcj02) < accuracy
    assert metres(to_cgcs2000(*gcj02, "GCJ-02"), wgs84) < accuracy


@given(china)
def test_the_inverse_of_gcj02_is_exact_to_a_tenth_of_a_millimetre(point: tuple[float, float]) -> None:
    shifted = from_cgcs2000(*point, "GCJ-02")
    assert 20 < metres(shifted, point) < 1500
    assert metres(to_cgcs2000(*shifted, "GCJ-02"), point) < 1e-4


@given(china, st.sampled_from(("CGCS2000", "WGS84")))
def test_cgcs2000_and_wgs84_are_taken_as_equal(point: tuple[float, float], system: str) -> None:
    assert to_cgcs2000(*point, system) == from_cgcs2000(*point, system) == point


@pytest.mark.parametrize("point", [(2.35, 48.86), (-70.0, -33.4), (139.7, 35.7), (100.0, 0.5), (180, 90), (-180, -90)])
def test_gcj02_shifts_nothing_abroad(point: tuple[float, float]) -> None:
    assert to_cgcs2000(*point, "GCJ-02") == from_cgcs2000(*point, "GCJ-02") == point


@pytest.mark.parametrize("convert", [to_cgcs2000, from_cgcs2000])
@pytest.mark.parametrize("system", ["", "BD-09", "wgs84", "GCJ02", "EPSG:4326"])
def test_an_unknown_system_is_refused(convert, system: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        convert(108.7, 34.4, system)
    assert refused.value.code == "coordinate-system-unknown"
    assert refused.value.params == {"system": system, "known": "CGCS2000, WGS84, GCJ-02"}


@pytest.mark.parametrize("convert", [to_cgcs2000, from_cgcs2000])
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    "point", [(180.1, 0), (-180.1, 0), (0, 90.1), (34.4, 108.7), (nan, 0), (0, nan), (inf, 0), (0, -inf)]
)
def test_what_is_no_position_is_refused(convert, system: str, point: tuple[float, float]) -> None:
    with pytest.raises(Unprocessable) as refused:
        convert(*point, system)
    assert refused.value.code == "coordinates-out-of-range"
