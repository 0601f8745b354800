"""A scenario as its TOML file says it: ground, fleet, calls, policy. Holds words and numbers; opens no other file.

docs/reference/twin-scenario.md tells every field. Defaults stand here once.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tocsin.sim.twin.draws import Law
from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.lines import line_of, path_of, read_toml

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Minutes = Annotated[float, msgspec.Meta(gt=0, le=1440)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Some = Annotated[int, msgspec.Meta(ge=1)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class GroundPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[ground]: a file of nodes, and drives between them from a matrix or from a region's roads."""

    nodes: str
    columns: dict[str, str] = {}
    drive_matrix: str = ""
    drive_unit: Literal["s", "min", "h"] = "min"
    distance_matrix: str = ""
    distance_unit: Literal["m", "km"] = "km"
    region: str = ""
    hospitals: tuple[str, ...] | str = ()
    hospital_column: str = ""
    without_siren: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.95


class ShiftPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """[[fleet.shift]]: units named in a shift are on duty only in their shifts."""

    units: tuple[str, ...]
    since: Clock
    until: Clock
    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FaultPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[fleet.fault]]: a unit out of service, in hours from the start."""

    unit: str
    from_h: Annotated[float, msgspec.Meta(ge=0)]
    to_h: Annotated[float, msgspec.Meta(gt=0)]


class KindPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[fleet.kind]]: what some units are. Without it every unit is an ambulance with a crew of two."""

    units: tuple[str, ...]
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    capabilities: tuple[str, ...] = ()
    """None named: what its kind is called."""
    crew: Annotated[int, msgspec.Meta(ge=1, le=60)] = 2
    agency: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "twin"


class FleetPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[fleet]: the base of each unit, in the order of their numbers; stations where relocated units may stand."""

    bases: tuple[str, ...] | str
    base_column: str = ""
    stations: tuple[str, ...] | str = ()
    station_column: str = ""
    letter: Annotated[str, msgspec.Meta(min_length=1, max_length=8)] = "A"
    kind: tuple[KindPart, ...] = ()
    shift: tuple[ShiftPart, ...] = ()
    fault: tuple[FaultPart, ...] = ()


class CallsPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[calls]: `model` (rates given), `fitted` (rates from a record), `history` (the record itself), `csv`, `trace`."""

    kind: Literal["model", "fitted", "history", "csv", "trace"]
    count: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] | None = None
    days: Annotated[float, msgspec.Meta(gt=0, le=36_525)] | None = None
    per_hour: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    by_hour: Annotated[tuple[Weight, ...], msgspec.Meta(min_length=24, max_length=24)] | None = None
    by_day: Annotated[tuple[Weight, ...], msgspec.Meta(min_length=7, max_length=7)] | None = None
    file: str = ""
    columns: dict[str, str] | str = ""
    files: dict[str, str] = {}
    where: dict[str, str] = {}
    """Only rows in which these columns have these values; of `history` and `fitted`."""
    types: dict[str, Annotated[float, msgspec.Meta(gt=0)]] = {}
    """Incident types and their shares, drawn for each call; none named: MEDICAL, or what a table says."""
    on_scene: Law = Law(mean=20.0)
    hand_over: Law = Law(mean=20.0)
    turnout: Law = Law()
    to_hospital: Share = 0.6
    queue: bool = True


class LayerPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One time within which places should be reached, and its share in what coverage means."""

    minutes: Minutes
    share: Annotated[float, msgspec.Meta(gt=0)] = 1.0


class PolicyPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[policy]: who goes, who goes back where, who moves up."""

    dispatch: Literal["closest", "dmexclp", "hybrid", "brain"] = "closest"
    relocate: Literal["home", "dmexclp", "live"] = "home"
    catalogue: str = ""
    """The centre's incident types; with `plans` and without this: the packaged ones."""
    plans: str = ""
    """The centre's run cards, for `brain`."""
    coverage: str = ""
    """The centre's rules of coverage and move-ups: what `brain` counts as lost, and how `live` moves."""
    late_after_min: Minutes = 12.0
    busy: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.3
    layers: tuple[LayerPart, ...] = ()
    loss_weight: Weight = 1.0
    minute_weight: Weight = 0.01
    spread: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    home_minute_cost: Weight = 0.0
    move_after: tuple[Literal["dispatch", "release"], ...] = ()
    move_least: Weight = 0.005
    move_minute_cost: Weight = 0.0


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    ground: GroundPart
    fleet: FleetPart
    calls: CallsPart
    policy: PolicyPart = PolicyPart()
    name: str = ""
    start: datetime.datetime | None = None
    utc_offset_h: Annotated[float, msgspec.Meta(ge=-14, le=14)] = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1


class Loaded(msgspec.Struct, frozen=True):
    """A scenario, its file and its text, so that what is found wrong later can still be told by line."""

    scenario: Scenario
    file: Path
    text: str

    @property
    def name(self) -> str:
        """What it is called: its name, or its file's."""
        return self.scenario.name or self.file.stem

    def path(self, named: str) -> Path:
        """A file named in the scenario, beside which it is looked for."""
        return self.file.parent / named

    def named(self, field: str, named: str) -> Path:
        """A file that `field` names. Raises ScenarioError when it is not there to be read."""
        file = self.path(named)
        if named and file.is_file():
            return file
        why = "is a folder" if file.is_dir() else "No such file"
        raise self.wrong(field, f"{file if named else 'no file'}: cannot be read: {why}", "name a file beside this one")

    def wrong(self, field: str, wrong: str, right: str = "") -> ScenarioError:
        """A mistake in a field such as `fleet.shift[0].units`."""
        return ScenarioError(self.file, line_of(self.text, path_of(field)), field, wrong, right)


def _numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every float inside, with the path of its field."""
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _numbers(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for nth, one in enumerate(value):
            yield from _numbers(one, f"{path}[{nth}]")


def load(file: Path) -> Loaded:
    """Read and check what can be checked without opening other files. Raises ScenarioError."""
    scenario, text = read_toml(file, Scenario)
    loaded = Loaded(scenario, file, text)
    for field, value in _numbers(msgspec.to_builtins(scenario)):
        if not math.isfinite(value):
            raise loaded.wrong(field, f"{value} is not a number", "write a finite one")
    ground, calls = scenario.ground, scenario.calls
    if bool(ground.drive_matrix) == bool(ground.region):
        right = "name drive_matrix = a CSV file, or region = a folder made by `tocsin region build`"
        raise loaded.wrong("ground", "needs exactly one of drive_matrix and region", right)
    if calls.kind in ("model", "fitted") and (calls.count is None) == (calls.days is None):
        raise loaded.wrong("calls", "needs exactly one of count and days", "write count = 50000, or days = 365")
    for field in ("by_hour", "by_day"):
        shape = getattr(calls, field)
        if shape is not None and sum(shape) <= 0:
            raise loaded.wrong(f"calls.{field}", "adds up to nothing", "at least one must be above 0")
    if calls.kind in ("fitted", "history", "csv") and not calls.file:
        raise loaded.wrong("calls", "needs a file of calls", "write file = 'calls.csv'")
    needed = {"gap_min", "place", "scene_min", "to_hospital", "hand_over_min"}
    if calls.kind == "trace" and set(calls.files) != needed:
        raise loaded.wrong("calls.files", f"has {', '.join(sorted(calls.files))}", f"needs {', '.join(sorted(needed))}")
    if scenario.start is not None and scenario.start.tzinfo is None:
        raise loaded.wrong("start", "has no zone", "write it with Z or an offset, such as 2026-01-05T00:00:00Z")
    return loaded
