"""Coverage at one moment: who is free, which cells each reaches in time, what is expected to be served, what would be
lost. A picture that is never changed once made: any thread may ask it. Arrays and the model of `domain/coverage.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.domain.cover_rules import CoverGroup
from tocsin.domain.coverage import worths
from tocsin.domain.loss import Gap
from tocsin.domain.until_free import Usual

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AREAS = ("centre", "north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
"""Parts of the map as a person calls them: the middle, and eight directions from it."""

NAMED = 0.1
"""A gap is named from this share of its area on."""


def areas_of(lat_deg: Floats, lon_deg: Floats, weight: Floats) -> Ints:
    """The area of each cell, as its place in AREAS; the middle holds what lies nearest to where most demand is."""
    lat, lon = float((lat_deg * weight).sum()), float((lon_deg * weight).sum())
    north = lat_deg - lat
    east = (lon_deg - lon) * math.cos(math.radians(lat))
    away = np.hypot(north, east)
    order = np.argsort(away, kind="stable")
    half = away[order[np.searchsorted(np.cumsum(weight[order]), 0.25).clip(0, len(order) - 1)]]
    turn = np.round(np.degrees(np.arctan2(east, north)) / 45.0).astype(np.int64) % 8
    return np.where(away <= half, 0, turn + 1)


class Back(msgspec.Struct, frozen=True):
    """A unit that is busy: when it is expected to be free, and the cells it reaches in time from its station."""

    free_in_s: float
    cells: Ints


class GroupNow:
    """One group at one moment. `reach[unit]`: the cells that a free unit reaches in time, ascending.

    `back`: those that are busy. `usual`: what an assignment of this group takes, where that is known.
    """

    def __init__(
        self, rules: CoverGroup, busy: float, weight: Floats, reach: Mapping[str, Ints],
        back: Sequence[Back] = (), usual: Usual | None = None,
    ) -> None:  # fmt: skip
        self.rules, self.busy, self.weight, self.reach = rules, busy, weight, reach
        self.back, self.usual = sorted(back, key=lambda one: one.free_in_s), usual
        count = np.zeros(len(weight), np.int64)
        for cells in reach.values():
            count[cells] += 1
        self.count = count
        self._worth = np.array(worths(busy, len(reach) + 1))
        self._upto = np.concatenate([[0.0], np.cumsum(self._worth)])
        self.covered = float(self._served(count) @ weight)
        self._gains: dict[str, Floats] = {}

    def _served(self, count: Ints) -> Floats:
        """Share of each cell's demand expected to be served in time: 1 - q^k."""
        served: Floats = self._upto[count]
        return served

    def served(self) -> Floats:
        """The same for the moment as it is."""
        return self._served(self.count)

    def lost(self, units: Sequence[str]) -> float:
        """Share of the demand that leaves with these units. Units that are not free take nothing along."""
        if len(units) == 1:
            cells = self.reach.get(units[0])
            if cells is None:
                return 0.0
            return float(self._worth[self.count[cells] - 1] @ self.weight[cells])
        gone = [self.reach[unit] for unit in dict.fromkeys(units) if unit in self.reach]
        if not gone:
            return 0.0
        cells, many = np.unique(np.concatenate(gone), return_counts=True)
        had = self.count[cells]
        return float((self._upto[had] - self._upto[had - many]) @ self.weight[cells])

    def moved(self, unit: str, posts: NDArray[np.float32]) -> Floats:
        """What `unit` adds by standing at each post instead of where it is. `posts`: (posts, cells), 1: reached."""
        known = self._gains.get(unit)
        if known is None:
            count = self.count.copy()
            mine = self.reach.get(unit)
            lost = 0.0
            if mine is not None:
                lost = self.lost((unit,))
                count[mine] -= 1
            known = (posts @ (self._worth[count] * self.weight).astype(np.float32)).astype(np.float64) - lost
            self._gains[unit] = known
        return known

    def bare(self, units: Sequence[str]) -> Ints:
        """Cells that somebody reaches now and nobody does once these units have left."""
        gone = [self.reach[unit] for unit in dict.fromkeys(units) if unit in self.reach]
        if not gone:
            return np.zeros(0, np.int64)
        cells, many = np.unique(np.concatenate(gone), return_counts=True)
        left: Ints = cells[self.count[cells] == many]
        return left

    def relief_s(self, bare: Ints) -> float | None:
        """Seconds until the first busy unit is expected to be free whose station reaches half of what is bare."""
        whole = float(self.weight[bare].sum())
        for one in self.back:
            met = np.intersect1d(bare, one.cells, assume_unique=True)
            if float(self.weight[met].sum()) >= 0.5 * whole:
                return one.free_in_s
        return None

    def after(self, unit: str, cells: Ints) -> Floats:
        """Share of each cell served once `unit` reaches these cells instead of its own."""
        count = self.count.copy()
        if unit in self.reach:
            count[self.reach[unit]] -= 1
        count[cells] += 1
        return self._served(count)


class CoverNow:
    """All groups at one moment."""

    def __init__(self, groups: Sequence[GroupNow], areas: Ints, at: float) -> None:
        self.groups, self.areas, self.at = tuple(groups), areas, at
        total = sum(group.rules.share for group in groups) or 1.0
        self.shares = tuple(group.rules.share / total for group in groups)
        self.covered = sum(share * group.covered for share, group in zip(self.shares, groups, strict=True))

    def loss(self, units: Sequence[str]) -> float:
        """Expected covered share of demand that leaves with these units, all groups together (0 to 1)."""
        return sum(share * group.lost(units) for share, group in zip(self.shares, self.groups, strict=True))

    def gap(self, units: Sequence[str], rather: Sequence[str] = ()) -> Gap | None:
        """The area that loses most when these units leave: its share that some unit reached and then none does.

        What is bare as well when `rather` leave instead is no reason against `units`: it does not count.
        """
        worst: Gap | None = None
        for group in self.groups:
            bare = np.setdiff1d(group.bare(units), group.bare(rather), assume_unique=True)
            if not len(bare):
                continue
            lost = np.bincount(self.areas[bare], group.weight[bare], len(AREAS))
            share = lost / np.maximum(np.bincount(self.areas, group.weight, len(AREAS)), 1e-12)
            area = int(share.argmax())
            if share[area] >= NAMED and (worst is None or share[area] > worst.share):
                there = bare[self.areas[bare] == area]
                job_s = None if group.usual is None else group.usual.after("drive")
                worst = Gap(AREAS[area], float(share[area]), group.relief_s(there), job_s)
        return worst

    def by_area(self, group: GroupNow, served: Floats) -> dict[str, float]:
        """Share of each area's demand that is served."""
        demand = np.bincount(self.areas, group.weight, len(AREAS))
        met = np.bincount(self.areas, group.weight * served, len(AREAS))
        return {name: float(met[i] / demand[i]) for i, name in enumerate(AREAS) if demand[i] > 0}
