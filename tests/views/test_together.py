"""Attach and split on the board and in the timeline: what a call brought goes with it, and nothing else does."""

from __future__ import annotations

import random

from tests.world import HERE, T0, closed, entries_of, opened, room_of, steps, taken

from tocsin.domain.refusals import Refusal
from tocsin.facts import calls, incidents, locations
from tocsin.facts.base import Entry
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.shapes import Circle
from tocsin.views.board import BoardFold
from tocsin.views.timeline import TimelineIndex

NUMBER = "+351 912 345 678"
RUNG = (
    calls.CallReceived(T0, "2", "112", NUMBER, "Rui", HERE),
    calls.CallAnswered(T0 + 4, "2", "ana"),
    calls.CallNoted(T0 + 9, "2", "two people inside"),
)
ATTACHED = calls.CallAttached(T0 + 20, "2", "1")
REPORTED = locations.LocationReported(T0 + 25, "L1", "aml", "2", NUMBER, Circle(38.7, -9.1, 20.0))
SPLIT = calls.CallDetached(T0 + 30, "2", "1", "eva", "another street")


def board_of(*facts) -> BoardFold:
    board = BoardFold()
    for entry in entries_of(*facts):
        board.fold(entry)
    return board


def test_what_the_new_caller_says_is_on_the_incidents_row():
    (caller,) = board_of(opened(), RUNG, ATTACHED).incidents["1"].callers
    assert (caller.number, caller.said, caller.attached_by, caller.place) == (NUMBER, "two people inside", "ana", HERE)


def test_splitting_gives_the_call_back_with_all_that_was_its_own():
    board = board_of(opened(), RUNG, ATTACHED, REPORTED, SPLIT)
    row, incident = board.calls["2"], board.incidents["1"]
    assert (row.status, row.answered_by, row.incident, row.notes) == ("answered", "eva", "", ("two people inside",))
    assert [one.id for one in row.reports] == ["L1"]
    assert (incident.calls, incident.callers, incident.reports, incident.areas) == ((), (), (), ())
    assert board.attached == {}


def test_both_rows_are_told_to_screens():
    board = board_of(opened(), RUNG, ATTACHED, SPLIT)
    rows = board.rows(entries_of(SPLIT))
    assert rows.calls["2"] is not None
    assert rows.incidents["1"] is not None


def test_once_closed_nothing_personal_is_kept_beside_the_incident():
    board = board_of(opened(), RUNG, ATTACHED, closed())
    assert board.attached == {}
    assert board.closed["1"].callers == ()


def test_timelines_follow_the_call():
    index = TimelineIndex()
    facts = (*RUNG, opened(), ATTACHED, REPORTED)
    for entry in entries_of(*facts):
        index.fold(entry)
    assert index.positions("1") == [1, 2, 3, 4, 5, 6]
    index.fold(Entry(7, T0 + 30, "eva", "k", 0, SPLIT))
    assert index.positions("1") == [4, 5, 7], "that it was there and was split off stays"
    for i, fact in enumerate((opened("5"), calls.CallAttached(T0 + 41, "2", "5"))):
        index.fold(Entry(8 + i, T0 + 40 + i, "eva", "k", 0, fact))
    assert index.positions("5") == [1, 2, 3, 6, 7, 8, 9]


def test_a_lost_caller_stays_until_reached_called_again_or_closed():
    lost = (RUNG[0], calls.CallReleased(T0 + 9, "2", "abandoned"))
    assert board_of(lost).calls["2"].status == "released"
    tried = board_of(lost, calls.CallTriedBack(T0 + 60, "2", "ana")).calls["2"]
    assert (tried.tries, tried.tried_at) == (1, T0 + 60)
    assert board_of(lost, calls.CallReached(T0 + 60, "2", "ana")).calls["2"].answered_by == "ana"
    assert board_of(lost, calls.CallBackClosed(T0 + 60, "2", "well")).calls == {}
    assert board_of(lost, opened(), ATTACHED).calls == {}
    assert board_of(lost, PersonalErased(T0 + 99, "call:2", ("call",), (), "request", "", "2")).calls == {}


def test_who_has_no_number_cannot_be_called_back_and_a_question_needs_no_call():
    assert board_of(taken(), calls.CallReleased(T0 + 9, "1", "abandoned")).calls == {}
    assert board_of(RUNG, calls.CallReleased(T0 + 9, "2", "information")).calls == {}
    assert room_of(RUNG, calls.CallReleased(T0 + 9, "2", "silent")).backs == {"2": T0 + 9}


def test_after_any_night_each_timeline_holds_its_calls_and_no_other():
    """Beside the index: whole facts, looked through one by one."""
    for seed in range(12):
        index, facts = TimelineIndex(), []
        for _room, _order, _told, decision in steps(random.Random(seed), 150):
            for fact in () if isinstance(decision, Refusal) else decision:
                facts.append(fact)
                index.fold(Entry(len(facts), fact.at, "ana", "k", 0, fact))
        homes = {}
        for fact in facts:
            if isinstance(fact, calls.CallAttached):
                homes[fact.call] = fact.incident
            elif isinstance(fact, calls.CallDetached):
                homes.pop(fact.call)
        received = {fact.call: i + 1 for i, fact in enumerate(facts) if isinstance(fact, calls.CallReceived)}
        for incident in {fact.incident for fact in facts if isinstance(fact, incidents.IncidentOpened)}:
            shown = set(index.positions(incident)) & set(received.values())
            assert shown == {received[call] for call, home in homes.items() if home == incident}
