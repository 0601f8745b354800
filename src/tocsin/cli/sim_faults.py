"""`tocsin sim faults`: seeds, a bar, and what broke. Knows terminals; the worlds are made elsewhere."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tocsin.sim.faults import INVARIANTS, Report
from tocsin.sim.faults.runs import again, commit, is_long, run_seeds
from tocsin.sim.faults.world import World


class Seeds(click.ParamType):  # type: ignore[type-arg]
    """`7`, or `0:2000`: from the first up to, not including, the last."""

    name = "seeds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """A range."""
        if isinstance(value, range):
            return value
        first, colon, last = str(value).partition(":")
        try:
            seeds = range(int(first or 0), int(last)) if colon else range(int(first), int(first) + 1)
        except ValueError:
            self.fail(f"{value!r} is neither a seed nor FIRST:LAST", param, ctx)
        if not seeds or seeds.start < 0:
            self.fail(f"{value!r} holds no seed", param, ctx)
        return seeds


@click.command("faults")
@click.option("--seeds", type=Seeds(), default="0:200", show_default=True, metavar="FIRST:LAST", help="Which worlds.")
@click.option("--processes", type=click.IntRange(1, 256), help="How many at once; as many as there are cores.")
@click.option("--trace", is_flag=True, help="Tell of one seed everything that happened, in order.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a seed, and one of all.")
def faults(seeds: range, processes: int | None, trace: bool, as_json: bool) -> None:
    """Prove the desk by accident: whole centres on one store, in a world where everything fails.

    Stores refuse, stall and lose their word; orders come late, twice or never; nodes are killed anywhere and start
    again; clocks step. After every fact the invariants are checked. A seed is a world: what breaks in it breaks in it
    every time, at the same commit. Ends with 1 when anything broke.

    \b
    What is proved in every build:   tocsin sim faults --seeds 0:2000
    One world, told in full:         tocsin sim faults --seeds 17 --trace
    """
    if trace:
        _play(seeds.start, as_json)
        return
    begun, at = time.monotonic(), commit()
    console = Console(stderr=True)
    columns = (TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    reports = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("worlds", total=len(seeds))
        for report in run_seeds(seeds, processes):
            reports.append(report)
            bar.advance(task)
            if as_json:
                click.echo(msgspec.json.encode(report).decode())
            elif report.invariant:
                bar.console.print(f"seed {report.seed}: {report.invariant}: {report.text}", markup=False)
    _sum(reports, at, time.monotonic() - begun, as_json=as_json)


def _sum(reports: Sequence[Report], at: str, took_s: float, *, as_json: bool) -> None:
    broken = [report for report in reports if report.invariant]
    told = {
        "seeds": len(reports),
        "broken": dict(Counter(report.invariant for report in broken)),
        "commit": at,
        "took_s": round(took_s, 1),
    }
    for name in ("facts", "acknowledged", "refused", "kills", "snapshots", "connects", "resets", "erased"):
        told[name] = sum(getattr(report, name) for report in reports)
    happened = sum((Counter(report.happened) for report in reports), Counter())
    if as_json:
        click.echo(json.dumps(told | {"happened": dict(sorted(happened.items()))}))
    else:
        told |= dict(sorted(happened.items()))
        figures = ", ".join(f"{value:,} {name}" for name, value in told.items() if isinstance(value, int))
        click.echo(f"{figures}, in {took_s:.1f} s: {'every invariant holds' if not broken else 'BROKEN'}")
    for report in broken[:5]:
        click.echo(f"seed {report.seed} broke {report.invariant}: {INVARIANTS.get(report.invariant, '')}", err=True)
        click.echo(f"  {report.text}\n  again: {again(report, at)}", err=True)
    sys.exit(1 if broken else 0)


def _play(seed: int, as_json: bool) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    world = World(seed, long=is_long(seed))
    world.trace = lambda at_s, text: click.echo(f"{at_s:9.3f}  {text}", err=True)
    report = world.run()
    click.echo(msgspec.json.encode(report).decode() if as_json else f"{report.invariant or 'holds'} {report.text}")
    sys.exit(1 if report.invariant else 0)
