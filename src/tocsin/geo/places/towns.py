"""Towns: which settlement and district a point lies in, for telling namesakes apart.

Refuses to know streets. Administrative outlines win; where a map has none, the nearest named settlement within reach
of its kind stands in (a suburb reaches less far than a city).
"""

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.spatial import cKDTree

from tocsin.geo.places import plane
from tocsin.geo.places.harvest import Named, Town

_TOWN_REACH_M = {"city": 20_000.0, "town": 6_000.0, "village": 3_000.0}
_DISTRICT_REACH_M = {
    "borough": 3_000.0,
    "suburb": 2_500.0,
    "quarter": 1_500.0,
    "neighbourhood": 1_500.0,
    "hamlet": 1_000.0,
}


class Towns:
    """Answers, for points, which town and district they lie in."""

    def __init__(self, towns: list[Town], settled: list[Named]):
        order = sorted(towns, key=lambda t: t.level)
        self._areas = order
        self._tree = shapely.STRtree([t.outline for t in order])
        for town in order:
            shapely.prepare(town.outline)
        self._about = float(np.mean([s.lat for s in settled])) if settled else 0.0
        self._centres = {
            reach: self._spots([s for s in settled if s.what in table])
            for reach, table in (("town", _TOWN_REACH_M), ("district", _DISTRICT_REACH_M))
        }

    def _spots(self, settled: list[Named]) -> tuple[list[Named], cKDTree | None]:
        if not settled:
            return [], None
        spots = plane.metres(np.array([s.lat for s in settled]), np.array([s.lon for s in settled]), self._about)
        return settled, cKDTree(spots)

    def numbers(self, lats: Sequence[float], lons: Sequence[float]) -> list[int]:
        """A number for the town of each point, the same for the same town, -1 where none is known."""
        out = [-1] * len(lats)
        if self._areas and len(lats):
            points = shapely.points(np.asarray(lons), np.asarray(lats))
            for point, area in zip(*self._tree.query(points, predicate="within"), strict=True):
                if self._areas[area].level <= 8:
                    out[point] = max(out[point], int(area))
        spots = plane.metres(np.asarray(lats), np.asarray(lons), self._about)
        known: dict[str, int] = {}
        for i in (i for i, number in enumerate(out) if number < 0):
            name = self._near(spots[i], "town", _TOWN_REACH_M)
            if name:
                out[i] = known.setdefault(name, len(self._areas) + len(known))
        return out

    def names(self, lats: Sequence[float], lons: Sequence[float]) -> list[str]:
        """What tells each point apart: "district, town", or what of it is known."""
        if not len(lats):
            return []
        inside: list[list[Town]] = [[] for _ in lats]
        if self._areas:
            points = shapely.points(np.asarray(lons), np.asarray(lats))
            for point, area in zip(*self._tree.query(points, predicate="within"), strict=True):
                inside[point].append(self._areas[area])
        spots = plane.metres(np.asarray(lats), np.asarray(lons), self._about)
        return [self._name(inside[i], spots[i]) for i in range(len(lats))]

    def _name(self, inside: list[Town], spot: plane.Floats) -> str:
        whole = [t for t in inside if t.level <= 8]
        parts = [t for t in inside if t.level > 8]
        town = max(whole, key=lambda t: t.level).name if whole else self._near(spot, "town", _TOWN_REACH_M)
        part = max(parts, key=lambda t: t.level).name if parts else self._near(spot, "district", _DISTRICT_REACH_M)
        return ", ".join(dict.fromkeys(n for n in (part, town) if n))

    def _near(self, spot: plane.Floats, which: str, reach: dict[str, float]) -> str:
        settled, tree = self._centres[which]
        if tree is None:
            return ""
        away, rows = tree.query(spot, k=min(6, len(settled)))
        ranked = [
            (a / reach[settled[r].what], settled[r].names[0])
            for a, r in zip(np.atleast_1d(away), np.atleast_1d(rows), strict=True)
        ]
        share, name = min(ranked)
        return name if share <= 1 else ""
