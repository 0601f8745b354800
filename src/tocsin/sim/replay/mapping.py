"""How a file's columns and words become ours: a mapping from TOML, a key=value list, or the packaged one.

Every mistake is one line that names the key. Reads no calls.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

import msgspec

FIELDS: dict[str, str] = {
    "id": "call number; rows with the same one are one call",
    "received": "when the call came in",
    "lat": "latitude in degrees",
    "lon": "longitude in degrees",
    "address": "where, in words; found in the map when there is no latitude and longitude",
    "type": "what it is about",
    "priority": "how urgent, in the file's own words",
    "unit": "the unit this row is about",
    "unit_type": "its kind, in the file's own words",
    "als": "whether it carries advanced life support (true or false)",
    "station": "number or name of its home station",
    "area": "station in whose area the call lies",
    "entry": "when the call-taker entered the incident",
    "dispatched": "when the unit was sent",
    "en_route": "when its wheels turned",
    "on_scene": "when it arrived",
    "left_scene": "when it left with a patient",
    "at_hospital": "when it reached the hospital",
    "available": "when it was free again",
    "disposition": "how it ended",
    "in_map": "whether the row lies in the map (true or false); without it, the map's own bounds decide",
    "order_issue": "not empty: the row's times are known to be out of order",
}
"""Every field there is, and what it means."""
NEEDED = ("id", "received")
TIMES = ("received", "entry", "dispatched", "en_route", "on_scene", "left_scene", "at_hospital", "available")


class ReplayError(Exception):
    """The calls cannot be replayed; the message is one line for the person who asked."""


class UnitType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of unit of the file is with us."""

    kind: str
    capabilities: tuple[str, ...] = ()
    agency: str = "fire"
    crew: int = 2


class NamedPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hospital by hand."""

    name: str
    lat: float
    lon: float


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns and words of one kind of file."""

    columns: dict[str, str]
    zone: str = "UTC"
    """Zone of times without an offset."""
    priorities: dict[str, int] = {}
    call_types: dict[str, str] = {}
    dispositions: dict[str, str] = {}
    unit_types: dict[str, UnitType] = {}
    hospitals: tuple[NamedPlace, ...] = ()

    def unit_type(self, word: str) -> UnitType:
        """The unit type of a word; one that is not in the file stands for itself."""
        known = self.unit_types.get(word)
        return known or UnitType(word.lower() or "unit", (word.lower() or "unit",))


def load_mapping(asked: str | None, header: Collection[str]) -> Mapping:
    """The mapping that was asked for: None (what fits), a TOML file, or `field=column,...`. Raises ReplayError."""
    packaged = _decode(files("tocsin.sim.replay").joinpath("datasf.toml").read_text("utf-8"), "the packaged mapping")
    if asked is None:
        fits = all(packaged.columns[field] in header for field in NEEDED)
        mapping = packaged if fits else Mapping({field: field for field in FIELDS if field in header})
    elif "=" in asked:
        mapping = Mapping({**{field: field for field in FIELDS if field in header}, **_pairs(asked)})
    else:
        try:
            mapping = _decode(Path(asked).read_text("utf-8"), asked)
        except (OSError, UnicodeDecodeError) as error:
            raise ReplayError(f"{asked}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return _checked(mapping, header)


def _decode(text: str, name: str) -> Mapping:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReplayError(f"{name}: is not TOML: {error}") from None
    try:
        return msgspec.convert(values, Mapping)
    except msgspec.ValidationError as error:
        raise ReplayError(f"{name}: {error}") from None


def _pairs(asked: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in asked.split(","):
        field, equals, column = (word.strip() for word in part.partition("="))
        if not equals or not field or not column:
            raise ReplayError(f"--columns: '{part.strip()}' is not field=column")
        pairs[field] = column
    return pairs


def _checked(mapping: Mapping, header: Collection[str]) -> Mapping:
    for field, column in mapping.columns.items():
        if field not in FIELDS:
            raise ReplayError(f"--columns: there is no field '{field}'; the fields are {', '.join(FIELDS)}")
        if column not in header and field in NEEDED:
            raise ReplayError(f"the file has no column '{column}' for {field}; its columns are {_some(header)}")
    for field in NEEDED:
        if field not in mapping.columns:
            raise ReplayError(
                f"no column for {field} ({FIELDS[field]}); say --columns {field}=NAME; the columns are {_some(header)}"
            )
    known = {field: column for field, column in mapping.columns.items() if column in header}
    if not {"lat", "lon"} <= known.keys() and "address" not in known:
        raise ReplayError(f"no columns for lat and lon, nor for address; the columns are {_some(header)}")
    return msgspec.structs.replace(mapping, columns=known)


def _some(header: Collection[str]) -> str:
    names = list(header)
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
