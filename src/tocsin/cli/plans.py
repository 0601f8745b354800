"""`tocsin plans`: a centre's response plans checked line by line, and what would go, shown. Only options and words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from tocsin.domain.plans import Applied, Plans
    from tocsin.domain.types import Catalogue
    from tocsin.facts.values import Place
    from tocsin.plans.faults import Fault
    from tocsin.plans.read import PlanFile

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def plans() -> None:
    """Response plans (run cards): what goes to which incident, and on what terms.

    \b
    A first evening:
      tocsin plans show                          the packaged plans
      tocsin plans packaged > plans.toml         a file to begin with
      tocsin plans check plans.toml              every mistake with its line
      tocsin serve --plans plans.toml
    """


@plans.command()
def packaged() -> None:
    """Print the packaged plan file, to be copied and edited."""
    from importlib.resources import files

    click.echo(files("tocsin").joinpath("data", "plans.toml").read_text(encoding="utf-8"), nl=False)


@plans.command()
@click.argument("file", type=_FILE)
@click.option("--catalogue", type=_FILE, help="The centre's incident types (TOML). Without it: the packaged ones.")
@click.option("--region", type=_FOLDER, help="Also say which areas lie outside this region's map.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
def check(file: Path, catalogue: Path | None, region: Path | None, as_json: bool) -> None:
    """Check a plan file: every mistake with its line, its field and what would be right.

    Ends with 1 when there is a mistake. Notes are things that are allowed and may not be meant.
    """
    read, _ = _read(file, catalogue)
    notes = [*read.notes, *(_outside(read.plans, region) if region else [])]
    if as_json:
        told = {"file": str(file), "version": read.plans.version, "plans": len(read.plans.plans),
                "faults": read.faults, "notes": notes}  # fmt: skip
        click.echo(msgspec.json.encode(told).decode())
    else:
        for fault in read.faults:
            click.echo(f"{file}:{fault.line}: {fault.field}: {fault.text}")
        for note in notes:
            click.echo(f"{file}:{note.line}: note: {note.field}: {note.text}")
        count = len(read.faults)
        sound = f"{file}: {len(read.plans.plans)} plans, sound (edition {read.plans.version})"
        click.echo(sound if not count else f"{file}: {count} mistake{'s' if count > 1 else ''}", err=bool(count))
    sys.exit(1 if read.faults else 0)


def _outside(plans: Plans, region: Path) -> list[Fault]:
    from tocsin.geo.errors import RegionError
    from tocsin.geo.region import Region
    from tocsin.plans.faults import Fault

    try:
        west, south, east, north = Region.open(region).manifest.bbox
    except RegionError as error:
        raise click.ClickException(str(error)) from None
    return [
        Fault(1, f"areas[{i}]", f"'{area.name}' lies wholly outside the region's map: no incident will be in it")
        for i, area in enumerate(plans.areas)
        if area.rings
        and not any(south <= lat <= north and west <= lon <= east for ring in area.rings for lat, lon in ring)
    ]


@plans.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--type", "code", help="Incident type; without it, what the first alarm of every type sends.")
@click.option("--priority", type=click.IntRange(1, 5), help="Without it: the type's own.")
@click.option("--at", help="A place as LATITUDE,LONGITUDE: areas count.")
@click.option("--level", type=click.IntRange(1), default=1, show_default=True, help="Alarm level.")
@click.option("--catalogue", type=_FILE, help="The centre's incident types (TOML). Without it: the packaged ones.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a type, for programs.")
def show(
    file: Path | None, code: str | None, priority: int | None, at: str | None, level: int, catalogue: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show what would go, by which plan and why: FILE, or the packaged plans.

    \b
    tocsin plans show --type FIRE-STRUCTURE --level 2
    tocsin plans show plans.toml --type MED-CARDIAC --at 38.71,-9.13
    """
    from tocsin.domain.plans import plan_for
    from tocsin.plans.faults import meant

    read, types = _read(file, catalogue)
    if read.faults:
        first = read.faults[0]
        raise click.ClickException(f"line {first.line}: {first.field}: {first.text}; see: tocsin plans check {file}")
    place = _place(at)
    kinds = [kind for kind in types.types if code is None or kind.code == code]
    if not kinds:
        raise click.ClickException(f"there is no type '{code}'{meant(code or '', [k.code for k in types.types])}")
    for kind in kinds:
        asked = priority or kind.priority
        applied = plan_for(read.plans, kind, asked, place)
        if as_json:
            click.echo(msgspec.json.encode(_told(kind.code, asked, applied, level, read.plans)).decode())
        else:
            _say(kind.code, asked, applied, level, read.plans)


def _place(at: str | None) -> Place:
    from tocsin.facts.values import Place

    if at is None:
        return Place(91.0, 0.0)  # nowhere: no area holds it
    try:
        lat, lon = (float(part) for part in at.split(","))
    except ValueError:
        raise click.BadParameter("write LATITUDE,LONGITUDE, for example 38.71,-9.13", param_hint="--at") from None
    return Place(lat, lon)


def _told(code: str, priority: int, applied: Applied, level: int, plans: Plans) -> dict[str, object]:
    plan, terms = applied.plan, plans.terms[priority - 1]
    return {
        "type": code, "priority": priority, "plan": plan.code, "match": applied.match, "area": applied.area,
        "level": level, "levels": len(plan.levels), "target_s": plan.target_s or terms.target_s,
        "needs": [{"level": at, "line": need.text} for at, need in applied.needs(level)],
    }  # fmt: skip


_WHY = {
    "type": "names the type",
    "group": "names its group",
    "any": "is for every type",
    "catalogue": "no plan fits: the needs of the type",
}


def _say(code: str, priority: int, applied: Applied, level: int, plans: Plans) -> None:
    plan = applied.plan
    why = [_WHY[applied.match], f"in {applied.area}" if applied.area else "", "this priority" * applied.priority]
    target_s = plan.target_s or plans.terms[priority - 1].target_s
    click.echo(f"{code} · priority {priority} → {plan.code} ({', '.join(word for word in why if word)})")
    click.echo(f"  alarm {min(level, len(plan.levels))} of {len(plan.levels)}, late after {target_s / 60:g} min")
    for at, need in applied.needs(level):
        click.echo(f"  {at}  {need.text}")


def _read(file: Path | None, catalogue: Path | None) -> tuple[PlanFile, Catalogue]:
    from importlib.resources import files

    from tocsin.plans.read import read_plans
    from tocsin.settings import SettingsError, load_catalogue

    try:
        types = load_catalogue(catalogue)
        raw = file.read_bytes() if file else files("tocsin").joinpath("data", "plans.toml").read_bytes()
        return read_plans(raw, file.parent if file else Path(), str(file or "the packaged plans"), types), types
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read: {error.strerror or error}") from None
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
