"""The ground under a desk: a road time is only said where the map knows the road."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import msgspec
import pytest
from tests.geo.maps import cross, place
from tests.world import CATALOGUE, T0

from tocsin.desk.desk import Desk
from tocsin.desk.ground import Ground
from tocsin.domain import orders as o
from tocsin.facts.assignments import UnitDispatched
from tocsin.facts.values import Place
from tocsin.geo.pace import MAP
from tocsin.geo.places import Match
from tocsin.log.memory import MemoryLog

WEST, EAST = place(-90, 0), place(90, 0)
ELSEWHERE = [(0.0, 0.0), (90.0, 0.0), (45.0, 9.1), (-45.0, -171.0)]


@pytest.fixture
def ground(tmp_path):
    ground = Ground(SimpleNamespace(roads=cross().roads(tmp_path)))
    yield ground
    ground.close()


def drive(ground, start, end):
    unit, to = ("E1", *start, None), Place(*end)
    travels = asyncio.run(ground.travels([unit], to, []))
    route = asyncio.run(ground.route(unit, to, "1", []))
    return travels["E1"], route


def test_on_the_map_the_drive_is_by_road(ground):
    travel, route = drive(ground, WEST, EAST)
    assert (travel.basis, route.basis) == ("road", "road")
    assert travel.length_m == pytest.approx(180, abs=5)
    assert 0 < route.low_s < route.eta_s < route.high_s


def test_a_straight_line_is_much_less_sure_than_a_road(ground):
    by_road, _ = drive(ground, WEST, EAST)
    by_line, route = drive(ground, WEST, ELSEWHERE[2])
    assert by_line.sigma > 1.5 * float(MAP.sigma(by_line.eta_s, 0, True))
    assert by_road.sigma == pytest.approx(float(MAP.sigma(by_road.eta_s, 0, True)))
    assert route.high_s > 2 * route.eta_s


def test_a_priority_without_siren_is_reckoned_and_recorded_without(tmp_path):
    """The catalogue says which priorities drive with siren: what is proposed, recorded and drawn all go by it."""

    async def story() -> dict:
        ground = Ground(SimpleNamespace(roads=cross().roads(tmp_path)))
        catalogue = msgspec.structs.replace(CATALOGUE, siren=(1, 2))
        log = MemoryLog("north")
        desk = Desk(log, MemoryLog("north"), catalogue, lambda: T0, ground, hospitals=None)
        await desk.start("north", "North", "live")
        home, there = Place(*WEST, "Home"), Place(*EAST, "There")
        seen = {}
        for n, priority in enumerate((2, 3)):
            unit = f"E{n}"
            orders = [o.RegisterUnit(unit, "engine", "fire", ("engine",), home), o.UnitOnDuty(unit, 4),
                      o.OpenIncident("FIRE", priority, there)]  # fmt: skip
            for k, order in enumerate(orders):
                await desk.give(order, by="ana", key=f"{n}-{k}")
            told = await desk.recommend(str(n + 1))
            await desk.give(o.DispatchUnits(str(n + 1), (unit,)), by="ana", key=f"{n}-go")
            (route,) = await desk.routes(str(n + 1))
            fact = next(e.fact for e in log.read(0) if isinstance(e.fact, UnitDispatched) and e.fact.unit == unit)
            row = next(row for row in told.candidates if row.unit == unit)
            seen[priority] = told.plan.siren, row.eta_s, fact.drive.siren, fact.drive.eta_s, route.eta_s
        await desk.stop()
        return seen

    seen = asyncio.run(story())
    fast, slow = seen[2], seen[3]
    assert (fast[0], fast[2], slow[0], slow[2]) == (True, True, False, False)
    for place_ in (1, 3, 4):
        assert slow[place_] > 1.05 * fast[place_], seen


@pytest.mark.parametrize("far", ELSEWHERE)
def test_a_place_off_the_map_is_never_minutes_away_by_road(ground, far):
    for start, end in ((WEST, far), (far, WEST)):
        travel, route = drive(ground, start, end)
        assert (travel.basis, route.basis) == ("line", "line")
        assert travel.length_m > 5_000


def test_an_answer_carries_how_it_was_found_and_how_sure_it_is(ground):
    found = Match(
        text="High Street", detail="Westham", kind="street", lat=0.0, lon=0.0, radius_m=40.0, score=0.9,
        how="middle of the street", doubts=("namesake",), confidence="ask",
    )  # fmt: skip
    ground.region.places = SimpleNamespace(search=lambda text, near, limit: [found])
    (match,) = asyncio.run(ground.search("high st", None, 8))
    assert (match.place.how, match.place.radius_m) == ("street", 40.0)
    assert (match.confidence, match.doubts) == ("ask", ("namesake",))
