"""Corners: where two streets meet, or nearly do. Refuses to know names; streets are numbers here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.houses import Houses
from tocsin.geo.places.names import Hit

MISS_M = 60.0
_BIG = 1 << 31


class Crossing(NamedTuple):
    """Two streets' meeting point, in degrees, with metres of doubt."""

    hits: tuple[Hit, Hit]
    lat: float
    lon: float
    radius_m: float
    how: str
    shared: bool = True


class Corners:
    """All corners, sorted by the pair of streets."""

    def __init__(self, columns: dict[str, NDArray[Any]], houses: Houses):
        self._pair: NDArray[np.int32] = columns["corner.pair"]
        self._spot: NDArray[np.float64] = columns["corner.spot"]
        self._key = self._pair[:, 0].astype(np.int64) * _BIG + self._pair[:, 1]
        self._houses = houses

    def pair(self, row: int) -> tuple[int, int]:
        """The two streets of a corner."""
        return int(self._pair[row, 0]), int(self._pair[row, 1])

    def between(self, first: list[Hit], second: list[Hit], *, near_misses: bool) -> list[Crossing]:
        """Corners of any of the first streets with any of the second; without one, the nearest misses."""
        found = list(self._shared(first, second))
        return found or (list(self._missed(first[:3], second[:3])) if near_misses else [])

    def _shared(self, first: list[Hit], second: list[Hit]) -> Iterator[Crossing]:
        if not first or not second or not len(self._key):
            return
        keys = np.array([[a.target * _BIG + b.target for b in second] for a in first], dtype=np.int64)
        low, high = np.searchsorted(self._key, keys, "left"), np.searchsorted(self._key, keys, "right")
        for i, j in np.argwhere(high > low).tolist():
            for row in range(int(low[i, j]), int(high[i, j])):
                lat, lon = self._spot[row].tolist()
                yield Crossing((first[i], second[j]), lat, lon, 25.0, "corner that both streets share")

    def _missed(self, first: list[Hit], second: list[Hit]) -> Iterator[Crossing]:
        for a in first:
            for b in second:
                gap = self._gap(a.target, b.target) if a.target != b.target else None
                if gap and gap[2] <= MISS_M:
                    yield Crossing(
                        (a, b), gap[0], gap[1], 30.0 + gap[2], f"the streets pass {gap[2]:.0f} m apart", shared=False
                    )

    def _gap(self, a: int, b: int) -> tuple[float, float, float] | None:
        lines = [self._houses.segments(street) for street in (a, b)]
        if not all(len(line) for line in lines):
            return None
        shrink = np.cos(np.radians(lines[0][0, 0]))
        flat = [shapely.multilinestrings(list(_planar(line, shrink))) for line in lines]
        ends = shapely.get_coordinates(shapely.shortest_line(flat[0], flat[1]))
        lon, lat = ends.mean(axis=0)
        away = float(np.hypot(*(ends[1] - ends[0]))) * plane.METRES_A_DEGREE
        return float(lat), float(lon / shrink), away


def _planar(line: NDArray[np.float64], shrink: float) -> NDArray[np.float64]:
    return np.stack([line[:, [1, 3]] * shrink, line[:, [0, 2]]], axis=2)
