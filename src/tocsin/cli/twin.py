"""`tocsin twin`: plan with the desk's own decisions, on a virtual clock. Only words, tables and bars live here."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tocsin.cli.asked import Within, writable
from tocsin.cli.twin_trace import trace
from tocsin.sim.planning.fleet import HourNeed, needs
from tocsin.sim.planning.highs import SolverError
from tocsin.sim.planning.sites import propose
from tocsin.sim.twin.compare import MEASURES, Difference, differences, summary
from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.figures import Ran
from tocsin.sim.twin.figures import run as live
from tocsin.sim.twin.record import TwinError
from tocsin.sim.twin.report import page, shown
from tocsin.sim.twin.scenario import load
from tocsin.sim.twin.world import World, prepare

T = TypeVar("T")
FILE = click.Path(path_type=Path)
COMPILED = "Use the compiled rules: the same decisions, a hundred times faster, no facts; no shifts and faults."
IN_TIME = "Within how many minutes is in time; the policy's own limit unless named."
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.group()
def twin() -> None:
    """Years of calls through the desk's own decisions, before anything is changed on the road.

    A scenario is a TOML file: ground, fleet, calls, policy; docs/reference/twin-scenario.md tells every field.

    \b
    tocsin twin run today.toml
    tocsin twin compare today.toml two-more-units.toml --seeds 10 --html report.html
    tocsin twin site today.toml --add 2
    tocsin twin fleet today.toml
    tocsin twin trace FOLDER
    """


twin.add_command(trace)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on standard error, gone when done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar


def _world(file: Path, bar: Progress) -> World:
    task = bar.add_task(f"{file.name}: ground", total=None)
    world = prepare(load(file), lambda done, total: bar.update(task, completed=done, total=total))
    bar.remove_task(task)
    return world


def _live(world: World, seed: int, compiled: bool, bar: Progress) -> Ran:
    task = bar.add_task(f"{world.name}, seed {seed}", total=len(world.calls(seed)))
    ran = live(world, seed, compiled=compiled, told=lambda done: bar.update(task, completed=done))
    bar.remove_task(task)
    return ran


def _told(work: Callable[[], T]) -> T:
    """The work's answer; what is wrong with a scenario becomes one line."""
    try:
        return work()
    except (ScenarioError, TwinError, SolverError) as error:
        raise click.ClickException(str(error)) from error


