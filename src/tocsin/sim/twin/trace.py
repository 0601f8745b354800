"""Another simulator's traces, lived through by the twin and held against what the other had, call by call.

A folder has the ground once and, for each numbered run, one file a quantity; docs/reference/twin-scenario.md names
them. Everything is in minutes, the clock too, so that what ties there ties here. Refuses to know how the other
simulator works inside: the rules are the twin's own.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.files import number, read_matrix, read_nodes, read_places, read_rows, read_trace
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import Closest, HomeBase
from tocsin.sim.twin.record import Keep

INPUTS = {
    "gap_min": "interarrival_times",
    "place": "location_IDs",
    "scene_min": "on_site_aid_times",
    "to_hospital": "to_hospital_bool",
    "hand_over_min": "drop_off_times",
}
"""What each quantity's file begins with; it ends with the number of its run."""
ALIKE_MIN = 1e-9
"""Response times nearer than this are the same: what is left of floats added up in another order."""


class Trace(msgspec.Struct, frozen=True):
    """One run: its calls, the base of each unit, and the other's unit and response in minutes where they are known."""

    run: str
    calls: list[TwinCall]
    bases: tuple[int, ...]
    bases_file: str
    told: list[tuple[int, float]] | None


class Gap(msgspec.Struct, frozen=True):
    """A call that came out otherwise. Numbers from 0, minutes."""

    call: int
    unit: int
    response_min: float
    told_unit: int
    told_response_min: float


class Agreement(msgspec.Struct, frozen=True):
    """How far the twin and the other agree on one run. Without an outcome of the other, its figures are None."""

    run: str
    units: int
    bases: str
    calls: int
    facts: int
    mean_min: float
    late_share: float
    """Of responses longer than 12 min."""
    same_unit: int | None
    same_response: int | None
    largest_gap_min: float | None
    first_gap: Gap | None

    @property
    def agrees(self) -> bool:
        """Nothing is known to the contrary."""
        return self.same_unit in (None, self.calls) and self.same_response in (None, self.calls)


def one_file(folder: Path, start: str, what: str, end: str = "") -> Path:
    """The file in `folder` whose name begins so, and ends so before `.csv`. Raises ScenarioError."""
    found = sorted(file for file in folder.glob(f"{start}*.csv") if not end or _run_of(file) == end)
    if len(found) == 1:
        return found[0]
    named = f"{start}…{'_' + end if end else ''}.csv"
    if not found:
        raise ScenarioError(folder, None, named, "there is no such file", f"{what} is needed")
    raise ScenarioError(folder, None, named, f"there are {len(found)}: {', '.join(f.name for f in found)}", "keep one")


def _run_of(file: Path) -> str:
    found = re.search(r"_([^_]+)$", file.stem)
    return found[1] if found else ""


def runs_in(folder: Path) -> list[str]:
    """The runs a folder has inputs of, by number. Raises ScenarioError when there is none."""
    if not folder.is_dir():
        raise ScenarioError(folder, None, "", "is not a folder", "name the folder that the traces are in")
    runs = {_run_of(file) for file in folder.glob(f"{INPUTS['gap_min']}_*.csv")}
    if not runs:
        named = f"{INPUTS['gap_min']}_….csv"
        raise ScenarioError(folder, None, named, "there is no such file", "one for each run, ending in its number")
    return sorted(runs, key=lambda run: (not run.isdecimal(), int(run) if run.isdecimal() else 0, run))


def read_ground(folder: Path) -> Ground:
    """Nodes, drives in minutes, and hospitals. Raises ScenarioError."""
    columns = {"name": "postal code", "x": "x", "y": "y", "weight": "inhabitants"}
    nodes = read_nodes(one_file(folder, "nodes_", "a file of nodes"), columns)
    numbers = {name: i for i, name in enumerate(nodes.names)}
    siren = read_matrix(one_file(folder, "siren_driving_matrix", "a matrix of siren minutes"), nodes.names, 1.0)
    file = one_file(folder, "Hospital_", "a list of hospitals")
    return Ground(nodes.names, nodes.x, nodes.y, siren, read_places(file, read_rows(file).header[-1], numbers))


