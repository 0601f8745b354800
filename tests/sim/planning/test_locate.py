"""Location plans against every possible plan on small grounds, and against known optima on a real one."""

from __future__ import annotations

import json
from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from tests.sim.twin import utrecht

from tocsin.sim.planning.highs import SolverError
from tocsin.sim.planning.locate import mclp, mexclp, p_median

LIMIT_S = 50.0


def small(seed: int, sites: int = 5, places: int = 9):
    dice = np.random.default_rng(seed)
    return dice.random(places), dice.random((sites, places)) * 100


def expected(demand, drive_s, at, busy) -> float:
    k = (drive_s[list(at)] <= LIMIT_S).sum(axis=0)
    return float((demand * (1 - busy**k)).sum())


@pytest.mark.parametrize("seed", range(6))
def test_mexclp_is_the_best_of_all_plans(seed):
    demand, drive_s = small(seed)
    best = max(expected(demand, drive_s, at, 0.4) for at in combinations_with_replacement(range(5), 4))
    plan = mexclp(demand, drive_s, LIMIT_S, 4, 0.4)
    at = [j for j, n in enumerate(plan.at) for _ in range(n)]
    assert plan.worth == pytest.approx(best, abs=1e-9)
    assert expected(demand, drive_s, at, 0.4) == pytest.approx(best, abs=1e-9)
    assert len(at) == 4


def test_units_that_stay_and_room_for_few_are_kept_to():
    demand, drive_s = small(1)
    plan = mexclp(demand, drive_s, LIMIT_S, 4, 0.4, fixed=[0, 2, 0, 0, 0], capacity=2)
    assert plan.at[1] == 2
    assert max(plan.at) <= 2
    best = max(expected(demand, drive_s, (1, 1, a, b), 0.4) for a, b in combinations_with_replacement((0, 2, 3, 4), 2))
    assert plan.worth == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fixed", [(), (2,)])
def test_mclp_and_p_median_are_the_best_of_all_plans(seed, fixed):
    demand, drive_s = small(seed)
    plans = [at for at in combinations(range(5), 2) if set(fixed) <= set(at)]
    covered = max(float(demand[(drive_s[list(at)] <= LIMIT_S).any(axis=0)].sum()) for at in plans)
    assert mclp(demand, drive_s, LIMIT_S, 2, fixed).worth == pytest.approx(covered, abs=1e-9)
    mean_s = min(float(drive_s[list(at)].min(axis=0) @ demand / demand.sum()) for at in plans)
    found = p_median(demand, drive_s, 2, fixed)
    assert found.worth == pytest.approx(mean_s, abs=1e-9)
    assert sum(found.at) == 2


def test_a_plan_that_cannot_be_is_told():
    demand, drive_s = small(0)
    with pytest.raises(SolverError, match="reaches any place"):
        mexclp(demand, drive_s, -1.0, 2, 0.3)
    with pytest.raises(SolverError, match="no plan"):
        mexclp(demand, drive_s, LIMIT_S, 9, 0.3, capacity=1)


def optima() -> dict[str, dict[str, float]]:
    file = utrecht.FOLDER / "mexclp_optima.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def test_the_known_optima_of_utrecht():
    utrecht.need()
    drive_s = [utrecht.ground().siren_s[site] for site in utrecht.stations()]
    for key, told in optima().items():
        units, busy = key.split("_")
        plan = mexclp(utrecht.demand(), drive_s, 720.0, int(units), float(busy))
        assert plan.worth == pytest.approx(told["obj"], abs=1e-6), key
        assert sum(plan.at) == int(units)
