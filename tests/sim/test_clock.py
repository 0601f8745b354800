"""The world's clock: order, signals, the baton, both paces."""

from __future__ import annotations

import asyncio

import pytest

from tocsin.sim.clock import Clock, Signal


def test_processes_wake_in_the_order_of_their_instants() -> None:
    told: list[tuple[str, float]] = []

    async def story() -> None:
        clock = Clock(100.0)

        async def process(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            told.append((name, clock.now()))

        for name, seconds in (("late", 9.0), ("early", 3.0), ("also early", 3.0)):
            clock.start(process(name, seconds))
        await clock.run(1_000.0)
        assert clock.now() == 1_000.0

    asyncio.run(story())
    assert told == [("early", 103.0), ("also early", 103.0), ("late", 109.0)]


def test_nothing_is_due_before_the_one_who_holds_the_baton_is_done() -> None:
    told: list[str] = []

    async def story() -> None:
        clock = Clock(0.0)

        async def slow() -> None:
            await clock.sleep(1.0)
            await asyncio.sleep(0.02)  # work that takes time on the wall and none in the world
            told.append(f"slow at {clock.now():g}")

        async def quick() -> None:
            await clock.sleep(2.0)
            told.append(f"quick at {clock.now():g}")

        clock.start(slow())
        clock.start(quick())
        await clock.run(10.0)

    asyncio.run(story())
    assert told == ["slow at 1", "quick at 2"]


def test_a_signal_wakes_before_the_time_and_one_that_came_early_is_not_lost() -> None:
    told: list[tuple[bool, float]] = []

    async def story() -> None:
        clock, signal = Clock(0.0), Signal()

        async def waits() -> None:
            told.append((await clock.sleep(50.0, signal), clock.now()))
            await clock.sleep(20.0)
            told.append((await clock.sleep(50.0, signal), clock.now()))
            told.append((await clock.sleep(50.0, signal), clock.now()))

        async def sets() -> None:
            await clock.sleep(5.0)
            signal.set()
            await clock.sleep(10.0)
            signal.set()

        clock.start(waits())
        clock.start(sets())
        await clock.run(200.0)

    asyncio.run(story())
    assert told == [(True, 5.0), (True, 25.0), (False, 75.0)]


def test_a_failing_process_ends_the_run_with_its_failure() -> None:
    async def story() -> None:
        clock = Clock(0.0)

        async def fails() -> None:
            await clock.sleep(1.0)
            raise KeyError("broken")

        clock.start(fails())
        with pytest.raises(KeyError, match="broken"):
            await clock.run(10.0)
        await clock.stop()

    asyncio.run(story())


def test_at_a_pace_the_world_is_as_much_faster_as_asked() -> None:
    told: list[float] = []

    async def story() -> None:
        clock = Clock(0.0, speed=1_000.0)

        async def process() -> None:
            await clock.sleep(30.0)
            told.append(clock.now())

        clock.start(process())
        await clock.run(60.0)
        assert clock.now() >= 60.0

    asyncio.run(story())
    assert told
    assert told[0] >= 30.0


def test_a_change_of_pace_goes_on_from_the_same_instant() -> None:
    clock = Clock(500.0)
    clock.pace(10.0)
    assert clock.now() >= 500.0
    clock.pace(None)
    stood = clock.now()
    assert stood >= 500.0
    assert clock.now() == stood


def test_stopping_ends_processes_that_never_began() -> None:
    async def story() -> None:
        clock = Clock(0.0)

        async def never() -> None:
            await clock.sleep(1.0)

        task = clock.start(never())
        await clock.stop()
        assert task.done()

    asyncio.run(story())
