"""Live coverage of a desk: reach worked out beside the loop, once a second's picture of it, asked by whoever plans.

Has a thread of its own and a workspace of its own on the road graph: a dispatch search never waits behind it. Without a
region there is no coverage, and whoever asks is told so. Refuses to send anybody anywhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
import numpy as np

from tocsin.desk.cover_demand import Demand, read_demand
from tocsin.desk.cover_now import Back, CoverNow, GroupNow, Ints, areas_of
from tocsin.desk.usual import Counted
from tocsin.domain.cover_rules import CoverGroup, CoverRules
from tocsin.domain.until_free import PHASE_OF, Usual, free_in_s
from tocsin.facts.values import Instant, Place
from tocsin.geo.cells import FAR, Cells, Drives, Finder, cells_of, drives_from, kept_drives
from tocsin.geo.region import Region
from tocsin.views.rows import UnitRow

if TYPE_CHECKING:
    from tocsin.geo.snapping import Snaps

State: TypeAlias = Literal["none", "preparing", "ready", "failed"]
"""none: no region, or no group has a unit; preparing: reach is worked out; failed: it could not be."""

LIMIT_S = 1_200.0
"""Drives beyond this are not told apart: nobody is covered from so far, and no move-up goes so far."""
MEMORY_S = 6 * 3600.0
"""How long the busy fraction remembers."""

NOTHING_COUNTED: Mapping[str, Usual] = {}

_say = logging.getLogger(__name__)


class Free(msgspec.Struct, frozen=True):
    """A free unit as coverage sees it. `fixed`: it stands (or will stand) at a known place, not somewhere on a road."""

    unit: str
    capabilities: tuple[str, ...]
    lat: float
    lon: float
    fixed: bool


class Reach:
    """Drives from anywhere to every cell: from cells worked out before, from fixed places one search each, kept."""

    def __init__(self, region: Region, cells: Cells, drives: Drives, limit_s: float) -> None:
        self.cells, self.drives = cells, drives
        self.finder: Finder = cells.finder()
        self._roads, self._limit_s = region.roads, limit_s
        points = np.stack([cells.lat_deg, cells.lon_deg], axis=1)
        self._snaps: Snaps = region.roads.snap_many(points)
        self._fixed: dict[tuple[float, float], Drives] = {}
        self._within: dict[tuple[float, float, float], Ints] = {}

    def row(self, lat: float, lon: float, fixed: bool) -> Drives:
        """Seconds to every cell."""
        if not fixed:
            row: Drives = self.drives[self.nearest(lat, lon)]
            return row
        known = self._fixed.get((lat, lon))
        if known is None:
            known = self._fixed[lat, lon] = drives_from(self._roads, (lat, lon), self._snaps, self._limit_s)
        return known

    def nearest(self, lat: float, lon: float) -> int:
        """The cell nearest to a point."""
        return int(self.finder.nearest(np.array([[lat, lon]]))[0])

    def within(self, lat: float, lon: float, fixed: bool, limit_s: float) -> Ints:
        """Cells reached within `limit_s`, ascending."""
        if not fixed:
            cell = self.nearest(lat, lon)
            lat, lon = float(self.cells.lat_deg[cell]), float(self.cells.lon_deg[cell])
        key = (lat, lon, limit_s)
        known = self._within.get(key)
        if known is None:
            known = self._within[key] = np.flatnonzero(self.row(lat, lon, fixed) <= limit_s)
        return known

    def seconds(self, lat: float, lon: float, fixed: bool, to: Place) -> float | None:
        """The drive to a place; None where no road leads there in time."""
        found = int(self.row(lat, lon, fixed)[self.nearest(to.lat, to.lon)])
        return None if found == FAR else float(found)


class Coverage:
    """What a desk knows of its coverage."""

    def __init__(
        self, region: Region | None, rules: CoverRules, keep: Path | None = None, beside: Path | None = None
    ) -> None:
        self.rules = rules
        self.state: State = "none" if region is None or not rules.groups else "preparing"
        self.progress = 0.0
        """Share of the reach that is worked out."""
        self.now: CoverNow | None = None
        self.reach: Reach | None = None
        self.demand: Demand | None = None
        self.counted = Counted()
        """What assignments usually take."""
        self._region, self._keep, self._beside = region, keep, beside
        self._thread = ThreadPoolExecutor(1, "coverage")
        self._busy = {group.name: group.busy for group in rules.groups}
        self._seen_at = 0.0
        self._work: asyncio.Future[None] | None = None
        self._closing = False
        self._areas: Ints = np.zeros(0, np.int64)

    def loss(self, units: Sequence[str]) -> float:
        """Expected covered share of demand that leaves with these units; 0 while coverage is not known."""
        return self.now.loss(units) if self.now else 0.0

    async def prepare(self) -> None:
        """Work out the reach, beside everything else. What goes wrong is said and leaves the desk as it is."""
        if self._region is not None and self.rules.groups:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._prepare, self._region)

    def _prepare(self, region: Region) -> None:
        try:
            cells = cells_of(region.roads.graph)
            most = max([LIMIT_S, *(group.target_s for group in self.rules.groups)])
            drives = kept_drives(region, cells, most, self._keep, lambda done: self._advance(done / len(cells)))
            reach = Reach(region, cells, drives, most)
            given = None
            if self.rules.demand.file:
                file = (self._beside or Path()) / self.rules.demand.file
                given = read_demand(file, cells, reach.finder)
            self.demand = Demand(cells, reach.finder, self.rules.demand.learn_from, given)
            self._areas = areas_of(cells.lat_deg, cells.lon_deg, self.demand.at(0.0))
            self.reach, self.state = reach, "ready"
        except _ClosingError:
            self.state = "none"
        except Exception:  # noqa: BLE001 - a desk without coverage is still a desk
            _say.exception("coverage is not known")
            self.state = "failed"

    def _advance(self, share: float) -> None:
        self.progress = share
        if self._closing:
            raise _ClosingError

    def close(self) -> None:
        """Let the thread end."""
        self._closing = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- the moment ---------------------------------------------------------------------------------------------------

    def groups_of(self, capabilities: Sequence[str]) -> list[CoverGroup]:
        """The groups that a unit with these capabilities counts in."""
        return [group for group in self.rules.groups if group.capability in capabilities]

    async def look(self, rows: Mapping[str, UnitRow], spots: Sequence[Free], now: Instant) -> None:
        """Make the picture of this moment, beside the loop. While one is made, another is not begun."""
        if self.state != "ready" or (self._work and not self._work.done()):
            return
        self._count_busy(rows, now)
        loop = asyncio.get_running_loop()
        away = [row for row in rows.values() if row.status in PHASE_OF]
        usual = {
            group.name: self.counted.usual(
                group.capability, [row.id for row in rows.values() if group.capability in row.capabilities]
            )
            for group in self.rules.groups
        }
        self._work = loop.run_in_executor(self._thread, self.picture, tuple(spots), self._known(rows), now, away, usual)
        await asyncio.shield(self._work)

    async def aside(self, work: Callable[[], None]) -> None:
        """Do something else with the picture, in the same thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _known(self, rows: Mapping[str, UnitRow]) -> list[CoverGroup]:
        """Groups that the centre has any unit for."""
        there = {capability for row in rows.values() for capability in row.capabilities}
        return [group for group in self.rules.groups if group.capability in there]

    def _count_busy(self, rows: Mapping[str, UnitRow], now: Instant) -> None:
        """Let the busy fraction follow what the units did since the last look, slowly."""
        since, self._seen_at = self._seen_at, now
        if not since or now <= since:
            return
        keep = float(np.exp(-(now - since) / MEMORY_S))
        for group in self.rules.groups:
            on_duty = [
                row for row in rows.values() if row.status != "off_duty" and group.capability in row.capabilities
            ]
            if on_duty:
                share = sum(row.status != "available" for row in on_duty) / len(on_duty)
                self._busy[group.name] = keep * self._busy[group.name] + (1 - keep) * share

    def picture(
        self, spots: Sequence[Free], groups: Sequence[CoverGroup], now: Instant, away: Sequence[UnitRow] = (),
        usual: Mapping[str, Usual] = NOTHING_COUNTED,
    ) -> None:  # fmt: skip
        """The picture of a moment, made in whatever thread calls. `away`: units that are busy."""
        reach, demand = self.reach, self.demand
        if reach is None or demand is None:
            return
        weight = demand.at(now)
        made = [
            GroupNow(
                group,
                min(0.95, max(0.02, self._busy[group.name])),
                weight,
                {
                    one.unit: reach.within(one.lat, one.lon, one.fixed, group.target_s)
                    for one in spots
                    if group.capability in one.capabilities
                },
                self._back(group, away, now, usual.get(group.name, Usual())),
                usual.get(group.name),
            )
            for group in groups
        ]
        self.now = CoverNow(made, self._areas, now)

    def _back(self, group: CoverGroup, away: Sequence[UnitRow], now: Instant, usual: Usual) -> list[Back]:
        """The busy units of a group, as those who will cover its places again."""
        reach = self.reach
        return [
            Back(
                free_in_s(row.status, row.since, row.due_at, now, usual),
                reach.within(row.home.lat, row.home.lon, True, group.target_s),
            )
            for row in away
            if reach is not None and group.capability in row.capabilities and row.status in PHASE_OF
        ]


class _ClosingError(Exception):
    """The desk ends while reach is worked out."""
