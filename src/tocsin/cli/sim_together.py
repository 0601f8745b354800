"""`tocsin sim calls-together`: published nights of calls, each with the incident it is truly about."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from tocsin.cli.asked import Within
from tocsin.settings import load_catalogue
from tocsin.sim.replay.mapping import ReplayError
from tocsin.sim.replay.reader import read_calls
from tocsin.sim.together import Background, Wording, World, night, without_doubles


@click.command("calls-together")
@click.argument("calls", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same night.")
@click.option("--columns", help="Which columns, as `tocsin demo --columns` takes them.")
@click.option("--since", default="", help="First local date of the background, YYYY-MM-DD.")
@click.option("--until", default="9999", help="Last local date.")
@click.option(
    "--look-alikes",
    type=Within(0, 1),
    default=0.02,
    show_default=True,
    help="Share of incidents with another one beside them.",
)
@click.option("--bursts-per-day", type=Within(0, 100), default=0.4, show_default=True)
@click.option(
    "--wording",
    type=click.Choice(["first", "other"]),
    default="first",
    show_default=True,
    help="The words callers choose from.",
)
def calls_together(
    calls: Path,
    seed: int,
    columns: str | None,
    since: str,
    until: str,
    look_alikes: float,
    bursts_per_day: float,
    wording: Wording,
) -> None:
    """Invent who else calls about each real call in CALLS, a CSV; one JSON object a line.

    Further callers with their own places and words, look-alikes nearby, bursts: the night that bench/linking.py
    measures with. Every line says which incident the call is truly about.
    """
    try:
        read = read_calls(calls, columns)
    except ReplayError as error:
        raise click.ClickException(str(error)) from None
    known: dict[str, Background] = {}
    types = {kind.code for kind in load_catalogue().types}
    for row in read.rows:
        if since <= row.date <= until and row.lat is not None and row.lon is not None:
            code = read.mapping.call_types.get(row.type, row.type if row.type in types else "SERVICE")
            known.setdefault(row.id, Background(row.received, row.lat, row.lon, code, row.address))
    if not known:
        raise click.ClickException(f"{calls}: no call with a place between {since or 'the first day'} and {until}")
    world = World(look_alike=look_alikes, bursts_per_day=bursts_per_day, wording=wording)
    encode = msgspec.json.Encoder().encode
    for call in night(without_doubles(list(known.values())), seed, world):
        sys.stdout.buffer.write(encode(call) + b"\n")
