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
        self._by_south: NDArray[np.int32] = columns["segments.by_south"]
        south = np.minimum(self._segments[:, 0], self._segments[:, 2])
        self._south = south[self._by_south]
        self._longest = float(np.abs(self._segments[:, 2] - self._segments[:, 0]).max(initial=0.0))
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

    def named_each(self, spots: list[tuple[float, float]]) -> list[tuple[int, float]]:
        """The same for each of several points; empty where the region has none."""
        if self._named is None or not spots:
            return []
        lats, lons = np.array(spots).T
        away, rows = self._named.query(plane.metres(lats, lons, self._about))
        return list(zip(self._kept[rows].tolist(), away.tolist(), strict=True))

    def street(self, lat: float, lon: float) -> Found:
        """The nearest street's target and its distance in metres, among streets within about 500 m."""
        feet = self.feet(lat, lon, 500.0)
        return (feet[0][0], feet[0][3]) if feet else None

    def feet(self, lat: float, lon: float, reach_m: float) -> list[tuple[int, float, float, float]]:
        """Each street within about this many metres: its target, its nearest point and metres to it, nearest first."""
        close = self._close(lat, lon, reach_m / plane.METRES_A_DEGREE)
        if not len(close):
            return []
        spots, away = plane.feet(self._segments[close], lat, lon)
        owners = np.searchsorted(self._start, close, side="right") - 1
        order = np.argsort(away, kind="stable")
        _, first = np.unique(owners[order], return_index=True)
        rows = order[np.sort(first)]
        return [(int(owners[r]), *spots[r].tolist(), float(away[r])) for r in rows if away[r] <= reach_m]

    def _close(self, lat: float, lon: float, high: float) -> NDArray[np.int32]:
        """Segments whose box comes that near, in degrees of latitude; only a band of latitude is looked at."""
        wide = high / max(cos(radians(lat)), 0.01)
        low, top = np.searchsorted(self._south, [lat - high - self._longest, lat + high])
        band = np.sort(self._by_south[int(low) : int(top)])
        s = self._segments[band]
        return band[
            (np.maximum(s[:, 0], s[:, 2]) > lat - high)
            & (np.minimum(s[:, 1], s[:, 3]) < lon + wide) & (np.maximum(s[:, 1], s[:, 3]) > lon - wide)
        ]  # fmt: skip
