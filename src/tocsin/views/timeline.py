"""Which entries belong to which incident: positions only, so that a year of them fits in memory."""

from __future__ import annotations

from array import array

import msgspec

from tocsin.facts.calls import CallAttached, CallDetached
from tocsin.facts.incidents import IncidentClosed
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
    own: dict[str, Positions] = msgspec.field(default_factory=dict)
    """Of each call of an open incident: what is its own, and goes with it when it is split off."""
    open: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """Calls of each open incident."""

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
            self._add(fact.call, self.waiting.pop(fact.report))
        if isinstance(fact, CallAttached):
            self._attached(fact)
        elif isinstance(fact, CallDetached):
            self._detached(fact, entry.position)
        elif isinstance(fact, IncidentClosed):
            for call in self.open.pop(fact.incident, ()):
                self.own.pop(call, None)
        elif call := getattr(fact, "call", ""):
            self._add(call, entry.position)
        for name in ("incident", "other", "to"):
            if incident := getattr(fact, name, ""):
                _of(self.incidents, incident).append(entry.position)

    def _attached(self, fact: CallAttached) -> None:
        own = self.calls.pop(fact.call, _none())
        _of(self.incidents, fact.incident).extend(own)
        self.homes[fact.call], self.own[fact.call] = fact.incident, own
        self.open.setdefault(fact.incident, []).append(fact.call)

    def _detached(self, fact: CallDetached, position: Position) -> None:
        """Its own entries leave the incident's; that it was there, and is not any more, stays."""
        own = self.own.pop(fact.call, _none())
        gone = set(own)
        self.incidents[fact.incident] = Positions(
            "q", (one for one in _of(self.incidents, fact.incident) if one not in gone)
        )
        self.homes.pop(fact.call, None)
        if fact.call in (listed := self.open.get(fact.incident, [])):
            listed.remove(fact.call)
        _of(self.calls, fact.call).extend(own)
        _of(self.calls, fact.call).append(position)

    def _add(self, call: str, position: Position) -> None:
        """A caller is heard of after the incident was opened too."""
        home = self.homes.get(call)
        if home:
            _of(self.incidents, home).append(position)
        if not home or call in self.own:
            _of(self.own if home else self.calls, call).append(position)

    def positions(self, incident: str) -> list[Position]:
        """Every position that belongs to the incident, in order."""
        return sorted(set(self.incidents.get(incident, ())))


def _of(index: dict[str, Positions], name: str) -> Positions:
    found = index.get(name)
    if found is None:
        found = index[name] = _none()
    return found
