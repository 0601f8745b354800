"""Response times: how long callers waited, by interval, as n, median and 90th percentile.

When each clock starts and stops is named here once. Percentiles are nearest-rank (ISO 3534-1's empirical quantile).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from tocsin.facts import assignments, calls, incidents
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant

INTERVALS: dict[str, str] = {
    "answering": "call received → answered",
    "processing": "call answered → first unit dispatched",
    "turnout": "unit dispatched → en route",
    "travel": "unit en route → on scene",
    "response": "call received → first unit on scene",
}


class Figure(msgspec.Struct, frozen=True):
    """One interval's figures; None where n is 0."""

    interval: str
    definition: str
    n: int
    median_s: float | None
    p90_s: float | None


class DayFigures(msgspec.Struct, frozen=True):
    """What a day came to."""

    since: Instant
    until: Instant
    calls: int
    abandoned: int
    information: int
    incidents: int
    by_type: dict[str, int]
    figures: tuple[Figure, ...]


def nearest_rank(values: list[float], share: float) -> float | None:
    """The smallest value that at least `share` of all do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def figures(samples: dict[str, list[float]]) -> tuple[Figure, ...]:
    """One figure an interval, in the order of INTERVALS. Samples in seconds."""
    return tuple(
        Figure(
            name,
            words,
            len(samples.get(name, [])),
            nearest_rank(samples.get(name, []), 0.5),
            nearest_rank(samples.get(name, []), 0.9),
        )
        for name, words in INTERVALS.items()
    )


class Stamps:
    """Stamps gathered from facts, and the intervals between them in seconds."""

    def __init__(self) -> None:
        self.samples: defaultdict[str, list[float]] = defaultdict(list)
        self.released: Counter[str] = Counter()
        self.types: dict[str, str] = {}
        self.received: dict[str, Instant] = {}
        self._answered: dict[str, Instant] = {}
        self._first_call: dict[str, tuple[Instant, Instant | None]] = {}
        self._dispatched: dict[tuple[str, str], Instant] = {}
        self._en_route: dict[tuple[str, str], Instant] = {}
        self._told: set[tuple[str, str]] = set()

    def fold(self, fact: object) -> None:
        """Take one fact's stamp."""
        match fact:
            case calls.CallReceived():
                self.received[fact.call] = fact.at
            case calls.CallAnswered():
                self._answered[fact.call] = fact.at
                self._sample("answering", self.received.get(fact.call), fact.at)
            case calls.CallReleased():
                self.released[fact.reason] += 1
            case calls.CallAttached():
                if fact.call in self.received:
                    stamps = self.received[fact.call], self._answered.get(fact.call)
                    self._first_call.setdefault(fact.incident, stamps)
            case incidents.IncidentOpened() | incidents.IncidentReclassified():
                self.types[fact.incident] = fact.type
            case assignments.UnitDispatched():
                self._sent(fact.unit, fact.incident, fact.at)
            case assignments.UnitDiverted():
                self._sent(fact.unit, fact.to, fact.at)
            case assignments.UnitEnRoute():
                self._en_route[fact.unit, fact.incident] = fact.at
                self._sample("turnout", self._dispatched.get((fact.unit, fact.incident)), fact.at)
            case assignments.UnitOnScene():
                self._sample("travel", self._en_route.get((fact.unit, fact.incident)), fact.at)
                self._once("response", fact.incident, 0, fact.at)
            case _:
                pass

    def _sent(self, unit: str, incident: str, at: Instant) -> None:
        self._dispatched[unit, incident] = at
        self._en_route.pop((unit, incident), None)
        self._once("processing", incident, 1, at)

    def _once(self, interval: str, incident: str, which: int, at: Instant) -> None:
        """Only the first counts, and only for an incident that began with a call."""
        first = self._first_call.get(incident)
        if first and (interval, incident) not in self._told:
            self._told.add((interval, incident))
            self._sample(interval, first[which], at)

    def _sample(self, interval: str, start: Instant | None, end: Instant) -> None:
        if start is not None:
            self.samples[interval].append(max(0.0, end - start))


def day_figures(entries: Iterable[AnyEntry], since: Instant, until: Instant) -> DayFigures:
    """Figures over what was recorded from `since` up to but not including `until`."""
    stamps = Stamps()
    for entry in entries:
        if entry.recorded_at >= until:
            break
        if entry.recorded_at >= since:
            stamps.fold(entry.fact)
    return DayFigures(
        since,
        until,
        len(stamps.received),
        stamps.released["abandoned"],
        stamps.released["information"],
        len(stamps.types),
        dict(Counter(stamps.types.values()).most_common()),
        figures(stamps.samples),
    )
