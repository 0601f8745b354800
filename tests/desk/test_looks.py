"""The access log: durable before anything is shown, one write for all who wait, never in the way of live work."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tocsin.desk import looks as module
from tocsin.desk.busy import Busy
from tocsin.desk.looks import SAME_S, Looks
from tocsin.desk.looks_counted import week_before, week_of
from tocsin.facts.looks import Looked, LookReviewed, LooksSampled
from tocsin.log.memory import MemoryLog
from tocsin.log.port import LogError
from tocsin.log.sqlite import SqliteLog

T0 = 1_800_000_000.0
PAST = Looked(T0, "search", "complaint 12")
LIVE = Looked(T0, "timeline", "handling incident 7", True, "7")


class Clock:
    def __init__(self):
        self.now = T0

    def __call__(self):
        return self.now


class Failing(MemoryLog):
    """A store that refuses while `broken`, and waits while `gate` is shut."""

    def __init__(self):
        super().__init__("north", kind="looks")
        self.broken, self.appends, self.gate = False, 0, threading.Event()
        self.gate.set()

    def append(self, entries, expected, receipts=()):
        self.gate.wait(10)
        if self.broken:
            raise LogError("the disk is full")
        self.appends += 1
        super().append(entries, expected, receipts)


def looking(test, log=None):
    log = log or Failing()

    async def whole():
        clock = Clock()
        looks = Looks(log, clock, key=b"k")
        await test(looks, log, clock)
        await looks.stop()

    asyncio.run(whole())
    return log


def test_a_look_is_durable_before_it_is_answered(tmp_path):
    async def test(looks, log, clock):
        assert await looks.record(PAST, by="ana", seen=12) == 1
        again = SqliteLog.open(tmp_path / "looks.db", "north", read_only=True)
        (entry,) = again.read()
        again.close()
        assert (entry.by, entry.seen, entry.fact) == ("ana", 12, PAST)
        assert log.verify() == []

    log = SqliteLog.open(tmp_path / "looks.db", "north", kind="looks")
    looking(test, log)
    log.close()


def test_all_who_wait_together_are_one_write():
    async def test(looks, log, clock):
        log.gate.clear()
        first = asyncio.ensure_future(looks.record(PAST, by="x"))
        await asyncio.sleep(0.05)
        others = [asyncio.ensure_future(looks.record(PAST, by=f"p{n}")) for n in range(100)]
        await asyncio.sleep(0.05)
        log.gate.set()
        assert [await first, *[await one for one in others]] == list(range(1, 102))
        assert log.appends == 2

    looking(test)


def test_the_past_is_refused_while_the_store_fails_and_live_work_is_owed_to_it():
    async def test(looks, log, clock):
        log.broken = True
        with pytest.raises(Busy, match="disk is full"):
            await looks.record(PAST, by="ana")
        await looks.work(LIVE, by="ana")
        assert (looks.owed, log.position()) == (1, 0)
        log.broken = False
        await looks.record(PAST, by="bea")
        assert [(e.by, e.fact) for e in log.read()] == [("ana", LIVE), ("bea", PAST)]
        assert looks.owed == 0

    looking(test)


def test_what_is_owed_is_paid_without_another_look():
    async def test(looks, log, clock):
        log.broken = True
        await looks.work(LIVE, by="ana")
        looks.pay()
        await asyncio.sleep(0.05)
        assert looks.owed == 1
        log.broken = False
        looks.pay()
        await looks.stop()
        assert (looks.owed, log.position()) == (0, 1)

    looking(test)


def test_live_work_does_not_wait_for_a_store_that_hangs(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)

    async def test(looks, log, clock):
        log.gate.clear()
        await asyncio.wait_for(looks.work(LIVE, by="ana"), 5)
        assert log.position() == 0
        log.gate.set()

    assert looking(test).position() == 1  # written all the same, once it goes on


def test_the_same_look_in_the_course_of_work_is_one_for_a_while():
    async def test(looks, log, clock):
        await looks.work(LIVE, by="ana")
        await looks.work(LIVE, by="ana")
        await looks.work(LIVE, by="bea")
        clock.now += SAME_S
        await looks.work(LIVE, by="ana")
        assert [e.by for e in log.read()] == ["ana", "bea", "ana"]

    looking(test)


def test_another_node_that_was_first_costs_no_look():
    async def test(looks, log, clock):
        other = Looks(log, clock)
        await looks.record(PAST, by="a")
        await other.record(PAST, by="b")
        await looks.record(PAST, by="c")
        assert [e.by for e in log.read()] == ["a", "b", "c"]
        await other.stop()

    looking(test)


def test_old_looks_are_let_go_and_the_rest_still_verifies():
    async def test(looks, log, clock):
        await looks.record(PAST, by="old")
        noted = log.head()
        clock.now += module.KEPT_S + 1
        await looks.record(PAST, by="new")
        await looks.stop()
        assert [e.by for e in log.read()] == ["new"]
        assert log.verify([noted]) == []

    looking(test)


def test_the_latest_are_read_backwards_page_by_page(monkeypatch):
    monkeypatch.setattr(module, "STEP", 3)

    async def test(looks, log, clock):
        for n in range(10):
            await looks.record(PAST, by="even" if n % 2 == 0 else "odd")
        found = await looks.latest(3, lambda e: e.by == "odd")
        assert [e.position for e in found] == [10, 8, 6]
        assert [e.position for e in await looks.latest(9, lambda e: e.by == "odd", 6)] == [4, 2]
        assert await looks.latest(5, lambda e: True, 0) == []

    looking(test)


def test_words_searched_for_are_kept_as_a_keyed_hash():
    looks = Looks(MemoryLog("n", kind="looks"), Clock(), key=b"k")
    assert looks.fingerprint("Rita  BORG") == looks.fingerprint("rita borg") != looks.fingerprint("rita")
    assert looks.fingerprint(" ") == ""
    assert looks.fingerprint("rita") != Looks(MemoryLog("n", kind="looks"), Clock(), key=b"j").fingerprint("rita")


def test_counts_by_week_and_what_is_reviewed():
    async def test(looks, log, clock):
        week = week_of(T0)
        for fact in (PAST, LIVE, Looked(T0, "glass", "mutual aid", incident="9"), Looked(T0, "board", "x", True)):
            await looks.record(fact, by="ana")
        counted = looks.counted.catch_up()
        assert counted.by_week[week] == {"search": 1, "timeline": 1, "glass": 1, "board": 1}
        assert (counted.single[week], counted.glass[week]) == ([1, 2], [3])
        await looks.record(LooksSampled(T0, week, 7, (1,), 3), by="sue")
        await looks.record(LookReviewed(T0, 1, "fine", "ok"), by="sue")
        counted = looks.counted.catch_up()
        assert counted.samples[week].looks == (1,)
        assert counted.reviews[1].mark == "fine"
        assert counted.by_week[week].total() == 4

    looking(test)


def test_weeks_are_those_of_iso_8601():
    assert (week_of(0.0), week_of(1_735_689_599.0)) == ("1970-W01", "2025-W01")
    assert week_before(1_735_689_599.0) == "2024-W52"
