"""What is kept about people, for how long, and what a hold is worth: over random nights, whole state looked at."""

from __future__ import annotations

import random

import msgspec
import pytest
from tests.world import CATALOGUE, HERE, T0, closed, flat, given, opened, room_of, steps, taken, unit

from tocsin.domain.decide import decide
from tocsin.domain.given import Given
from tocsin.domain.orders_privacy import EraseDue, ErasePersonal
from tocsin.domain.types import Retention
from tocsin.facts import calls, incidents, locations, units
from tocsin.facts.personal import blanked
from tocsin.facts.privacy import KINDS, HoldPlaced, PersonalErased
from tocsin.facts.shapes import Circle

DAY_S = 86_400
RULES = Retention(call_days=2, record_days=10, position_days=1, media_days=5, crew_days=3)
LAW = msgspec.structs.replace(CATALOGUE, retention=RULES)
ENDED = (taken(), opened(), calls.CallAttached(T0 + 11, "1", "1"), closed())


def due(room, days: float) -> list[PersonalErased]:
    return list(decide(room, EraseDue(), Given(T0 + days * DAY_S, "clock", LAW)))


@pytest.mark.parametrize(
    ("days", "kinds"),
    [(0.9, ()), (1.1, ("position",)), (5.1, ("position", "media")), (10.1, ("record", "position", "media"))],
)
def test_each_kind_is_erased_when_its_days_are_over(days, kinds):
    assert [(one.subject, one.kinds) for one in due(room_of(ENDED), days)] == ([("incident:1", kinds)] if kinds else [])


def test_what_is_open_is_never_due_however_old():
    assert due(room_of(taken(), opened()), 4_000) == []


def test_a_call_that_came_to_nothing_and_a_crew_have_days_of_their_own():
    room = room_of(
        taken(), calls.CallReleased(T0, "1", "information"), unit(), units.UnitCameOnDuty(T0, "E1", 2, ("Rita",))
    )
    assert {one.subject for one in due(room, 2.5)} == {"call:1"}
    day = int(T0 // DAY_S)
    assert {one.subject for one in due(room, 3.5)} == {"call:1", f"crew:E1:{day}"}


def test_a_room_is_the_same_whether_its_facts_were_read_before_or_after_somebody_was_erased():
    """Found by the simulation of faults: a number stayed in the room, and a shift's begin went with the names."""
    told = (
        calls.CallReceived(T0, "1", "112", "+351 912 345 678"), calls.CallAnswered(T0 + 1, "1", "ana"),
        calls.CallReleased(T0 + 2, "1", "information"), unit(crew=4),
        units.UnitCameOnDuty(T0 + 3, "E1", 4, ("Rita",), relieved=True),
    )  # fmt: skip
    gone = due(room_of(told), 400)
    assert {one.subject.partition(":")[0] for one in gone} == {"call", "crew"}
    read_after = [blanked(fact) for fact in flat(told)]
    assert room_of(told, gone) == room_of(read_after, gone)


def test_a_hold_stops_time_and_nothing_else_is_stopped():
    room = room_of(ENDED, opened("2"), closed("2"), HoldPlaced(T0, "incident:1", "117/2026", "1"))
    assert {one.subject for one in due(room, 400)} == {"incident:2"}


def test_a_report_for_which_nobody_called_is_erased_whole():
    told = locations.LocationReported(T0, "L1", "aml", number="+351 912 345 678", shape=Circle(38.1, -9.1, 20.0))
    (fact,) = due(room_of(told, locations.LocationExpired(T0 + 600, "L1")), 1.1)
    assert fact.keys == ("record/report:L1", "position/report:L1", "media/report:L1")
    assert due(room_of(told, locations.LocationExpired(T0 + 600, "L1"), fact), 2) == []


def test_erasing_names_the_keys_of_the_calls_too():
    (fact,) = due(room_of(ENDED), 1.5)
    assert fact.keys == ("position/incident:1", "position/call:1")


def test_after_an_erasure_nobody_is_left_in_the_room():
    night = (
        calls.CallReceived(T0, "1", "112", "+351 912 345 678", place=HERE),
        calls.CallAnswered(T0 + 1, "1", "ana"),
        locations.LocationReported(T0 + 2, "L1", "aml", "1", "+351 912 345 678", Circle(38.123456, -9.1, 20.0)),
        opened(),
        calls.CallAttached(T0 + 11, "1", "1"),
        closed(),
    )
    before = str(msgspec.to_builtins(room_of(night)))
    assert all(told in before for told in (HERE.text, "38.123456", "2345678"))
    fact = decide(room_of(night), ErasePersonal("incident:1"), given())[0]
    assert "position/report:L1" in fact.keys
    room = room_of(night, fact)
    assert not any(told in str(msgspec.to_builtins(room)) for told in (HERE.text, "38.123456", "2345678"))
    assert all("incident:1" not in room.kept(kind) for kind in KINDS)


def test_a_note_on_what_was_erased_is_kept_for_its_own_time():
    fact = decide(room_of(ENDED), ErasePersonal("incident:1"), given())[0]
    room = room_of(ENDED, fact, incidents.IncidentNoted(T0 + 5 * DAY_S, "1", "his sister rang"))
    assert due(room, 14) == []
    assert [one.kinds for one in due(room, 15.1)] == [("record",)]


def test_an_incident_that_is_opened_again_is_not_due():
    assert due(room_of(ENDED, incidents.IncidentReopened(T0 + 50, "1", "smoke")), 400) == []


@pytest.mark.parametrize("seed", range(20))
def test_nothing_live_or_held_is_ever_erased(seed):
    """Whatever the night was, at its end and long after."""
    for room, _order, told, decision in steps(random.Random(seed), 150):
        if isinstance(decision, tuple):
            for fact in decision:
                if isinstance(fact, PersonalErased):
                    assert fact.subject not in room.holds
                    assert not fact.incident or not room.incidents[fact.incident].open
        late = decide(room, EraseDue(), Given(told.now + 4_000 * DAY_S, "clock", LAW))
        assert all(one.subject not in room.holds for one in late)
        assert all(not one.incident or not room.incidents[one.incident].open for one in late)
