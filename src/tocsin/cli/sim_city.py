"""`tocsin sim city`: lay out an invented city and write it as a map.

Knows terminals; knows nothing of how cities are made.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from tocsin.sim.city import City, CityError, lay_out, write_osm


class _RichProgress:
    """The stages of the work as lines of a bar on standard error."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Finish the line before and begin a new one."""
        self.finish()
        self._task = self._bar.add_task(name, total=total or None)

    def advance(self, n: int) -> None:
        """Move the current line on."""
        if self._task is not None:
            self._bar.advance(self._task, n)

    def finish(self) -> None:
        """Fill the current line."""
        if self._task is not None:
            task = self._bar.tasks[self._task]
            self._bar.update(self._task, total=task.total or 1, completed=task.total or 1)


@click.command("city")
@click.option("--people", type=int, default=60_000, show_default=True, help="How many live there: 1,000 to 2,000,000.")
@click.option("--seed", type=int, default=7, show_default=True, help="Same people and seed, same city, to the byte.")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="The .osm.pbf to write.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def city(people: int, seed: int, output: Path, as_json: bool) -> None:
    """Lay out an invented city and write it as a map.

    The city has a coast and a river, districts, main roads and side streets with names, numbered houses, stations,
    hospitals, hydrants and landmarks. It lies at 34° N, 28° W, in the open Atlantic, so that nobody can take it for
    a real place. Any tool that reads OpenStreetMap files can read it.

    \b
    A town for a quick look:   tocsin sim city --people 8000 -o town.osm.pbf
    A city for the demo:       tocsin sim city --people 300000 --seed 7 -o city.osm.pbf
    Then make it a region:     tocsin region build city.osm.pbf -o city
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    try:
        with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
            told = _RichProgress(bar)
            made = lay_out(people, seed, told)
            write_osm(made, output, told)
            told.finish()
    except CityError as problem:
        click.echo(f"error: {problem}", err=True)
        sys.exit(2)
    found = summary(made, output)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _words(found))


def summary(made: City, output: Path) -> dict[str, int | float | str]:
    """What is in the city, as plain figures."""
    kinds = Counter(h.tags.get("amenity") or h.tags.get("emergency") or "" for h in made.houses)
    spots = Counter(s.tags.get("emergency", "") for s in made.spots)
    return {
        "name": made.name,
        "people": made.people,
        "seed": made.seed,
        "districts": len(made.districts),
        "streets": len(made.streets),
        "addresses": len(made.houses),
        "fire_stations": kinds["fire_station"],
        "ambulance_posts": kinds["ambulance_station"],
        "police_stations": kinds["police"],
        "hospitals": kinds["hospital"],
        "hydrants": spots["fire_hydrant"],
        "defibrillators": spots["defibrillator"],
        "file": str(output),
        "file_bytes": output.stat().st_size,
    }


def _words(found: dict[str, int | float | str]) -> str:
    lines = [f"{found['name']}: {found['people']:,} people, seed {found['seed']}"]
    lines += [
        f"  {v:>9,}  {k.replace('_', ' ')}" for k, v in found.items() if k not in {"name", "people", "seed", "file"}
    ]
    return "\n".join([*lines, f"written to {found['file']}"])
