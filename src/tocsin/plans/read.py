"""A plan file becomes plans, or every mistake in it. Reads that file and what it names; knows no room."""

from __future__ import annotations

import hashlib
import pathlib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any

import msgspec

from tocsin.domain.plan_words import PlanWordsError, read_requirement
from tocsin.domain.plans import NO_PLANS, Agency, Plan, Plans, Requirement, Rest, SecondLook, Terms
from tocsin.domain.seats import MOST_FORMS
from tocsin.domain.types import Catalogue
from tocsin.plans.areas import RawArea, read_area
from tocsin.plans.check import cross_check
from tocsin.plans.faults import Fault, Faults, meant
from tocsin.plans.lines import Path, lines_of
from tocsin.settings import SettingsError

TABLES = ("terms", "rest", "second_look", "areas", "agencies", "crews", "plans", "reasons")
Amount = Annotated[float, msgspec.Meta(ge=0)]


class RawPlan(msgspec.Struct, frozen=True):
    """A run card as written: `needs` for a single alarm, `levels` for several."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: dict[str, str] = {}
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    priorities: tuple[Annotated[int, msgspec.Meta(ge=1, le=5)], ...] = ()
    areas: tuple[str, ...] = ()
    target_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    needs: tuple[str, ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()


class RawTerms(msgspec.Struct, frozen=True):
    """Terms as written: what is left out stands as above."""

    target_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    late: Amount | None = None
    lost: Amount | None = None
    minute: Amount | None = None
    neighbour: Amount | None = None


class RawRest(msgspec.Struct, frozen=True):
    """Rest rules as written."""

    after_incident_min: Amount = 0.0
    duty_longest_h: Amount = 0.0
    priorities: tuple[Annotated[int, msgspec.Meta(ge=1, le=5)], ...] = (3, 4, 5)


class RawLook(msgspec.Struct, frozen=True):
    """When a better unit is worth a word, as written."""

    gain_s: Amount = 120.0
    gain_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.25
    quiet_s: Amount = 180.0


class RawCrew(msgspec.Struct, frozen=True):
    """Vehicles of one crew, as written."""

    units: tuple[str, ...]


class PlanFile(msgspec.Struct, frozen=True):
    """What a file came to."""

    plans: Plans
    faults: tuple[Fault, ...]
    """In the order of their lines; none: the file is sound."""
    notes: tuple[Fault, ...]


def load_plans(path: pathlib.Path | None, catalogue: Catalogue, *, packaged: bool = True) -> Plans:
    """The plans in `path`; without one the packaged ones, or none where `packaged` is False. Raises SettingsError.

    The packaged plans belong to the packaged catalogue: a centre with types of its own writes plans of its own.
    """
    if path is None and not packaged:
        return NO_PLANS
    name = str(path) if path else "the packaged plans"
    read = read_plans(bytes_of(path), path.parent if path else pathlib.Path(), name, catalogue)
    if read.faults:
        first = read.faults[0]
        more = f" (and {len(read.faults) - 1} more: tocsin plans check {name})" if len(read.faults) > 1 else ""
        raise SettingsError(f"{name}:{first.line}: {first.field}: {first.text}{more}")
    return read.plans


def bytes_of(path: pathlib.Path | None) -> bytes:
    """The file's bytes, or the packaged plans'. Raises SettingsError."""
    try:
        return path.read_bytes() if path else files("tocsin").joinpath("data", "plans.toml").read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None


def read_plans(raw: bytes, folder: pathlib.Path, name: str, catalogue: Catalogue | None = None) -> PlanFile:
    """The file's bytes as plans. `folder` is where GeoJSON files are looked for. Raises SettingsError if not TOML."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:  # too deep and numbers too long are no TOMLDecodeError
        raise SettingsError(f"{name}: is not TOML: {error}") from None
    faults = Faults(lines_of(text))
    for key in data:
        if key not in TABLES:
            faults.add((key,), f"there is no such table{meant(key, TABLES)}")
    plans = _plans(data, folder, faults, hashlib.sha256(raw).hexdigest()[:12], catalogue)
    return PlanFile(plans, tuple(sorted(faults.found)), tuple(sorted(faults.notes)))


