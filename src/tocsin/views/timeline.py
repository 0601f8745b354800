"""Which entries belong to which incident: positions only, so that a year of them fits in memory."""

from __future__ import annotations

from array import array

import msgspec

from tocsin.facts.calls import CallAttached
from tocsin.facts.locations import LocationMatched, LocationReported
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Position
from tocsin.facts.watch import CALL_ALARMS, AlarmAcknowledged, AlarmRaised


class Positions(array):  # type: ignore[type-arg]
    """Positions in order, eight bytes each."""


def _none() -> Positions:
    return Positions("q")


class TimelineIndex(msgspec.Struct):
    """Positions by incident, in order. A call's entries join those of the incident it is attached to."""

    incidents: dict[str, Positions] = msgspec.field(default_factory=dict)
    calls: dict[str, Positions] = msgspec.field(default_factory=dict)
    alarms: dict[str, AlarmRaised] = msgspec.field(default_factory=dict)
    waiting: dict[str, Position] = msgspec.field(default_factory=dict)
    """Reports whose call has not come."""
    homes: dict[str, str] = msgspec.field(default_factory=dict)
    """The incident each attached call belongs to."""

    def fold(self, entry: AnyEntry) -> None:
        """Remember whose entry it is."""
        fact = entry.fact
        if isinstance(fact, AlarmRaised):
            self.alarms[fact.alarm] = fact
        elif isinstance(fact, AlarmAcknowledged):
            fact = self.alarms.get(fact.alarm, fact)  # it belongs where its alarm does
        if isinstance(fact, AlarmRaised) and fact.alarm_kind in CALL_ALARMS:
            _of(self.calls, fact.subject).append(entry.position)
        if isinstance(fact, LocationReported) and not fact.call:
            self.waiting[fact.report] = entry.position
        if isinstance(fact, LocationMatched) and fact.report in self.waiting:
            self._of(fact.call).append(self.waiting.pop(fact.report))
        if isinstance(fact, CallAttached):
            _of(self.incidents, fact.incident).extend(self.calls.pop(fact.call, _none()))
            self.homes[fact.call] = fact.incident
        elif call := getattr(fact, "call", ""):
            self._of(call).append(entry.position)
        for name in ("incident", "other", "to"):
            if incident := getattr(fact, name, ""):
                _of(self.incidents, incident).append(entry.position)

    def _of(self, call: str) -> Positions:
        """Where a call's entries go: a caller is heard of after the incident was opened too."""
        home = self.homes.get(call)
        return _of(self.incidents, home) if home else _of(self.calls, call)

    def positions(self, incident: str) -> list[Position]:
        """Every position that belongs to the incident, in order."""
        return sorted(set(self.incidents.get(incident, ())))


def _of(index: dict[str, Positions], name: str) -> Positions:
    found = index.get(name)
    if found is None:
        found = index[name] = _none()
    return found
