"""A day replayed as fast as the machine can: a desk in memory, no server. The same world as on the screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from tocsin.desk.desk import Desk
from tocsin.desk.ground import Ground
from tocsin.domain.types import Catalogue
from tocsin.facts.values import Instant
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog
from tocsin.sim.clock import Clock
from tocsin.sim.common import HandsOn
from tocsin.sim.replay.compare import Comparison, compare
from tocsin.sim.replay.day import ReplayDay
from tocsin.sim.world import World, hospitals_of

DAY_S = 86_400.0
AFTER_S = 4 * 3_600.0
"""The last calls of a day are followed this long past midnight."""
STEP_S = 1_800.0


class Outcome(msgspec.Struct, frozen=True):
    """What a headless replay came to."""

    comparison: Comparison
    position: int
    root: str
    """Merkle root of the log, hex: the same seed gives the same."""
    refused: int
    """Orders of bots and crews that the desk refused."""
    open_incidents: int


def make_world(day: ReplayDay, desk: Desk, clock: Clock, region: Region | None, seed: int, hands_on: HandsOn) -> World:
    """The world of a replayed day: its fleet, its calls, its pace; no trouble but what the record's times hold."""
    hospitals = list(day.hospitals)
    if region is not None and (not hospitals or any(one.kind == "hospital" for one in region.resources)):
        hospitals = hospitals_of(region)[0]
    return World(
        desk, clock, day.fleet, day.happenings, seed=seed, times=day.times, hospitals=hospitals, hands_on=hands_on,
        takers=10, trouble=False,
    )  # fmt: skip


def _busy(desk: Desk) -> bool:
    return bool(desk.board.incidents or desk.board.calls)


async def replay(
    day: ReplayDay,
    region: Region,
    catalogue: Catalogue,
    *,
    seed: int = 7,
    progress: Callable[[Instant], None] = lambda _now: None,
) -> Outcome:
    """Live through the day, then tell it beside the record."""
    clock = Clock(day.start)
    log = MemoryLog("replay")
    desk = Desk(log, MemoryLog("replay", durable=False), catalogue, clock.now, Ground(region))
    desk.sleep = clock.wall_second
    await desk.start("replay", f"Replay of {day.day}", "exercise")
    world = make_world(day, desk, clock, region, seed, "auto")
    try:
        await world.open()
        end = max((h.at for h in day.happenings), default=day.start)
        while clock.now() < end + STEP_S or (_busy(desk) and clock.now() < end + AFTER_S):
            await clock.run(clock.now() + STEP_S)
            progress(clock.now())
        entries = await asyncio.to_thread(lambda: list(log.read()))
        told = compare(entries, day.record, day.day, clock.now() + 1.0)
        return Outcome(
            told, desk.position(), log.head().root.hex(), world.common.hands.refused, len(desk.board.incidents)
        )
    finally:
        await world.close()
        await desk.stop()
