"""What is recorded of a choice, and what became better afterwards."""

from __future__ import annotations

import msgspec
import pytest
from tests.world import CATALOGUE, T0, given, opened, room_of, sent, stage, travel, unit

from tocsin.domain import orders as o
from tocsin.domain.case import Case
from tocsin.domain.decide import decide
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.second_look import Better, reconsider
from tocsin.facts.choices import ChoiceExplained, Considered, Shown, UnitsChosen
from tocsin.facts.incidents import IncidentClosed

NOW = T0 + 100
FIRE = CATALOGUE.types[0]


def shown(*chosen: str, plan: str = "P", missing: int = 0) -> Shown:
    return Shown(T0, 1, plan, missing=missing, candidates=tuple(Considered(name, True) for name in chosen))


@pytest.mark.parametrize(
    ("sent_units", "seen", "verdict", "owed"),
    [
        (("E1", "E2"), shown("E2", "E1"), "accepted", 0),
        (("E1",), shown("E1", "E2"), "partly", 0),
        (("E1", "E3"), shown("E1", "E2"), "changed", 1),
        (("E3",), shown("E1", "E2"), "overridden", 1),
        (("E3",), shown(), "overridden", 1),
        (("E3",), shown(plan=""), "unplanned", 0),
    ],
)
def test_the_verdict_and_whether_a_reason_is_owed(sent_units, seen, verdict, owed):
    room = room_of(opened(), *(unit(f"E{i}") for i in (1, 2, 3)))
    facts = decide(room, o.DispatchUnits("1", sent_units), given(shown=seen))
    chosen = facts[-1]
    assert isinstance(chosen, UnitsChosen)
    assert (chosen.verdict, chosen.sent, chosen.shown) == (verdict, sent_units, seen)
    assert room_of(opened(), *(unit(f"E{i}") for i in (1, 2, 3)), facts).incidents["1"].owes == owed


def test_a_reason_said_with_the_order_is_not_asked_for_again():
    room = room_of(opened(), unit("E3"))
    facts = decide(room, o.DispatchUnits("1", ("E3",), reason=" knows the gate "), given(shown=shown("E1")))
    assert facts[-1].reason == "knows the gate"
    assert room_of(opened(), unit("E3"), facts).incidents["1"].owes == 0


def test_an_owed_reason_holds_up_nothing_but_the_closing():
    owing = (opened(), unit("E3"), UnitsChosen(NOW, "1", 1, "overridden", ("E3",), shown("E1")))
    room = room_of(owing)
    assert isinstance(decide(room, o.DispatchUnits("1", ("E3",)), given()), tuple)
    assert decide(room, o.CloseIncident("1", "DONE"), given()).name == "reason_owed"
    (closed,) = decide(room_of(owing, ChoiceExplained(NOW, "1", 1, "x")), o.CloseIncident("1", "DONE"), given())
    assert isinstance(closed, IncidentClosed)


# -- the second look -----------------------------------------------------------------------------------------------


def case(*facts, etas, kind=FIRE, plans=NO_PLANS, ages=None):
    room = room_of(opened(), *facts)
    travels = {name: travel(eta, position_at=NOW - (ages or {}).get(name, 1.0)) for name, eta in etas.items()}
    return Case(room, room.incidents["1"], kind, travels, NOW, plans)


FULL = (unit("E1"), unit("E2"), unit("L1", "ladder"), sent("E1"), sent("E2"), sent("L1"), stage("en_route", "E1"))


def test_a_unit_freed_much_closer_is_proposed_for_the_one_that_has_longest_to_drive():
    etas = {"E1": 400.0, "E2": 500.0, "L1": 100.0, "E3": 200.0}
    assert reconsider(case(*FULL, unit("E3"), etas=etas)) == Better(("E3",), ("E2",), 300.0)


@pytest.mark.parametrize(("eta", "why"), [(390.0, "by too few seconds"), (301.0, "by too small a share")])
def test_a_little_better_is_not_worth_a_word(eta, why):
    etas = {"E1": 100.0, "E2": 500.0 if eta == 390.0 else 1_000.0, "L1": 100.0, "E3": eta}
    plans = Plans() if eta == 390.0 else Plans(second_look=msgspec.structs.replace(Plans().second_look, gain_share=0.7))
    assert reconsider(case(*FULL, unit("E3"), etas=etas, plans=plans)) is None, why


def test_who_is_there_or_cannot_do_the_work_is_not_swapped():
    etas = {"E1": 900.0, "E2": 900.0, "L1": 100.0, "E3": 60.0, "B1": 10.0}
    there = (*FULL, stage("on_scene", "E1"), stage("on_scene", "E2"))
    assert reconsider(case(*there, unit("E3"), etas=etas)) is None
    del etas["E3"]
    assert reconsider(case(*FULL, unit("B1", "boat"), etas=etas)) is None


def test_a_driving_unit_that_is_silent_is_not_taken_for_far_away():
    etas = {"E1": 900.0, "E2": 100.0, "L1": 100.0, "E3": 60.0}
    assert reconsider(case(*FULL, unit("E3"), etas=etas, ages={"E1": 300.0})) is None
    assert reconsider(case(*FULL, unit("E3"), etas=etas)) == Better(("E3",), ("E1",), 840.0)


def test_what_the_plan_still_lacks_is_proposed_once_somebody_can_come():
    busy = (unit("E1"), sent("E1"), unit("E2"), unit("L1", "ladder"))
    assert reconsider(case(*busy, etas={"E1": 60.0, "E2": 90.0, "L1": 90.0})) == Better(("E2", "L1"))
    assert reconsider(case(unit("E2"), etas={"E2": 90.0})) is None, "nobody was sent yet: the recommendation says it"
