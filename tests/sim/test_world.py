"""A world in a desk: the same seed the same day, everything ends, nobody is lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec
import pytest
from tests.sim.life import START, happenings_of, living

from tocsin.facts import assignments, calls, incidents
from tocsin.facts.units import UnitsMoved
from tocsin.geo.measure import distance_m
from tocsin.geo.region import Region
from tocsin.sim.fleet import Absence, plan_fleet


def _day(region: Region, seed: int, hours: float = 1.0) -> tuple[str, int]:
    async def story() -> tuple[str, int]:
        async with living(region, happenings_of(region, hours, seed), seed=seed, trouble=True) as lived:
            await lived.live(hours * 3600)
            return lived.log.head().root.hex(), lived.log.position()

    return asyncio.run(story())


def test_the_same_seed_is_the_same_day_to_the_last_fact(region: Region) -> None:
    first, length = _day(region, 11)
    assert length > 200
    assert _day(region, 11) == (first, length)
    assert _day(region, 12)[0] != first


def test_every_call_and_incident_ends_and_every_unit_comes_home(region: Region) -> None:
    async def story() -> None:
        told = happenings_of(region, 1.5, per_hour=24.0)
        async with living(region, told, trouble=True) as lived:
            await lived.live(1.5 * 3600)
            await lived.until(lambda: not lived.desk.board.incidents, within_s=6 * 3600, step_s=60.0)
            await lived.live(1_800.0)
            board = lived.desk.board
            assert not board.calls
            assert len(board.closed) == len(lived.facts(incidents.IncidentOpened)) > 10
            assert all(row.status == "available" and row.at_station for row in board.units.values())
            assert not board.alarms
            assert len(lived.facts(calls.CallReceived)) == sum(len(h.callers) for h in told)
            assert not any(isinstance(fact, UnitsMoved) for fact in lived.facts(object))

    asyncio.run(story())


def test_stages_come_in_order_and_units_arrive_where_they_were_sent(region: Region) -> None:
    async def story() -> None:
        async with living(region, happenings_of(region, 1.0)) as lived:
            places = {}
            lived.world.common.ears.on(
                assignments.UnitOnScene,
                lambda e: places.update({e.fact.incident: (lived.desk.tracks.latest[e.fact.unit], e.fact.incident)}),
            )
            await lived.live(3_600.0)
            assert len(places) > 5
            for move, name in places.values():
                row = lived.desk.incident(name)
                assert row is not None
                off_m = float(distance_m([move.lat], [move.lon], [row.place.lat], [row.place.lon])[0])
                assert off_m < 400.0, (name, off_m)

    asyncio.run(story())


def test_callers_languages_and_words_reach_the_record(region: Region) -> None:
    async def story() -> None:
        told = happenings_of(region, 3.0)
        async with living(region, told) as lived:
            await lived.live(3 * 3600)
            notes = {fact.text for fact in lived.facts(calls.CallNoted)}
            spoken = {line for h in told for line in h.callers[0].sentences if h.ending == "emergency"}
            assert len(notes & spoken) > 0.8 * len(spoken)

    asyncio.run(story())


def test_a_world_goes_on_in_an_old_log(region: Region) -> None:
    """Restarted in the middle: units finish what they were on, bots close what bots opened, no key is used twice."""

    async def story() -> None:
        from tocsin.sim.world import World, hospitals_of

        async with living(region, happenings_of(region, 1.0)) as lived:
            await lived.live(1_500.0)
            assert lived.desk.board.incidents
            await lived.world.close()
            again = World(
                lived.desk, lived.clock, lived.world.fleet, (), hospitals=hospitals_of(region)[0], trouble=False
            )
            await again.open()
            try:
                await lived.until(lambda: not lived.desk.board.incidents, within_s=6 * 3600, step_s=60.0)
                await lived.until(lambda: not lived.desk.board.calls, within_s=1_800.0, step_s=60.0)
                assert again.common.hands.refused == 0
            finally:
                await again.close()

    asyncio.run(story())


@pytest.mark.parametrize("hours", [0.5])
def test_position_reports_follow_the_road_smoothly(region: Region, hours: float) -> None:
    async def story() -> None:
        async with living(region, happenings_of(region, hours)) as lived:
            await lived.live(hours * 3600)
            trails = [lived.desk.trail(unit, 60.0) for unit in lived.desk.board.units]
            steps = [(a, b) for trail in trails for a, b in pairwise(trail)]
            assert len(steps) > 100
            for a, b in steps:
                gone_m = float(distance_m([a.lat], [a.lon], [b.lat], [b.lon])[0])
                # Nobody jumps: 45 m/s, and the yard between a station and its road.
                assert gone_m <= 45.0 * (b.at - a.at) + 250.0, (a, b, gone_m)

    asyncio.run(story())


def test_a_unit_that_is_away_is_off_duty_and_comes_back(region: Region) -> None:
    async def story() -> None:
        fleet = plan_fleet(region, 60_000)
        away = (Absence("E1", START + 600.0, START + 1_800.0),)
        async with living(region, fleet=msgspec.structs.replace(fleet, absences=away)) as lived:
            told = []
            for _ in range(4):
                await lived.live(599.0)
                told.append(lived.desk.unit("E1").status)
            assert told == ["available", "off_duty", "off_duty", "available"]

    asyncio.run(story())
