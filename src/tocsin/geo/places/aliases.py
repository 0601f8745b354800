"""A centre's own names for places: "the old mill", "Bridge 7", "Casa da Tia". A TOML or CSV file, checked line by line.

Refuses to know the map: an alias says its own point, or words that a search is handed to find. The file may be edited
while the server runs: it is read again when it changes, and a flawed one leaves the last good one in place.
"""

import csv
import io
import logging
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tocsin.geo.places.columns import Columns
from tocsin.geo.places.coordinates import coordinates
from tocsin.geo.places.entries import index_names
from tocsin.geo.places.index import TokenIndex
from tocsin.geo.places.match import Match, PlacesError
from tocsin.geo.places.names import Names, save_index
from tocsin.geo.places.words import tokens

_HEADER = re.compile(r"^[ \t]*\[\[\s*alias\s*\]\]", re.MULTILINE)
_KEYS = {"name", "also", "lat", "lon", "at", "note", "radius_m"}
_MOST = 100_000
_SCORE = 0.08
"""How far an alias stands before a place of the map that fits as well: it is what this centre calls it."""
Find = Callable[[str], list[Match]]
_log = logging.getLogger(__name__)


class Alias(msgspec.Struct, frozen=True):
    """One alias: its names, its point in degrees or the words (`at`) that find it, a note, and its radius in metres."""

    names: tuple[str, ...]
    line: int
    lat: float | None = None
    lon: float | None = None
    at: str = ""
    note: str = ""
    radius_m: float = 30.0


def load_aliases(path: Path) -> list[Alias]:
    """Read the file. Raises PlacesError in one line that names the file and the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise PlacesError(f"{path}: the aliases cannot be read: {reason}") from None
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _toml_rows(path, text)
    found = [_alias(path, line, values) for line, values in rows]
    if len(found) > _MOST:
        raise PlacesError(f"{path}: {len(found)} aliases; at most {_MOST} can be held")
    return found


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    _known(path, 1, set(reader.fieldnames or ()))
    for row in reader:
        if None in row or None in row.values():
            raise PlacesError(f"{path}, line {reader.line_num}: has more or fewer fields than the first line")
        values = {key: value.strip() for key, value in row.items() if value.strip()}
        if values:
            also = [part.strip() for part in values.pop("also", "").split(";") if part.strip()]
            yield reader.line_num, {**values, "also": also}


def _toml_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlacesError(f"{path}: {error}") from None
    rows = table.get("alias", [])
    if set(table) - {"alias"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PlacesError(f"{path}: holds [[alias]] tables and nothing else")
    lines = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]
    for place, row in enumerate(rows):
        line = lines[place] if len(lines) == len(rows) else 1
        _known(path, line, set(row))
        yield line, row


def _known(path: Path, line: int, keys: set[str]) -> None:
    unknown = sorted(keys - _KEYS)
    if unknown:
        raise PlacesError(f"{path}, line {line}: '{unknown[0]}' is not known here; known: {', '.join(sorted(_KEYS))}")


def _alias(path: Path, line: int, values: dict[str, Any]) -> Alias:
    where = f"{path}, line {line}"
    names = [values.get("name", ""), *values.get("also", [])]
    if not all(isinstance(name, str) and tokens(name) for name in names):
        raise PlacesError(f"{where}: name: every name needs at least one letter or digit")
    lat, lon = (_number(where, key, values.get(key), limit) for key, limit in (("lat", 90.0), ("lon", 180.0)))
    radius = _number(where, "radius_m", values.get("radius_m", 30.0), 50_000.0)
    at = str(values.get("at", "")).strip()
    if (lat is None) != (lon is None):
        raise PlacesError(f"{where}: {'lat' if lat is None else 'lon'}: 'lat' and 'lon' come together")
    if (lat is None) == (not at):
        raise PlacesError(f"{where}: an alias needs either 'lat' and 'lon', or 'at' with words that the map knows")
    if radius is None or radius <= 0:
        raise PlacesError(f"{where}: radius_m: must be more than 0 metres")
    return Alias(tuple(names), line, lat, lon, at, str(values.get("note", "")), radius)


def _number(where: str, key: str, value: Any, limit: float) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise PlacesError(f"{where}: {key}: '{value}' is not a number") from None
    if not -limit <= number <= limit:
        raise PlacesError(f"{where}: {key}: {number:g} is not between {-limit:g} and {limit:g}")
    return number


class Aliases:
    """The aliases of one file, searched like names of the map."""

    def __init__(self, path: Path, find: Find):
        """Read the file; PlacesError, naming the line, for a flaw or for an `at` that nothing answers."""
        self._path = path
        self._find = find
        self._stamp = _stamp(path)
        self._rows, self._names = self._read()

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, words: tuple[str, ...]) -> list[Match]:
        """The aliases that the words fit, unsorted."""
        self._refresh()
        rows, names = self._rows, self._names
        return [
            msgspec.structs.replace(
                rows[hit.target],
                score=0.92 * hit.fit + _SCORE - (0.1 if hit.mended else 0.0),
                doubts=(hit.doubt,) if hit.doubt else (),
            )
            for hit in names.find(words)
        ]

    def _refresh(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._rows, self._names = self._read()
        except PlacesError as error:
            _log.warning("the aliases changed and are flawed; the ones read before stand: %s", error)

    def _read(self) -> tuple[list[Match], Names]:
        aliases = load_aliases(self._path)
        rows = [self._placed(alias) for alias in aliases]
        nothing: Columns = {
            **save_index("towns", TokenIndex.of({}, len(rows))),
            "target.kind": np.ones(len(rows), dtype=np.uint8),
        }
        return rows, Names({**index_names([(list(a.names), "") for a in aliases]), **nothing}, len(rows))

    def _placed(self, alias: Alias) -> Match:
        lat, lon, radius, detail = alias.lat, alias.lon, alias.radius_m, alias.note
        if lat is None or lon is None:
            typed = coordinates(alias.at)
            first = next(iter(self._find(alias.at)), None)
            if typed:
                lat, lon, _ = typed
            elif first is None:
                raise PlacesError(f"{self._path}, line {alias.line}: at: the map does not know '{alias.at}'")
            else:
                lat, lon, radius = first.lat, first.lon, max(radius, first.radius_m)
                detail = ", ".join(p for p in (alias.note, first.text, first.detail) if p)
        return Match(
            text=alias.names[0],
            detail=detail,
            kind="alias",
            lat=lat,
            lon=lon,
            radius_m=radius,
            score=1.0,
            how=f"this centre's own name, line {alias.line} of {self._path.name}",
        )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return stat.st_mtime_ns, stat.st_size
