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
    """Stamps gathered from facts, and the intervals between them in seconds.

    An incident's clock is that of its first call: the one received first of those attached before the first unit was
    sent. Its response ends with the first unit on scene by the time reported, in whatever order the reports came.
    """

    def __init__(self) -> None:
        self._samples: defaultdict[str, list[float]] = defaultdict(list)
        self.released: Counter[str] = Counter()
        self.types: dict[str, str] = {}
        self.received: dict[str, Instant] = {}
        self._answered: dict[str, Instant] = {}
        self._calls: dict[str, dict[str, tuple[Instant, Instant | None]]] = {}
        """Of each incident: its calls that were attached before the first unit was sent, and were not split off."""
        self._sent_to: set[str] = set()
        self._arrived: dict[str, Instant] = {}
        self._dispatched: dict[tuple[str, str], Instant] = {}
        self._en_route: dict[tuple[str, str], Instant] = {}

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
            case calls.CallAttached() | calls.CallDetached():
                self._belongs(fact)
            case incidents.IncidentOpened():
                self.types[fact.incident] = fact.type
            case incidents.IncidentReclassified():
                if fact.incident in self.types:
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
                self._arrived[fact.incident] = min(fact.at, self._arrived.get(fact.incident, fact.at))
            case _:
                pass

    def samples(self) -> dict[str, list[float]]:
        """Every interval's samples in seconds, responses included: which unit was first is known only at the end."""
        found = ((first[0], at) for incident, at in self._arrived.items() if (first := self._first_call(incident)))
        return {**self._samples, "response": [max(0.0, at - received_at) for received_at, at in found]}

    def _first_call(self, incident: str) -> tuple[Instant, Instant | None] | None:
        return min(self._calls.get(incident, {}).values(), key=lambda stamps: stamps[0], default=None)

    def _belongs(self, fact: calls.CallAttached | calls.CallDetached) -> None:
        if isinstance(fact, calls.CallDetached):
            self._calls.get(fact.incident, {}).pop(fact.call, None)
        else:
            self._attached(fact.call, fact.incident)

    def _attached(self, call: str, incident: str) -> None:
        if call not in self.received or incident not in self.types or incident in self._sent_to:
            return
        self._calls.setdefault(incident, {})[call] = self.received[call], self._answered.get(call)

    def _sent(self, unit: str, incident: str, at: Instant) -> None:
        self._dispatched[unit, incident] = at
        self._en_route.pop((unit, incident), None)
        if incident not in self._sent_to:
            self._sent_to.add(incident)
            if first := self._first_call(incident):
                self._sample("processing", first[1], at)

    def _sample(self, interval: str, start: Instant | None, end: Instant) -> None:
        if start is not None:
            self._samples[interval].append(max(0.0, end - start))


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
        figures(stamps.samples()),
    )
