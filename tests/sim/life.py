"""A world on a virtual clock, for tests to live in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import msgspec

from tocsin.desk.desk import Desk
from tocsin.desk.ground import Ground
from tocsin.desk.hospitals import HospitalRules
from tocsin.domain.orders import AnyOrder
from tocsin.domain.refusals import Refusal
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog
from tocsin.settings import load_catalogue
from tocsin.sim.clock import Clock
from tocsin.sim.common import HandsOn
from tocsin.sim.demand import Demand, Spots
from tocsin.sim.dice import Dice
from tocsin.sim.fleet import Fleet, plan_fleet
from tocsin.sim.happening import Happening
from tocsin.sim.world import World, hospitals_of

START = 1_800_000_000.0


@dataclass
class Lived:
    """A world and what is around it."""

    world: World
    desk: Desk
    clock: Clock
    log: MemoryLog

    async def give(self, order: AnyOrder, by: str = "person") -> Any:
        """An order by a person; must not be refused."""
        done = await self.desk.give(order, by=by, key=f"{by}-{self.desk.position()}-{order}"[:64])
        assert not isinstance(done, Refusal), done
        return done

    async def until(self, true: Callable[[], object], within_s: float = 7_200.0, step_s: float = 1.0) -> None:
        """Live second by second until something is so."""
        end = self.clock.now() + within_s
        while not true():
            assert self.clock.now() < end, "it never came to be so"
            await self.clock.run(self.clock.now() + step_s)

    async def live(self, seconds: float) -> None:
        """Live for so long."""
        await self.clock.run(self.clock.now() + seconds)

    def facts(self, kind: type[Any] | tuple[type[Any], ...]) -> list[Any]:
        """All facts of a kind, in order."""
        return [entry.fact for entry in self.log.read() if isinstance(entry.fact, kind)]


def demand_of(region: Region, seed: int = 7, per_hour: float = 30.0) -> Demand:
    """Invented demand in a region from START on."""
    return Demand(Spots(region), Dice(seed), START, per_hour)


def happenings_of(region: Region, hours: float, seed: int = 7, per_hour: float = 30.0) -> list[Happening]:
    """All happenings of so many hours."""
    demand = demand_of(region, seed, per_hour)
    return [demand.happening(n, at) for n, at in takewhile(lambda one: one[1] < START + hours * 3600, demand.times())]


CATALOGUE = msgspec.structs.replace(load_catalogue(), first_incident=1)


@asynccontextmanager
async def living(
    region: Region | None,
    happenings: Iterable[Happening] = (),
    *,
    fleet: Fleet | None = None,
    seed: int = 7,
    hands_on: HandsOn = "auto",
    trouble: bool = False,
    wards: bool = False,
) -> AsyncIterator[Lived]:
    """A world that has just opened, in a hurry."""
    clock = Clock(START)
    log, tracks = MemoryLog("t"), MemoryLog("t", durable=False)
    rules = HospitalRules() if wards else None
    desk = Desk(log, tracks, CATALOGUE, clock.now, Ground(region) if region else None, hospitals=rules)
    desk.sleep = clock.wall_second
    await desk.start("t", "T", "exercise")
    if fleet is None:
        assert region is not None
        fleet = plan_fleet(region, 60_000)
    hospitals = hospitals_of(region)[0] if region else ()
    world = World(
        desk, clock, fleet, happenings, seed=seed, hospitals=hospitals, hands_on=hands_on, trouble=trouble, wards=wards
    )
    await world.open()
    try:
        yield Lived(world, desk, clock, log)
    finally:
        await world.close()
        await desk.stop()


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run an async story."""

    async def told() -> None:
        await story()

    asyncio.run(told())
