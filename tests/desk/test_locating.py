"""Reports of a call are combined beside the desk, recorded, and shown where the call now is."""

from __future__ import annotations

import asyncio

from tests.desk.hall import give, with_desk
from tests.world import HERE, T0

from tocsin.domain import orders as o
from tocsin.domain.orders_locations import ReportLocation
from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import Circle
from tocsin.facts.values import Place
from tocsin.log.memory import MemoryLog

SURE = Confidence(68.0, "normal", True)


async def until(there) -> None:
    """Wait for what another thread brings."""
    async with asyncio.timeout(30):
        while not there():
            await asyncio.sleep(0.01)


async def settled(locating) -> None:
    """Wait until nothing is left to combine: what is asked of its thread after that finds it idle."""
    await until(lambda: not locating._aged and not locating._waiting and not locating._woken.is_set())
    for _ in range(2):
        await asyncio.wrap_future(locating._thread.submit(int))
        await asyncio.sleep(0.02)


def test_the_area_follows_the_reports_and_the_call_to_its_incident():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        await give(desk, ReportLocation("aml", number="912345678", shape=Circle(38.70, -9.14, 12.0), confidence=SURE))
        await until(lambda: desk.call("1").areas)
        (area,) = desk.call("1").areas
        assert (area.certainty, area.used) == ("spot", ("L1",))
        far = Place(38.75, -9.14, "Rua Nova 3", "address", 40.0)
        await give(desk, o.LocateCall("1", far))
        await until(lambda: desk.call("1").areas[0].id != area.id)
        assert desk.call("1").areas[0].certainty == "divided"
        await give(desk, o.OpenIncident("FIRE", place=HERE, calls=("1",)))
        await give(desk, ReportLocation("cell", "1", shape=Circle(38.70, -9.14, 1_500.0), fixed_at=T0))
        await until(lambda: "L2" in desk.incident("1").areas[0].used)
        (area,) = desk.incident("1").areas
        assert area.disagree == ("place",)
        assert [row.id for row in desk.incident("1").reports] == ["L1", "L2"]

    with_desk(MemoryLog("north"), test)


def test_a_place_taken_from_the_estimate_is_not_counted_as_another_word():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        await give(desk, ReportLocation("aml", "1", shape=Circle(38.70, -9.14, 12.0), confidence=SURE))
        await until(lambda: desk.call("1").areas)
        await give(desk, o.LocateCall("1", Place(38.70, -9.14, "", "estimate", 30.0), desk.call("1").areas[0].id))
        assert desk.call("1").taken == "E1"
        await give(desk, ReportLocation("cell", "1", shape=Circle(38.70, -9.14, 1_500.0)))
        await until(lambda: "L2" in desk.call("1").areas[0].used)
        assert "place" not in desk.call("1").areas[0].used

    with_desk(MemoryLog("north"), test)


def test_an_area_widens_while_nothing_more_is_heard_and_only_when_it_says_something_else():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        await give(desk, ReportLocation("aml", "1", shape=Circle(38.70, -9.14, 12.0), confidence=SURE))
        await until(lambda: desk.call("1").areas)
        radii = [desk.call("1").areas[0].radius_m]
        for _ in range(30):
            desk.now.at += 10.0
            await desk._moment(1)
            await settled(desk._locating)
            radii += [new] if (new := desk.call("1").areas[0].radius_m) != radii[-1] else []
        assert radii == sorted(radii), radii
        assert radii[-1] > 5 * radii[0]
        assert 3 <= len(radii) <= 10, "each half minute at most, and only when it grew"
        assert desk.call("1").areas[0].certainty == "district"
        await give(desk, ReportLocation("aml", "1", shape=Circle(38.70, -9.14, 12.0), confidence=SURE))
        await until(lambda: desk.call("1").areas[0].radius_m < 60)
        await give(desk, o.ReleaseCall("1", "abandoned"))
        assert not desk._locating._aging._next, "of nobody who hung up"

    with_desk(MemoryLog("north"), test)


def test_a_phone_that_tells_and_tells_pushes_neither_cell_nor_written_place_out():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        await give(desk, ReportLocation("cell", "1", shape=Circle(38.70, -9.14, 1_500.0)))
        await give(desk, o.LocateCall("1", Place(38.70, -9.14, "Rua Nova 3", "address", 40.0)))
        told = [Circle(38.90 + n / 10_000, -9.14, 12.0) for n in range(30)]
        await give(desk, *(ReportLocation("caller_link", "1", shape=shape, confidence=SURE) for shape in told))
        await give(desk, *(ReportLocation("aml", "1", method=f"none {n}") for n in range(20)))
        await settled(desk._locating)
        (area,) = desk.call("1").areas
        assert "L31" in {*area.used, *area.replaced}
        assert {"L1", "place"} <= {*area.used}, "a phone far off is still seen to contradict the network"
        shown = [row.id for row in desk.call("1").reports]
        assert len(shown) == 12
        assert shown[0] == "L1"
        assert {"L31", "L51"} <= {*shown}, "the newest of each"

    with_desk(MemoryLog("north"), test)


def test_nobody_is_kept_in_mind_once_an_incident_is_closed_also_after_it_was_opened_again():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        await give(desk, o.LocateCall("1", HERE), o.OpenIncident("FIRE", place=HERE, calls=("1",)))
        for _ in range(2):
            await give(desk, ReportLocation("caller_link", "1", shape=Circle(38.70, -9.14, 12.0), confidence=SURE))
            await settled(desk._locating)
            assert desk._locating._reports
            await give(desk, o.CloseIncident("1", "DONE"))
            assert (desk._locating._reports, desk._locating._places) == ({}, {})
            assert not desk._locating._aging._next
            await give(desk, o.ReopenIncident("1"))

    with_desk(MemoryLog("north"), test)


def test_a_report_from_the_future_makes_no_later_one_late():
    async def test(desk) -> None:
        await give(desk, o.ReceiveCall("112", "912345678"), o.AnswerCall("1"))
        now = desk.now()
        for fixed_at in (now + 9_000, now + 15, now - 60):
            desk.now.at += 10.0
            await give(desk, ReportLocation("aml", "1", shape=Circle(38.70, -9.14, 12.0), fixed_at=fixed_at))
        assert [row.late for row in desk.call("1").reports] == [False, False, True]

    with_desk(MemoryLog("north"), test)
