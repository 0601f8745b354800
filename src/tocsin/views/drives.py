"""Drives that crews reported, folded from facts: from where, to where, when the wheels turned and when they stood.

Only what the record knows; nothing is judged against a map here. What cannot be used is counted with its reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from tocsin.facts import assignments, incidents
from tocsin.facts.base import Entry
from tocsin.facts.values import Instant, Move, Place

NEAR_S = 45.0
"""A position this much older than a stamp still tells where the unit was."""
OLD_S = 300.0
"""A unit whose position at dispatch was older than this left from nobody knows where."""


class DriveSeen(msgspec.Struct):
    """One drive to an incident. `start` is where it was thought to be at dispatch, until a track says better."""

    unit: str
    incident: str
    started_at: Instant
    arrived_at: Instant
    lat: float
    lon: float
    to: Place
    siren: bool
    arrived: tuple[float, float] | None = None
    """Where a track saw it when it said that it was there."""

    @property
    def seconds(self) -> float:
        """From en route to on scene."""
        return self.arrived_at - self.started_at


class _Going(msgspec.Struct):
    """A unit under way."""

    incident: str
    drive: assignments.Drive
    started_at: Instant | None = None


class DriveFold:
    """Fold the decisions of a centre, in order, then ask for `drives`."""

    def __init__(self, since: Instant, until: Instant) -> None:
        self._since, self._until = since, until
        self._places: dict[str, Place] = {}
        self._going: dict[str, _Going] = {}
        self.drives: list[DriveSeen] = []
        self.left_out: Counter[str] = Counter()

    def fold(self, entry: Entry[Any]) -> None:
        """One fact."""
        fact = entry.fact
        match fact:
            case incidents.IncidentOpened():
                self._places[fact.incident] = fact.place
            case incidents.IncidentRelocated():
                self._places[fact.incident] = fact.place
                self._stop(incident=fact.incident, why="the incident was moved while the unit drove")
            case assignments.UnitDispatched():
                self._going[fact.unit] = _Going(fact.incident, fact.drive)
            case assignments.UnitDiverted():
                self._stop(unit=fact.unit, why="sent elsewhere on the way")
                self._going[fact.unit] = _Going(fact.to, fact.drive)
            case assignments.UnitEnRoute():
                going = self._going.get(fact.unit)
                if going:
                    going.started_at = fact.at
            case assignments.UnitStaged():
                self._stop(unit=fact.unit, why="waited nearby first")
            case assignments.UnitOnScene():
                self._arrived(fact)
            case assignments.UnitCancelled() | assignments.UnitAvailable():
                self._stop(unit=fact.unit, why="called back on the way")

    def _stop(self, *, why: str, unit: str = "", incident: str = "") -> None:
        """Whoever drives there, or this unit, has no drive to tell of."""
        gone = [name for name, going in self._going.items() if name == unit or going.incident == incident]
        for name in gone:
            going = self._going.pop(name)
            if going.started_at is not None and self._since <= going.started_at < self._until:
                self.left_out[why] += 1

    def _arrived(self, fact: assignments.UnitOnScene) -> None:
        going = self._going.pop(fact.unit, None)
        place = self._places.get(fact.incident)
        if going is None or place is None or going.incident != fact.incident:
            return
        if not self._since <= fact.at < self._until:
            return
        if going.started_at is None:
            self.left_out["never said en route"] += 1
        elif going.drive.lat is None or going.drive.lon is None:
            self.left_out["nobody knew from where"] += 1
        elif going.drive.position_at is not None and going.started_at - going.drive.position_at > OLD_S:
            self.left_out["its position was old"] += 1
        else:
            where = (going.drive.lat, going.drive.lon)
            drive = DriveSeen(fact.unit, fact.incident, going.started_at, fact.at, *where, place, going.drive.siren)
            self.drives.append(drive)


def place_by_tracks(drives: Iterable[DriveSeen], moves: Iterable[Move]) -> int:
    """Set where drives began and ended by the last position before each stamp. Answers how many were set by one.

    `moves` in any order; only those within NEAR_S before a stamp are kept.
    """
    waiting: defaultdict[str, list[tuple[Instant, int, bool]]] = defaultdict(list)
    listed = list(drives)
    for i, drive in enumerate(listed):
        waiting[drive.unit] += [(drive.started_at, i, True), (drive.arrived_at, i, False)]
    found: dict[tuple[int, bool], Move] = {}
    ordered = {unit: sorted(stamps) for unit, stamps in waiting.items()}
    for move in moves:
        for at, i, begins in _after(ordered.get(move.unit, ()), move.at):
            known = found.get((i, begins))
            if at - move.at <= NEAR_S and (known is None or known.at < move.at):
                found[i, begins] = move
    for (i, begins), move in found.items():
        if begins:
            listed[i].lat, listed[i].lon = move.lat, move.lon
        else:
            listed[i].arrived = (move.lat, move.lon)
    return sum(begins for _, begins in found)


def _after(stamps: Iterable[tuple[Instant, int, bool]], at: Instant) -> list[tuple[Instant, int, bool]]:
    """Stamps within NEAR_S after `at`."""
    listed = stamps if isinstance(stamps, list) else list(stamps)
    first = bisect_left(listed, (at, -1, False))
    out = []
    for stamp in listed[first : first + 4]:
        if stamp[0] - at > NEAR_S:
            break
        out.append(stamp)
    return out