def read_run(
    folder: Path, run: str, ground: Ground, grounds: Path, bases: Path | None = None, units: int | None = None
) -> Trace:
    """One run's calls, bases and, where a file has it, outcome. Raises ScenarioError.

    Bases are `bases`, or the file in `grounds` for as many `units` as named or as the other simulator had.
    """
    files = {field: one_file(folder, start, f"{field} of run {run}", run) for field, start in INPUTS.items()}
    calls = read_trace(files, ground.number, minute=1.0)
    outcome = next(iter(sorted(file for file in folder.glob("Patient_*.csv") if _run_of(file) == run)), None)
    told, had = _read_told(outcome, len(calls)) if outcome else (None, None)
    file = bases or _bases_file(grounds, units or had, run)
    at = tuple(read_places(file, read_rows(file).header[-1], ground.number))
    return Trace(run, calls, at, file.name, told)


def _bases_file(folder: Path, units: int | None, run: str) -> Path:
    """The file of bases with so many units in it."""
    files = sorted(folder.glob("Base_Locations_*.csv"))
    fit = [file for file in files if len(read_rows(file).rows) == units]
    if len(fit) == 1:
        return fit[0]
    known = ", ".join(file.name for file in files) or "none"
    many = "how many units it had is not known" if units is None else f"{len(fit)} files have {units} units"
    raise ScenarioError(folder, None, "Base_Locations_….csv", f"run {run}: {many}", f"name one; there are {known}")


def _read_told(file: Path, calls: int) -> tuple[list[tuple[int, float]], int | None]:
    """(unit, response in minutes) of each call, and the number of units if the first call found all of them free."""
    table = read_rows(file)

    def column(name: str) -> list[float]:
        return [number(file, line, name, text, 0.0) for line, text in table.cells(name)]

    told = list(zip([int(n) for n in column("assigned_to_ambulance_nr")], column("response_time"), strict=True))
    if len(told) != calls:
        raise ScenarioError(
            file, None, "assigned_to_ambulance_nr", f"has {len(told)} calls", f"the inputs have {calls}"
        )
    free = column("nr_ambulances_available") if "nr_ambulances_available" in table.header else []
    return told, int(free[0]) if free else None


def live(ground: Ground, trace: Trace, keep: Keep | None = None) -> Agreement:
    """Live through a trace by the desk's own decisions: the closest goes, each unit has one base.

    `keep` is handed every recorded entry. Raises TwinError.
    """
    fleet = [TwinUnit(id_, base) for id_, base in zip(unit_ids(len(trace.bases)), trace.bases, strict=True)]
    twin = Twin(ground, fleet, Closest(), HomeBase({unit.id: unit.base for unit in fleet}), keep=keep, tick_s=60.0)
    found = [(out.unit, out.response_s) for out in twin.run(trace.calls)]
    minutes = [response for _, response in found]
    same_unit = same_response = largest = first = None
    if trace.told is not None:
        gaps = [abs(mine[1] - other[1]) for mine, other in zip(found, trace.told, strict=True)]
        alike = [mine[0] == other[0] for mine, other in zip(found, trace.told, strict=True)]
        same_unit, largest = sum(alike), max(gaps, default=0.0)
        same_response = sum(gap < ALIKE_MIN for gap in gaps)
        off = next((n for n, gap in enumerate(gaps) if gap >= ALIKE_MIN or not alike[n]), None)
        first = None if off is None else Gap(off, *found[off], *trace.told[off])
    return Agreement(
        trace.run, len(fleet), trace.bases_file, len(found), twin.record.facts,
        sum(minutes) / len(minutes), sum(m > 12.0 for m in minutes) / len(minutes),
        same_unit, same_response, largest, first,
    )  # fmt: skip
