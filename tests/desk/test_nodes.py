"""Several nodes on one store: each hears what the others record, nothing is done twice, and a lost store is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from tests.desk.hall import Clock, Fragile, Screen, Ticks, give, same_as_fresh, staff
from tests.world import CATALOGUE, T0

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.domain import orders as o
from tocsin.domain.orders_calls import CloseCallBack
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.facts.values import Move
from tocsin.log.memory import MemoryLog
from tocsin.log.port import Unsure
from tocsin.views.wire import Done


@asynccontextmanager
async def node(log, tracks, clock: Clock | None = None) -> AsyncIterator[Desk]:
    desk = Desk(log, tracks, CATALOGUE, clock or Clock(), shared=True)
    desk.ticks = Ticks()
    desk.sleep = desk.ticks.sleep
    await desk.start("north", "North", "exercise")
    try:
        yield desk
    finally:
        await desk.stop()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


def two_nodes(test, log=None, clock=None):
    log, tracks = log or MemoryLog("north"), MemoryLog("north", durable=False)

    async def run():
        async with node(log, tracks, clock) as a, node(log, tracks, clock) as b:
            await test(a, b)
            await until(lambda: a.position() == b.position() == log.position())
            same_as_fresh(a, log)
            same_as_fresh(b, log)

    asyncio.run(run())


def test_a_node_without_an_order_of_its_own_hears_and_announces():
    async def test(a, b):
        screen = Screen(b)
        await give(a, o.ReceiveCall("112"), o.AnswerCall("1"))
        await screen.listen(until=3)  # nothing was ordered here, and no clock went
        assert screen.shows_the_truth()
        assert b.call("1").status == "answered"

    two_nodes(test)


def test_an_erasure_takes_effect_on_every_node_that_hears_of_it_and_waits_for_no_clock():
    async def test(a, b):
        destroyed = []
        b.eraser.destroy = destroyed.append
        await give(a, o.ReceiveCall("112", number="+351910000000"), o.ReleaseCall("1", "abandoned"))
        await give(a, CloseCallBack("1", "well"), ErasePersonal("call:1"))
        await until(lambda: destroyed)  # no tick was given
        assert {name for names in destroyed for name in names} >= {"record/call:1", "position/call:1"}
        assert not b.eraser.busy

    two_nodes(test)


def test_an_alarm_that_two_clocks_bring_is_raised_once():
    log, clock = MemoryLog("north"), Clock(T0)

    async def test(a, b):
        await give(a, o.ReceiveCall("112"))
        clock.at = T0 + 11
        await asyncio.gather(a.ticks.tick(), b.ticks.tick(), a.ticks.tick(), b.ticks.tick())
        await until(lambda: a.board.alarms and b.board.alarms)
        kinds = [type(entry.fact).__name__ for entry in log.read()]
        assert kinds == ["CentreOpened", "CallReceived", "AlarmRaised"]

    two_nodes(test, log, clock)


def test_one_order_sent_to_two_nodes_is_done_once():
    log = MemoryLog("north")

    async def test(a, b):
        both = (desk.give(o.ReceiveCall("112"), by="ana", key="k") for desk in (a, b))
        answers = await asyncio.gather(*both)
        assert sorted(answer.repeated for answer in answers) == [False, True]
        assert answers[0].entries == answers[1].entries
        assert log.position() == 2
        other = await b.give(o.ReceiveCall("113"), by="ana", key="k")
        assert other.name == "key_reused"

    two_nodes(test, log)


def test_of_two_nodes_that_send_one_unit_one_wins():
    async def test(a, b):
        await staff(a, "E1", incidents=2)
        await until(lambda: b.position() == a.position())
        sends = (d.give(o.DispatchUnits(i, ("E1",)), by="ana", key=f"s{i}") for d, i in ((a, "1"), (b, "2")))
        answers = await asyncio.gather(*sends)
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refusal"]

    two_nodes(test)


def test_what_moves_at_one_node_moves_on_the_screens_of_the_other():
    async def test(a, b):
        await staff(a, "E1")
        await until(lambda: b.unit("E1"))
        screen = Screen(b)
        listening = asyncio.create_task(screen.listen())
        await a.report([Move("E1", T0, 38.7, -9.1)])
        await a.ticks.tick()
        await until(lambda: "E1" in screen.moves)
        assert b.driving.standing("E1")[1:3] == (38.7, -9.1)
        await b.report([Move("E1", T0 + 1, 38.8, -9.2)])
        await b.ticks.tick()
        await until(lambda: a.tracks.latest["E1"].lat == 38.8)
        listening.cancel()

    two_nodes(test)


def test_tracks_that_two_nodes_write_at_once_are_all_kept():
    tracks = MemoryLog("north", durable=False)

    async def run():
        log = MemoryLog("north")
        async with node(log, tracks) as a, node(log, tracks) as b:
            await staff(a, "E1", "E2")
            await until(lambda: b.unit("E2"))
            for second in range(8):
                await a.report([Move("E1", T0 + second, 1.0, 2.0)])
                await b.report([Move("E2", T0 + second, 1.0, 2.0)])
                await asyncio.gather(a.ticks.tick(), b.ticks.tick())
                for desk in (a, b):
                    await desk._recording
        told = [move.at - T0 for entry in tracks.read() for move in entry.fact.moves]
        assert sorted(told) == sorted([*range(8), *range(8)])

    asyncio.run(run())


def test_a_race_reads_what_is_new_and_nothing_else(monkeypatch):
    """However long the log is: being second costs reading the winner's entries."""
    log = MemoryLog("north")
    read: list[int] = []

    async def test(a, b):
        for _ in range(5):
            await asyncio.gather(*(give(desk, o.ReceiveCall("112")) for desk in (a, b)))
        await until(lambda: a.position() == b.position() == log.position())
        plain = MemoryLog.read

        def spied(self, after=0, limit=None):
            read.append(after)
            return plain(self, after, limit)

        monkeypatch.setattr(MemoryLog, "read", spied)
        before = log.position()
        for _ in range(5):
            await asyncio.gather(*(give(desk, o.ReceiveCall("112")) for desk in (a, b)))
        assert read
        assert min(read) >= before
        monkeypatch.undo()

    two_nodes(test, log)


