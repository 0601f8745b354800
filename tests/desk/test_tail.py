"""Picture and tail joined at a position: no gap, no repeat, under any interleaving, from near, far and too far."""

from __future__ import annotations

import asyncio
import random
import time

import msgspec
import pytest
from tests.desk.hall import Clock, Screen, desk_on, give, staff, with_desk
from tests.world import HOME, T0, Dice

from tocsin.desk import tail as tail_module
from tocsin.desk.busy import Busy
from tocsin.domain import orders as o
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Move
from tocsin.log.memory import MemoryLog


async def calls(desk, count: int) -> None:
    """So many calls, one entry and one frame each."""
    for _ in range(count):
        await give(desk, o.ReceiveCall("112"))


def positions(frame) -> list[int]:
    return [entry["position"] for entry in msgspec.json.decode(frame.data)["entries"]]


async def first_frames(desk, after: int, count: int = 2):
    frames = []
    stream = desk.follow(after)
    async for frame in stream:
        frames.append(frame)
        if len(frames) == count:
            break
    await stream.aclose()
    return frames


@pytest.mark.parametrize("after", [0, 1, 5, 10])
def test_what_was_missed_comes_first_and_whole(logs, after):
    async def test(desk):
        await calls(desk, 10)
        frames = await first_frames(desk, after)
        assert [frame.event for frame in frames] == ["facts", "tracks"]
        assert positions(frames[0]) == list(range(after + 1, 12))
        assert (frames[0].position, frames[1].position) == (11, None)

    with_desk(logs.again()[0], test)


def test_after_a_restart_it_comes_from_the_log(logs):
    async def before(desk):
        await calls(desk, 10)

    async def after(desk):
        frames = await first_frames(desk, 4)
        assert positions(frames[0]) == list(range(5, 12))

    with_desk(logs.again()[0], before)
    with_desk(logs.again()[0], after)


def test_whoever_is_up_to_date_gets_the_vehicles_and_then_the_news(logs):
    async def test(desk):
        stream = desk.follow(1)
        assert (await anext(stream)).event == "tracks"
        waiting = asyncio.create_task(anext(stream))
        await calls(desk, 1)
        frame = await waiting
        assert (frame.event, frame.position, positions(frame)) == ("facts", 2, [2])
        await stream.aclose()

    with_desk(logs.again()[0], test)


def test_too_far_behind_or_ahead_of_the_log_is_told_to_fetch_the_picture(logs, monkeypatch):
    log, _ = logs.again()
    monkeypatch.setattr(tail_module, "CATCH_UP", 5)
    monkeypatch.setattr(tail_module, "KEPT_ENTRIES", 3)

    async def test(desk):
        await calls(desk, 10)
        for after in (0, 5, 12, 999):
            frames = await first_frames(desk, after)
            assert [frame.event for frame in frames] == ["reset", "tracks"], after
            assert frames[0].position == msgspec.json.decode(frames[0].data)["position"] == 11
        assert positions((await first_frames(desk, 6))[0]) == [7, 8, 9, 10, 11]

    with_desk(log, test)


def test_after_a_reset_the_news_goes_on_from_the_picture(monkeypatch):
    monkeypatch.setattr(tail_module, "CATCH_UP", 2)
    monkeypatch.setattr(tail_module, "KEPT_ENTRIES", 2)

    async def test(desk):
        await calls(desk, 8)
        screen = Screen(desk)
        stream = desk.follow(0)
        screen.hear(await anext(stream))
        screen.hear(await anext(stream))
        await calls(desk, 1)
        screen.hear(await anext(stream))
        assert (screen.resets, screen.heard) == (1, [10])
        assert screen.shows_the_truth()
        await stream.aclose()

    with_desk(MemoryLog("north"), test)


def test_a_slow_follower_is_caught_up_and_learns_where_everybody_went(monkeypatch):
    monkeypatch.setattr(tail_module, "KEPT_FRAMES", 4)
    clock = Clock()

    async def test(desk):
        await give(desk, o.RegisterUnit("E1", "engine", "fire", (), HOME))
        screen = Screen(desk)
        stream = desk.follow(screen.position)
        screen.hear(await anext(stream))
        await desk.report([Move("E1", T0, 1.0, 2.0)])
        await desk.ticks.tick()
        for i in range(10):
            clock.at = T0 + i
            await calls(desk, 1)
            await desk.ticks.tick()
        while screen.position < desk.position() or not screen.moves:
            screen.hear(await anext(stream))
        assert screen.heard == list(range(3, desk.position() + 1))
        assert screen.events.count("facts") < 10
        assert screen.moves["E1"][2:4] == [1.0, 2.0]
        assert screen.shows_the_truth()
        await stream.aclose()

    with_desk(MemoryLog("north"), test, clock=clock)


def test_falling_behind_twice_repeats_nothing(monkeypatch):
    monkeypatch.setattr(tail_module, "KEPT_FRAMES", 1)

    async def test(desk):
        await calls(desk, 3)
        stream = desk.follow(1)
        heard = positions(await anext(stream))
        for _ in range(3):
            await calls(desk, 3)
            assert (await anext(stream)).event == "tracks"
            heard += positions(await anext(stream))
        assert heard == list(range(2, 14))
        await stream.aclose()

    with_desk(MemoryLog("north"), test)


