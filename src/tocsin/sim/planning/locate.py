"""Where stations and units should stand: MCLP, MEXCLP and p-median, each to its proven optimum.

`demand[i]` is the weight of place i, `drive_s[j][i]` the seconds from candidate site j to place i. Knows no maps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.domain.coverage import worths
from tocsin.sim.planning.highs import Row, SolverError, maximise


class Plan(msgspec.Struct, frozen=True):
    """Units (or stations) by candidate site, and its worth: covered weight, or mean seconds for p-median."""

    at: tuple[int, ...]
    worth: float


Drives = Sequence[Sequence[float]] | NDArray[np.float64]
Demands = Sequence[float] | NDArray[np.float64]


def _patterns(demand: Demands, drive_s: Drives, limit_s: float) -> list[tuple[tuple[int, ...], float]]:
    """Places that the same sites reach are one: (those sites, weight of all such places). The optimum is the same."""
    reached = np.asarray(drive_s, float) <= limit_s
    weight: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for i, w in enumerate(demand):
        sites = tuple(np.nonzero(reached[:, i])[0].tolist())
        if sites and w > 0:
            weight[sites] += w
    return list(weight.items())


def mexclp(
    demand: Demands,
    drive_s: Drives,
    limit_s: float,
    units: int,
    busy: float,
    *,
    capacity: int | None = None,
    fixed: Sequence[int] = (),
    limit_solve_s: float = 60.0,
) -> Plan:
    """Where `units` should stand so that the expected covered demand is largest (Daskin 1983).

    `busy`: share of the time each is busy. `capacity`: most units at one site. `fixed[j]`: units that stand at j anyway
    (they count among `units`). Raises SolverError.
    """
    groups, sites = _patterns(demand, drive_s, limit_s), len(drive_s)
    if not groups:
        raise SolverError("no site reaches any place in time")
    adds = worths(busy, units)[:units]
    cost, rows = [0.0] * sites, []
    for reachers, weight in groups:
        first = len(cost)
        cost += [weight * one for one in adds]
        columns = [*range(first, first + units), *reachers]
        rows.append(Row(columns, [1.0] * units + [-1.0] * len(reachers), -np.inf, 0.0))
    rows.append(Row(range(sites), [1.0] * sites, units, units))
    rows += [Row([j], [1.0], least, np.inf) for j, least in enumerate(fixed) if least]
    upper = [float(capacity or units)] * sites + [1.0] * (len(cost) - sites)
    # What one more unit adds only shrinks, so the shares of cover fill in order by themselves: only sites are whole.
    _, x = maximise(cost, rows, upper, [True] * sites + [False] * (len(cost) - sites), limit_solve_s)
    at = tuple(round(v) for v in x[:sites])
    # Worth of the whole plan itself, without what the solver's tolerances leave or lend.
    return Plan(at, sum(float(weight) * sum(adds[: sum(at[j] for j in reachers)]) for reachers, weight in groups))


def mclp(demand: Demands, drive_s: Drives, limit_s: float, stations: int, fixed: Sequence[int] = ()) -> Plan:
    """Which `stations` cover most demand (Church & ReVelle 1974). `fixed`: sites that stay. Raises SolverError."""
    groups, sites = _patterns(demand, drive_s, limit_s), len(drive_s)
    if not groups:
        raise SolverError("no site reaches any place in time")
    cost = [0.0] * sites + [weight for _, weight in groups]
    rows = [
        Row([sites + g, *reachers], [1.0] + [-1.0] * len(reachers), -np.inf, 0.0)
        for g, (reachers, _) in enumerate(groups)
    ]
    rows.append(Row(range(sites), [1.0] * sites, stations, stations))
    rows += [Row([j], [1.0], 1.0, 1.0) for j in fixed]
    worth, x = maximise(cost, rows, [1.0] * len(cost), [True] * sites + [False] * len(groups))
    return Plan(tuple(round(v) for v in x[:sites]), worth)


def p_median(demand: Demands, drive_s: Drives, stations: int, fixed: Sequence[int] = ()) -> Plan:
    """Which `stations` make the mean drive to the nearest one shortest (Hakimi 1964). Raises SolverError.

    `worth` is that mean in seconds, weighted by demand.
    """
    times, weight = np.asarray(drive_s, float), np.asarray(demand, float)
    sites, total, kept = len(times), float(weight.sum()), list(fixed)
    rows, cost = [], [0.0] * sites
    for i in np.nonzero(weight > 0)[0].tolist():
        # Nobody goes past a station that stays: farther sites need no variable.
        nearest = int(min(kept, key=times[:, i].__getitem__)) if kept else -1
        mine = [j for j in range(sites) if nearest < 0 or times[j, i] < times[nearest, i] or j == nearest]
        first = len(cost)
        cost += [-weight[i] * times[j, i] / total for j in mine]
        rows.append(Row(range(first, first + len(mine)), [1.0] * len(mine), 1.0, 1.0))
        rows += [Row([first + n, j], [1.0, -1.0], -np.inf, 0.0) for n, j in enumerate(mine) if j != nearest]
    rows.append(Row(range(sites), [1.0] * sites, stations, stations))
    rows += [Row([j], [1.0], 1.0, 1.0) for j in kept]
    _, x = maximise(cost, rows, [1.0] * len(cost), [True] * sites + [False] * (len(cost) - sites))
    at = tuple(round(v) for v in x[:sites])
    chosen = [j for j, n in enumerate(at) if n]
    return Plan(at, float((times[chosen].min(axis=0) * weight).sum() / total))
