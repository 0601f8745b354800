"""The desk's own recommendation in the twin: the choice is the desk's, and its loss is the coverage that leaves."""

from __future__ import annotations

from itertools import combinations

import pytest
from tests.sim.twin.test_core import WEST, fleet_at, road, tally, twin_of, units_of

from tocsin.domain.advise import recommend
from tocsin.domain.case import Case
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Need
from tocsin.sim.twin.brain import Brain, TallyLoss, TallyLosses, plans_of
from tocsin.sim.twin.model import TwinCall

FIRE = Catalogue(
    (IncidentType("FIRE", "fire", 1, {"en": "Fire"}, (Need("ambulance", 2),)),),
    (Disposition("handled", {"en": "Handled"}),),
)


def brain(limit_s=120.0, loss=1.0, minute=0.01) -> Brain:
    return Brain(TallyLosses(tally(WEST)), plans_of(limit_s, loss, minute))


def test_it_leaves_the_only_cover_of_many_people_and_sends_who_is_little_farther():
    fleet, call = fleet_at(2, 5, 5), TwinCall(0.0, 3, 1.0)
    assert units_of(twin_of(road(), fleet, brain()), call) == [1]
    assert units_of(twin_of(road(), fleet, brain(limit_s=60.0)), call) == [0], "but never lets the caller be late"
    assert units_of(twin_of(road(), fleet, brain(minute=5.0)), call) == [0]
    doubts = twin_of(road(), fleet, brain(), spread=0.5)
    assert units_of(doubts, call) == [0], "120 s against a limit of 120 is as often late as not"


def test_what_it_sends_is_what_the_desk_proposes_for_the_whole_plan():
    fleet, watch = fleet_at(1, 2, 4, 5, 9), tally(WEST, units=5)
    twin = twin_of(road(), fleet, Brain(TallyLosses(watch), plans_of(120.0, 1.0, 0.01)), catalogue=FIRE)
    seen = []
    whole = twin.dispatch.choose

    def choose(room, incident, kind, travels, now, field):
        case = Case(room, incident, kind, travels, now, plans_of(120.0, 1.0, 0.01), TallyLoss(watch, field.heading()))
        shown = tuple(row.unit for row in recommend(case).candidates if row.chosen)
        sent = whole(room, incident, kind, travels, now, field)
        seen.append((shown, sent))
        return sent

    twin.dispatch.choose = choose
    out = twin.run([TwinCall(450.0 * n, (3 * n) % 11, 500.0, type="FIRE") for n in range(12)])
    assert len(seen) >= 12
    assert all(shown == sent for shown, sent in seen)
    assert {o.units for o in out} == {2}


@pytest.mark.parametrize("many", [1, 2, 3])
def test_the_loss_is_the_coverage_before_less_the_coverage_after(many):
    watch, heading = tally(WEST), {"A0": 2, "A1": 5, "A2": 5, "A3": 6}
    loss = TallyLoss(watch, heading)
    before = watch.cover.expected(watch.cover.counts(heading.values()))
    for gone in combinations(heading, many):
        left = watch.cover.counts(node for unit, node in heading.items() if unit not in gone)
        assert loss.loss(gone) == pytest.approx(before - watch.cover.expected(left), abs=1e-12)
        assert loss.loss(gone) >= sum(loss.loss([unit]) for unit in gone) - 1e-12, "supermodular"
    assert watch.counts == watch.cover.counts(heading.values()), "nothing is left changed"