def test_a_pulse_says_the_clock_and_the_position():
    clock = Clock(T0)

    async def test(desk):
        stream = desk.follow(desk.position())
        await anext(stream)
        clock.at = T0 + 7
        await desk.ticks.tick()
        await desk.ticks.tick()
        frame = await anext(stream)
        assert (frame.event, frame.position) == ("pulse", None)
        assert msgspec.json.decode(frame.data) == {"now": T0 + 7, "position": 1, "recording": True}
        await stream.aclose()

    with_desk(MemoryLog("north"), test, clock=clock)


def test_whoever_hangs_up_leaves_nothing_behind():
    async def test(desk):
        others = asyncio.all_tasks()
        listening = [asyncio.create_task(Screen(desk).listen()) for _ in range(5)]
        for _ in range(3):
            await asyncio.sleep(0)
        staying = Screen(desk)
        stays = asyncio.create_task(staying.listen(until=3))
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await calls(desk, 2)
        await stays
        assert staying.shows_the_truth()
        assert asyncio.all_tasks() == others
        assert desk._tail._wake is None

    with_desk(MemoryLog("north"), test)


def test_one_frame_is_encoded_once_for_everybody():
    async def test(desk):
        streams = [desk.follow(desk.position()) for _ in range(3)]
        for stream in streams:
            await anext(stream)
        await calls(desk, 1)
        frames = [await anext(stream) for stream in streams]
        assert frames[0] is frames[1] is frames[2]
        for stream in streams:
            await stream.aclose()

    with_desk(MemoryLog("north"), test)


# -- any interleaving -------------------------------------------------------------------------------------------------


class Jittery(MemoryLog):
    """A log whose threads dawdle, so that reading and writing meet in every way."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__("north")
        self.rng = rng

    def append(self, entries, expected, receipts=()):
        time.sleep(self.rng.choice((0, 0, 0.0005)))
        super().append(entries, expected, receipts)
        time.sleep(self.rng.choice((0, 0, 0.001)))  # durable, and not folded yet

    def read(self, after=0, limit=None):
        time.sleep(self.rng.choice((0, 0, 0.0005)))
        return super().read(after, limit)


async def dispatcher(desk, rng: random.Random, count: int) -> None:
    dice = Dice(rng)
    for i in range(count):
        order = dice.order(desk._writer.room, desk.now())
        try:
            answer = await desk.give(order, by="ana", key=f"{id(rng)}-{i}")
        except Busy as busy:
            raise AssertionError from busy
        assert isinstance(answer, Refusal) or answer.position <= desk.position()
        for _ in range(rng.choice((0, 1, 3))):
            await asyncio.sleep(0)


async def viewer(desk, rng: random.Random, done: asyncio.Event, agency: str = "") -> Screen:
    """Comes late, is cut off at any moment, comes back where it was."""
    for _ in range(rng.randrange(60)):
        await asyncio.sleep(0)
    screen = Screen(desk, agency)
    start = screen.position
    while True:
        stream = screen.follow()
        for _ in range(rng.randrange(2, 12)):
            if done.is_set() and screen.position == desk.position():
                await stream.aclose()
                if not screen.resets and not agency:
                    assert screen.heard == list(range(start + 1, desk.position() + 1))
                return screen
            screen.hear(await anext(stream))
            for _ in range(rng.choice((0, 0, 2, 20))):
                await asyncio.sleep(0)
        await stream.aclose()


@pytest.mark.parametrize("seed", range(24))
def test_no_gap_and_no_repeat_however_readers_and_writers_meet(monkeypatch, seed):
    rng = random.Random(seed)
    monkeypatch.setattr(tail_module, "KEPT_FRAMES", rng.choice((2, 8, 512)))
    monkeypatch.setattr(tail_module, "KEPT_ENTRIES", rng.choice((1, 10, 4_096)))
    monkeypatch.setattr(tail_module, "CATCH_UP", rng.choice((15, 20_000, 20_000)))
    clock = Clock()

    async def run():
        async with desk_on(Jittery(rng), clock=clock) as desk:
            over, done = asyncio.Event(), asyncio.Event()
            await staff(desk, "E1", "E2", "A1", incidents=2)

            async def time_passes():
                while not over.is_set():
                    clock.at += rng.choice((1.0, 15.0, 70.0))
                    await desk.ticks.tick()

            passing = asyncio.create_task(time_passes())
            eyes = ("", "", "", "fire", "ems", "police")
            viewers = [
                asyncio.create_task(viewer(desk, random.Random(seed * 100 + i), done, agency))
                for i, agency in enumerate(eyes)
            ]
            await asyncio.gather(*(dispatcher(desk, random.Random(seed * 7 + i), 40) for i in range(4)))
            over.set()
            await passing
            await desk._locating.stop()  # it records beside the dispatchers: what it has in hand is settled first
            await desk._queue.join()
            done.set()
            while not all(task.done() for task in viewers):
                desk._tail.pulse(clock.at)  # something to wake whoever has heard it all
                await asyncio.sleep(0.001)
            screens = [task.result() for task in viewers]
            assert all(screen.shows_the_truth() for screen in screens)
            if tail_module.CATCH_UP > 15:  # nobody was ever far behind: being a commit ahead is no reason to start anew
                assert [screen.resets for screen in screens[:3]] == [0] * 3
            assert desk.position() > 30

    asyncio.run(run())
