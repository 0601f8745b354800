"""A learned pace as a file that a person can read, judge and refuse: TOML, with what it was learned from.

Reads and writes; refuses to know who may put it in force.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from tocsin.geo.pace import GROUPS, HOURS, Pace

FORMAT = 1
Factor = Annotated[float, msgspec.Meta(ge=0.2, le=5.0)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
SIDES = ("normal", "siren")


class PaceError(Exception):
    """The file cannot be used; the message is one line with file, field and what would be right."""


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of driving. `factor` by group of road classes, one number for each kind of hour."""

    start_s: Annotated[float, msgspec.Meta(ge=0.0, le=600.0)]
    floor: Annotated[float, msgspec.Meta(ge=0.01, le=2.0)]
    short_s: Annotated[float, msgspec.Meta(ge=0.0, le=600.0)]
    factor: dict[str, tuple[Factor, ...]]
    drives: tuple[int, ...] = ()


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures on drives that were held out: by the map's speeds, and as learned."""

    drives: int
    median_error_s: tuple[float, float]
    bias_s: tuple[float, float]
    held: tuple[Share, Share]


class Learned(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What it was learned from."""

    at: str
    centre: str
    region: str
    since: str
    until: str
    drives: int
    left_out: dict[str, int] = {}


class Applied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's yes: who and when."""

    by: str
    at: str


class PaceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file."""

    format: int
    zone: str
    hours: tuple[str, ...]
    spread_by_hours: tuple[Annotated[float, msgspec.Meta(ge=0.1, le=10.0)], ...]
    learned: Learned
    held_out: Proof
    normal: Side
    siren: Side
    applied: Applied | None = None

    def pace(self) -> Pace:
        """As the roads use it."""
        sides = (self.normal, self.siren)
        factor = np.array([[side.factor[group] for group in GROUPS] for side in sides], np.float64)
        start, floor, short = ((getattr(sides[0], k), getattr(sides[1], k)) for k in ("start_s", "floor", "short_s"))
        return Pace(factor.transpose(0, 2, 1).copy(), start, floor, short, self.spread_by_hours, self.zone)

    @property
    def name(self) -> str:
        """A short name that is the same for the same numbers, whoever put them in force."""
        text = toml(msgspec.to_builtins(msgspec.structs.replace(self, applied=None)))
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def sides_of(pace: Pace, counts: Any) -> tuple[Side, Side]:
    """The two ways of driving, rounded as a person reads them. `counts` (2, H): drives learned from."""
    return (_side(pace, 0, counts), _side(pace, 1, counts))


def _side(pace: Pace, i: int, counts: Any) -> Side:
    by_group = {group: tuple(round(float(v), 4) for v in pace.factor[i, :, g]) for g, group in enumerate(GROUPS)}
    drives = tuple(int(n) for n in counts[i])
    return Side(round(pace.start_s[i], 2), round(pace.floor[i], 4), round(pace.short_s[i], 3), by_group, drives)


def read(path: Path) -> PaceFile:
    """The file at `path`. Raises PaceError: file, field, and what would be right."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise PaceError(f"{path}: is not text") from None
    except OSError as error:
        raise PaceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise PaceError(f"{path}: is not TOML: {error}") from None
    if values.get("format") != FORMAT:
        raise PaceError(f"{path}: format: must be {FORMAT}; is it a file that `tocsin learn travel` wrote?")
    try:
        told = msgspec.convert(values, PaceFile, strict=False)
    except msgspec.ValidationError as error:
        words, _, at = str(error).partition(" - at `$.")
        raise PaceError(f"{path}: {at.rstrip('`') or 'the file'}: {words}") from None
    for fault in _faults(told):
        raise PaceError(f"{path}: {fault}")
    return told


def _faults(told: PaceFile) -> list[str]:
    faults = []
    if told.hours != HOURS:
        faults.append(f"hours: must be {list(HOURS)}")
    if len(told.spread_by_hours) != len(HOURS):
        faults.append(f"spread_by_hours: must have {len(HOURS)} numbers, one for each of hours")
    for name in SIDES:
        factor = getattr(told, name).factor
        if set(factor) != set(GROUPS):
            wrong = sorted(set(factor) ^ set(GROUPS))
            faults.append(f"{name}.factor: must name each of {list(GROUPS)} once; wrong or missing: {wrong}")
        faults += [
            f"{name}.factor.{group}: must have {len(HOURS)} numbers, one for each of hours"
            for group, row in factor.items()
            if len(row) != len(HOURS)
        ]
    try:
        ZoneInfo(told.zone)
    except (KeyError, ValueError, OSError):
        faults.append(f"zone: {told.zone!r} is no time zone; write one such as 'Europe/Lisbon'")
    return faults


HEAD = """\
# Travel times learned from recorded drives. A drive's median is start_s plus the map's seconds of each group of roads
# times its factor (one for each of hours); 1 is the map's own speed, 1.2 a fifth slower. Nothing here is in force until
# a person says yes: tocsin learn apply FILE
"""


def text(told: PaceFile) -> str:
    """The file as it is written."""
    return HEAD + toml(msgspec.to_builtins(told))


def toml(values: Mapping[str, Any], name: str = "") -> str:
    """Plain values as TOML: scalars first, then tables."""
    lines = [f"[{name}]"] if name else []
    lines += [f"{_key(key)} = {_value(one)}" for key, one in values.items() if not isinstance(one, Mapping)]
    tables = [
        toml(one, f"{name}.{_key(key)}" if name else _key(key))
        for key, one in values.items()
        if isinstance(one, Mapping)
    ]
    return "\n".join(lines) + "\n" + "".join(f"\n{table}" for table in tables)


def _key(key: str) -> str:
    plain = bool(key) and all(c.isascii() and (c.isalnum() or c in "_-") for c in key)
    return key if plain else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(words: str) -> str:
    """A basic string: JSON's escapes are TOML's."""
    return msgspec.json.encode(words).decode().replace("\x7f", "\\u007f")
