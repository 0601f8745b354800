"""The centre's file about coverage and move-ups, read and checked: every mistake by line, and what would be right.

Reads one file; opens no region, and does not know which posts the map has until it is told.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from tocsin.domain.cover_rules import CoverRules, minute_of_day
from tocsin.settings import SettingsError

T = TypeVar("T")
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+)\s*=")
_BOUNDS: dict[str, tuple[float, float]] = {
    "target_s": (30, 7_200),
    "share": (0, 1_000),
    "busy": (0, 0.95),
    "learn_from": (0, 10_000_000),
    "free": (0, 1_000),
    "moves_per_shift": (0, 100),
    "shift_h": (1, 72),
    "max_drive_s": (30, 1_200),
    "min_gain": (0, 1),
    "s_per_gain": (0, 86_400),
    "hold_s": (0, 3_600),
    "again_s": (0, 86_400),
    "rest_gain": (0, 1),
}


def load_cover_rules(path: Path | None = None) -> CoverRules:
    """The rules in `path` (TOML), or the packaged ones. Raises SettingsError: all mistakes, a line each."""
    if path is None:
        raw, name = files("tocsin").joinpath("data", "coverage.toml").read_bytes(), "the packaged coverage rules"
    else:
        raw, name = _raw(path), str(path)
    rules, lines = read_toml(raw, CoverRules, name)
    faults = [_at(name, lines, key, words) for key, words in _faults(rules)]
    if faults:
        raise SettingsError("\n".join(faults))
    return rules


def _raw(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None


def read_toml(raw: bytes, kind: type[T], name: str) -> tuple[T, dict[str, int]]:
    """A struct out of TOML, and the line of each key (`groups[1].busy`). Raises SettingsError naming line and key."""
    try:
        text = raw.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{name}: is not TOML: {error}") from None
    lines = lines_of(text)
    try:
        return msgspec.convert(values, kind), lines
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        key = place.rstrip("`").removeprefix(".")
        if unknown := re.search(r"unknown field `(.+)`", what):
            key = f"{key}.{unknown[1]}" if key else unknown[1]
        raise SettingsError(_at(name, lines, key, what[0].lower() + what[1:].replace("`", "'"))) from None


def lines_of(text: str) -> dict[str, int]:
    """Line of each table and key of a TOML text, arrays of tables by number: `tables[0].posts`. For messages only."""
    out: dict[str, int] = {}
    counted: dict[str, int] = {}
    at = ""
    for number, line in enumerate(text.splitlines(), 1):
        if table := _TABLE.match(line):
            at = table[1]
            if line.lstrip().startswith("[["):
                counted[at] = counted.get(at, -1) + 1
                at = f"{at}[{counted[at]}]"
            out.setdefault(at, number)
        elif key := _KEY.match(line):
            out.setdefault(f"{at}.{key[1]}" if at else key[1], number)
    return out


def _at(name: str, lines: dict[str, int], key: str, words: str) -> str:
    """A mistake in one line: file, line, key, words. A key that is not there is said of its table."""
    known = key
    while known and known not in lines:
        known = known.rpartition(".")[0] or re.sub(r"\[\d+\]$", "", known) * (known[-1] == "]")
    where = f"{name}, line {lines[known]}" if known in lines else name
    return f"{where}: {key}: {words}" if key else f"{where}: {words}"


def _faults(rules: CoverRules) -> Iterator[tuple[str, str]]:
    """Key and what is wrong with it."""
    yield from _numbers("moveups", rules.moveups)
    yield from _numbers("demand", rules.demand)
    for table, rows in (("groups", rules.groups), ("tables", rules.tables)):
        for i, row in enumerate(rows):
            yield from _numbers(f"{table}[{i}]", row)
    for name, listed in (("groups", [one.name for one in rules.groups]), ("posts", [one.name for one in rules.posts])):
        yield from _named(name, listed)
    names = [group.name for group in rules.groups]
    for i, group in enumerate(rules.groups):
        if not group.capability:
            yield f"groups[{i}].capability", "is empty: say what the units of this group can do"
    for key, clock in (("rest_from", rules.moveups.rest_from), ("rest_to", rules.moveups.rest_to)):
        if minute_of_day(clock) is None:
            yield f"moveups.{key}", f"'{clock}' is no time of day; write it like \"23:00\""
    yield from _unknown("moveups.groups", rules.moveups.groups, names)
    for i, post in enumerate(rules.posts):
        yield from _unknown(f"posts[{i}].groups", post.groups, names)
    seen: set[tuple[str, int]] = set()
    for i, table_line in enumerate(rules.tables):
        yield from _unknown(f"tables[{i}].group", (table_line.group,), names)
        if (table_line.group, table_line.free) in seen:
            yield f"tables[{i}].free", f"'{table_line.group}' has a line for {table_line.free} free units already"
        seen.add((table_line.group, table_line.free))
        if len(table_line.posts) > table_line.free:
            words = f"{len(table_line.posts)} posts cannot be held by {table_line.free} free units"
            yield f"tables[{i}].posts", words


def _numbers(where: str, row: msgspec.Struct) -> Iterator[tuple[str, str]]:
    for key, value in msgspec.structs.asdict(row).items():
        if key in _BOUNDS:
            low, high = _BOUNDS[key]
            if not low <= value <= high:
                yield f"{where}.{key}", f"{value:g} is not between {low:g} and {high:g}"


def _named(where: str, names: list[str]) -> Iterator[tuple[str, str]]:
    for i, name in enumerate(names):
        if not name.strip() or len(name) > 64:
            yield f"{where}[{i}].name", "must be 1 to 64 characters"
        elif name in names[:i]:
            yield f"{where}[{i}].name", f"'{name}' stands there twice"


def _unknown(where: str, asked: Iterable[str], names: list[str]) -> Iterator[tuple[str, str]]:
    for name in asked:
        if name not in names:
            yield where, f"there is no group '{name}'; the groups are {', '.join(names) or 'none'}"