def _plain(value: Any) -> Any:
    """As JSON has it: no infinities, no nan."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _json(value: Any) -> None:
    click.echo(json.dumps(_plain(msgspec.to_builtins(value)), ensure_ascii=False, indent=2))


@twin.command()
@click.argument("scenario", type=FILE)
@click.option("--seed", type=click.IntRange(0), help="Seed of the calls; the scenario's own unless named.")
@click.option("--compiled", is_flag=True, help=COMPILED)
@click.option(
    "--calls", "calls_to", type=FILE, callback=writable, help="Write each call's unit and response to this CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def run(scenario: Path, seed: int | None, compiled: bool, calls_to: Path | None, as_json: bool) -> None:
    """Live through a SCENARIO once and say what it came to.

    \b
    Example:
      tocsin twin run today.toml --seed 7 --calls calls.csv
    """

    def work() -> tuple[World, Ran]:
        with _bar() as bar:
            world = _world(scenario, bar)
            return world, _live(world, world.loaded.scenario.seed if seed is None else seed, compiled, bar)

    world, ran = _told(work)
    if calls_to:
        _write_calls(calls_to, world, ran)
    if as_json:
        _json({"figures": ran.figures, "notes": ran.notes})
        return
    _print_run(world, ran)


def _write_calls(file: Path, world: World, ran: Ran) -> None:
    calls = world.calls(ran.figures.seed)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["call", "at_min", "place", "unit", "unit_id", "response_min"])
        for n, (call, unit, response_s) in enumerate(
            zip(calls, ran.unit.tolist(), ran.response_s.tolist(), strict=True)
        ):
            came = unit >= 0
            row = [unit, world.fleet[unit].id, repr(response_s / 60)] if came else ["", "", ""]
            writer.writerow([n, repr((call.at - world.start) / 60), world.ground.names[call.node], *row])


def _print_run(world: World, ran: Ran) -> None:
    console, told = Console(highlight=False), ran.figures
    console.print(f"[bold]{told.scenario}[/bold]  {told.calls:,} calls, {len(world.fleet)} units, seed {told.seed}")
    rows = {
        f"later than {world.loaded.scenario.policy.late_after_min:g} min": f"{100 * told.late_share:.2f} %",
        "mean response": f"{told.mean_min:.2f} min",
        "half within": f"{told.p50_min:.2f} min",
        "nine in ten within": f"{told.p90_min:.2f} min",
        "found nobody free": "not told by the compiled rules"
        if told.waited_share is None
        else f"{100 * told.waited_share:.2f} %",
        "nobody came": f"{told.calls - told.served:,}",
        "driven to bases": f"{told.relocation_min_per_unit_day:.0f} min a unit and day",
        "moved up": f"{told.moves_per_day:.1f} times a day",
        "busy": f"{100 * told.busy_share:.1f} %",
        "facts recorded": f"{told.facts:,}",
    }
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, words in rows.items():
        table.add_row(name, words)
    console.print(table)
    for words in ran.notes:
        console.print(f"assumed: {words}")


@twin.command()
@click.argument("scenarios", nargs=-1, required=True, type=FILE)
@click.option("--seeds", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many seeds each.")
@click.option("--compiled", is_flag=True, help=COMPILED)
@click.option("--html", type=FILE, callback=writable, help="Write a report with plots and maps, to read and print.")
@click.option("--json", "as_json", is_flag=True, help="Print figures and differences as JSON.")
def compare(scenarios: tuple[Path, ...], seeds: int, compiled: bool, html: Path | None, as_json: bool) -> None:
    """Hold SCENARIOS against the first of them, on the same calls.

    \b
    Example:
      tocsin twin compare today.toml more.toml policy.toml --seeds 10 --html report.html
    """
    if len(scenarios) < 2:
        raise click.UsageError("name at least two scenarios; the others are held against the first")

    def work() -> tuple[list[World], list[list[Ran]]]:
        with _bar() as bar:
            worlds = [_world(file, bar) for file in scenarios]
            first = worlds[0].loaded.scenario.seed
            count = 1 if all(world.recorded is not None for world in worlds) else seeds
            return worlds, [[_live(w, first + n, compiled, bar) for n in range(count)] for w in worlds]

    worlds, runs = _told(work)
    found = differences(runs, [world.loaded.scenario.policy.late_after_min * 60 for world in worlds])
    if html:
        html.write_text(page(worlds, runs, found, compiled), "utf-8")
    if as_json:
        _json({"runs": [ran.figures for one in runs for ran in one], "differences": found})
        return
    _print_comparison(worlds, runs, found)
    if html:
        click.echo(f"Report: {html}")


def _print_comparison(worlds: list[World], runs: list[list[Ran]], found: list[Difference]) -> None:
    console = Console(highlight=False)
    table = Table("", *MEASURES.values(), box=None)
    for world, one in zip(worlds, runs, strict=True):
        means = summary(one)
        table.add_row(world.name, *(shown(measure, means[measure]) for measure in MEASURES))
    console.print(table)
    table = Table("against " + worlds[0].name, "", "difference", "95 % interval", box=None)
    for gap in found:
        interval = (
            "not known" if gap.low is None or gap.high is None else f"{_pair(gap, gap.low)} to {_pair(gap, gap.high)}"
        )
        table.add_row(gap.scenario, MEASURES[gap.measure], _pair(gap, gap.mean), interval)
    console.print(table)
    console.print(f"{found[0].how}, n = {found[0].n}")


def _pair(gap: Difference, value: float) -> str:
    return f"{100 * value:+.2f} points" if gap.measure == "late_share" else f"{value:+.2f}"


@twin.command()
@click.argument("scenario", type=FILE)
@click.option("--add", type=click.IntRange(1, 50), required=True, help="How many stations more.")
@click.option("--model", type=click.Choice(["mclp", "mexclp", "p-median"]), default="mexclp", show_default=True,
              help="Covered demand; expected covered demand with busy units; mean drive.")  # fmt: skip
@click.option("--minutes", type=Within(0.1, 1440), help="In time means within this; the policy's limit if not.")
@click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON.")
def site(scenario: Path, add: int, model: Any, minutes: float | None, as_json: bool) -> None:
    """Propose sites for more stations, each plan proven best by the solver.

    \b
    Example:
      tocsin twin site today.toml --add 2 --model p-median
    """

    def work() -> Any:
        with _bar() as bar:
            world = _world(scenario, bar)
            bar.add_task("solving", total=None)
            policy = world.loaded.scenario.policy
            return propose(world, add, model, (minutes or policy.late_after_min) * 60, policy.busy)

    told = _told(work)
    if as_json:
        _json(told)
        return
    before, after = ((f"{v:.2f}" if model == "p-median" else f"{100 * v:.2f} %") for v in (told.before, told.after))
    click.echo(f"{told.model}: {', '.join(told.sites) or 'no site helps'}")
    click.echo(f"{told.measure}: {before} now, {after} with them")


@twin.command()
@click.argument("scenario", type=FILE)
@click.option("--covered", type=Within(0.01, 0.999), default=0.9, show_default=True,
              help="Share of demand to be reached in time by a free unit.")  # fmt: skip
@click.option("--waiting", type=Within(0.0001, 0.9), default=0.01, show_default=True,
              help="Share of callers who may find nobody free.")  # fmt: skip
@click.option("--minutes", type=Within(0.1, 1440), help="In time means within this; the policy's limit if not.")
@click.option("--json", "as_json", is_flag=True, help="Print every hour of the week as JSON.")
def fleet(scenario: Path, covered: float, waiting: float, minutes: float | None, as_json: bool) -> None:
    """Say how many units each hour of the week needs.

    \b
    Example:
      tocsin twin fleet today.toml --covered 0.95
    """

    def work() -> list[HourNeed]:
        with _bar() as bar:
            world = _world(scenario, bar)
            bar.add_task("solving", total=None)
            limit_s = (minutes or world.loaded.scenario.policy.late_after_min) * 60
            return needs(world, limit_s, covered, waiting)

    hours = _told(work)
    if as_json:
        _json(hours)
        return
    table = Table("hour", *DAYS, box=None, title="Units needed", title_justify="left")
    for hour in range(24):
        table.add_row(f"{hour:02d}", *(f"{hours[24 * day + hour].units}" for day in range(7)))
    Console(highlight=False).print(table)
    if any(hour.held_back for hour in hours):
        click.echo(f"At these stations no number of units reaches {100 * covered:g} %: see `tocsin twin site`.")
