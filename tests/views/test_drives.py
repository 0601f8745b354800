"""Drives folded from facts: which count, which are left out and why, and where tracks put their ends."""

from __future__ import annotations

import pytest
from tests.world import HERE, OPENED, T0, THERE, closed, entries_of, opened, sent, stage, unit

from tocsin.facts import assignments as a
from tocsin.facts.assignments import Drive
from tocsin.facts.incidents import IncidentRelocated
from tocsin.facts.values import Move
from tocsin.views.drives import DriveFold, DriveSeen, place_by_tracks

FROM = Drive("road", 90.0, 900.0, 38.7, -9.2, T0 + 15)
GOES = stage("en_route", at=T0 + 50)
THERE_NOW = stage("on_scene", at=T0 + 250)


def told(*facts, since=T0, until=T0 + 86_400):
    fold = DriveFold(since, until)
    for entry in entries_of((OPENED, opened(), unit()), facts):
        fold.fold(entry)
    return fold.drives, dict(fold.left_out)


def test_a_drive_is_from_wheels_turning_to_standing_there():
    (drive,), left_out = told(sent(drive=FROM), GOES, THERE_NOW)
    assert (drive.unit, drive.incident, drive.seconds) == ("E1", "1", 200.0)
    assert (drive.lat, drive.lon, drive.to, drive.siren) == (38.7, -9.2, opened().place, True)
    assert left_out == {}


def test_whether_the_siren_was_on_is_as_the_record_says():
    (drive,), _ = told(sent(drive=Drive("road", 90.0, 900.0, 38.7, -9.2, None, siren=False)), GOES, THERE_NOW)
    assert drive.siren is False


CASES = [
    ((sent(drive=FROM), THERE_NOW), {"never said en route": 1}),
    ((sent(), GOES, THERE_NOW), {"nobody knew from where": 1}),
    ((sent(drive=Drive("road", 9.0, 9.0, 38.7, -9.2, T0 - 900)), GOES, THERE_NOW), {"its position was old": 1}),
    ((sent(drive=FROM), GOES, stage("staged", at=T0 + 90), THERE_NOW), {"waited nearby first": 1}),
    ((sent(drive=FROM), GOES, a.UnitCancelled(T0 + 60, "E1", "1", "")), {"called back on the way": 1}),
    (
        (sent(drive=FROM), GOES, IncidentRelocated(T0 + 60, "1", THERE), THERE_NOW),
        {"the incident was moved while the unit drove": 1},
    ),
    ((sent(drive=FROM),), {}),
    ((sent(drive=FROM), a.UnitCancelled(T0 + 60, "E1", "1", "")), {}),
]


@pytest.mark.parametrize(("facts", "left_out"), CASES, ids=[str(one[1]) for one in CASES])
def test_what_tells_nothing_of_a_drive_is_left_out_with_its_reason(facts, left_out):
    assert told(*facts) == ([], left_out)


def test_a_diverted_unit_drives_once_more_from_where_it_was():
    away = a.UnitDiverted(T0 + 60, "E1", "1", "2", Drive("road", 9.0, 9.0, 38.71, -9.21, T0 + 59), "")
    go, there = stage("en_route", incident="2", at=T0 + 70), stage("on_scene", incident="2", at=T0 + 170)
    (drive,), left_out = told(opened("2", place=HERE), sent(drive=FROM), GOES, away, go, there)
    assert (drive.incident, drive.lat, drive.seconds, drive.to) == ("2", 38.71, 100.0, HERE)
    assert left_out == {"sent elsewhere on the way": 1}


def test_only_what_fell_into_the_days_asked_for():
    facts = (sent(drive=FROM), GOES, THERE_NOW)
    assert told(*facts, until=T0 + 250)[0] == []
    assert told(*facts, since=T0 + 251)[0] == []
    assert len(told(*facts, since=T0 + 250)[0]) == 1


def test_what_follows_the_drive_does_not_undo_it():
    after = (stage("at_patient", at=T0 + 300), a.UnitAvailable(T0 + 900, "E1", "1"), closed())
    drives, left_out = told(sent(drive=FROM), GOES, THERE_NOW, *after)
    assert (len(drives), left_out) == (1, {})


def seen(begin=1_000.0, end=1_200.0, name="E1"):
    return DriveSeen(name, "1", begin, end, 1.0, 2.0, HERE, True)


def test_the_last_position_before_each_stamp_tells_where_it_was():
    drives = [seen(), seen(2_000, 2_300), seen(name="E2")]
    moves = [
        Move("E1", 940, 9, 9), Move("E1", 990, 1.5, 2.5), Move("E1", 970, 8, 8), Move("E1", 1_001, 7, 7),
        Move("E1", 1_199, 3.0, 4.0), Move("E1", 2_300, 5.0, 6.0), Move("E3", 999, 0, 0),
    ]  # fmt: skip
    assert place_by_tracks(drives, moves) == 1
    assert (drives[0].lat, drives[0].lon, drives[0].arrived) == (1.5, 2.5, (3.0, 4.0))
    assert (drives[1].lat, drives[1].lon, drives[1].arrived) == (1.0, 2.0, (5.0, 6.0))
    assert (drives[2].lat, drives[2].arrived) == (1.0, None)
