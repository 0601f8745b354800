"""Which entries are an incident's: its own, its calls' from the first ring, and those that name it as the other."""

from __future__ import annotations

import random

from tests.world import OPENED, T0, entries_of, opened, sent, stage, story, taken, unit

from tocsin.facts import calls, incidents, watch
from tocsin.views.timeline import TimelineIndex


def index_of(entries):
    index = TimelineIndex()
    for entry in entries:
        index.fold(entry)
    return index


def kinds(entries, incident):
    return [entries[p - 1].fact.__struct_config__.tag for p in index_of(entries).positions(incident)]


def test_the_calls_come_with_their_past_and_only_theirs():
    entries = entries_of(
        OPENED,
        taken("1"),
        taken("2"),
        calls.CallNoted(T0 + 7, "1", "smoke"),
        opened("1", calls=("1",)),
        calls.CallAttached(T0 + 11, "1", "1"),
        unit("E1"),
        sent(),
        stage("en_route"),
    )
    assert kinds(entries, "1") == [
        "call.received",
        "call.answered",
        "call.noted",
        "incident.opened",
        "call.attached",
        "unit.dispatched",
        "unit.en_route",
    ]
    assert kinds(entries, "2") == []


def test_a_link_stands_in_both_and_a_seen_alarm_with_its_alarm():
    raised = watch.AlarmRaised(T0 + 90, "not_acknowledged:E1", "not_acknowledged", "E1", T0 + 20, "1")
    entries = entries_of(
        opened("1"),
        opened("2"),
        incidents.IncidentsLinked(T0 + 20, "1", "2"),
        unit("E1"),
        sent(),
        raised,
        watch.AlarmAcknowledged(T0 + 95, raised.alarm, "rui"),
    )
    assert kinds(entries, "1")[-2:] == ["alarm.raised", "alarm.acknowledged"]
    assert kinds(entries, "2") == ["incident.opened", "incident.linked"]


def test_positions_are_in_order_and_each_names_the_incident():
    entries = story(random.Random(5), 200)
    index = index_of(entries)
    for incident in {e.fact.incident for e in entries if e.fact.__struct_config__.tag == "incident.opened"}:
        positions = index.positions(incident)
        assert positions == sorted(set(positions))
        named = {
            e.position
            for e in entries
            if incident in (getattr(e.fact, n, None) for n in ("incident", "other", "to"))
            and not getattr(e.fact, "call", "")  # which may have been split off again, with all that was its own
        }
        assert named <= set(positions)
