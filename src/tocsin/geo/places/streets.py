"""Streets: ways of one name that touch or lie near become one street; nodes that two streets share become corners.

Refuses to know searching and towns' names: a way's town arrives as a number (-1 where unknown).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tocsin.geo.places import plane
from tocsin.geo.places.harvest import Way
from tocsin.geo.places.words import tokens

NEAR_M = 150.0
"""Pieces of one name closer than this are one street where no town is known (a square or a bridge often parts them)."""
NEAR_IN_TOWN_M = 800.0
"""The same within one known town: a park or a hill may part a street there, and its numbers run on."""
CORNER_M = 70.0
"""Crossings of the same two streets closer than this are one corner (dual carriageways cross up to four times)."""


@dataclass
class Street:
    """One street: names (local first), node ids, segments (n, 4) in degrees (lat, lon, lat, lon), rank 0 to 1."""

    names: list[str]
    refs: NDArray[np.int64]
    segments: NDArray[np.float64]
    rank: float

    def middle(self) -> tuple[float, float]:
        """The point of the street nearest to the middle of its extent, in degrees."""
        box = self.segments.reshape(-1, 2)
        lat, lon = (box.min(axis=0) + box.max(axis=0)) / 2
        _, lat, lon, _ = plane.onto(self.segments, float(lat), float(lon))
        return lat, lon


class _Sets:
    """Union-find over small numbers."""

    def __init__(self, size: int):
        self.parent = list(range(size))

    def find(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, i: int, j: int) -> None:
        self.parent[self.find(i)] = self.find(j)


def join_ways(ways: list[Way], towns: list[int]) -> list[Street]:
    """Cluster ways into streets; `towns[i]` is the number of the town of way i."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, way in enumerate(ways):
        by_name[" ".join(tokens(way.names[0])) or way.names[0]].append(i)
    streets = []
    for members in by_name.values():
        for cluster in _clusters([ways[i] for i in members], [towns[i] for i in members]):
            streets.append(_street([ways[members[i]] for i in cluster]))
    return streets


def _clusters(ways: list[Way], towns: list[int]) -> list[list[int]]:
    if len(ways) == 1:
        return [[0]]
    sets = _Sets(len(ways))
    first: dict[int, int] = {}
    for i, way in enumerate(ways):
        for ref in way.refs.tolist():
            sets.join(i, first.setdefault(ref, i))
    if len({sets.find(i) for i in range(len(ways))}) > 1:
        _join_near(ways, towns, sets)
    out: dict[int, list[int]] = defaultdict(list)
    for i in range(len(ways)):
        out[sets.find(i)].append(i)
    return list(out.values())


def _join_near(ways: list[Way], towns: list[int], sets: _Sets) -> None:
    owner = np.repeat(np.arange(len(ways)), [len(w.refs) for w in ways])
    points = np.concatenate([w.points for w in ways])
    spots = plane.metres(points[:, 0], points[:, 1], float(points[:, 0].mean()))
    tree = cKDTree(spots)
    for a, b in _pairs(tree, owner, NEAR_M):
        if towns[a] == towns[b] or -1 in (towns[a], towns[b]):
            sets.join(a, b)
    if max(towns) >= 0 and len({sets.find(i) for i in range(len(ways))}) > 1:
        last = np.cumsum([len(w.refs) for w in ways]) - 1
        ends = np.r_[last, last - [len(w.refs) - 1 for w in ways]]
        for a, b in _pairs(cKDTree(spots[ends]), owner[ends], NEAR_IN_TOWN_M):
            if towns[a] == towns[b] != -1:
                sets.join(a, b)


def _pairs(tree: cKDTree, owner: NDArray[np.int64], reach_m: float) -> NDArray[np.int64]:
    """Pairs of different ways with points closer than this."""
    pairs = owner[tree.query_pairs(reach_m, output_type="ndarray")].reshape(-1, 2)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _street(ways: list[Way]) -> Street:
    names = list(dict.fromkeys(name for i in range(12) for way in ways for name in way.names[i : i + 1]))
    segments = np.concatenate([np.hstack([w.points[:-1], w.points[1:]]) for w in ways])
    refs = np.unique(np.concatenate([w.refs for w in ways]))
    return Street(names[:12], refs, segments, max(w.rank for w in ways))


def corners(streets: list[Street], ways: list[Way]) -> NDArray[np.float64]:
    """Corners as rows (street, street, lat, lon), each pair in both orders, sorted by the pair."""
    where = dict(
        zip((r for w in ways for r in w.refs.tolist()), (p for w in ways for p in w.points.tolist()), strict=True)
    )
    refs = np.concatenate([s.refs for s in streets]) if streets else np.zeros(0, dtype=np.int64)
    owner = np.repeat(np.arange(len(streets)), [len(s.refs) for s in streets])
    order = np.argsort(refs, kind="stable")
    refs, owner = refs[order], owner[order]
    found: dict[tuple[int, int], list[list[float]]] = defaultdict(list)
    breaks = np.flatnonzero(np.diff(refs)) + 1
    for low, high in zip(np.r_[0, breaks], np.r_[breaks, len(refs)], strict=True):
        if high - low > 1:
            here = owner[low:high].tolist()
            for a in here:
                for b in here:
                    if a != b:
                        found[a, b].append(where[int(refs[low])])
    rows = [(a, b, *spot) for (a, b), spots in sorted(found.items()) for spot in _merged(spots)]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _merged(spots: list[list[float]]) -> list[list[float]]:
    groups: list[list[list[float]]] = []
    for spot in spots:
        for group in groups:
            if any(plane.apart_m(*spot, *other) < CORNER_M for other in group):
                group.append(spot)
                break
        else:
            groups.append([spot])
    return [np.mean(group, axis=0).tolist() for group in groups]
