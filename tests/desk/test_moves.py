"""Move-ups at a desk: proposed from a real map's roads, accepted by an order, gone when void; the crew drives there."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from tests.desk.hall import desk_on, facts_of, give, same_as_fresh
from tests.world import T0

from tocsin.desk.coverage import Coverage
from tocsin.domain import orders as o
from tocsin.domain import orders_standby as s
from tocsin.domain.cover_rules import CoverGroup, CoverRules, MoveRules, Post, Table
from tocsin.facts import standby
from tocsin.facts.values import Place
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog

GROUP = CoverGroup("ambulance", "ambulance", 60.0, 1.0, 0.3)
AWAKE = MoveRules(hold_s=10.0, rest_from="00:00", rest_to="00:00", s_per_gain=0.0)


async def bare(desk: Any, coverage: Coverage) -> Place:
    """Two ambulances at one corner of town, and a post far from it."""
    await desk.standby._preparing
    cells = coverage.reach.cells
    near, far = int(np.argmin(cells.lat_deg + cells.lon_deg)), int(np.argmax(cells.lat_deg + cells.lon_deg))
    home = Place(float(cells.lat_deg[near]), float(cells.lon_deg[near]), "Station 1")
    for unit in ("M1", "M2"):
        await give(desk, o.RegisterUnit(unit, "a", "x", ("ambulance",), home, 2, "Station 1"), o.UnitOnDuty(unit, 2))
    return Place(float(cells.lat_deg[far]), float(cells.lon_deg[far]), "Far")


def rules(post: Place | None = None, *tables: Table) -> CoverRules:
    posts = () if post is None else (Post("Far", post.lat, post.lon),)
    return CoverRules((GROUP,), moveups=AWAKE, posts=posts, tables=tables)


@pytest.fixture(scope="module")
def far(region: Region) -> Place:
    """A road at the other end of town."""
    coverage = Coverage(region, rules())
    asyncio.run(coverage.prepare())
    cells = coverage.reach.cells
    i = int(np.argmax(cells.lat_deg + cells.lon_deg))
    return Place(float(cells.lat_deg[i]), float(cells.lon_deg[i]), "Far")


def test_a_move_is_proposed_taken_and_recorded(region: Region, far: Place) -> None:
    async def story() -> None:
        log = MemoryLog("north")
        coverage = Coverage(region, rules(far))
        async with desk_on(log, coverage=coverage) as desk:
            await bare(desk, coverage)
            await desk.standby.look(T0)
            assert desk.standby.proposals() == ()
            await desk.standby.look(T0 + 10)
            (move,) = desk.standby.view(T0).moves
            assert (move.unit, move.post, move.why) == ("M1", "Far", "coverage")
            before = desk.standby.view(T0).covered
            assert move.before == pytest.approx(before)
            done = await give(desk, s.MoveUpUnit("M1", "Far", move.place, "ambulance", 0.01, 0.99))
            (fact,) = facts_of(done)
            assert isinstance(fact, standby.UnitMovedUp)
            told = (fact.before, fact.after)
            assert told == (pytest.approx(move.before), pytest.approx(move.after)), (
                "the server's figures, not a screen's"
            )
            assert fact.drive.basis == "line"
            row = desk.unit("M1")
            assert (row.status, row.post, row.at_post, row.at_station) == ("available", "Far", False, False)
            assert desk.standby.proposals() == ()
            await desk.standby.look(T0 + 10)
            assert desk.standby.view(T0).covered == pytest.approx(move.after)
            await give(desk, s.UnitIsAtPost("M1"))
            assert desk.unit("M1").at_post
            await give(desk, s.CallHomeUnit("M1", "enough"))
            assert (desk.unit("M1").post, desk.unit("M1").at_station) == ("", False)
            await give(desk, o.UnitAtStation("M1"))
            assert desk.unit("M1").at_station
            same_as_fresh(desk, log)

    asyncio.run(story())


def test_a_unit_at_its_post_is_sent_like_any_other(region: Region, far: Place) -> None:
    async def story() -> None:
        log = MemoryLog("north")
        coverage = Coverage(region, rules(far))
        async with desk_on(log, coverage=coverage) as desk:
            await bare(desk, coverage)
            await give(desk, s.MoveUpUnit("M1", "Far", far), o.OpenIncident("FIRE", place=far))
            await give(desk, o.DispatchUnits("1", ("M1",)))
            row = desk.unit("M1")
            assert (row.status, row.post, row.post_place, row.post_due_at) == ("dispatched", "", None, None)
            await give(desk, o.CancelUnit("M1"))
            await give(desk, s.MoveUpUnit("M1", "Far", far), o.UnitOffDuty("M1"))
            assert desk.unit("M1").post == ""
            same_as_fresh(desk, log)

    asyncio.run(story())


def test_who_was_declined_is_left_alone_for_a_while(region: Region, far: Place) -> None:
    async def story() -> None:
        coverage = Coverage(region, rules(far))
        async with desk_on(MemoryLog("north"), coverage=coverage) as desk:
            await bare(desk, coverage)
            for at in (T0, T0 + 10):
                await desk.standby.look(at)
            (move,) = desk.standby.proposals()
            await give(desk, s.DeclineMove(move.unit, move.post, "no meal yet"))
            assert desk.standby.proposals() == ()
            for at in (T0 + 20, T0 + 30):
                await desk.standby.look(at)
            (other,) = desk.standby.proposals()
            assert other.unit == "M2"
            await give(desk, s.DeclineMove("M2", other.post))
            for at in (T0 + 40, T0 + 60):
                await desk.standby.look(at)
            assert desk.standby.proposals() == ()
            for at in (T0 + 902, T0 + 920):
                await desk.standby.look(at)
            assert len(desk.standby.proposals()) == 1

    asyncio.run(story())


def test_a_proposal_goes_when_its_unit_is_sent(region: Region, far: Place) -> None:
    async def story() -> None:
        coverage = Coverage(region, rules(far))
        async with desk_on(MemoryLog("north"), coverage=coverage) as desk:
            await bare(desk, coverage)
            for at in (T0, T0 + 10):
                await desk.standby.look(at)
            assert desk.standby.proposals()[0].unit == "M1"
            await give(desk, o.OpenIncident("FIRE", place=far), o.DispatchUnits("1", ("M1",)))
            assert desk.standby.proposals() == ()
            await desk.standby.look(T0 + 11)
            assert "M1" not in {move.unit for move in desk.standby.moves.shown()}

    asyncio.run(story())


def test_a_compliance_table_is_kept_to(region: Region, far: Place) -> None:
    async def story() -> None:
        coverage = Coverage(region, rules(far, Table("ambulance", 2, ("Far", "Station 1"))))
        async with desk_on(MemoryLog("north"), coverage=coverage) as desk:
            await bare(desk, coverage)
            for at in (T0, T0 + 10):
                await desk.standby.look(at)
            (move,) = desk.standby.proposals()
            assert (move.post, move.why) == ("Far", "table")
            await give(desk, s.MoveUpUnit(move.unit, "Far", far))
            for at in (T0 + 20, T0 + 40):
                await desk.standby.look(at)
            assert desk.standby.proposals() == ()

    asyncio.run(story())
