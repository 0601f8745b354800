"""What is nearest to a point: house, corner, street or named place. Refuses to know words; answers are rows."""

from math import cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tocsin.geo.places import plane

Found = tuple[int, float] | None


class Nearest:
    """Trees over the region's points, on one local plane."""

    def __init__(self, columns: dict[str, NDArray[Any]]):
        self._segments: NDArray[np.float64] = columns["segments"]
        self._start: NDArray[np.int64] = columns["segments.start"]
        named = np.column_stack([columns["target.lat"], columns["target.lon"]])
        self._kept = np.flatnonzero(columns["target.kind"] > 0)
        self._about = float(named[:, 0].mean()) if len(named) else 0.0
        self._houses = self._tree(columns["house.spot"])
        self._corners = self._tree(columns["corner.spot"])
        self._named = self._tree(named[self._kept])

    def _tree(self, spots: NDArray[np.float64]) -> cKDTree | None:
        return cKDTree(plane.metres(spots[:, 0], spots[:, 1], self._about)) if len(spots) else None

    def _ask(self, tree: cKDTree | None, lat: float, lon: float) -> Found:
        if tree is None:
            return None
        away, row = tree.query(plane.metres(np.array([lat]), np.array([lon]), self._about)[0])
        return int(row), float(away)

    def house(self, lat: float, lon: float) -> Found:
        """The nearest house's row and its distance in metres."""
        return self._ask(self._houses, lat, lon)

    def corner(self, lat: float, lon: float) -> Found:
        """The nearest corner's row and its distance in metres."""
        return self._ask(self._corners, lat, lon)

    def named(self, lat: float, lon: float) -> Found:
        """The nearest landmark's or settlement's target and its distance in metres."""
        found = self._ask(self._named, lat, lon)
        return (int(self._kept[found[0]]), found[1]) if found else None

    def street(self, lat: float, lon: float) -> Found:
        """The nearest street's target and its distance in metres, among streets within about 500 m."""
        close = self._close(lat, lon)
        if not len(close):
            return None
        best, _, _, away = plane.onto(self._segments[close], lat, lon)
        return int(self._owners(close[best])), away

    def streets(self, lat: float, lon: float) -> list[int]:
        """The targets of all streets within about 500 m."""
        return [int(street) for street in np.unique(self._owners(self._close(lat, lon)))]

    def _owners(self, segments: Any) -> Any:
        return np.searchsorted(self._start, segments, side="right") - 1

    def _close(self, lat: float, lon: float) -> NDArray[np.int64]:
        high, wide = 0.005, 0.005 / max(cos(radians(lat)), 0.01)
        s = self._segments
        return np.flatnonzero(
            (np.minimum(s[:, 0], s[:, 2]) < lat + high) & (np.maximum(s[:, 0], s[:, 2]) > lat - high)
            & (np.minimum(s[:, 1], s[:, 3]) < lon + wide) & (np.maximum(s[:, 1], s[:, 3]) > lon - wide)
        )  # fmt: skip
