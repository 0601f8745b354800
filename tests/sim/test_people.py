"""A person steps in: bots leave what is a person's, crews do what they are told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.sim.life import START, Lived, demand_of, living

from tocsin.domain.orders import (
    AnswerCall,
    CancelUnit,
    CloseRoad,
    DispatchUnits,
    DivertUnit,
    NoteCall,
    OpenIncident,
    RelocateIncident,
    StampUnit,
    UnitOffDuty,
    UnitOnDuty,
)
from tocsin.facts import assignments, calls
from tocsin.facts.values import Place
from tocsin.geo.measure import distance_m
from tocsin.geo.region import Region
from tocsin.sim.common import HandsOn
from tocsin.sim.happening import Happening


def _one(region: Region, kind: str = "FIRE-OUTSIDE", after_s: float = 5.0) -> Happening:
    return demand_of(region).staged("one", START + after_s, kind)


def _far(region: Region) -> Happening:
    """A fire as far from the fire stations as the town allows."""
    stations = [one for one in region.resources if one.kind == "fire_station"]
    told = [demand_of(region).staged(f"far-{n}", START + 5.0, "FIRE-OUTSIDE") for n in range(30)]

    def away_m(happening: Happening) -> float:
        place = happening.place
        return min(float(distance_m([place.lat], [place.lon], [s.lat_deg], [s.lon_deg])[0]) for s in stations)

    return max(told, key=away_m)


def _live(
    region: Region, happenings: list[Happening], story: Callable[[Lived], Awaitable[None]], hands_on: HandsOn = "auto"
) -> None:
    async def told() -> None:
        async with living(region, happenings, hands_on=hands_on) as lived:
            await story(lived)

    asyncio.run(told())


def _rings(lived: Lived) -> bool:
    return any(row.status == "ringing" for row in lived.desk.board.calls.values())


def test_a_call_a_person_answered_is_left_to_them(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _rings(lived))
        await lived.give(AnswerCall("1"))
        await lived.live(3_600.0)
        row = lived.desk.call("1")
        assert row is not None
        assert row.answered_by == "person"
        assert len(row.notes) == len(lived.world.phones.lines["1"].caller.sentences), (
            "the caller speaks to whoever answers"
        )
        assert not lived.desk.board.incidents

    _live(region, [_one(region)], story)


def test_a_call_a_person_speaks_into_is_left_to_them_from_then_on(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: lived.facts(calls.CallAnswered))
        await lived.give(NoteCall("1", "I take this one"))
        await lived.live(3_600.0)
        row = lived.desk.call("1")
        assert row is not None
        assert row.answered_by.startswith("call-taker")
        assert not lived.desk.board.incidents

    _live(region, [_one(region)], story)


def test_a_unit_sent_off_duty_on_its_way_home_stays_where_it_is_until_it_is_back(region: Region) -> None:
    async def story(lived: Lived) -> None:
        board = lived.desk.board
        await lived.until(lambda: any(not row.at_station and not row.incident for row in board.units.values()), 7_200.0)
        unit = next(row.id for row in board.units.values() if not row.at_station and not row.incident)
        await lived.give(UnitOffDuty(unit))
        await lived.live(1_800.0)
        assert not lived.desk.unit(unit).at_station
        await lived.give(UnitOnDuty(unit, 4))
        await lived.until(lambda: lived.desk.unit(unit).at_station)

    _live(region, [_one(region)], story)


def test_an_incident_a_person_opened_is_served_by_crews_and_closed_by_nobody_else(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _rings(lived))
        await lived.give(AnswerCall("1"))
        place = lived.world.phones.lines["1"].happening.place
        await lived.give(OpenIncident("FIRE-OUTSIDE", place=place, calls=("1",)))
        await lived.live(600.0)
        assert not lived.facts(assignments.UnitDispatched)
        told = await lived.desk.recommend("1")
        await lived.give(DispatchUnits("1", (told.candidates[0].unit,)))
        await lived.until(lambda: lived.facts(assignments.UnitAvailable), within_s=10_000.0, step_s=30.0)
        await lived.live(3_600.0)
        assert lived.desk.incident("1").status == "open"

    _live(region, [_one(region)], story)


def test_a_person_who_sends_more_takes_the_incident_over(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: lived.facts(assignments.UnitDispatched))
        spare = next(row.id for row in lived.desk.board.units.values() if row.unit_kind == "ladder")
        await lived.give(DispatchUnits("1", (spare,)))
        await lived.live(3 * 3_600.0)
        assert not lived.desk.incident("1").units
        assert lived.desk.incident("1").status == "open"

    _live(region, [_one(region)], story)


@pytest.mark.parametrize(("hands_on", "soonest_s", "latest_s"), [("auto", 0.5, 20.5), ("assist", 25.0, 46.0)])
def test_bots_answer_when_it_is_their_turn(
    region: Region, hands_on: HandsOn, soonest_s: float, latest_s: float
) -> None:
    async def story(lived: Lived) -> None:
        await lived.live(120.0)
        waited_s = lived.facts(calls.CallAnswered)[0].at - lived.facts(calls.CallReceived)[0].at
        assert soonest_s <= waited_s <= latest_s

    _live(region, [_one(region)], story, hands_on)


def test_with_hands_off_nobody_answers_and_the_caller_gives_up(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.live(3_600.0)
        assert not lived.facts(calls.CallAnswered)
        assert [fact.reason for fact in lived.facts(calls.CallReleased)] == ["abandoned"]

    _live(region, [_one(region)], story, "off")


def _on_the_way(lived: Lived) -> list[str]:
    return [row.id for row in lived.desk.board.units.values() if row.status == "en_route"]


def test_a_cancelled_crew_turns_round_at_once(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _on_the_way(lived))
        unit = _on_the_way(lived)[0]
        await lived.give(CancelUnit(unit))
        await lived.live(1.0)
        assert lived.desk.unit(unit).incident == ""
        assert not [f for f in lived.facts(assignments.UnitOnScene) if f.unit == unit]
        await lived.until(lambda: lived.desk.unit(unit).at_station, within_s=3_600.0)

    _live(region, [_one(region)], story)


def test_a_diverted_crew_arrives_at_the_other_incident_only(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _on_the_way(lived))
        unit = _on_the_way(lived)[0]
        west, south, east, north = region.manifest.bbox
        there = Place((south + north) / 2, (west + east) / 2, "the middle")
        done = await lived.give(OpenIncident("FIRE-VEHICLE", place=there))
        await lived.give(DivertUnit(unit, done.entries[0].fact.incident))
        await lived.until(lambda: lived.desk.unit(unit).status == "on_scene", within_s=3_600.0)
        assert [f.incident for f in lived.facts(assignments.UnitOnScene) if f.unit == unit] == ["2"]
        move = lived.desk.tracks.latest[unit]
        assert float(distance_m([move.lat], [move.lon], [there.lat], [there.lon])[0]) < 300.0

    _live(region, [_one(region)], story)


def test_a_crew_drives_to_where_the_incident_is_now(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _on_the_way(lived))
        unit = _on_the_way(lived)[0]
        home = lived.desk.unit(unit).home
        there = lived.desk.incident("1").place
        assert float(distance_m([there.lat], [there.lon], [home.lat], [home.lon])[0]) > 400.0
        await lived.give(RelocateIncident("1", Place(home.lat, home.lon, "next door")))
        await lived.until(lambda: lived.desk.unit(unit).status == "on_scene", within_s=3_600.0)
        move = lived.desk.tracks.latest[unit]
        assert float(distance_m([move.lat], [move.lon], [home.lat], [home.lon])[0]) < 300.0

    _live(region, [_far(region)], story)


def test_a_stamp_by_the_person_in_the_vehicle_is_not_given_twice(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _on_the_way(lived))
        unit = _on_the_way(lived)[0]
        await lived.give(StampUnit(unit, "on_scene"), by="crew of flesh")
        await lived.until(lambda: not lived.desk.board.incidents, within_s=4 * 3_600.0, step_s=30.0)
        assert len([f for f in lived.facts(assignments.UnitOnScene) if f.unit == unit]) == 1
        assert lived.world.common.hands.refused == 0, "a crew's own stamps are no reason for bots to leave"

    _live(region, [_one(region)], story)


def test_a_road_closed_ahead_is_driven_round(region: Region) -> None:
    async def story(lived: Lived) -> None:
        await lived.until(lambda: _on_the_way(lived))
        unit = _on_the_way(lived)[0]
        journey = lived.world.common.mover._journeys[unit]
        before, here = journey.edges, lived.world.common.mover.where(unit)
        roads = region.roads
        # Somewhere ahead that has another way round: the first edge whose closure still leaves a route.
        target = journey.target
        for edge in sorted(before):
            lat, lon = roads.edge_midpoint(edge)
            gone = roads.closed_edges([(lat, lon, 15.0)])
            found = roads.route(here, target, siren=True, closed=gone)
            if found is not None and not set(found.edges.tolist()) & set(gone.tolist()):
                break
        else:
            pytest.fail("no edge of the route can be closed")
        await lived.give(CloseRoad(Place(lat, lon), 15.0))
        await lived.live(2.0)
        closed = lived.world.common.closed_edges
        assert edge in closed
        now = lived.world.common.mover._journeys[unit]
        assert now is not journey
        assert now.edges
        assert not now.edges & closed
        await lived.until(lambda: lived.desk.unit(unit).status == "on_scene", within_s=3_600.0)

    _live(region, [_far(region)], story)


def test_a_crew_that_sets_out_after_a_closure_does_not_drive_through_it(region: Region) -> None:
    async def story(lived: Lived) -> None:
        west, south, east, north = region.manifest.bbox
        lat, lon = (south + north) / 2, (west + east) / 2
        await lived.give(CloseRoad(Place(lat, lon), 120.0))
        await lived.until(lambda: _on_the_way(lived))
        closed = lived.world.common.closed_edges
        assert closed
        for journey in lived.world.common.mover._journeys.values():
            assert not journey.edges & closed

    _live(region, [_one(region, "RESCUE-TRAFFIC", after_s=60.0)], story)
