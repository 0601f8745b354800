"""Where a demo takes place: an invented city or a real map, made into a region once and kept. Draws its own bar."""

from __future__ import annotations

import fcntl
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from tocsin.geo.errors import RegionError
from tocsin.geo.manifest import read_manifest
from tocsin.geo.region import Region

LOCK = "server.lock"
"""Held by a server for as long as it works in a folder."""


class Stages:
    """The stages of long work, a line each on standard error; says nothing where nobody sits at a terminal."""

    def __init__(self, console: Console) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description:<36}"), BarColumn(), TimeElapsedColumn())
        self._bar = Bar(*columns, console=console, disable=not console.is_terminal)
        self._task: TaskID | None = None

    def __enter__(self) -> Stages:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._finish()
        self._bar.stop()

    def stage(self, name: str, total: float | None) -> None:
        """A new line for a new stage."""
        self._finish()
        self._task = self._bar.add_task(name, total=total or None)

    def advance(self, n: float) -> None:
        """Move the current stage on."""
        if self._task is not None:
            self._bar.advance(self._task, n)

    def _finish(self) -> None:
        if self._task is not None:
            done = self._bar.tasks[self._task].completed or 1
            self._bar.update(self._task, total=done, completed=done)
            self._bar.stop_task(self._task)


def city_region(data: Path, people: int, seed: int, console: Console) -> Region:
    """The region of the invented city, made unless it is there. Raises RegionError, ClickException."""
    folder = data / f"city-{people}-{seed}"
    known = _open(folder)
    if known:
        return known
    # What builds is large to load, and is needed once.
    from tocsin.geo.build import build_region
    from tocsin.sim.city import CityError, lay_out, write_osm

    console.print(f"Laying out a city of {people:,} people (seed {seed}); this is done once.")
    source = data / f"city-{people}-{seed}.osm.pbf"
    data.mkdir(parents=True, exist_ok=True)
    try:
        with Stages(console) as stages:
            write_osm(lay_out(people, seed, stages), source, stages)
            build_region(source, folder, stages, force=True)
    except CityError as error:
        raise click.ClickException(str(error)) from None
    return Region.open(folder)


def map_region(data: Path, source: Path, console: Console) -> Region:
    """The region of a map file, made unless it is there already from the same file. Raises RegionError."""
    if source.is_dir():
        return Region.open(source)
    from tocsin.geo.build import build_region
    from tocsin.geo.osm import check_source

    folder = data / f"map-{source.name.split('.')[0]}"
    check_source(source)
    known = _open(folder)
    if known and known.manifest.source_bytes == source.stat().st_size:
        return known
    console.print(f"Building a region from {source.name}; this is done once.")
    data.mkdir(parents=True, exist_ok=True)
    with Stages(console) as stages:
        build_region(source, folder, stages, force=True)
    return Region.open(folder)


def _open(folder: Path) -> Region | None:
    """The region in a folder of ours, if it is whole and of this version; an old one is built again."""
    try:
        read_manifest(folder)
        region = Region.open(folder)
        _ = region.roads, region.places, region.resources
    except RegionError:
        return None
    return region


def move_aside(folder: Path) -> Path | None:
    """Move a folder that holds something out of the way, to the first free numbered name; never removes anything.

    Raises ClickException when a server works in it.
    """
    if not folder.exists() or not any(folder.iterdir()):
        return None
    if (folder / LOCK).exists():
        with (folder / LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise click.ClickException(f"{folder}: another server works in this folder; stop it first") from None
    number = next(n for n in range(1, 100_000) if not folder.with_name(f"{folder.name}.{n}").exists())
    aside = folder.with_name(f"{folder.name}.{number}")
    folder.rename(aside)
    return aside
