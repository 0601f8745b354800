"""What a run comes to: late share, mean, percentiles, and what was driven for it. Definitions stand here once.

Response is from the call to the first unit on scene; a call that nobody came to is late. Percentiles are nearest-rank.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.facts.values import Instant
from tocsin.sim.twin.compiled import Columns, columns
from tocsin.sim.twin.record import Keep
from tocsin.sim.twin.world import World

Floats = NDArray[np.float64]
DAY_S = 86_400.0
Told = Callable[[int], None]


class Figures(msgspec.Struct, frozen=True):
    """One scenario, one seed. Minutes unless the name says otherwise; shares from 0 to 1."""

    scenario: str
    seed: int
    calls: int
    served: int
    late_share: float
    mean_min: float
    p50_min: float
    p90_min: float
    p95_min: float
    waited_share: float | None
    """Calls that found nobody free; the compiled rules do not tell."""
    relocation_min_per_unit_day: float
    moves_per_day: float
    busy_share: float
    """Share of the fleet's time spent on calls, as far as the calls' own stages say."""
    facts: int
    """Facts recorded by the desk's own rules; 0 in a compiled run."""


class Ran(msgspec.Struct, frozen=True):
    """A run's figures and, by call, the response in seconds (inf: nobody came), the unit and the node."""

    figures: Figures
    response_s: Floats
    unit: NDArray[np.int64]
    node: NDArray[np.int64]
    notes: tuple[str, ...] = ()


def rank(values: Floats, share: float) -> float:
    """Nearest rank; nan of none."""
    if not len(values):
        return math.nan
    return float(np.sort(values)[max(0, math.ceil(share * len(values)) - 1)])


def run(world: World, seed: int, *, compiled: bool = False, told: Told | None = None, keep: Keep | None = None) -> Ran:
    """Live through the calls of a seed, plainly or compiled. `told` hears how many calls have come in.

    `keep` is handed every recorded entry (plain runs only). Raises ScenarioError and TwinError.
    """
    calls = world.calls(seed)
    cols = columns(calls)
    if compiled:
        swept = world.sweeper().run(cols, [unit.base for unit in world.fleet], world.rules())
        if told:
            told(len(calls))
        response_s = np.where(swept.unit >= 0, swept.response_s, np.inf)
        extra = (swept.relocation_s, swept.moves, None, 0)
        return _ran(world, seed, cols, response_s, swept.unit, extra)
    twin = world.twin(calls, keep=keep)
    outcomes = twin.run(calls, told)
    response_s = np.array([out.response_s if out.served else math.inf for out in outcomes])
    unit = np.array([out.unit for out in outcomes])
    waited = sum(out.waited for out in outcomes) / len(outcomes)
    return _ran(world, seed, cols, response_s, unit, (twin.relocation_s, twin.moves, waited, twin.record.facts))


def _ran(
    world: World,
    seed: int,
    cols: Columns,
    response_s: Floats,
    unit: NDArray[np.int64],
    extra: tuple[float, int, float | None, int],
) -> Ran:
    at, node = cols.at, cols.node
    relocation_s, moves, waited, facts = extra
    came = response_s[np.isfinite(response_s)]
    days = max(_span_s(at), 3_600.0) / DAY_S
    limit_s = world.loaded.scenario.policy.late_after_min * 60
    figures = Figures(
        world.name,
        seed,
        len(at),
        len(came),
        float((response_s > limit_s).mean()),
        float(came.mean() / 60) if len(came) else math.nan,
        rank(came, 0.5) / 60,
        rank(came, 0.9) / 60,
        rank(came, 0.95) / 60,
        waited,
        relocation_s / 60 / days / len(world.fleet),
        moves / days,
        _work_s(world, cols, response_s) / (days * DAY_S * len(world.fleet)),
        facts,
    )
    return Ran(figures, response_s, unit, node, tuple(world.notes))


def _span_s(at: Floats) -> Instant:
    return float(at[-1] - at[0]) if len(at) else 0.0


def _work_s(world: World, cols: Columns, response_s: Floats) -> float:
    """Seconds on calls after arrival, and the response itself where nobody waited in line for it."""
    ground, nearest = np.array(world.ground.siren_s), np.array(world.ground.nearest_hospital)
    came = np.isfinite(response_s)
    to = nearest[cols.node]
    carried = cols.to_hospital & (to >= 0)
    away = np.where(carried, ground[cols.node, to] + cols.hand_over_s, 0.0)
    return float((np.where(came, response_s, 0.0) + cols.scene_s + away)[came].sum())
