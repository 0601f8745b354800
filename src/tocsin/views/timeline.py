"""Which entries belong to which incident: positions only, so that a year of them fits in memory."""

from __future__ import annotations

from array import array
from collections import defaultdict

from tocsin.facts.calls import CallAttached
from tocsin.facts.locations import LocationMatched, LocationReported
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Position
from tocsin.facts.watch import CALL_ALARMS, AlarmAcknowledged, AlarmRaised


def _empty() -> array[int]:
    return array("q")


class TimelineIndex:
    """Positions by incident, in order. A call's entries join those of the incident it is attached to."""

    def __init__(self) -> None:
        self._incidents: defaultdict[str, array[int]] = defaultdict(_empty)
        self._calls: defaultdict[str, array[int]] = defaultdict(_empty)
        self._alarms: dict[str, AlarmRaised] = {}
        self._homes: dict[str, str] = {}
        self._waiting: dict[str, Position] = {}

    def fold(self, entry: AnyEntry) -> None:
        """Remember whose entry it is."""
        fact = entry.fact
        if isinstance(fact, AlarmRaised):
            self._alarms[fact.alarm] = fact
        elif isinstance(fact, AlarmAcknowledged):
            fact = self._alarms.get(fact.alarm, fact)  # it belongs where its alarm does
        if isinstance(fact, AlarmRaised) and fact.alarm_kind in CALL_ALARMS:
            self._calls[fact.subject].append(entry.position)
        if isinstance(fact, LocationReported) and not fact.call:
            self._waiting[fact.report] = entry.position
        if isinstance(fact, LocationMatched) and fact.report in self._waiting:
            self._of(fact.call).append(self._waiting.pop(fact.report))
        if isinstance(fact, CallAttached):
            self._incidents[fact.incident].extend(self._calls.pop(fact.call, _empty()))
            self._homes[fact.call] = fact.incident
        elif call := getattr(fact, "call", ""):
            self._of(call).append(entry.position)
        for name in ("incident", "other", "to"):
            if incident := getattr(fact, name, ""):
                self._incidents[incident].append(entry.position)

    def _of(self, call: str) -> array[int]:
        """Where a call's entries go: a caller is heard of after the incident was opened too."""
        home = self._homes.get(call)
        return self._incidents[home] if home else self._calls[call]

    def positions(self, incident: str) -> list[Position]:
        """Every position that belongs to the incident, in order."""
        return sorted(set(self._incidents.get(incident, ())))
