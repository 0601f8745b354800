"""The one door for change: one winner, done once, durable before it is said, and true when the store is not."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from tests.desk.hall import Clock, Fragile, Logs, Screen, Ticks, desk_on, give, same_as_fresh, staff, with_desk
from tests.world import CATALOGUE, HERE, T0, THERE

from tocsin.desk import desk as desk_module
from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.domain import orders as o
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Place
from tocsin.log.memory import MemoryLog
from tocsin.views.wire import Done

SEND_1, SEND_2 = o.DispatchUnits("1", ("E1",)), o.DispatchUnits("2", ("E1",))


def test_two_send_the_same_unit_in_one_breath_and_one_wins(logs):
    log, _ = logs.again()

    async def test(desk):
        await staff(desk, "E1", incidents=2)
        answers = await asyncio.gather(
            desk.give(SEND_1, by="ana", key="a"),
            desk.give(SEND_2, by="rui", key="b"),
            desk.give(SEND_2, by="x", key="c"),
        )
        winner, *losers = answers
        assert isinstance(winner, Done)
        for loser in losers:
            assert isinstance(loser, Refusal)
            assert (loser.name, loser.facts["unit"], loser.facts["incident"]) == ("unit_assigned", "E1", "1")
        assert desk.unit("E1").incident == "1"
        same_as_fresh(desk, log)

    with_desk(log, test)


def test_what_is_answered_is_durable(logs):
    log, _ = logs.again()

    async def test(desk):
        for _ in range(5):
            (done,) = await give(desk, o.ReceiveCall("112"))
            assert log.position() >= done.position
            assert log.at([done.position]) == list(done.entries)

    with_desk(log, test)


def test_orders_that_wait_together_are_written_together():
    log = Fragile()

    async def test(desk):
        before = log.appended
        answers = await asyncio.gather(*(give(desk, o.ReceiveCall("112")) for _ in range(50)))
        assert log.appended == before + 1
        assert [a.position for (a,) in answers] == list(range(2, 52))
        same_as_fresh(desk, log)

    with_desk(log, test)


# -- sent twice, done once --------------------------------------------------------------------------------------------


def test_an_order_waits_for_no_other_work_in_threads(logs):
    async def test(desk):
        loop, over = asyncio.get_running_loop(), threading.Event()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = asyncio.ensure_future(asyncio.to_thread(over.wait, 30))
        try:
            assert isinstance(await asyncio.wait_for(desk.give(o.ReceiveCall("112"), by="ana", key="now"), 10), Done), (
                "recorded while every shared thread is busy"
            )
        finally:
            over.set()
            await busy

    with_desk(logs.again()[0], test)


def test_sent_twice_is_done_once_also_after_a_restart(logs):
    async def first(desk):
        done = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        again = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        assert not done.repeated
        assert (again.repeated, again.position, again.entries) == (True, done.position, done.entries)

    async def second(desk):
        await give(desk, o.ReceiveCall("113"))
        again = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        assert (again.repeated, again.position) == (True, 2)
        assert [entry.fact.line for entry in again.entries] == ["112"]
        assert len(desk.board.calls) == 2

    with_desk(logs.again()[0], first)
    with_desk(logs.again()[0], second)


def test_another_order_under_the_same_key_is_refused(logs):
    async def test(desk):
        await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        refusal = await desk.give(o.ReceiveCall("113"), by="ana", key="k")
        assert (refusal.name, refusal.field, refusal.facts) == ("key_reused", "id", {"id": "k"})
        assert len(desk.board.calls) == 1

    with_desk(logs.again()[0], test)


def test_the_same_key_of_another_person_is_another_order(logs):
    async def test(desk):
        one = await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        other = await desk.give(o.ReceiveCall("112"), by="rui", key="k")
        assert (one.repeated, other.repeated) == (False, False)
        assert other.position == one.position + 1

    with_desk(logs.again()[0], test)


def test_duplicates_in_one_breath_are_done_once(logs):
    log, _ = logs.again()

    async def test(desk):
        answers = await asyncio.gather(*(desk.give(o.ReceiveCall("112"), by="ana", key="k") for _ in range(10)))
        assert [a.repeated for a in answers] == [False] + [True] * 9
        assert {a.position for a in answers} == {2}
        other = await asyncio.gather(
            desk.give(o.ReceiveCall("112"), by="ana", key="j"), desk.give(o.ReceiveCall("113"), by="ana", key="j")
        )
        assert isinstance(other[0], Done)
        assert other[1].name == "key_reused"
        same_as_fresh(desk, log)

    with_desk(log, test)


def test_a_refused_order_may_be_sent_again_under_its_key(logs):
    async def test(desk):
        assert (await desk.give(o.AnswerCall("1"), by="ana", key="k")).name == "unknown_call"
        await give(desk, o.ReceiveCall("112"))
        assert isinstance(await desk.give(o.AnswerCall("1"), by="ana", key="k"), Done)

    with_desk(logs.again()[0], test)


# -- a store that fails -----------------------------------------------------------------------------------------------


async def refuses(desk, order) -> Busy:
    with pytest.raises(Busy) as busy:
        await give(desk, order)
    return busy.value


def test_what_the_store_refuses_did_not_happen_and_the_next_order_is_fine(caplog):
    log = Fragile()

    async def test(desk):
        await staff(desk, "E1", incidents=2)
        log.fails = {"append"}
        busy = await refuses(desk, SEND_1)
        assert busy.name == "not_recorded"
        assert "the disk is full" in str(busy)
        same_as_fresh(desk, log)
        log.fails = set()
        (done,) = await give(desk, SEND_2)  # the unit was never sent to 1
        assert isinstance(done, Done)
        assert desk.unit("E1").incident == "2"
        same_as_fresh(desk, log)

    with_desk(log, test)
    assert "not recorded: the disk is full" in caplog.text


def test_a_store_that_can_neither_write_nor_read_leaves_no_false_room(caplog):
    """The room ran ahead and could not be folded anew: nothing may be decided in it until it was."""
    log = Fragile()

    async def test(desk):
        await staff(desk, "E1", incidents=2)
        log.fails = {"append", "read"}
        assert (await refuses(desk, SEND_1)).name == "not_recorded"
        log.fails = {"read"}
        assert (await refuses(desk, SEND_2)).name == "not_recorded"
        log.fails = set()
        (done,) = await give(desk, SEND_2)
        assert isinstance(done, Done)
        same_as_fresh(desk, log)

    with_desk(log, test)
    assert "not recorded" in caplog.text


def test_every_order_of_a_failed_batch_is_told():
    log = Fragile()

    async def test(desk):
        log.fails = {"append"}
        answers = await asyncio.gather(*(give(desk, o.ReceiveCall("112")) for _ in range(7)), return_exceptions=True)
        assert [getattr(a, "name", a) for a in answers] == ["not_recorded"] * 7
        log.fails = set()
        await give(desk, o.ReceiveCall("112"))
        assert list(desk.board.calls) == ["1"]
        same_as_fresh(desk, log)

    with_desk(log, test)


def test_a_store_that_wrote_but_could_not_say_so_is_believed(caplog):
    """The order was told `not_recorded`, yet stands in the log: the picture shows it, and a repeat says so."""
    log = Fragile()

    async def test(desk):
        screen = Screen(desk)
        log.forgets_to_say = True
        with pytest.raises(Busy):
            await desk.give(o.ReceiveCall("112"), by="ana", key="k")
        log.forgets_to_say = False
        same_as_fresh(desk, log)
        await screen.listen(until=2)
        assert screen.shows_the_truth()
        assert (await desk.give(o.ReceiveCall("112"), by="ana", key="k")).repeated

    with_desk(log, test)


def test_a_half_character_is_refused_by_name_and_costs_its_neighbours_nothing():
    log = MemoryLog("north")

    async def test(desk):
        bad, good = await asyncio.gather(give(desk, o.ReceiveCall("1\ud800")), give(desk, o.ReceiveCall("112")))
        assert (bad[0].name, bad[0].field) == ("text_not_allowed", "line")
        assert isinstance(good[0], Done)
        same_as_fresh(desk, log)

    with_desk(log, test)


def test_a_rule_that_breaks_costs_its_batch_only(monkeypatch, caplog):
    log = MemoryLog("north")

    async def test(desk):
        from tocsin.domain import decide

        def broken(*_):
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setitem(decide.RULES, o.ReceiveCall, broken)
            assert (await refuses(desk, o.ReceiveCall("112"))).name == "not_recorded"
        same_as_fresh(desk, log)
        assert isinstance((await give(desk, o.ReceiveCall("112")))[0], Done)

    with_desk(log, test)
    assert "ZeroDivisionError" in caplog.text


def test_a_picture_that_cannot_follow_does_not_deny_the_record(monkeypatch, caplog):
    """Recorded is recorded: the answer says so, and the picture catches up when it can."""
    log = MemoryLog("north")

    async def test(desk):
        with monkeypatch.context() as patch:
            patch.setattr(desk.board, "fold", lambda _entry: 1 / 0)
            assert isinstance((await give(desk, o.ReceiveCall("112")))[0], Done)
            assert desk.position() == 1
        await give(desk, o.ReceiveCall("112"))
        assert list(desk.board.calls) == ["1", "2"]
        same_as_fresh(desk, log)

    with_desk(log, test)
    assert "recorded, but the picture stands at 1" in caplog.text


def test_screens_hear_all_that_the_picture_holds_though_it_broke_half_way(monkeypatch, caplog):
    log = MemoryLog("north")

    async def test(desk):
        await give(desk, o.ReceiveCall("112"), o.AnswerCall("1"))
        screen, fold = Screen(desk), desk.board.fold

        def fails_at_the_second(entry):
            if entry.position == 5:
                raise ZeroDivisionError
            fold(entry)

        with monkeypatch.context() as patch:
            patch.setattr(desk.board, "fold", fails_at_the_second)
            (done,) = await give(desk, o.OpenIncident("FIRE", place=HERE, calls=("1",)))
            assert (done.position, desk.position()) == (5, 4)
            await screen.listen(until=4)
            assert screen.shows_the_truth()
        await give(desk, o.ReceiveCall("112"))
        await screen.listen(until=6)
        assert screen.heard == [4, 5, 6]
        assert screen.shows_the_truth()
        same_as_fresh(desk, log)

    with_desk(log, test)
    assert "recorded, but the picture stands at 4" in caplog.text


def test_a_full_queue_says_so_and_loses_nothing(monkeypatch):
    monkeypatch.setattr(desk_module, "QUEUE", 3)
    log = Fragile()

    async def test(desk):
        log.waiting.clear()
        log.gate.clear()
        first = asyncio.create_task(give(desk, o.ReceiveCall("112")))
        await asyncio.to_thread(log.waiting.wait, 5)
        waiting = [asyncio.create_task(give(desk, o.ReceiveCall("112"))) for _ in range(3)]
        await asyncio.sleep(0)
        assert (await refuses(desk, o.ReceiveCall("112"))).name == "busy"
        log.gate.set()
        await asyncio.gather(first, *waiting)
        assert len(desk.board.calls) == 4
        same_as_fresh(desk, log)

    with_desk(log, test)


def test_a_caller_who_leaves_while_waiting_takes_nothing_along():
    log = Fragile()

    async def test(desk):
        log.waiting.clear()
        log.gate.clear()
        leaves = asyncio.create_task(give(desk, o.ReceiveCall("112")))
        await asyncio.to_thread(log.waiting.wait, 5)
        leaves.cancel()
        log.gate.set()
        await give(desk, o.ReceiveCall("113"))
        assert [row.line for row in desk.board.calls.values()] == ["112", "113"]
        same_as_fresh(desk, log)

    with_desk(log, test)


# -- another writer on the same file ----------------------------------------------------------------------------------


def test_two_servers_on_one_file_have_one_winner_and_each_hears_the_other_once(tmp_path):
    logs = Logs(tmp_path)

    async def run():
        log_a, log_b = logs.again()[0], logs.again()[0]
        async with desk_on(log_a) as a, desk_on(log_b) as b:
            screens = Screen(a), Screen(b)
            listening = [asyncio.create_task(s.listen()) for s in screens]
            await staff(a, "E1", "E2", incidents=2)
            (done,) = await give(b, SEND_2)
            assert isinstance(done, Done)
            (refusal,) = await give(a, SEND_1)
            assert (refusal.name, refusal.facts["incident"]) == ("unit_assigned", "2")
            assert a.unit("E1").incident == "2"  # told and shown
            answers = await asyncio.gather(
                give(a, o.DispatchUnits("1", ("E2",))), give(b, o.DispatchUnits("2", ("E2",)))
            )
            assert sorted(type(x[0]).__name__ for x in answers) == ["Done", "Refusal"]
            await a.ticks.tick()
            await b.ticks.tick()
            same_as_fresh(a, log_a)
            same_as_fresh(b, log_b)
            while any(s.position < a.position() for s in screens):
                await asyncio.sleep(0)
            for screen, task in zip(screens, listening, strict=True):
                task.cancel()
                assert screen.heard == list(range(screen.heard[0], a.position() + 1))
                assert screen.resets == 0
                assert screen.shows_the_truth()
            await asyncio.gather(*listening, return_exceptions=True)

    asyncio.run(run())
    logs.close()


def test_a_quiet_server_hears_the_other_at_its_tick(tmp_path):
    logs = Logs(tmp_path)

    async def run():
        async with desk_on(logs.again()[0]) as a, desk_on(logs.again()[0]) as b:
            await give(a, o.ReceiveCall("112"))
            assert b.call("1") is None
            await b.ticks.tick()
            assert b.call("1").line == "112"

    asyncio.run(run())
    logs.close()


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_clock_that_steps_back_never_turns_the_record_back(logs):
    log, _ = logs.again()
    clock = Clock(T0)

    async def test(desk):
        for at in (T0 + 10, T0 - 500, T0 + 5, T0 + 20):
            clock.at = at
            await give(desk, o.ReceiveCall("112"))
        times = [entry.recorded_at for entry in log.read()]
        assert times == sorted(times) == [T0, T0 + 10, T0 + 10, T0 + 10, T0 + 20]

    with_desk(log, test, clock=clock)
    clock.at = T0 - 9_000

    async def restarted(desk):
        (done,) = await give(desk, o.ReceiveCall("112"))
        assert done.entries[0].recorded_at == T0 + 20

    with_desk(logs.again()[0], restarted, clock=clock)


def test_alarms_come_with_the_clock_once_and_are_the_clocks():
    log, clock = MemoryLog("north"), Clock(T0)

    async def test(desk):
        await give(desk, o.ReceiveCall("112"))
        clock.at = T0 + 9.9
        await desk.ticks.tick()
        assert desk.board.alarms == {}
        clock.at = T0 + 10
        await desk.ticks.tick()
        assert list(desk.board.alarms) == ["call_unanswered:1"]
        position = desk.position()
        for later in range(5):
            clock.at = T0 + 11 + later
            await desk.ticks.tick()
        assert desk.position() == position
        (entry,) = log.at([position])
        assert (entry.by, entry.recorded_at) == ("clock", T0 + 10)
        await give(desk, o.AcknowledgeAlarm("call_unanswered:1"))
        clock.at = T0 + 30
        await desk.ticks.tick()
        assert desk.board.alarms["call_unanswered:1"].acknowledged_by == ""
        await give(desk, o.AnswerCall("1"))
        assert desk.board.alarms == {}

    with_desk(log, test, clock=clock)


def test_the_clock_goes_on_when_the_store_fails(caplog):
    log, clock = Fragile(), Clock(T0)

    async def test(desk):
        await give(desk, o.ReceiveCall("112"))
        clock.at = T0 + 20
        log.fails = {"append"}
        await desk.ticks.tick()
        assert desk.board.alarms == {}
        log.fails = set()
        await desk.ticks.tick()
        assert list(desk.board.alarms) == ["call_unanswered:1"]
        same_as_fresh(desk, log)

    with_desk(log, test, clock=clock)
    assert "a tick failed" not in caplog.text


# -- beginning and end ------------------------------------------------------------------------------------------------


def test_stop_settles_what_waits_and_then_says_no():
    log = Fragile()

    async def run():
        async with desk_on(log) as desk:
            log.waiting.clear()
            log.gate.clear()
            waiting = [asyncio.create_task(give(desk, o.ReceiveCall("112"))) for _ in range(5)]
            await asyncio.to_thread(log.waiting.wait, 5)
            waiting += [asyncio.create_task(give(desk, o.ReceiveCall("112"))) for _ in range(5)]
            await asyncio.sleep(0)
            stopping = asyncio.create_task(desk.stop())
            await asyncio.sleep(0)
            assert (await refuses(desk, o.ReceiveCall("too late"))).name == "busy"
            log.gate.set()
            await stopping
            assert [answers[0].position for answers in await asyncio.wait_for(asyncio.gather(*waiting), 10)] == list(
                range(2, 12)
            )
            assert log.position() == 11
            assert (await refuses(desk, o.ReceiveCall("too late"))).name == "busy"
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_a_desk_that_was_never_started_takes_no_orders():
    desk = Desk(MemoryLog("north"), MemoryLog("north", durable=False), CATALOGUE, Clock())
    with pytest.raises(Busy):
        asyncio.run(desk.give(o.ReceiveCall("112"), by="ana", key="k"))


def test_a_desk_that_cannot_open_its_log_leaves_nothing_running():
    log = Fragile()
    log.fails = {"append"}

    async def run():
        desk = Desk(log, MemoryLog("north", durable=False), CATALOGUE, Clock())
        desk.sleep = Ticks().sleep
        with pytest.raises(Busy):
            await desk.start("north", "North")
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_a_restarted_desk_is_the_same_desk(logs):
    pictures = []

    async def before(desk):
        await staff(desk, "E1", "E2", incidents=2)
        await give(
            desk, SEND_1, o.StampUnit("E1", "en_route"), o.NoteIncident("1", "大火"), o.CloseIncident("2", "DONE")
        )
        pictures.append((desk.board.picture(), desk.closed(5), await desk.timeline("1"), await desk.head()))

    async def after(desk):
        assert (desk.board.picture(), desk.closed(5), await desk.timeline("1"), await desk.head()) == pictures[0]
        assert (desk.centre, desk.name, desk.mode) == ("north", "North", "exercise")

    with_desk(logs.again()[0], before)
    with_desk(logs.again()[0], after)


# -- roads ------------------------------------------------------------------------------------------------------------


class Ground:
    """Roads that take a minute to everywhere, or break."""

    def __init__(self) -> None:
        self.broken = False
        self.asked: list[tuple[list[str], Place]] = []

    async def warm(self) -> None:
        pass

    def close(self) -> None:
        pass

    async def travels(self, units, to, closed, *, siren=True):
        from tocsin.domain.travel import Travel

        self.asked.append(([unit[0] for unit in units], to))
        if self.broken:
            raise RuntimeError("no map")
        return {unit[0]: Travel("road", 60.0, 1_000.0, *unit[1:]) for unit in units}


def test_the_drive_is_copied_into_the_fact_and_only_asked_for_those_who_go():
    ground = Ground()

    async def test(desk):
        await staff(desk, "E1", "E2", incidents=2)
        (done,) = await give(desk, SEND_1)
        drive = done.entries[0].fact.drive
        assert (drive.basis, drive.eta_s, drive.position_at) == ("road", 60.0, None)
        assert ground.asked == [(["E1"], HERE)]
        await give(desk, o.RelocateIncident("2", THERE), o.DivertUnit("E1", "2"))
        assert ground.asked[-1] == (["E1"], THERE)

    with_desk(MemoryLog("north"), test, ground=ground)


def test_help_is_sent_though_the_roads_cannot_be_searched(caplog):
    ground = Ground()

    async def test(desk):
        await staff(desk, "E1")
        ground.broken = True
        (done,) = await give(desk, SEND_1)
        assert done.entries[0].fact.drive.basis == "line"
        found = await desk.recommend("1")
        assert found.candidates == ()
        await staff(desk, "E2", incidents=0)
        found = await desk.recommend("1")
        assert [(c.unit, c.chosen, c.basis) for c in found.candidates] == [("E2", True, "line")]

    with caplog.at_level(logging.ERROR):
        with_desk(MemoryLog("north"), test, ground=ground)
    assert "straight lines instead" in caplog.text


def test_recommending_for_what_is_not_there_is_refused_by_name():
    async def test(desk):
        await staff(desk, incidents=1)
        assert (await desk.recommend("9")).name == "unknown_incident"
        assert (await desk.timeline("9")).name == "unknown_incident"
        assert (await desk.routes("9")).name == "unknown_incident"
        await give(desk, o.CloseIncident("1", "DONE"))
        assert (await desk.recommend("1")).name == "incident_closed"

    with_desk(MemoryLog("north"), test)


def test_a_receipt_tells_nothing_of_an_order_to_whoever_lacks_the_secret(tmp_path):
    """It outlives what is erased: a guess at the caller's number must not be provable by it."""
    order = o.ReceiveCall("112", "+356 2122 4001")

    def digest(name: str, secret: bytes) -> bytes:
        log = MemoryLog(name)

        async def run() -> None:
            async with desk_on(log, secret=secret) as desk:
                await desk.give(order, by="ana", key="k")
                assert (await desk.give(order, by="ana", key="k")).repeated

        asyncio.run(run())
        receipt = log.receipt("ana", "k")
        assert receipt is not None
        return receipt.digest

    one, other = digest("north", b"a" * 32), digest("north", b"b" * 32)
    assert one != other
    guess = msgspec.json.Encoder(order="deterministic").encode(order)
    assert hashlib.sha256(guess).digest() not in (one, other)
    assert hmac.digest(b"", guess, "sha256") not in (one, other)
    assert hmac.digest(b"a" * 32, guess, "sha256") == one
