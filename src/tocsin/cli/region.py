"""`tocsin region`: build a region from a map file, and say what is in one. Only words and bars live here."""

import json
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tocsin.geo.build import build_region
from tocsin.geo.errors import RegionError
from tocsin.geo.manifest import Manifest
from tocsin.geo.region import Region


@click.group()
def region() -> None:
    """Build and look at regions: the roads, places and basemap of an area.

    A region is made once from an OpenStreetMap extract (any .osm.pbf, .osm or .osm.bz2 file) and then needs no network.
    Extracts of countries and cities are offered by several mirrors of OpenStreetMap.
    """


class _Bar:
    """Draws the stages of a build on standard error."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
        )
        self._task: TaskID | None = None

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()
        self._bar.stop()

    def stage(self, name: str, total: float | None) -> None:
        """A new line for a new stage."""
        self._finish()
        self._task = self._bar.add_task(name, total=total)

    def advance(self, n: float) -> None:
        """Move the current stage on."""
        if self._task is not None:
            self._bar.advance(self._task, n)

    def _finish(self) -> None:
        if self._task is not None:
            done = self._bar.tasks[self._task].completed or 1
            self._bar.update(self._task, total=done, completed=done)
            self._bar.stop_task(self._task)


@region.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder the region is written to.")
@click.option("--force", is_flag=True, help="Replace the region that is there already.")
def build(file: Path, out: Path, force: bool) -> None:
    """Build a region from an OpenStreetMap FILE.

    The folder appears only when the region is whole; if anything goes wrong nothing is left behind.

    \b
    Example:
      tocsin region build malta.osm.pbf -o regions/malta
      tocsin region show regions/malta
    """
    began = time.monotonic()
    console = Console(stderr=True)
    try:
        with _told_to_end(), _Bar(console) as bar:
            manifest = build_region(file, out, bar, force=force)
    except RegionError as error:
        raise click.ClickException(str(error)) from error
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak_mib = peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    for why, count in manifest.left_out.items():
        console.print(f"  {why}: {count:,}", highlight=False)
    click.echo(
        f"Built {out}: {manifest.counts['ways']:,} road ways, {sum(manifest.resources.values()):,} resources, "
        f"in {time.monotonic() - began:.1f} s, peak memory {peak_mib:,.0f} MiB."
    )


@contextmanager
def _told_to_end() -> Iterator[None]:
    """A shutdown or a closed terminal is like Ctrl-C: what is half built is taken away before the end."""

    def end(told: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + told)

    before = {told: signal.signal(told, end) for told in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for told, how in before.items():
            signal.signal(told, how)


@region.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON instead.")
def show(folder: Path, as_json: bool) -> None:
    """Say what is in a region FOLDER: extent, counts, resources, road lengths, and what was left out and why."""
    try:
        manifest = Region.open(folder).manifest
    except RegionError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(manifest), ensure_ascii=False, indent=2))
        return
    _print(manifest)


def _print(manifest: Manifest) -> None:
    console = Console(highlight=False)
    west, south, east, north = manifest.bbox
    console.print(f"[bold]{manifest.name}[/bold]  built {manifest.built_at} from {manifest.source_name}")
    console.print(f"west {west} south {south} east {east} north {north}  ({manifest.credit})")
    for title, counts in (
        ("Roads", manifest.counts),
        ("Places", manifest.places),
        ("Resources", manifest.resources),
        ("On the basemap", manifest.drawn),
    ):
        _table(console, title, {name.replace("_", " "): f"{n:,}" for name, n in counts.items()})
    _table(console, "Road, km", {name: f"{km:,.1f}" for name, km in manifest.road_km.items()})
    _table(console, "Left out", {why: f"{n:,}" for why, n in manifest.left_out.items()})


def _table(console: Console, title: str, rows: dict[str, str]) -> None:
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in rows.items() or {"nothing": ""}.items():
        table.add_row(name, value)
    console.print(table)
