"""Metres between two positions nearby, on the ellipsoid of CGCS2000 (GRS 80).

By the radii of curvature at the middle latitude: within a few kilometres it differs from a geodesic by less than a
millimetre in a metre.
"""

from __future__ import annotations

from math import cos, hypot, radians, sin, sqrt

SEMI_MAJOR = 6378137.0
FLATTENING = 1 / 298.257222101
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
Position = tuple[float, float]
"""Longitude and latitude in degrees."""


def metres_between(one: Position, other: Position) -> float:
    """The distance in metres; for positions far apart it is only a large number."""
    middle = radians((one[1] + other[1]) / 2)
    curvature = 1 - ECCENTRICITY_SQUARED * sin(middle) ** 2
    north = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / (curvature * sqrt(curvature)) * radians(other[1] - one[1])
    across = (other[0] - one[0] + 180) % 360 - 180
    east = SEMI_MAJOR / sqrt(curvature) * cos(middle) * radians(across)
    return hypot(north, east)
