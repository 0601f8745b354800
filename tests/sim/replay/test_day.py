"""A recorded day made ready and lived again, in a small town with a file of our own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tocsin.geo.region import Region
from tocsin.settings import load_catalogue
from tocsin.sim.replay.day import ReplayDay, absences, prepare
from tocsin.sim.replay.mapping import ReplayError
from tocsin.sim.replay.reader import CallRow, read_calls
from tocsin.sim.replay.record import intervals, record_figures
from tocsin.sim.replay.run import replay
from tocsin.sim.replay.stations import read_stations
from tocsin.sim.replay.times import RecordedTimes

HEADER = (
    "call_number,received,lat,lon,address,call_type,priority,unit_id,unit_type,home_station,station_area,entry,"
    "dispatch,response,on_scene,transport,hospital,available,disposition\n"
)


def _rows(region: Region, days: int = 2) -> str:
    west, south, east, north = region.manifest.bbox
    text = HEADER
    for day in range(1, days + 1):
        for n in range(20):
            lat, lon = south + (north - south) * (0.3 + n % 5 * 0.1), west + (east - west) * (0.3 + n % 4 * 0.1)
            at = f"2019-05-{day:02d}T{n:02d}"
            for unit, kind, station in (("E1", "ENGINE", "1"), ("M9", "MEDIC", "")):
                gone = f"{at}:30:00Z,{at}:40:00Z," if kind == "MEDIC" else ",,"
                sets_out = f"{at}:02:{25 - 10 * day:02d}Z"
                text += (
                    f"{day}-{n},{at}:00:00Z,{lat},{lon},HIGH ST,Medical Incident,3,{unit},{kind},{station},1,"
                    f"{at}:01:10Z,{at}:01:30Z,{sets_out},{at}:06:00Z,{gone}{at}:50:00Z,Code 2 Transport\n"
                )
    return text


@pytest.fixture
def day(region: Region, tmp_path: Path) -> ReplayDay:
    (tmp_path / "calls.csv").write_text(_rows(region), encoding="utf-8")
    (tmp_path / "stations.csv").write_text(
        f"station,name,lat,lon\n1,First,{sum(region.manifest.bbox[1::2]) / 2},{sum(region.manifest.bbox[::2]) / 2}\n",
        encoding="utf-8",
    )
    read = read_calls(tmp_path / "calls.csv")
    stations = read_stations(tmp_path / "stations.csv")
    return prepare(read, region, load_catalogue(), stations, "2019-05-02", 7, "record")


def test_a_day_is_prepared_from_its_own_rows_and_the_pace_of_the_others(day: ReplayDay) -> None:
    assert len(day.happenings) == 20
    assert day.start == day.happenings[0].at
    first = day.happenings[0]
    assert (first.type, first.priority, first.patients, first.disposition) == ("MED-ILLNESS", 2, 1, "transported")
    assert [(one.unit_kind, one.after_s) for one in first.sent] == [("engine", 0.0), ("ambulance", 0.0)]
    assert day.left.placed == {
        "at their own station": 1,
        "at the station in whose area they were sent most often": 1,
    }
    assert isinstance(day.times, RecordedTimes)
    assert day.record.calls == 20
    assert day.record.figures["turnout"].n == 40


def test_the_replayed_day_answers_every_call_and_stands_beside_the_record(day: ReplayDay, region: Region) -> None:
    outcome = asyncio.run(replay(day, region, load_catalogue()))
    told = outcome.comparison
    assert (told.replayed_calls, told.recorded_calls) == (20, 20)
    assert told.incidents == told.closed == 20
    assert outcome.open_incidents == 0
    lines = {line.interval: line for line in told.lines}
    assert lines["response"].replayed.n == 20
    assert lines["turnout"].recorded.median_s == 35.0
    assert lines["turnout"].replayed.median_s == pytest.approx(45.0), "crews take what they took on other days"
    assert lines["turnout"].replayed.n >= 20
    assert lines["entry"].replayed.median_s is not None
    again = asyncio.run(replay(day, region, load_catalogue()))
    assert again.root == outcome.root


def test_a_day_that_is_not_there_is_named_with_those_that_are(region: Region, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(_rows(region), encoding="utf-8")
    with pytest.raises(ReplayError, match="the days are 2019-05-01, 2019-05-02"):
        prepare(read_calls(tmp_path / "calls.csv"), region, load_catalogue(), {}, "2020-01-01", 7, "record")


def test_calls_outside_the_map_are_counted_and_left_out(region: Region, tmp_path: Path) -> None:
    away = HEADER + "".join(
        f"9-{n},2019-05-01T10:00:00Z,10.0,10.0,X,Alarms,3,E1,ENGINE,1,1,,,,,,,,\n" for n in range(3)
    )
    (tmp_path / "calls.csv").write_text(away + _rows(region).removeprefix(HEADER), encoding="utf-8")
    ready = prepare(read_calls(tmp_path / "calls.csv"), region, load_catalogue(), {}, "2019-05-01", 7, "record")
    assert ready.left.outside == 3
    assert len(ready.happenings) == 20
    (tmp_path / "calls.csv").write_text(away, encoding="utf-8")
    with pytest.raises(ReplayError, match="none of the 3 rows lies in the map"):
        prepare(read_calls(tmp_path / "calls.csv"), region, load_catalogue(), {}, None, 7, "record")


def test_an_address_without_a_position_is_found_in_the_map_or_counted(region: Region, tmp_path: Path) -> None:
    known = region.places.nearest(*_middle(region))
    assert known is not None
    (tmp_path / "calls.csv").write_text(
        f'id,received,address,unit\n1,2019-05-01T10:00:00Z,"{known.text}",E1\n'
        "2,2019-05-01T10:00:00Z,zzqx 99 nowhere,E1\n",
        encoding="utf-8",
    )
    ready = prepare(read_calls(tmp_path / "calls.csv"), region, load_catalogue(), {}, None, 7, "record")
    assert [h.id for h in ready.happenings] == ["1"]
    assert ready.left.not_found == 1
    assert ready.left.unknown_types == {"": 1}


def test_a_unit_is_away_while_it_serves_calls_beyond_the_map_and_outside_its_shift() -> None:
    rows = [
        _row(row=2, unit="M9", dispatched=10_000.0, available=12_000.0),
        _row(row=3, unit="M9", dispatched=20_000.0, available=22_000.0),
        _row(row=4, unit="M9", dispatched=22_060.0, available=23_000.0),
        _row(row=5, unit="E1", station="1", dispatched=5_000.0, available=6_000.0),
        _row(row=6, unit="E2", station="2", dispatched=5_000.0, available=6_000.0),
    ]
    gone = absences(rows, {2}, {"M9", "E1"}, midnight=0.0)
    assert [(one.unit, one.since, one.until) for one in gone] == [
        ("E1", 5_000.0, 6_000.0),
        ("M9", 0.0, 6_400.0),
        ("M9", 20_000.0, 23_000.0),
        ("M9", 26_600.0, 172_800.0),
    ]


def _middle(region: Region) -> tuple[float, float]:
    west, south, east, north = region.manifest.bbox
    return (south + north) / 2, (west + east) / 2


def _row(**given: object) -> CallRow:
    base: dict[str, object] = dict.fromkeys(CallRow.__struct_fields__)
    base |= {"row": 2, "id": "1", "received": 0.0, "order_issue": "", "type": "Alarms", "unit": "E1", "priority": "3"}
    return CallRow(**(base | given))  # type: ignore[arg-type]


def test_rows_out_of_order_are_counted_and_left_out_of_the_figures() -> None:
    good = _row(entry=60.0, dispatched=80.0, en_route=140.0, on_scene=300.0)
    second = _row(entry=60.0, dispatched=100.0, en_route=130.0, on_scene=250.0, unit="T1")
    bad = _row(id="2", dispatched=80.0, en_route=10.0, order_issue="en_route")
    told = record_figures([good, second, bad])
    assert (told.calls, told.rows, told.out_of_order) == (2, 3, 1)
    found = intervals([good, second, bad])
    assert found["turnout"] == [60.0, 30.0]
    assert found["travel"] == [160.0, 120.0]
    assert found["response"] == [250.0]
    assert found["processing"] == [20.0]
    assert found["answering"] == [60.0]


def test_stage_times_come_from_the_widest_group_with_enough_samples() -> None:
    from random import Random

    times = RecordedTimes({("turnout", "engine", "urgent"): [40.0] * 50, ("turnout",): [90.0] * 80})
    dice = Random(1)
    assert times.draw("turnout", "engine", 1, dice) == 40.0
    assert times.draw("turnout", "engine", 5, dice) == 90.0
    assert times.draw("turnout", "ladder", 1, dice) == 90.0
    assert times.draw("care", "ladder", 1, dice) > 0.0


def test_units_of_unknown_whereabouts_take_what_such_drives_took() -> None:
    times = RecordedTimes(
        {("pace", "engine"): [1.0] * 50, ("pace", "engine", "urgent", "1"): [1.5] * 50,
         ("travel", "ambulance", "urgent"): [300.0] * 50}
    )  # fmt: skip
    assert times.pace(100.0, "engine", 1, 0.5) == 1.5
    assert times.pace(100.0, "ambulance", 1, 0.5) == 3.0
