"""`tocsin demo`: a living control room, invented or replayed. Only options and words live here."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from tocsin.cli.asked import Within
from tocsin.settings import PORT, SettingsError

_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--data", type=_PATH, default=Path("var/demo"), show_default=True, help="Folder for maps and records.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="0 takes any free port.")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser, signed in.")
@click.option("--map", "map", type=_PATH, help="A real map (.osm.pbf) or a region folder, instead of an invented city.")
@click.option(
    "--people", type=click.IntRange(1_000, 2_000_000), help="How many live there. [300000, or the map's roads]"
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed, the same city and the same luck.")
@click.option("--speed", type=Within(0.1, 200), default=1.0, show_default=True, help="Seconds to a second.")
@click.option(
    "--hands", type=click.Choice(["auto", "assist", "off"]), default="auto", show_default=True,
    help="auto: bots do everything, step in when you like; assist: bots answer after 25 s; off: all yours.",
)  # fmt: skip
@click.option("--units", type=click.IntRange(7, 1_000), help="About how many units. [by the people]")
@click.option("--calls-per-hour", type=Within(0.1, 2_000), help="Mean over the day. [by the people]")
@click.option(
    "--crash", type=click.IntRange(2, 200), help="A crash that so many people call about, a minute after the start."
)
@click.option("--fresh", is_flag=True, help="Begin a new record; the old one is moved aside, never removed.")
@click.option("--headless", "--no-server", "headless", is_flag=True, help="No server: as fast as this machine can.")
@click.option("--hours", type=Within(0.1, 48), default=24.0, show_default=True, help="With --headless.")
@click.option("--calls", type=_PATH, help="Replay the real calls of a day from this CSV (plain or .gz). Needs --map.")
@click.option("--day", help="Which day of the calls, YYYY-MM-DD. [the first]")
@click.option("--columns", help="What the CSV's columns mean: field=column,... or a TOML file.")
@click.option("--stations", type=_PATH, help="CSV of stations. [fire_stations.csv beside the calls]")
@click.option(
    "--send", type=click.Choice(["record", "plan"]), default="record", show_default=True,
    help="Send the kinds of units the record sent, or what the catalogue's types need.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="With --headless or a replay: the figures as one JSON object.")
def demo(**given: Any) -> None:
    """A living control room: an invented city, or a real map with real calls.

    Calls ring, call-takers answer, units drive real roads, and you may step in at any time: what you take into your
    hands, the bots leave alone. Everything runs on this machine, as an exercise.

    \b
    tocsin demo                                a city of 300,000
    tocsin demo --hands off                    every call is yours
    tocsin demo --hands off --crash 40         a burst: forty calls about one thing
    tocsin demo --map malta.osm.pbf            your own map
    tocsin demo --map sf.osm.pbf --calls calls.csv.gz --speed 20
                                               a recorded day, twenty times as fast
    tocsin demo --map sf.osm.pbf --calls calls.csv.gz --headless
                                               the same at once, and its figures beside the record's
    """
    from tocsin.app import AppError
    from tocsin.cli.demo_live import live
    from tocsin.cli.demo_replay import replay_calls
    from tocsin.cli.demo_serve import Asked
    from tocsin.geo.errors import RegionError
    from tocsin.log.port import LogError
    from tocsin.sim.replay.mapping import ReplayError

    asked = Asked(**given)
    if asked.calls and not asked.map:
        raise click.UsageError("--calls needs --map: the map the calls lie in")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        replay_calls(asked) if asked.calls else live(asked)
    except (AppError, SettingsError, RegionError, ReplayError, LogError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or asked.data}: {error.strerror or error}") from None
