"""`tocsin twin trace`: another simulator's traces through the desk's own decisions. Only words and tables live here."""

from __future__ import annotations

import json
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.record import TwinError
from tocsin.sim.twin.trace import Agreement, live, read_ground, read_run, runs_in

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=FILE)
@click.option("--run", "only", multiple=True, help="Only this run; may be said again. All unless named.")
@click.option("--ground", type=FILE, help="Folder of nodes, drives, hospitals and bases, when it is another one.")
@click.option("--bases", type=FILE, help="CSV with the base of each unit, in the order of their numbers.")
@click.option("--units", type=click.IntRange(1), help="Take the file of bases for so many units.")
@click.option("--json", "as_json", is_flag=True, help="Print the agreement of each run as JSON.")
def trace(
    folder: Path, only: tuple[str, ...], ground: Path | None, bases: Path | None, units: int | None, as_json: bool
) -> None:
    """Live through another simulator's traces in FOLDER and say whether every call came out the same.

    The closest free unit goes, ties to the lowest number; a unit on its way home is free; who waits is served first
    come; every unit has one base. Each step is an order through the desk's own rules. Run N is read from
    interarrival_times_*_N.csv, location_IDs_*_N.csv, on_site_aid_times_*_N.csv, to_hospital_bool_*_N.csv,
    drop_off_times_*_N.csv (inputs) and Patient_*_N.csv (what the other simulator did), the ground from nodes_*.csv,
    siren_driving_matrix*.csv, Hospital_*.csv and Base_Locations_*.csv. Ends with status 1 if any call differs.

    \b
    Examples:
      tocsin twin trace utrecht
      tocsin twin trace more-runs --ground utrecht --units 20 --json
    """
    try:
        found = _lived(folder, only, ground or folder, bases, units)
    except (ScenarioError, TwinError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if not all(one.agrees for one in found):
        raise click.exceptions.Exit(1)


def _lived(
    folder: Path, only: tuple[str, ...], grounds: Path, bases: Path | None, units: int | None
) -> list[Agreement]:
    known = runs_in(folder)
    for run in only:
        if run not in known:
            raise ScenarioError(folder, None, "run", f"there is no run {run}", f"the runs are {', '.join(known)}")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        ground = read_ground(grounds)
        traces = [read_run(folder, run, ground, grounds, bases, units) for run in only or known]
        return [live(ground, one) for one in bar.track(traces, description="runs")]


def _print(found: list[Agreement]) -> None:
    console = Console(highlight=False)
    table = Table("run", "units", "calls", "same unit", "same response", "largest gap", "mean", "over 12 min", box=None)
    for one in found:
        other = "not known"
        if one.largest_gap_min is not None:
            other = f"{one.largest_gap_min:.1e} min"
        table.add_row(
            one.run, f"{one.units}", f"{one.calls:,}", *(
                "not known" if same is None else f"{same:,}" for same in (one.same_unit, one.same_response)
            ), other, f"{one.mean_min:.4f} min", f"{100 * one.late_share:.2f} %",
        )  # fmt: skip
    console.print(table)
    for one in found:
        if one.first_gap:
            gap = one.first_gap
            console.print(
                f"run {one.run}, call {gap.call}: unit {gap.unit} in {gap.response_min:.6f} min; "
                f"the other has unit {gap.told_unit} in {gap.told_response_min:.6f} min"
            )
