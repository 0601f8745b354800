"""The compiled rules are the plain rules: the same unit for every call, the same numbers, whatever the policy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.twin import utrecht

from tocsin.domain.coverage import cover_of
from tocsin.sim.twin.compiled import DISPATCH, RELOCATE, Rules, Sweeper, columns
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import MoveRule
from tocsin.sim.twin.world import policies

NODES = 12


def both(ground, stations, bases, calls, rules, limits, busy):
    """(plain twin, compiled sweep) of the same calls under the same rules."""
    fleet = [TwinUnit(id_, base) for id_, base in zip(unit_ids(len(bases)), bases, strict=True)]
    drive_s = {node: ground.siren_s[node] for node in range(len(ground))}
    cover = cover_of([1.0 + i % 3 for i in range(len(ground))], drive_s, limits, busy, len(bases))
    dispatch, relocate = policies(rules, ground, fleet, stations, cover)
    twin = Twin(ground, fleet, dispatch, relocate, spread=rules.spread)
    twin.run(calls)
    return twin, Sweeper(ground, stations, cover).run(columns(calls), bases, rules)


def agree(twin, swept) -> None:
    assert [o.unit for o in twin.outcomes] == swept.unit.tolist()
    assert [o.response_s for o in twin.outcomes] == swept.response_s.tolist()
    assert twin.moves == swept.moves
    assert math.isclose(twin.relocation_s, swept.relocation_s, rel_tol=1e-9, abs_tol=1e-6)


MINUTES = st.integers(0, 30).map(lambda n: n * 30.0)
GROUNDS = st.tuples(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=NODES, max_size=NODES),
    st.lists(MINUTES, min_size=NODES * NODES, max_size=NODES * NODES),
    st.lists(st.integers(0, NODES - 1), max_size=3),
)
CALLS = st.lists(
    st.tuples(MINUTES, st.integers(0, NODES - 1), MINUTES, st.booleans(), MINUTES, st.sampled_from([0.0, 45.0])),
    min_size=1,
    max_size=60,
)
RULES = st.builds(
    Rules,
    dispatch=st.sampled_from(sorted(DISPATCH)),
    relocate=st.sampled_from(sorted(RELOCATE)),
    limit_s=st.sampled_from([240.0, 720.0]),
    loss_weight=st.sampled_from([1.0, 3.7]),
    minute_weight=st.sampled_from([0.0, 0.01]),
    home_minute_cost=st.sampled_from([0.0, 0.002]),
    spread=st.sampled_from([0.0, 0.3]),
    moves=st.builds(
        MoveRule,
        after_sent=st.booleans(),
        after_freed=st.booleans(),
        least=st.sampled_from([0.0, 0.01]),
        minute_cost=st.sampled_from([0.0, 0.001]),
    ),
)


@settings(max_examples=60, deadline=None)
@given(
    GROUNDS,
    CALLS,
    RULES,
    st.lists(st.integers(0, NODES - 1), min_size=1, max_size=5, unique=True),
    st.integers(1, 6),
    st.sampled_from([((720.0, 1.0),), ((720.0, 0.8), (400.0, 0.2))]),
)
def test_the_compiled_rules_are_the_plain_rules_call_by_call(grounds, told, rules, stations, units, limits):
    points, drives, hospitals = grounds
    siren_s = [drives[i * NODES : (i + 1) * NODES] for i in range(NODES)]
    xs, ys = ([float(p[axis]) for p in points] for axis in (0, 1))
    ground = Ground([f"n{i}" for i in range(NODES)], xs, ys, siren_s, hospitals)
    at, calls = 0.0, []
    for gap, node, scene, hospital, hand_over, turnout in told:
        at += gap
        calls.append(TwinCall(at, node, scene, hospital, hand_over, turnout))
    bases = [stations[i % len(stations)] for i in range(units)]
    agree(*both(ground, stations, bases, calls, rules, limits, 0.4))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules("dmexclp", "dmexclp"),
        Rules("hybrid", "dmexclp", loss_weight=3.7, moves=MoveRule(after_sent=True, after_freed=True, least=0.004)),
        Rules("brain", "dmexclp", loss_weight=1.3),
        Rules("brain", "dmexclp", loss_weight=1.3, spread=0.25, moves=MoveRule(after_sent=True, least=0.004)),
    ],
    ids=["closest", "dmexclp", "hybrid with moves", "brain", "brain that doubts, with moves"],
)
def test_they_agree_on_a_real_ground_where_ties_are_rare_and_sums_are_long(rules):
    utrecht.need()
    bases = [unit.base for unit in utrecht.fleet(20)]
    calls = utrecht.trace(3)[:700]
    agree(*both(utrecht.ground(), utrecht.stations(), bases, calls, rules, ((720.0, 0.85), (540.0, 0.15)), 0.25))


def test_a_fleet_larger_than_the_cover_was_made_for_is_refused():
    ground = Ground(["a"], [0.0], [0.0], [[0.0]])
    cover = cover_of([1.0], {0: [0.0]}, ((720.0, 1.0),), 0.3, 2)
    with pytest.raises(ValueError, match="made for 2 units"):
        Sweeper(ground, [0], cover).run(columns([TwinCall(0.0, 0, 60.0)]), [0, 0, 0], Rules())


@pytest.mark.parametrize("dispatch", sorted(DISPATCH))
@pytest.mark.parametrize("moves", [False, True])
def test_where_everything_is_equal_both_take_the_first(dispatch, moves):
    """All drives take a minute: every unit and every station ties with every other."""
    siren_s = [[60.0 * (a != b) for b in range(NODES)] for a in range(NODES)]
    ground = Ground([f"n{i}" for i in range(NODES)], [0.0] * NODES, [0.0] * NODES, siren_s)
    calls = [TwinCall(500.0 * n, n % NODES, 700.0) for n in range(60)]
    rules = Rules(dispatch, "dmexclp", moves=MoveRule(after_sent=moves, least=-1.0))
    twin, swept = both(ground, [3, 1, 7], [1, 3, 7, 1], calls, rules, ((720.0, 1.0),), 0.4)
    agree(twin, swept)
    assert 3 in twin.heading().values()
    assert 7 not in list(twin.heading().values())[:2]
