"""Where the units are: only what is newer, known and not of the future; kept over a restart; never at a price."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest
from tests.desk.hall import Clock, Fragile, give, staff, with_desk
from tests.world import HERE, HOME, T0

from tocsin.desk.tracks import AHEAD_S, KEPT_S, Tracks
from tocsin.desk.trail import STEP_S, TRAIL_S, WHOLE
from tocsin.domain import orders as o
from tocsin.facts.values import Move
from tocsin.log.memory import MemoryLog
from tocsin.views.wire import Done


def at(unit: str, seconds: float, lat: float = 1.0) -> Move:
    return Move(unit, T0 + seconds, lat, 2.0)


@pytest.fixture
def tracks():
    return Tracks(MemoryLog("north", durable=False))


def test_only_what_is_newer_is_news(tracks):
    assert tracks.report([at("E1", 10)], T0 + 10) == 1
    assert tracks.report([at("E1", 10, 9.0), at("E1", 5, 9.0)], T0 + 11) == 0
    assert tracks.latest["E1"].lat == 1.0
    assert tracks.report([at("E1", 11, 3.0)], T0 + 11) == 1
    assert tracks.latest["E1"].lat == 3.0


def test_reports_in_one_parcel_are_taken_in_the_order_of_their_times(tracks):
    moves = [at("E1", s, float(s)) for s in range(1, 20)]
    random.Random(3).shuffle(moves)
    assert tracks.report(moves, T0 + 20) == 19
    assert tracks.latest["E1"].lat == 19.0
    assert [move.lat for move in tracks.trail("E1", 0)] == [float(s) for s in range(1, 20)]
    assert tracks.report([at("E1", 20), at("E1", 20, 5.0)], T0 + 20) == 1


def test_a_clock_far_ahead_is_left_out(tracks):
    assert tracks.report([at("E1", AHEAD_S), at("E2", AHEAD_S + 0.1)], T0) == 1
    assert list(tracks.latest) == ["E1"]


def test_what_is_fresh_is_the_latest_of_each_and_fresh_once(tracks):
    tracks.report([at("E1", 1), at("E2", 1)], T0 + 2)
    tracks.report([at("E1", 2, 7.0)], T0 + 2)
    assert {move.unit: move.lat for move in tracks.take_fresh()} == {"E1": 7.0, "E2": 1.0}
    assert tracks.take_fresh() == ()


def test_a_trail_begins_when_asked_and_is_oldest_first(tracks):
    for second in range(10):
        tracks.report([at("E1", second)], T0 + second)
    assert [move.at - T0 for move in tracks.trail("E1", T0 + 7)] == [7, 8, 9]
    assert tracks.trail("E9", 0) == []


def test_unknown_units_are_left_out_and_known_ones_counted():
    async def test(desk):
        await staff(desk, "E1", incidents=0)
        assert await desk.report([at("E1", 0), at("GHOST", 0)]) == 1
        assert list(desk.tracks.latest) == ["E1"]

    with_desk(MemoryLog("north"), test)


def test_the_drive_starts_where_the_unit_is_and_at_home_before_it_ever_said():
    async def test(desk):
        await staff(desk, "E1", "E2")
        await desk.report([Move("E1", T0 - 4, HERE.lat, HERE.lon)])
        (done,) = await give(desk, o.DispatchUnits("1", ("E1", "E2")))
        first, second = (entry.fact.drive for entry in done.entries)
        assert (first.lat, first.lon, first.position_at) == (HERE.lat, HERE.lon, T0 - 4)
        assert (second.lat, second.lon, second.position_at) == (HOME.lat, HOME.lon, None)

    with_desk(MemoryLog("north"), test)


def test_positions_are_there_after_a_restart_but_no_old_ones(logs):
    clock = Clock()

    async def before(desk):
        await staff(desk, "E1", "E2", incidents=0)
        await desk.report([at("E1", 0)])
        await desk.ticks.tick()
        await desk._recording
        clock.at = T0 + TRAIL_S
        await desk.report([at("E2", TRAIL_S, 5.0)])
        await desk.ticks.tick()

    async def after(desk):
        assert list(desk.tracks.latest) == ["E2"]
        assert desk.trail("E2", 60) == [at("E2", TRAIL_S, 5.0)]

    log, tracks_log = logs.again()
    with_desk(log, before, tracks_log=tracks_log, clock=clock)
    clock.at = T0 + TRAIL_S + 10
    log, tracks_log = logs.again()
    with_desk(log, after, tracks_log=tracks_log, clock=clock)


def test_a_failing_tracks_log_costs_trail_and_nothing_else(caplog):
    log, broken, clock = MemoryLog("north"), Fragile(durable=False), Clock()
    broken.fails = {"append", "read", "position"}

    async def test(desk):
        await staff(desk, "E1")
        await desk.report([at("E1", 0)])
        await give(desk, o.ReceiveCall("112"))
        clock.at = T0 + 20
        await desk.ticks.tick()
        assert list(desk.board.alarms) == ["call_unanswered:1"]
        assert desk.tracks.latest["E1"] == at("E1", 0)
        assert isinstance((await give(desk, o.DispatchUnits("1", ("E1",))))[0], Done)

    with_desk(log, test, tracks_log=broken, clock=clock)
    assert "tracks not read back" in caplog.text
    assert "tracks not recorded" in caplog.text


def test_a_slow_tracks_log_delays_no_alarm():
    log, slow, clock = MemoryLog("north"), Fragile(durable=False), Clock()

    async def test(desk):
        await staff(desk, "E1")
        await give(desk, o.ReceiveCall("112"))
        slow.gate.clear()
        for second in range(1, 30):
            clock.at = T0 + second
            await desk.report([at("E1", second)])
            await asyncio.wait_for(desk.ticks.tick(), 5)
        assert list(desk.board.alarms) == ["call_unanswered:1"]
        slow.gate.set()

    with_desk(log, test, tracks_log=slow, clock=clock)
    assert [[move.at - T0 for move in entry.fact.moves] for entry in slow.read()] == [[1], [29]]


def test_what_the_tracks_log_did_not_take_is_made_good_once_it_does():
    broken, clock = Fragile(durable=False), Clock()

    async def test(desk):
        await staff(desk, "E1", "E2", incidents=0)
        broken.fails = {"append"}
        await desk.report([at("E1", 0), at("E2", 0)])
        await desk.ticks.tick()
        await desk._recording
        await desk.report([at("E1", 1)])
        broken.fails = set()
        await desk.ticks.tick()
        await desk._recording
        assert {(move.unit, move.at - T0) for entry in broken.read() for move in entry.fact.moves} == {
            ("E1", 1),
            ("E2", 0),
        }
        await desk.ticks.tick()
        await desk._recording
        assert broken.position() == 1  # and once

    with_desk(MemoryLog("north"), test, tracks_log=broken, clock=clock)


def test_a_desk_that_stops_keeps_the_last_positions():
    tracks_log = MemoryLog("north", durable=False)

    async def test(desk):
        await staff(desk, "E1", incidents=0)
        await desk.report([at("E1", 3)])

    with_desk(MemoryLog("north"), test, tracks_log=tracks_log)
    assert [entry.fact.moves for entry in tracks_log.read()] == [(at("E1", 3),)]


def test_old_tracks_are_let_go_of_and_what_remains_verifies(monkeypatch):
    monkeypatch.setattr("tocsin.desk.tracks.FORGET_EVERY", 2)
    log = MemoryLog("centre", durable=False)
    tracks = Tracks(log)
    for n in range(6):
        now = 1_000.0 + n * KEPT_S / 2
        tracks.report([Move("E1", now, 1.0, 2.0)], now)
        asyncio.run(tracks.record(now))
    kept = [entry.recorded_at for entry in log.read()]
    assert kept == [1_000.0 + n * KEPT_S / 2 for n in (2, 3, 4, 5)]
    assert log.verify() == []


def test_a_trail_is_whole_for_a_minute_thinner_for_an_hour_and_then_gone(tracks):
    hours = 3 * int(TRAIL_S)
    for second in range(hours):
        tracks.report([Move("E1", T0 + second, 1.0 + second * 1e-6, 2.0, 10.0, 90.0)], T0 + second)
    found = tracks.trail("E1", 0)
    ages = [T0 + hours - 1 - move.at for move in found]
    assert ages == sorted(ages, reverse=True)
    assert ages[-WHOLE:] == [float(age) for age in range(WHOLE - 1, -1, -1)]
    assert {older - newer for older, newer in pairwise(ages[:-WHOLE])} == {STEP_S}
    assert TRAIL_S <= ages[0] < 1.5 * TRAIL_S
    assert found[0] == Move("E1", found[0].at, 1.0 + (found[0].at - T0) * 1e-6, 2.0, 10.0, 90.0)
    assert tracks.trail("E1", T0 + hours - 600)[0].at >= T0 + hours - 600
