"""Alarms: raised when the silence is long enough, not before, once; again after it was seen and nothing came of it."""

from __future__ import annotations

import pytest
from tests.world import LIMITS, T0, answered, opened, ringing, room_of, sent, stage, unit

from tocsin.domain.evolve import evolve
from tocsin.domain.watch import overdue
from tocsin.facts import assignments as a
from tocsin.facts import calls, incidents, watch

SENT = (opened(), unit(), sent(at=T0))
THERE = (SENT, stage("on_scene", at=T0))

# alarm, its limit in seconds, the facts that begin the silence at T0, and each fact that ends it
CASES = {
    "call_unanswered:1": (
        LIMITS.call_unanswered_s,
        (ringing("1", T0),),
        [answered("1"), calls.CallReleased(T0 + 5, "1", "abandoned"), calls.CallAttached(T0 + 5, "1", "9")],
    ),
    "not_acknowledged:E1": (
        LIMITS.not_acknowledged_s,
        SENT,
        [
            *(stage(s, at=T0 + 5) for s in ("acknowledged", "en_route", "staged", "on_scene")),
            a.UnitAvailable(T0 + 5, "E1", "1"),
            a.UnitCancelled(T0 + 5, "E1", "1"),
        ],
    ),
    "long_on_scene:E1": (
        LIMITS.long_on_scene_s,
        THERE,
        [
            *(stage(s, at=T0 + 5) for s in ("at_patient", "left_scene")),
            a.UnitAvailable(T0 + 5, "E1", "1"),
            a.UnitCancelled(T0 + 5, "E1", "1"),
            incidents.IncidentNoted(T0 + 5, "1", "all well"),
        ],
    ),
}
ENDS = [(alarm, limit_s, facts, end) for alarm, (limit_s, facts, ends) in CASES.items() for end in ends]


def due(room, now):
    return [fact.alarm for fact in overdue(room, now, LIMITS)]


@pytest.mark.parametrize(("alarm", "limit_s", "facts"), [(k, v[0], v[1]) for k, v in CASES.items()])
def test_raised_at_the_limit_not_before_and_once(alarm, limit_s, facts):
    room = room_of(facts)
    assert due(room, T0 + limit_s - 0.01) == []
    raised = overdue(room, T0 + limit_s, LIMITS)
    assert [fact.alarm for fact in raised] == [alarm]
    assert (raised[0].at, raised[0].since) == (T0 + limit_s, T0)
    assert raised[0].incident == ("" if alarm.startswith("call") else "1")
    evolve(room, raised[0])
    assert due(room, T0 + limit_s) == due(room, T0 + 10 * limit_s) == []


@pytest.mark.parametrize(("alarm", "limit_s", "facts"), [(k, v[0], v[1]) for k, v in CASES.items()])
def test_comes_back_when_it_was_seen_and_nothing_followed(alarm, limit_s, facts):
    room = room_of(facts)
    evolve(room, overdue(room, T0 + limit_s, LIMITS)[0])
    seen_at = T0 + limit_s + 7
    evolve(room, watch.AlarmAcknowledged(seen_at, alarm, "rui"))
    assert due(room, seen_at + limit_s - 0.01) == []
    again = overdue(room, seen_at + limit_s, LIMITS)
    assert [fact.alarm for fact in again] == [alarm]
    evolve(room, again[0])
    assert room.alarms[alarm].acknowledged_at is None
    assert due(room, seen_at + 2 * limit_s) == []


@pytest.mark.parametrize(("alarm", "limit_s", "facts", "end"), ENDS, ids=lambda x: getattr(x, "__class__", x).__name__)
def test_is_gone_when_its_cause_ends(alarm, limit_s, facts, end):
    room = room_of(facts, opened("9"))
    evolve(room, overdue(room, T0 + limit_s, LIMITS)[0])
    evolve(room, end)
    assert alarm not in room.alarms
    assert alarm not in due(room, end.at + limit_s - 0.01)


def test_a_diverted_unit_is_waited_for_anew():
    room = room_of(SENT, opened("2"))
    evolve(room, overdue(room, T0 + 60, LIMITS)[0])
    evolve(room, a.UnitDiverted(T0 + 70, "E1", "1", "2", a.Drive("none")))
    assert room.alarms == {}
    assert due(room, T0 + 129.9) == []
    assert [(f.alarm, f.incident) for f in overdue(room, T0 + 130, LIMITS)] == [("not_acknowledged:E1", "2")]


def test_a_word_about_the_incident_counts_for_every_unit_on_it():
    room = room_of(THERE, unit("E2"), sent("E2", at=T0), stage("on_scene", "E2", at=T0))
    evolve(room, incidents.IncidentNoted(T0 + 100, "1", "under control"))
    assert due(room, T0 + 2_700) == []
    assert due(room, T0 + 2_800) == ["long_on_scene:E1", "long_on_scene:E2"]


def test_nobody_is_late_on_the_road():
    room = room_of(SENT, stage("en_route", at=T0 + 5))
    assert due(room, T0 + 1e6) == []
