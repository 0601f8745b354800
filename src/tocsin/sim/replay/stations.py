"""Stations beside the calls: a small CSV of names and places, found by number or name."""

from __future__ import annotations

import csv
from pathlib import Path

from tocsin.facts.values import Place
from tocsin.sim.replay.mapping import ReplayError

COLUMNS = ("station", "lat", "lon")


def read_stations(path: Path) -> dict[str, Place]:
    """Stations by number (or whatever `station` holds). Raises ReplayError, one line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReplayError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise ReplayError(f"{path}: has no column {', '.join(missing)}; station, lat and lon are needed")
    stations: dict[str, Place] = {}
    for number, row in enumerate(rows, 2):
        try:
            name = row.get("name") or f"Station {row['station']}"
            stations[row["station"].strip()] = Place(float(row["lat"]), float(row["lon"]), name, "landmark")
        except (TypeError, ValueError, AttributeError):
            raise ReplayError(f"{path}: row {number}: lat and lon are not degrees") from None
    return stations
