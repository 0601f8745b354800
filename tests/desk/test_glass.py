"""An open glass outlives the server that opened it, no second longer and none shorter, on every node and store."""

from __future__ import annotations

import asyncio

import pytest
from tests.desk.hall import Clock, Logs, give, staff, with_desk
from tests.desk.test_nodes import two_nodes, until
from tests.world import CATALOGUE, HERE, T0

from tocsin.desk.desk import Desk
from tocsin.desk.snapshot import Folded, Snapshots
from tocsin.domain.decide_glass import OPEN_S
from tocsin.domain.orders import CloseIncident, OpenIncident
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.log.memory import MemoryLog
from tocsin.views.board_glass import broken

WHY = "complaint 12"


async def opened(desk) -> None:
    await staff(desk)
    await give(desk, BreakGlass("1", WHY), by="rita")


def open_for(desk, at: float) -> bool:
    return broken(desk.board, "rita", "1", at) is not None


@pytest.mark.parametrize("with_snapshot", [False, True])
def test_a_restart_neither_ends_nor_prolongs_it(logs: Logs, tmp_path, with_snapshot):
    with_desk(logs.again()[0], opened, clock=Clock(T0))
    log = logs.again()[0]
    if with_snapshot:
        folded = Folded()
        for entry in log.read():
            folded.fold(entry)
        Snapshots(tmp_path, log).write(folded)

    def same(desk) -> None:
        assert bool(desk.snapshot_at) == with_snapshot
        glass = broken(desk.board, "rita", "1", desk.now())
        assert (glass.until, glass.why) == (T0 + OPEN_S, WHY)
        assert open_for(desk, T0 + OPEN_S - 0.001)
        assert not open_for(desk, T0 + OPEN_S)
        assert broken(desk.board, "ana", "1", desk.now()) is None
        assert broken(desk.board, "rita", "2", desk.now()) is None

    async def run() -> None:
        desk = Desk(log, MemoryLog("north", durable=False), CATALOGUE, Clock(T0 + 600.0))
        desk.snapshots = Snapshots(tmp_path, log) if with_snapshot else None
        await desk.start("north", "North", "exercise")
        try:
            same(desk)
        finally:
            await desk.stop()

    asyncio.run(run())


def test_every_node_hears_of_it():
    async def test(a, b):
        await opened(a)
        await until(lambda: open_for(b, T0))
        assert not open_for(b, T0 + OPEN_S)

    two_nodes(test)


def test_one_that_is_over_is_kept_nowhere_and_its_reason_goes_with_whom_it_names():
    clock = Clock(T0)

    async def test(desk) -> None:
        await opened(desk)
        await give(desk, OpenIncident("FIRE", place=HERE), CloseIncident("1", "DONE"))
        await give(desk, ErasePersonal("incident:1", ("record",)), by="adam")
        assert desk.board.glass["rita"]["1"].why == ""
        clock.at = T0 + OPEN_S
        await give(desk, BreakGlass("2", WHY), by="ana")
        assert list(desk.board.glass) == ["ana"]

    with_desk(MemoryLog("north"), test, clock=clock)
