"""Response times by hand: what each clock counts, whose stamps count, and nearest-rank percentiles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from tests.world import OPENED, T0, answered, entries_of, opened, ringing, sent, stage, unit

from tocsin.facts import assignments as a
from tocsin.facts import calls, incidents
from tocsin.facts.base import Entry
from tocsin.views.day import INTERVALS, day_figures, nearest_rank


def figures_of(*facts, since=0.0, until=math.inf):
    day = day_figures(entries_of(OPENED, *facts), since, until)
    return day, {f.interval: (f.n, f.median_s, f.p90_s) for f in day.figures}


def one(value: float):
    return (1, value, value)


NONE = (0, None, None)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([7], 7, 7),
        ([3, 1], 1, 3),
        ([1, 2, 3], 2, 3),
        ([4, 1, 3, 2], 2, 4),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 12)), 6, 10),
        (list(range(100, 0, -1)), 50, 90),
        ([15, 20, 35, 40, 50], 35, 50),
    ],
)
def test_nearest_rank_by_hand(values, median, p90):
    assert nearest_rank(values, 0.5) == median
    assert nearest_rank(values, 0.9) == p90


def test_of_nothing_there_is_no_percentile():
    assert nearest_rank([], 0.9) is None


@examples(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.sampled_from([1, 10, 25, 50, 75, 90, 99, 100]))
def test_nearest_rank_is_the_smallest_that_enough_do_not_exceed(values, percent):
    found = nearest_rank(values, percent / 100)
    assert found in values
    assert sum(v <= found for v in values) * 100 >= percent * len(values)
    assert sum(v < found for v in values) * 100 < percent * len(values)


LOOP = (
    ringing("1", T0),
    answered("1", at=T0 + 4),
    opened("1", T0 + 30, calls=("1",)),
    calls.CallAttached(T0 + 30, "1", "1"),
    unit("E1"),
    unit("E2"),
    sent("E1", at=T0 + 50),
    stage("en_route", "E1", at=T0 + 110),
    stage("on_scene", "E1", at=T0 + 400),
)


def test_each_interval_from_its_start_to_its_stop():
    day, found = figures_of(LOOP)
    assert found == {
        "answering": one(4.0),
        "processing": one(46.0),
        "turnout": one(60.0),
        "travel": one(290.0),
        "response": one(400.0),
    }
    assert (day.calls, day.incidents, day.by_type) == (1, 1, {"FIRE": 1})
    assert [f.interval for f in day.figures] == list(INTERVALS)


def test_a_second_unit_has_its_turnout_and_travel_but_the_first_answers_the_caller():
    second = (
        sent("E2", at=T0 + 60),
        stage("en_route", "E2", at=T0 + 90),
        stage("on_scene", "E2", at=T0 + 500),
    )
    _, found = figures_of(LOOP, second)
    assert (found["processing"], found["response"]) == (one(46.0), one(400.0))
    assert found["turnout"] == (2, 30.0, 60.0)
    assert found["travel"] == (2, 290.0, 410.0)


def test_a_late_report_of_an_earlier_arrival_is_the_response():
    second = (sent("E2", at=T0 + 60), stage("on_scene", "E2", at=T0 + 300))
    _, found = figures_of(LOOP, second)
    assert found["response"] == one(300.0)
    assert found["travel"] == one(290.0)  # E2 never said that it left


def test_a_diverted_unit_is_measured_anew():
    facts = (
        *LOOP[:7],
        stage("en_route", "E1", at=T0 + 70),
        opened("2", T0 + 75, "SICK"),
        a.UnitDiverted(T0 + 80, "E1", "1", "2", a.Drive("none")),
        stage("en_route", "E1", "2", at=T0 + 81),
        stage("on_scene", "E1", "2", at=T0 + 200),
    )
    day, found = figures_of(facts)
    assert found["turnout"] == (2, 1.0, 20.0)
    assert found["travel"] == one(119.0)
    assert found["response"] == NONE  # incident 2 had no caller; nobody came to incident 1
    assert day.by_type == {"FIRE": 1, "SICK": 1}


def test_a_unit_cancelled_and_sent_again_does_not_travel_from_its_first_start():
    facts = (
        *LOOP[:7],
        stage("en_route", "E1", at=T0 + 70),
        a.UnitCancelled(T0 + 80, "E1", "1"),
        sent("E1", at=T0 + 100),
        stage("on_scene", "E1", at=T0 + 160),
    )
    _, found = figures_of(facts)
    assert found["travel"] == NONE
    assert found["processing"] == one(46.0)
    assert found["response"] == one(160.0)


def test_the_clock_is_that_of_the_first_caller_however_they_are_named():
    facts = (
        ringing("1", T0),
        ringing("2", T0 + 20),
        answered("2", at=T0 + 25),
        answered("1", at=T0 + 40),
        opened("1", T0 + 50, calls=("2", "1")),
        calls.CallAttached(T0 + 50, "2", "1"),
        calls.CallAttached(T0 + 50, "1", "1"),
        unit("E1"),
        sent("E1", at=T0 + 60),
        stage("on_scene", "E1", at=T0 + 200),
    )
    _, found = figures_of(facts)
    assert (found["processing"], found["response"]) == (one(20.0), one(200.0))


def test_a_caller_who_is_added_after_units_were_sent_starts_no_clock():
    facts = (opened("1"), unit("E1"), sent("E1"), ringing("1", T0 + 30), answered("1", at=T0 + 33))
    facts += (calls.CallAttached(T0 + 40, "1", "1"), stage("on_scene", "E1", at=T0 + 60))
    _, found = figures_of(facts)
    assert (found["processing"], found["response"], found["answering"]) == (NONE, NONE, one(3.0))


def test_calls_that_were_released_are_counted_by_reason():
    facts = (
        ringing("1"),
        ringing("2"),
        ringing("3"),
        answered("3"),
        calls.CallReleased(T0 + 9, "1", "abandoned"),
        calls.CallReleased(T0 + 9, "2", "abandoned"),
        calls.CallReleased(T0 + 9, "3", "information"),
    )
    day, _ = figures_of(facts)
    assert (day.calls, day.abandoned, day.information, day.incidents) == (3, 2, 1, 0)


def test_an_incident_of_yesterday_that_is_reclassified_today_is_not_todays():
    facts = (opened("1", T0), opened("2", T0 + 100), incidents.IncidentReclassified(T0 + 110, "1", "SICK", 2))
    facts += (incidents.IncidentReclassified(T0 + 111, "2", "SICK", 2),)
    day, _ = figures_of(facts, since=T0 + 50)
    assert (day.incidents, day.by_type) == (1, {"SICK": 1})


def test_a_day_begins_with_its_first_instant_and_ends_before_its_last():
    entries = [Entry(i + 1, at, "ana", "o", 0, ringing(str(i), at)) for i, at in enumerate((10.0, 20.0, 30.0))]
    assert day_figures(entries, 10.0, 30.0).calls == 2
    assert day_figures(entries, 10.5, 30.5).calls == 2