def _plans(
    data: Mapping[str, Any], folder: pathlib.Path, faults: Faults, version: str, catalogue: Catalogue | None
) -> Plans:
    areas = [(path, read_area(raw, path, folder, faults)) for path, raw in faults.tables(RawArea, data, "areas")]
    agencies = faults.tables(Agency, data, "agencies")
    crews = faults.tables(RawCrew, data, "crews")
    cards = [(path, _plan(raw, path, faults)) for path, raw in faults.tables(RawPlan, data, "plans")]
    rest = faults.struct(RawRest, data.get("rest", {}), ("rest",)) or RawRest()
    look = faults.struct(RawLook, data.get("second_look", {}), ("second_look",)) or RawLook()
    plans = Plans(
        tuple(plan for _, plan in cards),
        tuple(area for _, area in areas),
        tuple(agency for _, agency in agencies),
        tuple(crew.units for _, crew in crews),
        Rest(rest.after_incident_min * 60.0, rest.duty_longest_h * 3_600.0, rest.priorities),
        _terms(data.get("terms", {}), faults),
        SecondLook(look.gain_s, look.gain_share, look.quiet_s),
        _reasons(data, faults),
        version,
    )
    cross_check(plans, [path for path, _ in cards], faults, catalogue)
    return plans


def _reasons(data: Mapping[str, Any], faults: Faults) -> tuple[dict[str, str], ...]:
    rows = data.get("reasons", [])
    out = []
    for i, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict) or not str(row.get("en", "")).strip():
            faults.add(("reasons", i), 'a quick reason needs its English words: en = "…"')
        else:
            out.append({str(language): str(words) for language, words in row.items()})
    if not isinstance(rows, list):
        faults.add(("reasons",), "write [[reasons]] tables")
    if len(out) > 9:
        faults.add(("reasons", 9), f"{len(out)} quick reasons; nine have a key of their own, leave the rest to words")
    return tuple(out)


def _plan(raw: RawPlan, path: Path, faults: Faults) -> Plan:
    if raw.needs and raw.levels:
        faults.add((*path, "needs"), "a plan has needs or levels, not both; put the needs first in levels")
    if not raw.needs and not raw.levels:
        faults.add(path, 'a plan says what goes: needs = ["2 engine"] or levels = [["2 engine"], ["1 engine"]]')
    at: list[tuple[Path, tuple[str, ...]]] = [((*path, "levels", i), lines) for i, lines in enumerate(raw.levels)]
    levels = at or [((*path, "needs"), raw.needs)]
    needs = tuple(tuple(_requirements(lines, where, faults)) for where, lines in levels)
    ways = 1
    for level in needs:
        for one in level:
            ways *= len(one.options)
    if ways > MOST_FORMS:
        faults.add(path, f"its alternatives combine to {ways} ways; at most {MOST_FORMS} are tried, leave some out")
    return Plan(raw.code, needs, raw.name, raw.types, raw.groups, raw.priorities, raw.areas, raw.target_s)


def _requirements(lines: tuple[str, ...], path: Path, faults: Faults) -> list[Requirement]:
    out = []
    for i, line in enumerate(lines):
        try:
            out.append(read_requirement(line))
        except PlanWordsError as error:
            faults.add((*path, i), str(error))
    return out


def _terms(table: Any, faults: Faults) -> tuple[Terms, ...]:
    own = {f"p{n}" for n in range(1, 6)}
    if not isinstance(table, Mapping):
        faults.add(("terms",), "write a table: [terms]")
        return (Terms(),) * 5
    shared = {key: value for key, value in table.items() if key not in own}
    base = _over(Terms(), faults.struct(RawTerms, shared, ("terms",)))
    return tuple(_over(base, faults.struct(RawTerms, table.get(f"p{n}", {}), ("terms", f"p{n}"))) for n in range(1, 6))


def _over(base: Terms, raw: RawTerms | None) -> Terms:
    said = msgspec.structs.asdict(raw) if raw else {}
    return msgspec.structs.replace(base, **{key: float(value) for key, value in said.items() if value is not None})