# -- a store that goes away ------------------------------------------------------------------------------------------


def test_a_node_that_loses_its_store_says_so_and_resumes_by_itself(caplog):
    log = Fragile()

    async def run():
        async with node(log, MemoryLog("north", durable=False)) as desk:
            stream = desk.follow(desk.position())
            await anext(stream)
            log.fails = {"append", "read", "position"}
            await until(lambda: not desk.recording)
            pulse = await anext(stream)
            assert (pulse.event, msgspec.json.decode(pulse.data)["recording"]) == ("pulse", False)
            with pytest.raises(Busy, match="cannot be reached") as busy:
                await desk.give(o.ReceiveCall("112"), by="ana", key="k")
            assert busy.value.name == "not_recorded"
            log.fails = set()
            await until(lambda: desk.recording)
            pulse = await anext(stream)
            assert msgspec.json.decode(pulse.data)["recording"] is True
            done = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
            assert isinstance(done, Done)
            assert not done.repeated
            same_as_fresh(desk, log)

    asyncio.run(run())
    assert "no orders are taken" in caplog.text
    assert "orders are taken" in caplog.text


def test_a_disk_that_is_full_is_shown_until_an_order_is_recorded_again():
    log = Fragile()

    async def run():
        async with node(log, MemoryLog("north", durable=False)) as desk:
            log.fails = {"append"}
            with pytest.raises(Busy, match="the disk is full"):
                await desk.give(o.ReceiveCall("112"), by="ana", key="k")
            assert not desk.recording
            await desk.ticks.tick()  # nothing to record: no proof that it could be
            assert not desk.recording
            log.fails = set()
            assert isinstance(await desk.give(o.ReceiveCall("112"), by="ana", key="k"), Done)
            assert desk.recording

    asyncio.run(run())


def test_a_node_that_was_refused_once_is_well_again_when_another_records():
    """Its balancer sends it nothing more while it says that nothing is recorded. Found by the simulation of faults."""
    log = Fragile()

    async def test(a, b):
        log.fails = {"append"}
        with pytest.raises(Busy, match="the disk is full"):
            await b.give(o.ReceiveCall("112"), by="ana", key="k")
        assert not b.recording
        log.fails = set()
        await give(a, o.ReceiveCall("112"))
        await until(lambda: b.position() == a.position())
        await until(lambda: b.recording)

    two_nodes(test, log)


def test_a_write_whose_end_is_not_known_is_told_as_such_and_a_repeat_finds_out():
    class Cut(Fragile):
        def append(self, entries, expected, receipts=()):
            super().append(entries, expected, receipts)
            if self.forgets_to_say:
                raise Unsure("cut")

    for written in (True, False):
        log = Cut()

        async def run(log=log, written=written):
            async with node(log, MemoryLog("north", durable=False)) as desk:
                log.forgets_to_say = True
                if not written:
                    log.append = lambda *_: (_ for _ in ()).throw(Unsure("cut"))
                else:
                    plain = Fragile.append

                    def cut(entries, expected, receipts=()):
                        log.forgets_to_say = False
                        plain(log, entries, expected, receipts)
                        raise Unsure("cut")

                    log.append = cut
                with pytest.raises(Busy) as busy:
                    await desk.give(o.ReceiveCall("112"), by="ana", key="k")
                assert busy.value.name == "not_known"
                log.forgets_to_say = False
                del log.append
                done = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
                assert done.repeated is written
                assert log.position() == 2
                same_as_fresh(desk, log)

        asyncio.run(run())
