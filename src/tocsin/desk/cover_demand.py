"""Where help is asked for, as a share of each cell: from a file, from the map, and more and more from the record.

The map's guess counts like so many incidents; each recorded one counts once. With incidents enough, those of the same
part of the day count four times: nights are not like days. Refuses to know who is free.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tocsin.desk.cover_now import Floats
from tocsin.facts.values import Instant
from tocsin.geo.cells import Cells, Finder
from tocsin.settings import SettingsError

SAME_HOURS = 4.0
PART_H = 4
"""Parts of a day, in hours."""


class Demand:
    """Shares of demand by cell."""

    def __init__(self, cells: Cells, finder: Finder, learn_from: int, given: Floats | None = None) -> None:
        self._finder, self._learn_from = finder, learn_from
        self._prior = cells.weight if given is None else given
        self._parts = np.zeros((24 // PART_H, len(cells)))
        self.incidents = 0
        self.basis = "map" if given is None else "file"

    def learn(self, places: Iterable[tuple[float, float]], instants: Sequence[Instant]) -> None:
        """Count recorded incidents, once each."""
        points = np.array(list(places), np.float64).reshape(-1, 2)
        if not self._learn_from or not len(points):
            return
        part = (np.array(instants) // (PART_H * 3600)).astype(np.int64) % len(self._parts)
        np.add.at(self._parts, (part, self._finder.nearest(points)), 1.0)
        self.incidents += len(points)

    def at(self, now: Instant) -> Floats:
        """Shares now; they add up to 1."""
        if not self._learn_from or self.incidents < self._learn_from:
            return self._prior
        part = int(now // (PART_H * 3600)) % len(self._parts)
        seen = self._parts.sum(axis=0) + (SAME_HOURS - 1) * self._parts[part]
        whole = self._learn_from * self._prior + seen
        shares: Floats = whole / whole.sum()
        return shares

    def word(self) -> str:
        """What the shares rest on: map, file or record."""
        return "record" if self._learn_from and self.incidents >= self._learn_from else self.basis


def read_demand(file: Path, cells: Cells, finder: Finder) -> Floats:
    """Demand from a CSV with the columns lat, lon and weight. Raises SettingsError naming file, line and column."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{file}: cannot be read: {error}") from None
    weight = np.zeros(len(cells))
    for number, row in enumerate(rows, 2):
        lat, lon, heavy = (_number(file, number, row, name) for name in ("lat", "lon", "weight"))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180 and heavy >= 0):
            raise SettingsError(f"{file}, line {number}: lat is -90 to 90, lon -180 to 180, weight 0 or more")
        weight[finder.nearest(np.array([[lat, lon]]))[0]] += heavy
    if weight.sum() <= 0:
        raise SettingsError(f"{file}: no row has a weight above 0")
    shares: Floats = weight / weight.sum()
    return shares


def _number(file: Path, line: int, row: dict[str, str], name: str) -> float:
    try:
        value = float(row[name])
    except KeyError:
        raise SettingsError(f"{file}: the column '{name}' is missing; the columns are lat, lon, weight") from None
    except (TypeError, ValueError):
        raise SettingsError(f"{file}, line {line}, {name}: '{row.get(name) or ''}' is not a number") from None
    if not np.isfinite(value):
        raise SettingsError(f"{file}, line {line}, {name}: must be a number that ends")
    return value
