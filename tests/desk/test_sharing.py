"""What is shared for a time goes from open boards when the time is over, whether or not the store takes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.desk.hall import Clock, Fragile, Screen, give, staff, with_desk
from tests.world import HOME, T0

from tocsin.desk import desk as desk_module
from tocsin.domain.orders import NoteIncident, RegisterUnit
from tocsin.domain.orders_sharing import ShareIncident
from tocsin.facts.values import Move
from tocsin.views.audience import Audience

UNTIL = T0 + 60.0
VIEW = Audience("aid")


def on_a_desk(test: Callable[..., Any]) -> None:
    log, clock = Fragile(), Clock(T0)

    async def run(desk: Any) -> None:
        await staff(desk, "E1")
        await give(
            desk,
            RegisterUnit("L1", "ladder", "aid", ("ladder",), HOME),
            ShareIncident("1", "aid", "their ladder", UNTIL),
        )
        screen = Screen(desk, "aid")
        assert "1" in screen.picture["rows"]["incidents"]
        task = asyncio.create_task(screen.listen())
        await asyncio.sleep(0)
        try:
            await test(desk, screen, log, clock)
        finally:
            log.fails.clear()
            log.gate.set()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    with_desk(log, run, clock=clock)


async def heard() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


def test_a_store_that_takes_it_tells_rows_and_nobody_fetches_anew():
    async def test(desk, screen, _log, clock):
        clock.at = UNTIL
        await desk.ticks.tick()
        await heard()
        assert "1" not in screen.picture["rows"]["incidents"]
        assert screen.resets == 0
        assert screen.shows_the_truth()

    on_a_desk(test)


@pytest.mark.parametrize("trouble", ["refuses", "stalls"])
def test_a_store_that_takes_nothing_keeps_nothing_on_the_screen(monkeypatch, trouble):
    monkeypatch.setattr(desk_module, "PATIENCE_S", 0.01)

    async def test(desk, screen, log, clock):
        before = desk.view(VIEW).name
        at = desk.position()
        if trouble == "refuses":
            log.fails.add("append")
        else:
            log.gate.clear()
        clock.at = UNTIL - 0.001
        await desk.ticks.tick()
        await heard()
        assert "1" in screen.picture["rows"]["incidents"]
        clock.at = UNTIL
        await desk.ticks.tick()
        await heard()
        assert (desk.position(), screen.resets) == (at, 1)
        rows = screen.picture["rows"]
        assert "1" not in rows["incidents"]
        assert list(rows["units"]) == ["L1"]
        for _ in range(3):
            await desk.ticks.tick()
        await heard()
        assert screen.resets == 1, "once"
        # Whoever was away at that moment is told by what its picture is of; whoever has the new picture goes on.
        assert await first(desk, at, before) == "reset"
        assert await first(desk, at, desk.view(VIEW).name) == "tracks"
        assert await first(desk, at - 1, desk.view(VIEW).name) == "reset", "not what was told while it was shared"
        await desk.report([Move("E1", clock.at, 1.0, 1.0)])
        log.fails.clear()
        log.gate.set()
        await give(desk, NoteIncident("1", "not for others"))
        await desk.ticks.tick()
        await heard()
        assert "E1" not in screen.moves or screen.moves["E1"][1] < clock.at
        assert screen.shows_the_truth()
        assert desk.view(VIEW).name == before, "the record says it now"

    on_a_desk(test)


async def first(desk, after: int, of: str) -> str:
    frames = desk.view(VIEW).follow(after, of)
    try:
        return (await anext(frames)).event
    finally:
        await frames.aclose()


def test_a_clock_that_steps_back_shows_it_again():
    async def test(desk, screen, log, clock):
        log.fails.add("append")
        for at, there in ((UNTIL, False), (UNTIL - 5, True), (UNTIL + 5, False)):
            clock.at = at
            await desk.ticks.tick()
            await heard()
            assert ("1" in screen.picture["rows"]["incidents"]) == there, at

    on_a_desk(test)


def test_a_slow_screen_is_told_too():
    """One that had frames left to read when they were let go of."""

    async def test(desk, _screen, log, clock):
        frames = desk.view(VIEW).follow(desk.position())
        assert (await anext(frames)).event == "tracks"
        desk._tail.pulse(clock.at)
        desk._tail.pulse(clock.at)
        log.fails.add("append")
        clock.at = UNTIL
        await desk.ticks.tick()
        assert (await anext(frames)).event == "reset"
        await frames.aclose()

    on_a_desk(test)


def test_orders_are_judged_by_the_clock_too():
    async def test(desk, _screen, _log, clock):
        clock.at = UNTIL
        (refused,) = [await desk.give(NoteIncident("1", "x"), by="pia", key="n", agency="aid")]
        assert refused.name in ("not_yours", "unknown_incident")

    on_a_desk(test)
