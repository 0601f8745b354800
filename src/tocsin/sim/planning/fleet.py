"""How many units each hour of the week needs, so that few callers find nobody free and enough of them one in time.

Two questions an hour, the larger answer counts: Erlang's waiting line (does anybody wait?), and MEXCLP over the
stations (does help arrive in time?). Proposes numbers; refuses to know names and shifts.
"""

from __future__ import annotations

import msgspec
import numpy as np

from tocsin.domain.coverage import busy_fraction
from tocsin.sim.planning.locate import mexclp
from tocsin.sim.planning.queueing import servers_for
from tocsin.sim.twin.demand import HOURS, Demand
from tocsin.sim.twin.model import TwinCall
from tocsin.sim.twin.world import World

SAMPLE_SEED, SAMPLE_CALLS = 1, 4_000
STEP = 0.02
"""Busy fractions are rounded up to this before a plan is solved: neighbouring hours share one."""


class HourNeed(msgspec.Struct, frozen=True):
    """One hour of the week, 0 being Monday's first. `covered`: expected share in time with `units`."""

    hour: int
    calls: float
    erlang: float
    for_line: int
    for_cover: int
    units: int
    covered: float
    held_back: bool
    """Not even very many units at these stations reach the share wanted."""


def minutes_a_call(world: World, calls: list[TwinCall]) -> float:
    """Mean minutes a unit spends on a call: the drive from the nearest station, the scene, the hospital."""
    ground = world.ground
    siren_s = np.array(ground.siren_s)
    nearest_s = siren_s[list(world.stations)].min(axis=0)
    total = 0.0
    for call in calls:
        total += call.turnout_s + nearest_s[call.node] + call.scene_s
        hospital = ground.nearest_hospital[call.node]
        if call.to_hospital and hospital >= 0:
            total += siren_s[call.node, hospital] + call.hand_over_s
    return float(total / 60 / len(calls))


def needs(world: World, limit_s: float, wanted: float, most_waiting: float, most: int = 200) -> list[HourNeed]:
    """Units by hour of the week. `wanted`: share to reach within `limit_s`; `most_waiting`: share that may wait."""
    calls = world.calls(SAMPLE_SEED)[:SAMPLE_CALLS]
    per_hour = (world.demand or _recorded(calls, len(world.ground))).per_hour
    minutes = minutes_a_call(world, calls)
    search = _Search(world, limit_s, wanted, most)
    out = []
    for hour in range(HOURS):
        erlang = float(per_hour[hour]) * minutes / 60
        line = servers_for(erlang, most_waiting) if erlang else 0
        cover, reached = search.units(erlang)
        units = max(line, cover)
        out.append(
            HourNeed(
                hour, float(per_hour[hour]), erlang, line, cover, units, search.covered(erlang, units), not reached
            )
        )
    return out


def _recorded(calls: list[TwinCall], nodes: int) -> Demand:
    from tocsin.sim.twin.demand import fit

    return fit([call.at for call in calls], [call.node for call in calls], nodes)


class _Search:
    """Best plans by number of units and busy fraction, each solved once."""

    def __init__(self, world: World, limit_s: float, wanted: float, most: int) -> None:
        total = sum(world.weight)
        self._demand = [w / total for w in world.weight]
        self._drive_s = np.array(world.ground.siren_s)[list(world.stations)]
        self._limit_s, self._wanted, self._most = limit_s, wanted, most
        self._known: dict[tuple[int, int], float] = {}

    def covered(self, erlang: float, units: int) -> float:
        """Expected share in time, units placed as well as can be."""
        if units <= 0:
            return 0.0
        step = int(np.ceil(busy_fraction(erlang, units) / STEP - 1e-9))
        if (units, step) not in self._known:
            plan = mexclp(self._demand, self._drive_s, self._limit_s, units, min(0.98, step * STEP))
            self._known[units, step] = plan.worth
        return self._known[units, step]

    def units(self, erlang: float) -> tuple[int, bool]:
        """The fewest units that reach the share wanted; (the most tried, False) when none do."""
        low, high = max(1, int(np.ceil(erlang))), self._most
        best = float(
            sum(d for d, near in zip(self._demand, self._drive_s.min(axis=0), strict=True) if near <= self._limit_s)
        )
        if best <= self._wanted:
            return low, False
        reached = low
        while self.covered(erlang, reached) < self._wanted:
            if reached >= high:
                return reached, False
            low, reached = reached + 1, min(high, reached * 2)
        while low < reached:
            middle = (low + reached) // 2
            if self.covered(erlang, middle) >= self._wanted:
                reached = middle
            else:
                low = middle + 1
        return reached, True
