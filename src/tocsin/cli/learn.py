"""`tocsin learn`: travel times from the units' own drives, judged before anybody drives by them. Words only."""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tocsin.cli.learn_show import charts, factors, summary
from tocsin.cli.log_stores import is_address, one_place, open_place, places_at, plainly
from tocsin.desk import pacing
from tocsin.desk.lessons import Lesson, gather
from tocsin.geo.errors import RegionError
from tocsin.geo.learning import Score, Study, study
from tocsin.geo.pace import HOURS
from tocsin.geo.pace_file import FORMAT, Applied, Learned, PaceError, PaceFile, Proof, read, sides_of, text
from tocsin.geo.region import Region

FOLDER = click.Path(path_type=Path)
DATA = click.option("--data", type=FOLDER, default=Path("data"), show_default=True, help="The server's data folder.")
BY = click.option("--by", default=getpass.getuser, help="Who says yes; your name on this machine unless given.")
YES = click.option("--yes", is_flag=True, help="Say yes here instead of being asked.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
FEW = 100
"""With fewer held-out drives than this, their figures are mostly chance; said so."""


@click.group()
def learn() -> None:
    """Travel times from the units' own recorded drives.

    Learning only writes a file. It is in force when a person has read its figures and said yes, and can be taken back.

    \b
    tocsin learn travel --data data --region region --since 2026-01-01 --zone Europe/Lisbon -o travel.toml
    tocsin learn apply travel.toml --data data
    tocsin learn show --data data
    tocsin learn rollback --data data
    """


@learn.command()
@click.option("--data", default="data", show_default=True, help="The server's data folder, or a database's address.")
@click.option("--centre", help="Whose log, where a database holds several.")
@click.option("--region", "region_path", type=FOLDER, required=True, help="The region the server works on.")
@click.option("--since", required=True, help="Learn from drives that began on this day or later: 2026-01-31.")
@click.option("--until", help="… and before this day. Without it: up to now.")
@click.option("--zone", default="UTC", show_default=True, help="Whose hours: a time zone such as Europe/Lisbon.")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write what was learned to this file."
)
@AS_JSON
def travel(
    data: str, centre: str | None, region_path: Path, since: str, until: str | None, zone: str, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Learn from drives (en route to on scene) how fast units drive, by road class, hour and siren.

    One incident of five is held out first: the errors and ranges that are printed are of those alone, by the map's
    speeds and as learned. Without -o nothing is written. Nothing is applied: that takes `tocsin learn apply`.

    The record is only read; the server may run meanwhile. No place and no unit stands in what is written.
    """
    hours = _zone(zone)
    begin = _day(since, "--since", hours)
    end = _day(until, "--until", hours) if until else time.time()
    if end <= begin:
        raise click.UsageError("--until must be later than --since")
    region = _region(region_path)
    with _bar() as bar, plainly():
        lesson, name = _lesson(data, centre, begin, end, bar)
        found = _study(region, lesson, zone, bar)
    left_out = lesson.left_out | ({"no road led there on this map": found.no_road} if found.no_road else {})
    told = _file(found, left_out, name, region, zone, (since, until or datetime.now(hours).date().isoformat()))
    if out:
        try:
            out.write_text(text(told), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{out}: cannot be written: {error.strerror or error}") from None
    if as_json:
        click.echo(json.dumps(_plain(told, found, left_out, lesson), ensure_ascii=False))
        return
    console = Console(highlight=False)
    summary(console, found, left_out, lesson.by_track)
    charts(console, found)
    factors(console, told)
    if found.after.n < FEW:
        console.print(f"[bold]Only {found.after.n} drives were held out: these figures are mostly chance.[/bold]")
    if out:
        console.print(
            f"Written to {out}. Nothing is in force yet; to drive by it: tocsin learn apply {out}", soft_wrap=True
        )
    else:
        console.print("Nothing was written; -o FILE keeps it.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.UsageError(f"--zone: {name!r} is no time zone; write one such as Europe/Lisbon") from None


def _day(words: str, option: str, zone: ZoneInfo) -> float:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise click.UsageError(f"{option}: {words!r} is no day; write one such as 2026-01-31") from None
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def _region(path: Path) -> Region:
    try:
        region = Region.open(path)
        _ = region.roads
    except RegionError as error:
        raise click.ClickException(str(error)) from None
    return region


@contextmanager
def _bar() -> Iterator[Progress]:
    """Bars on standard error, gone when done."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar


def _lesson(data: str, centre: str | None, begin: float, end: float, bar: Progress) -> tuple[Lesson, str]:
    """The drives of the log, and the centre's id. Raises LogError."""
    place = one_place(data, centre)
    beside = [one for one in places_at(data, place.centre) if one.kind == "tracks"] if _has_tracks(data) else []
    task = bar.add_task("reading the record", total=None)
    log = open_place(place)
    try:
        tracks = open_place(beside[0]) if beside else None
        try:
            moves = tracks.read() if tracks else iter(())
            return gather(log.read(), moves, begin, end, lambda n: bar.advance(task, n)), place.centre
        finally:
            if tracks:
                tracks.close()
    finally:
        log.close()
        bar.remove_task(task)


def _has_tracks(data: str) -> bool:
    return is_address(data) or Path(data).is_dir()


def _study(region: Region, lesson: Lesson, zone: str, bar: Progress) -> Study:
    task = bar.add_task("driving them on the map", total=2 * len(lesson.drives) or 1)
    found = study(region.roads, lesson.drives, zone, lambda n: bar.advance(task, n))
    if found is None:
        why = "".join(f"\n  {n:,} left out: {words}" for words, n in lesson.left_out.items())
        raise click.ClickException(f"{len(lesson.drives)} drives can be used; that is too few to learn from.{why}")
    return found


def _file(
    found: Study, left_out: dict[str, int], centre: str, region: Region, zone: str, days: tuple[str, str]
) -> PaceFile:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    label = f"{region.manifest.name}, built {region.manifest.built_at}"
    before, after = found.before, found.after
    proof = Proof(
        after.n,
        (round(before.median_abs_s, 1), round(after.median_abs_s, 1)),
        (round(before.bias_s, 1), round(after.bias_s, 1)),
        (round(before.held, 4), round(after.held, 4)),
    )
    spread = tuple(round(one, 4) for one in found.pace.by_hours)
    learned = Learned(now, centre, label, *days, found.n, left_out)
    return PaceFile(FORMAT, zone, HOURS, spread, learned, proof, *sides_of(found.pace, found.counts))


def _plain(told: PaceFile, found: Study, left_out: dict[str, int], lesson: Lesson) -> dict[str, Any]:
    def pair(scores: tuple[Score, Score]) -> dict[str, Any]:
        return {"before": msgspec.to_builtins(scores[0]), "after": msgspec.to_builtins(scores[1])}

    return {
        "drives": found.n,
        "began_where_a_track_saw_them": lesson.by_track,
        "left_out": left_out,
        **pair((found.before, found.after)),
        "by_hours": {name: pair(two) for name, two in found.by_hours.items()},
        "by_length": {name: pair(two) for name, two in found.by_length.items()},
        "by_siren": {name: pair(two) for name, two in found.by_siren.items()},
        "model": msgspec.to_builtins(told),
    }


@learn.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@DATA
@BY
@YES
def apply(file: Path, data: Path, by: str, yes: bool) -> None:
    """Put FILE in force: a running server drives by it within seconds, and says so.

    Shows what it was learned from and what it is worth, then asks. Who said yes, and when, is kept with it, and every
    file that ever was in force stays in the folder `travel` beside it.
    """
    with _plainly_paced():
        told, now = read(file), pacing.in_force(_folder(data))
    console = Console(highlight=False)
    console.print(f"In force:  {pacing.describe(now)}", soft_wrap=True)
    console.print(f"To apply:  {pacing.describe(msgspec.structs.replace(told, applied=None))}", soft_wrap=True)
    proof = told.held_out
    console.print(
        f"On {proof.drives:,} held-out drives: median error {proof.median_error_s[0]:.0f} s by the map, "
        f"{proof.median_error_s[1]:.0f} s as learned; its ranges held {proof.held[1]:.1%}."
    )
    _agreed(yes, "Drive by it from now on?")
    with _plainly_paced():
        kept = pacing.apply(data, told, Applied(by, datetime.now(UTC).isoformat(timespec="seconds")))
    console.print(f"In force now, yes by {by}; kept as {kept}.")


@learn.command()
@DATA
@AS_JSON
def show(data: Path, as_json: bool) -> None:
    """Say which travel times are in force, who said yes to them, and what was in force before."""
    with _plainly_paced():
        now = pacing.in_force(_folder(data))
    files = pacing.kept(data)
    if as_json:
        click.echo(json.dumps({"in_force": msgspec.to_builtins(now), "kept": [str(one) for one in files]}))
        return
    console = Console(highlight=False)
    console.print(f"Travel times: {pacing.describe(now)}", soft_wrap=True)
    if now:
        factors(console, now)
    for one in files:
        console.print(f"  kept: {one}")


@learn.command()
@DATA
@BY
@YES
def rollback(data: Path, by: str, yes: bool) -> None:
    """Go back to what was in force before: the file before this one, or the map's own speeds."""
    with _plainly_paced():
        now = pacing.in_force(_folder(data))
        before = pacing.previous(data)
    if now is None and before is None:
        raise click.ClickException("the map's own speeds are in force, and nothing was before them")
    console = Console(highlight=False)
    console.print(f"In force:  {pacing.describe(now)}", soft_wrap=True)
    console.print(f"Back to:   {pacing.describe(before)}", soft_wrap=True)
    _agreed(yes, "Go back?")
    with _plainly_paced():
        kept = pacing.apply(data, before, Applied(by, datetime.now(UTC).isoformat(timespec="seconds")))
    console.print(f"Done, yes by {by}; kept as {kept}.")


def _folder(data: Path) -> Path:
    if not data.is_dir():
        raise click.ClickException(f"{data}: is no data folder; name the one that `tocsin serve --data` uses")
    return data


def _agreed(yes: bool, question: str) -> None:
    if not yes and not click.confirm(question, default=False):
        raise click.ClickException("nothing was changed")


@contextmanager
def _plainly_paced() -> Iterator[None]:
    """A bad file, or a folder that cannot be written to, becomes one line."""
    try:
        yield
    except PaceError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror or error}; nothing was changed") from None
