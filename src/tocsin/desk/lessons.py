"""From a centre's own record to drives to learn from. What cannot be true is left out and counted.

Places of incidents are used in memory and never written: what is learned holds no place and no unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from tocsin.facts.base import Entry
from tocsin.facts.units import UnitsMoved
from tocsin.facts.values import Instant, Move
from tocsin.geo.learning import Drives
from tocsin.geo.straight import distance_m
from tocsin.views.drives import DriveFold, DriveSeen, place_by_tracks

SHORTEST_S, LONGEST_S = 10.0, 7_200.0
FASTEST_MPS = 45.0
ELSEWHERE_M = 500.0


class Lesson(msgspec.Struct, frozen=True):
    """Drives to learn from, why others were left out, and how many of them began where a track saw the unit."""

    drives: Drives
    left_out: dict[str, int]
    by_track: int


def gather(
    decisions: Iterable[Entry],  # type: ignore[type-arg]
    tracks: Iterable[Entry],  # type: ignore[type-arg]
    since: Instant,
    until: Instant,
    told: Callable[[int], None] = lambda _n: None,
) -> Lesson:
    """Read both logs once. `told` hears of each thousand entries."""
    fold = DriveFold(since, until)
    for entry in _counted(decisions, told):
        fold.fold(entry)
    by_track = place_by_tracks(fold.drives, _moves(_counted(tracks, told)))
    left_out = fold.left_out
    good = [drive for drive in fold.drives if not _doubt(drive, left_out)]
    return Lesson(drives_of(good), dict(sorted(left_out.items())), min(by_track, len(good)))


def drives_of(seen: list[DriveSeen]) -> Drives:
    """As numbers."""
    number = {name: i for i, name in enumerate(dict.fromkeys(drive.incident for drive in seen))}
    return Drives(
        np.array([(drive.lat, drive.lon) for drive in seen], np.float64).reshape(-1, 2),
        np.array([(drive.to.lat, drive.to.lon) for drive in seen], np.float64).reshape(-1, 2),
        np.array([drive.seconds for drive in seen], np.float64),
        np.array([drive.started_at for drive in seen], np.float64),
        np.array([int(drive.siren) for drive in seen], np.int64),
        np.array([number[drive.incident] for drive in seen], np.int64),
    )


def _doubt(drive: DriveSeen, left_out: Counter[str]) -> bool:
    """Whether a drive cannot have been as it was reported; then it is counted."""
    line_m = distance_m((drive.lat, drive.lon), (drive.to.lat, drive.to.lon))
    why = ""
    if drive.seconds < SHORTEST_S:
        why = "both buttons pressed at once"
    elif drive.seconds > LONGEST_S:
        why = "longer than two hours"
    elif line_m / drive.seconds > FASTEST_MPS:
        why = "faster than any vehicle"
    elif drive.arrived and distance_m(drive.arrived, (drive.to.lat, drive.to.lon)) > ELSEWHERE_M:
        why = "was elsewhere when it said on scene"
    left_out.update([why] if why else [])
    return bool(why)


def _moves(entries: Iterable[Entry]) -> Iterable[Move]:  # type: ignore[type-arg]
    for entry in entries:
        if isinstance(entry.fact, UnitsMoved):
            yield from entry.fact.moves


def _counted(entries: Iterable[Entry], told: Callable[[int], None]) -> Iterable[Entry]:  # type: ignore[type-arg]
    for n, entry in enumerate(entries, start=1):
        if n % 1_000 == 0:
            told(1_000)
        yield entry
