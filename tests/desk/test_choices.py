"""From the screen to the record: what was shown is kept, and what becomes better is proposed, never done."""

from __future__ import annotations

import asyncio

from tests.desk.hall import Clock, facts_of, give
from tests.world import CATALOGUE, HERE, PLANS

from tocsin.desk.desk import Desk
from tocsin.domain import orders as o
from tocsin.domain import orders_plans as op
from tocsin.facts import choices
from tocsin.facts.values import Place
from tocsin.log.memory import MemoryLog

NEAR, FAR = Place(38.701, -9.141, "Near"), Place(38.78, -9.30, "Far")


def play(test, plans=PLANS):
    async def run():
        clock = Clock()
        desk = Desk(MemoryLog("north"), MemoryLog("north", durable=False), CATALOGUE, clock, None, plans)
        desk.sleep = lambda _s: asyncio.get_running_loop().create_future()  # time passes when told, by `look`
        await desk.start("north", "North", "exercise")
        try:
            await test(desk, clock)
        finally:
            await desk.stop()

    asyncio.run(run())


async def engine(desk, name, home):
    await give(desk, o.RegisterUnit(name, "engine", "fire", ("engine",), home), o.UnitOnDuty(name, 4))


def test_what_was_shown_is_recorded_from_the_servers_own_memory():
    async def test(desk, clock):
        await engine(desk, "E1", NEAR)
        await engine(desk, "E2", FAR)
        await give(desk, o.OpenIncident("FIRE", place=HERE))
        told = await desk.recommend("1")
        assert (told.plan.code, told.plan.match, told.plan.levels) == ("fire", "type", 2)
        (done,) = await give(desk, o.DispatchUnits("1", ("E2",), told.id))
        _, chosen = facts_of([done])
        assert chosen.verdict == "partly"
        assert [row.unit for row in chosen.shown.candidates] == ["E1", "E2"]
        assert chosen.shown.candidates[0].eta_s == told.candidates[0].eta_s
        assert (chosen.shown.plan, chosen.shown.level, chosen.shown.at) == ("fire", 1, told.now)
        timeline = await desk.timeline("1")
        assert timeline.entries[-1].fact == chosen

    play(test)


def test_a_name_nobody_was_shown_is_no_evidence():
    async def test(desk, clock):
        await engine(desk, "E1", NEAR)
        await give(desk, o.OpenIncident("FIRE", place=HERE), o.OpenIncident("FIRE", place=HERE))
        other = await desk.recommend("2")
        (done,) = await give(desk, o.DispatchUnits("1", ("E1",), other.id))
        assert len(facts_of([done])) == 1

    play(test)


def test_a_unit_freed_closer_is_proposed_accepted_and_the_other_called_back():
    async def test(desk, clock):
        await engine(desk, "E1", FAR)
        await engine(desk, "E2", FAR)
        await engine(desk, "E3", NEAR)
        await give(desk, o.OpenIncident("FIRE", place=HERE), o.OpenIncident("SICK", place=HERE))
        await give(desk, o.DispatchUnits("2", ("E3",)), o.DispatchUnits("1", ("E1", "E2")))
        clock.at += 10
        await desk._second_look.look(clock.at)
        assert desk.incident("1").proposal is None
        await give(desk, o.StampUnit("E3", "available"))
        await desk._second_look.look(clock.at)
        assert desk.incident("1").proposal is None, "not so soon after the last look"
        clock.at += 10
        await desk._second_look.look(clock.at)
        better = desk.incident("1").proposal
        assert (better.send, better.recall, better.cause) == (("E3",), ("E1",), "unit_free")
        assert better.gain_s > 120
        assert desk.unit("E3").status == "available", "nothing was changed"
        (done,) = await give(desk, op.AcceptProposal(better.id))
        assert [type(fact).__name__ for fact in facts_of([done])] == [
            "ProposalAccepted", "UnitDispatched", "UnitCancelled",
        ]  # fmt: skip
        assert facts_of([done])[1].drive.basis == "line"
        assert [on.unit for on in desk.incident("1").units] == ["E2", "E3"]
        assert desk.incident("1").proposal is None

    play(test)


def test_a_dismissed_proposal_is_followed_by_silence_and_one_that_is_not_better_lapses():
    async def test(desk, clock):
        for name, home in (("E1", FAR), ("E2", FAR), ("E3", NEAR)):
            await engine(desk, name, home)
        await give(desk, o.OpenIncident("FIRE", place=HERE), o.OpenIncident("SICK", place=HERE))
        await give(desk, o.DispatchUnits("2", ("E3",)), o.DispatchUnits("1", ("E1", "E2")), o.CancelUnit("E3"))

        async def look(seconds):
            clock.at += seconds
            await desk._second_look.look(clock.at)

        await look(10)
        await give(desk, op.DismissProposal(desk.incident("1").proposal.id, "nearly there"))
        await give(desk, o.RelocateIncident("1", Place(38.7001, -9.1401)))
        await look(10)
        assert desk.incident("1").proposal is None
        await give(desk, o.RelocateIncident("1", HERE))
        await look(200)
        assert desk.incident("1").proposal is not None
        await give(desk, o.DispatchUnits("2", ("E3",)))
        await look(10)
        assert desk.incident("1").proposal is None
        last = (await desk.timeline("1")).entries[-1].fact
        assert isinstance(last, choices.ProposalLapsed)

    play(test)


def test_a_second_alarm_asks_for_what_the_plan_adds():
    async def test(desk, clock):
        for name in ("E1", "E2"):
            await engine(desk, name, NEAR)
        await give(desk, o.RegisterUnit("L1", "ladder", "fire", ("ladder",), NEAR), o.UnitOnDuty("L1", 4))
        await give(desk, o.OpenIncident("FIRE", place=HERE), o.DispatchUnits("1", ("E1", "E2")))
        assert [row.unit for row in (await desk.recommend("1")).candidates if row.chosen] == []
        await give(desk, op.RaiseLevel("1"))
        told = await desk.recommend("1")
        assert [row.unit for row in told.candidates if row.chosen] == ["L1"]
        assert [(need.level, need.assigned, need.chosen) for need in told.needs] == [(1, 2, 0), (2, 0, 1)]
        assert desk.incident("1").level == 2

    play(test)


def test_a_hundred_marked_incidents_are_four_searches_a_look():
    async def test(desk, clock):
        for n in range(12):
            await engine(desk, f"E{n}", FAR)
            await give(desk, o.OpenIncident("FIRE", place=HERE), o.DispatchUnits(str(n + 1), (f"E{n}",)))
        await engine(desk, "X", FAR)
        searched = []
        travels = desk.driving.to

        async def counted(units, to):
            searched.append(len(units))
            return await travels(units, to)

        desk.adviser._travels = counted
        clock.at += 10
        await desk._second_look.look(clock.at)
        await desk._second_look.look(clock.at + 1)
        assert len(searched) == 4

    play(test)
