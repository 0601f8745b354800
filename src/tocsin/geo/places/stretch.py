"""Stretches: the streets that pass a point, and the points of a street at a distance from there.

Refuses to know names and phrases. A distance is taken as the crow flies from the foot on the street, which on the few
hundred metres that people say is close to the way along it.
"""

from math import atan2, cos, degrees, radians
from typing import NamedTuple

import numpy as np

from tocsin.geo.places import plane
from tocsin.geo.places.houses import Houses
from tocsin.geo.places.nearest import Nearest

_PASSES_M = 250.0
_TOO_M = 40.0
"""Streets this much further from the point than the nearest one pass it too (a corner)."""
Spot = tuple[float, float]


class Foot(NamedTuple):
    """The point of a street nearest to a place: degrees, metres away, and the bearing from the place to it."""

    street: int
    lat: float
    lon: float
    away_m: float
    bearing_deg: float


class Stretches:
    """Streets near points."""

    def __init__(self, houses: Houses, nearest: Nearest):
        self._houses = houses
        self._nearest = nearest

    def foot(self, spot: Spot, streets: list[int]) -> Foot | None:
        """The nearest foot: on one of the streets when they pass here, else on any."""
        return next(iter(self.feet(spot, streets)), None)

    def feet(self, spot: Spot, streets: list[int]) -> list[Foot]:
        """Feet on the streets that pass the spot, nearest first."""
        found = self._nearest.feet(*spot, _PASSES_M)
        found = [foot for foot in found if foot[0] in streets] or found
        return [_foot(spot, *foot) for foot in found if foot[3] <= found[0][3] + _TOO_M][:4]

    def at(self, foot: Foot, away_m: float) -> list[Spot]:
        """The points of the foot's street at this distance from the foot; the ends of a street that is shorter."""
        segments = self._houses.segments(foot.street)
        scale = np.array([plane.METRES_A_DEGREE, plane.METRES_A_DEGREE * cos(radians(foot.lat))])
        start = (segments[:, :2] - (foot.lat, foot.lon)) * scale
        step = (segments[:, 2:] - segments[:, :2]) * scale
        a, b = (step**2).sum(axis=1), 2 * (start * step).sum(axis=1)
        root = b**2 - 4 * a * ((start**2).sum(axis=1) - away_m**2)
        out: list[Spot] = []
        for sign in (-1.0, 1.0):
            with np.errstate(invalid="ignore", divide="ignore"):
                part = (-b + sign * np.sqrt(root)) / (2 * a)
            for row in np.flatnonzero((root >= 0) & (part >= 0) & (part <= 1)).tolist():
                lat, lon = (segments[row, :2] + part[row] * (segments[row, 2:] - segments[row, :2])).tolist()
                out.append((lat, lon))
        return out


def _foot(spot: Spot, street: int, lat: float, lon: float, away_m: float) -> Foot:
    east = (lon - spot[1]) * cos(radians(spot[0]))
    return Foot(street, lat, lon, away_m, degrees(atan2(east, lat - spot[0])) % 360)
