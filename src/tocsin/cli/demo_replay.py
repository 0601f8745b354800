"""A demo of a recorded day: real calls through the same desk, on screens or headless, and its figures beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from tocsin.cli.demo_ground import Stages, map_region, move_aside
from tocsin.cli.demo_serve import Asked, begin_accounts, serve_world, tell
from tocsin.cli.demo_show import as_json, show_bad, show_comparison, show_left
from tocsin.geo.region import Region
from tocsin.settings import load_catalogue
from tocsin.sim.clock import Clock
from tocsin.sim.replay.compare import compare
from tocsin.sim.replay.day import ReplayDay, prepare
from tocsin.sim.replay.reader import read_calls
from tocsin.sim.replay.run import make_world, replay
from tocsin.sim.replay.stations import read_stations

if TYPE_CHECKING:
    from tocsin.app import App


def replay_calls(asked: Asked) -> None:
    """Replay a recorded day, on screens until Ctrl-C or at once without a server."""
    console = Console(stderr=True)
    calls, source = asked.calls or Path(), asked.map or Path()
    read = read_calls(calls, asked.columns)
    show_bad(read.bad, len(read.rows), asked.data / "rows-left-out.tsv", console)
    region = map_region(asked.data, source, console)
    beside_it = calls.with_name("fire_stations.csv")
    stations = read_stations(asked.stations or beside_it) if asked.stations or beside_it.exists() else {}
    day = prepare(read, region, load_catalogue(), stations, asked.day, asked.seed, asked.send)
    console.print(f"{day.day}: {len(day.happenings)} calls, {len(day.fleet.units)} units.")
    show_left(day.left, console)
    if asked.headless:
        _replay_headless(asked, day, region, console)
        return
    folder = asked.data / f"replay-{day.day}"
    if aside := move_aside(folder):
        console.print(f"The record of an earlier replay was moved to {aside}")
    clock = Clock(day.start)

    async def beside(app: App, address: str) -> None:
        world = make_world(day, app.desk, clock, region, asked.seed, asked.hands)
        await world.open()
        known = begin_accounts(app)
        # An hour before the first call nothing happens: nobody wants to watch it.
        await clock.run(max(day.start, min(h.at for h in day.happenings) - 10.0))
        clock.pace(asked.speed)
        end = max(h.at for h in day.happenings) + 2 * 3_600.0
        await tell(app, address, asked, clock, console, known, end)
        console.print("The day is over. The desk stays open for you to look at; Ctrl-C ends it.")

    serve_world(asked, folder, region, clock, f"Replay of {day.day}", beside, console)
    _after(asked, folder, day)


def _replay_headless(asked: Asked, day: ReplayDay, region: Region, console: Console) -> None:

    with Stages(console) as stages:
        stages.stage(f"living {day.day} again", None)
        outcome = asyncio.run(replay(day, region, load_catalogue(), seed=asked.seed))
    if asked.as_json:
        click.echo(as_json(outcome))
    else:
        show_comparison(outcome.comparison, Console())
        console.print(f"{outcome.position} facts, Merkle root {outcome.root[:16]}…")


def _after(asked: Asked, folder: Path, day: ReplayDay) -> None:
    """What was replayed until it was stopped, beside the record."""
    from tocsin.app import DECISIONS
    from tocsin.log.sqlite import SqliteLog

    log = SqliteLog.open(folder / DECISIONS, "demo", read_only=True)
    told = compare(log.read(), day.record, day.day, float("inf"))
    log.close()
    if asked.as_json:
        click.echo(as_json(told))
    else:
        show_comparison(told, Console())
