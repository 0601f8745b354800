"""The drive as the crow flies: a guess for where no road is known. Whoever uses it says so on every screen."""

from __future__ import annotations

import math

DETOUR = 1.3
"""Roads are about this much longer than the line between two points of a city."""
SPEED_MPS = 10.0
EARTH_M = 6_371_008.8


def distance_m(origin: tuple[float, float], target: tuple[float, float]) -> float:
    """Great-circle metres between two (latitude, longitude) points in degrees (haversine)."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(x) for x in (*origin, *target))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, h)))


def line_time(origin: tuple[float, float], target: tuple[float, float]) -> tuple[float, float]:
    """(seconds, metres) by a straight line and a detour factor."""
    length_m = distance_m(origin, target) * DETOUR
    return length_m / SPEED_MPS, length_m
