"""Where a drive's seconds go: how many the map gives it on each group of roads and at junctions.

Read off the search's own labels, one search for all drives that leave one place. Refuses to know what was measured.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.geo.kernel import PARENT
from tocsin.geo.pace import GROUPS, JUNCTIONS, MAP, Floats, Ints, Pace
from tocsin.geo.paced import groups_of, paced
from tocsin.geo.roads import Roads
from tocsin.geo.snapping import Snaps

SAME_PLACE_DEG = 1e-4
"""Drives that begin within about ten metres share a search."""
ASIDE_M = 300.0
"""A drive that begins or ends this far from every road of the map says nothing about its roads."""


@dataclass(frozen=True, slots=True)
class Drives:
    """n drives that were driven: from, to (n, 2) in degrees; seconds measured; instants; siren 0 or 1; a number that
    drives of one incident share, so that they are never on both sides of a test."""

    origin: Floats
    target: Floats
    seconds: Floats
    at: Floats
    siren: Ints
    together: Ints

    def __len__(self) -> int:
        return len(self.seconds)

    def take(self, which: NDArray[np.bool_]) -> "Drives":
        """Some of them."""
        return Drives(*(getattr(self, name)[which] for name in self.__slots__))

    def hours(self, zone: str) -> Ints:
        """The kind of hour each began in."""
        pace = Pace(zone=zone)
        return np.array([pace.hours(at) for at in self.at.tolist()], np.int64)


def composed(
    roads: Roads, drives: Drives, hours: Ints, pace: Pace = MAP, told: Callable[[int], None] = lambda _n: None
) -> Floats:
    """(n, G) seconds on the map of each drive, along the way that is fastest at `pace`. nan where no road leads.

    `told` hears how many more are done.
    """
    out = np.full((len(drives), len(GROUPS)), np.nan)
    for (siren, hour), mine in _apart(drives.siren, hours).items():
        at_pace = paced(roads, pace.factor[:, hour])
        walker = _Walker(roads, at_pace, pace.factor[siren, hour], bool(siren))
        starts, ends = roads.snap_many(drives.origin[mine]), roads.snap_many(drives.target[mine])
        for group in _by_place(drives.origin[mine]):
            out[mine[group]] = walker.walk(_some(starts, group[:1]), _some(ends, group))
            told(len(group))
    return out


def _apart(siren: Ints, hours: Ints) -> dict[tuple[int, int], Ints]:
    pairs = {(int(s), int(h)) for s, h in zip(siren, hours, strict=True)}
    return {(s, h): np.flatnonzero((siren == s) & (hours == h)) for s, h in sorted(pairs)}


def _by_place(points: Floats) -> list[Ints]:
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (lat, lon) in enumerate(np.round(points / SAME_PLACE_DEG).astype(np.int64).tolist()):
        groups[lat, lon].append(i)
    return [np.array(group, np.int64) for group in groups.values()]


def _some(snaps: Snaps, which: Ints) -> Snaps:
    return Snaps(*(getattr(snaps, name)[which] for name in Snaps.__slots__))


class _Walker:
    """Searches at a pace and tells the way in the map's own seconds."""

    def __init__(self, roads: Roads, at_pace: Roads, factor: Floats, siren: bool) -> None:
        self._base_s = np.ascontiguousarray(roads.graph.time_s(siren=siren))
        self._group = groups_of(roads.graph)
        self._edge = roads.graph.state_edge
        self._searcher = at_pace.searcher
        self._factor = factor
        self._siren = siren

    def walk(self, start: Snaps, ends: Snaps) -> Floats:
        """(n, G) seconds from one start to n ends."""
        out = np.full((len(ends), len(GROUPS)), np.nan)
        if start.distance_m[0] > ASIDE_M:
            return out
        searcher = self._searcher
        found = searcher.from_one(start, ends, self._siren, searcher.closed_mask(np.zeros(0, np.int64)), np.inf)
        link = found.workspace.scratch.link
        for i in np.flatnonzero(np.isfinite(found.times.eta_s) & (ends.distance_m <= ASIDE_M)).tolist():
            row = np.zeros(len(GROUPS))
            state = int(found.state[i])
            if state < 0:
                self._along(row, *_on_one_edge(start, ends, i))
            else:
                self._along(row, state, _fraction(ends, i, int(self._edge[state])))
                seed = -1 - _trace(link[:, PARENT], state, self._base_s, self._group, row)
                begin = int(found.seed_state[seed])
                self._along(row, begin, 1.0 - _fraction(start, 0, int(self._edge[begin])))
            rest_s = float(found.times.eta_s[i]) - float((row * self._factor).sum())
            row[JUNCTIONS] += max(0.0, rest_s) / self._factor[JUNCTIONS]
            out[i] = row
        return out

    def _along(self, row: Floats, state: int, share: float) -> None:
        row[self._group[state]] += share * float(self._base_s[state])


def _fraction(snaps: Snaps, i: int, edge: int) -> float:
    return float(snaps.fractions[i][snaps.edges[i] == edge][0])


def _on_one_edge(start: Snaps, ends: Snaps, i: int) -> tuple[int, float]:
    """The edge both ends lie on, and the share of it that is driven."""
    ahead = ends.fractions[i] - start.fractions[0]
    same = (start.edges[0] == ends.edges[i]) & (start.edges[0] >= 0) & (ahead >= 0)
    best = int(np.flatnonzero(same)[0])
    return int(start.edges[0][best]), float(ahead[best])


@njit(cache=True, nogil=True)
def _trace(parent, state, base_s, group, row):  # type: ignore[no-untyped-def]
    """Add up the states driven whole, back from `state`; answers the negative number of the seed."""
    state = parent[state]
    while state >= 0:
        row[group[state]] += base_s[state]
        state = parent[state]
    return state
