"""A demo of an invented world: in an invented city or on a real map, with a server or headless."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from tocsin.cli.demo_ground import city_region, map_region, move_aside
from tocsin.cli.demo_serve import Asked, begin_accounts, serve_world, tell
from tocsin.cli.demo_show import as_json, show_day
from tocsin.desk.desk import Desk
from tocsin.desk.ground import Ground
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog
from tocsin.plans.read import load_plans
from tocsin.settings import load_catalogue
from tocsin.sim.clock import Clock
from tocsin.sim.demand import CALLS_PER_PERSON_YEAR, Demand, Spots
from tocsin.sim.dice import Dice
from tocsin.sim.fleet import Fleet, count_kinds, people_by_roads, plan_fleet
from tocsin.sim.world import World, hospitals_of
from tocsin.views.day import DayFigures

if TYPE_CHECKING:
    from tocsin.app import App

PRELUDE_S = 1_800.0
CRASH_AFTER_S = 60.0
"""So much of the world has been lived when the doors open: incidents stand in every stage."""


def live(asked: Asked) -> None:
    """Live in an invented world until Ctrl-C, or for so many hours without a server."""
    console = Console(stderr=True)
    if asked.map:
        region = map_region(asked.data, asked.map, console)
        people = asked.people or people_by_roads(region)
        if not asked.people:
            console.print(f"The map does not say how many live here; by its roads, about {people:,} (see --people).")
    else:
        people = asked.people or 300_000
        region = city_region(asked.data, people, asked.seed, console)
    fleet = plan_fleet(region, people, asked.units)
    console.print(f"{len(fleet.units)} units: {count_kinds(fleet)}")
    for note in fleet.notes:
        console.print(f"  {note}")
    rate = asked.calls_per_hour or people * CALLS_PER_PERSON_YEAR / 8_760
    if asked.headless:
        _live_headless(asked, region, fleet, rate)
        return
    folder = asked.data / f"centre-{region.path.name}"
    if asked.fresh and (aside := move_aside(folder)):
        console.print(f"The old record was moved to {aside}")
    last_at = _last_recorded(folder)
    clock = Clock(max(time.time() - PRELUDE_S, last_at + 1.0) if last_at else time.time() - PRELUDE_S)

    def world_of(app: App) -> World:
        return _invent(asked, app.desk, clock, region, fleet, rate, trouble=True, handsets=True)

    async def beside(app: App, address: str) -> None:
        world = world_of(app)
        console.print("Waking the city up ...")
        await world.open()
        known = begin_accounts(app)
        await _prelude(clock)
        clock.pace(asked.speed)
        _burst(world, asked.crash)
        await tell(app, address, asked, clock, console, known)

    serve_world(asked, folder, region, clock, "Tocsin Demo", beside, console)


def _invent(
    asked: Asked,
    desk: Desk,
    clock: Clock,
    region: Region,
    fleet: Fleet,
    rate: float,
    *,
    trouble: bool,
    handsets: bool = False,
) -> World:

    hospitals, note = hospitals_of(region)
    if note:
        Console(stderr=True).print(f"  {note}")
    west, _, east, _ = region.manifest.bbox
    # The log's position in the seed: a world that goes on is another day in the same city.
    seed = asked.seed * 1_000_003 + desk.position()
    demand = Demand(Spots(region), Dice(seed), clock.now(), rate, zone_h=round((west + east) / 30))
    happenings = (demand.happening(n, at) for n, at in demand.times())
    world = World(
        desk, clock, fleet, happenings, seed=seed, hospitals=hospitals, hands_on=asked.hands,
        trouble=trouble, handsets=handsets, wards=True,
    )  # fmt: skip
    world.demand = demand
    return world


async def _prelude(clock: Clock) -> None:
    """Live up to now, so that the room is busy when somebody looks."""
    while (gap := time.time() - clock.now()) > 0.5:
        await clock.run(clock.now() + max(gap, 1.0))


def _burst(world: World, crash: int | None) -> None:
    """A few calls at once, so that the first minute shows what there is to see."""
    now = world.clock.now()
    if world.demand is not None:
        for n, (after_s, kind) in enumerate(((0.5, "FIRE-STRUCTURE"), (2.0, "MED-CARDIAC"), (3.5, "RESCUE-TRAFFIC"))):
            world.phones.happen(world.demand.staged(f"first-{n}", now + after_s, kind))
        if crash:
            world.phones.happen(world.demand.crash(now + CRASH_AFTER_S, crash))


def _live_headless(asked: Asked, region: Region, fleet: Fleet, rate: float) -> None:

    async def lived() -> DayFigures:
        # A day without a name: the same for everybody who says the same seed.
        clock = Clock(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
        log, tracks = MemoryLog("demo"), MemoryLog("demo", durable=False)
        catalogue = load_catalogue()
        desk = Desk(log, tracks, catalogue, clock.now, Ground(region), load_plans(None, catalogue))
        desk.sleep = clock.wall_second
        await desk.start("demo", "Tocsin Demo", "exercise")
        world = _invent(asked, desk, clock, region, fleet, rate, trouble=True)
        await world.open()
        await clock.run(clock.now() + asked.hours * 3_600)
        day = await desk.day(0.0, clock.now() + 1.0)
        await world.close()
        await desk.stop()
        return day

    day = asyncio.run(lived())
    if asked.as_json:
        click.echo(as_json(day))
    else:
        show_day(day, Console())


def _last_recorded(folder: Path) -> float:
    """When the last fact of an older run was recorded; 0.0 when there is none."""
    from tocsin.app import DECISIONS
    from tocsin.log.sqlite import SqliteLog

    if not (folder / DECISIONS).exists():
        return 0.0
    log = SqliteLog.open(folder / DECISIONS, "demo", read_only=True)
    try:
        last = log.at([log.position()]) if log.position() else []
        return last[0].recorded_at if last else 0.0
    finally:
        log.close()
