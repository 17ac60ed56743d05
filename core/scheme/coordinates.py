"""Between the coordinate systems that come through the doors and the one that is stored, CGCS2000.

Longitude and latitude in degrees, in that order. Not for surveying: see the accuracies of each conversion.

CGCS2000 and WGS84 are taken as equal. Their ellipsoids share the semi-major axis and differ in flattening alone
(1/298.257222101 and 1/298.257223563, a tenth of a millimetre on the ground). Their frames are both tied to the ITRF:
CGCS2000 to ITRF97 at epoch 2000.0, the later realisations of WGS84 to the current ITRF "at about 10-centimeter level"
(ITRF office, "ITRS and WGS84", 2007). What remains is the motion of the plate since 2000, a few centimetres a year:
below one metre until the 2030s, below what a phone measures.

GCJ-02 is what public maps in China draw. Its algorithm is not published; the one here is the publicly known
approximation (project eviltransform), which a comparison with control points found 3.4 m off on average, standard
deviation 2.7 m (project pygcj). Its inverse is iterated until it agrees with the forward conversion to a micrometre.
"""

from __future__ import annotations

from math import cos, isfinite, pi, radians, sin, sqrt
from typing import Literal

from core.errors import Unprocessable

System = Literal["CGCS2000", "WGS84", "GCJ-02"]
SYSTEMS: tuple[System, ...] = ("CGCS2000", "WGS84", "GCJ-02")

SEMI_MAJOR, ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323  # Krasovsky's ellipsoid, which GCJ-02 uses
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271  # outside of which GCJ-02 shifts nothing
AGREEMENT = 1e-11  # degrees
MOST_ROUNDS = 30

Position = tuple[float, float]


def to_cgcs2000(longitude: float, latitude: float, system: str) -> Position:
    """A position in `system` as (longitude, latitude) in CGCS2000.

    Raises Unprocessable `coordinate-system-unknown` or `coordinates-out-of-range`.
    """
    position = _checked(longitude, latitude, system)
    return _unshifted(position) if system == "GCJ-02" else position


def from_cgcs2000(longitude: float, latitude: float, system: str) -> Position:
    """A position in CGCS2000 as (longitude, latitude) in `system`; raises as `to_cgcs2000` does."""
    position = _checked(longitude, latitude, system)
    return _shifted(position) if system == "GCJ-02" else position


def _checked(longitude: float, latitude: float, system: str) -> Position:
    if system not in SYSTEMS:
        raise Unprocessable("coordinate-system-unknown", system=system, known=", ".join(SYSTEMS))
    in_range = isfinite(longitude) and isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    if not in_range:
        raise Unprocessable("coordinates-out-of-range", longitude=str(longitude), latitude=str(latitude))
    return float(longitude), float(latitude)


def _shifted(position: Position) -> Position:
    """WGS84 to GCJ-02."""
    longitude, latitude = position
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        return position
    east, north = _offset_metres(longitude - 105.0, latitude - 35.0)
    phi = radians(latitude)
    curvature = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    metres_a_degree_north = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / (curvature * sqrt(curvature)) * pi / 180
    metres_a_degree_east = SEMI_MAJOR / sqrt(curvature) * cos(phi) * pi / 180
    return longitude + east / metres_a_degree_east, latitude + north / metres_a_degree_north


def _offset_metres(x: float, y: float) -> Position:
    """How far GCJ-02 moves a point east and north, from its degrees east of 105° and north of 35°."""
    root = sqrt(abs(x))
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y / 30.0 * pi)) * 2.0 / 3.0
    return east, north


def _unshifted(position: Position) -> Position:
    """GCJ-02 to WGS84: guess, shift the guess, correct it by what is missing."""
    guess = position
    for _ in range(MOST_ROUNDS):
        shifted = _shifted(guess)
        missing = position[0] - shifted[0], position[1] - shifted[1]
        if max(map(abs, missing)) < AGREEMENT:
            break
        guess = guess[0] + missing[0], guess[1] + missing[1]
    return guess
