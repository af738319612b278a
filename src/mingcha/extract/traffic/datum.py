"""The shifted datums in which maps of China give positions: GCJ-02 and, on top of it, BD-09.

Written after the publicly known description of the shift (a polynomial with sine terms on the Krasovsky
ellipsoid). Programs differ in the last digits, so positions are compared at four decimals, one step apart.
"""

from __future__ import annotations

from math import atan2, cos, fabs, pi, sin, sqrt

_A, _E2 = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: axis in metres, squared eccentricity


def _waves(value: float, *pairs: tuple[float, float]) -> float:
    return sum(a * sin(value * k * pi) for a, k in pairs) * 2 / 3


def gcj02(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 degrees → GCJ-02 degrees."""
    x, y = lon - 105.0, lat - 35.0
    shared = _waves(x, (20.0, 6.0), (20.0, 2.0))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) + shared
    north += _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) + shared
    east += _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    phi = lat / 180 * pi
    magic = 1 - _E2 * sin(phi) ** 2
    root = sqrt(magic)
    north = north * 180 / (_A * (1 - _E2) / (magic * root) * pi)
    east = east * 180 / (_A / root * cos(phi) * pi)
    return lat + north, lon + east


def bd09(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 degrees → BD-09 degrees."""
    k = pi * 3000 / 180
    z = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * k)
    theta = atan2(lat, lon) + 0.000003 * cos(lon * k)
    return z * sin(theta) + 0.006, z * cos(theta) + 0.0065
