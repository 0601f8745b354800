"""Where more stations would help most, for a scenario that is ready to run. Proposes, and says what each is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from tocsin.sim.planning.highs import SolverError
from tocsin.sim.planning.locate import Demands, Drives, Plan, mclp, mexclp, p_median
from tocsin.sim.twin.world import World

Model: TypeAlias = Literal["mclp", "mexclp", "p-median"]


class Proposal(msgspec.Struct, frozen=True):
    """New sites by name, and the measure before and after: covered share, or mean drive in minutes for p-median."""

    model: str
    measure: str
    sites: tuple[str, ...]
    before: float
    after: float


def propose(world: World, add: int, model: Model, limit_s: float, busy: float) -> Proposal:
    """`add` sites among all nodes beside the stations there are. Raises SolverError.

    mclp: demand within `limit_s` of some station. mexclp: expected demand within `limit_s` of a free unit, with one
    more unit at each new site and every unit busy a share `busy` of the time. p-median: mean drive from the nearest.
    """
    drive_s, demand = np.array(world.ground.siren_s), np.array(world.weight) / sum(world.weight)
    stations = list(world.stations)
    if model == "mexclp":
        at = Counter(unit.base for unit in world.fleet)
        fixed = [at.get(node, 0) for node in range(len(drive_s))]
        before = _expected(demand, drive_s, limit_s, fixed, busy)
        plan = mexclp(demand, drive_s, limit_s, len(world.fleet) + add, busy, fixed=fixed)
        extra = [node for node, n in enumerate(plan.at) for _ in range(n - fixed[node])]
        return Proposal(model, "expected covered share", _names(world, extra), before, plan.worth)
    if len(stations) + add > len(drive_s):
        raise SolverError(f"there are only {len(drive_s)} nodes for {len(stations) + add} stations")
    plan = _stations(demand, drive_s, limit_s, len(stations) + add, stations, model)
    extra = [node for node, n in enumerate(plan.at) if n and node not in stations]
    nearest = drive_s[stations].min(axis=0)
    if model == "mclp":
        before = float(demand[nearest <= limit_s].sum())
        return Proposal(model, "covered share", _names(world, extra), before, plan.worth)
    return Proposal(model, "mean drive, min", _names(world, extra), float(nearest @ demand) / 60, plan.worth / 60)


def _stations(
    demand: Demands, drive_s: Drives, limit_s: float, count: int, stations: Sequence[int], model: Model
) -> Plan:
    if model == "mclp":
        return mclp(demand, drive_s, limit_s, count, stations)
    return p_median(demand, drive_s, count, stations)


def _names(world: World, nodes: Sequence[int]) -> tuple[str, ...]:
    return tuple(world.ground.names[node] for node in nodes)


def _expected(demand: Demands, drive_s: Drives, limit_s: float, units: Sequence[int], busy: float) -> float:
    reached = np.asarray(drive_s) <= limit_s
    return float((np.asarray(demand) * (1.0 - busy ** (np.asarray(units) @ reached))).sum())
