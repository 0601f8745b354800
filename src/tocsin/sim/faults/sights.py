"""Who may see what, in books of their own: told by facts alone, and asked what an agency's screen may show.

Does not know how the desk decides it (domain/sight.py, views/eyes.py): whoever trusts nobody asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tocsin.facts import assignments, calls, centre, incidents, roads, sharing, units
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.facts.watch import AlarmAcknowledged, AlarmRaised
from tocsin.sim.faults.scene import AGENCIES

COMMON = (centre.CentreOpened, roads.RoadClosed, roads.RoadReopened)
PERSONAL = re.compile(r"§\w+§|\+35191\d+".encode())
"""Words that are said once in a world, and callers' numbers."""
UNIT_ALARMS = ("not_acknowledged", "long_on_scene")

_encode = msgspec.json.Encoder().encode


class Known(msgspec.Struct):
    """An incident, as far as it matters to who sees it."""

    type: str
    sent: set[str] = set()
    """Agencies of which a unit was ever on it."""
    shares: dict[str, Instant | None] = {}


class Sights:
    """What each agency may see, at every position there was. Things are named `incident:7`, `call:7`, `unit:E1`."""

    def __init__(self) -> None:
        self._seen: dict[str, list[frozenset[str]]] = {agency: [frozenset()] for agency in AGENCIES}
        self._until: dict[str, list[dict[str, Instant]]] = {agency: [{}] for agency in AGENCIES}
        """Of those, what is seen by a sharing alone that has an end: it ends by the clock, recorded or not."""
        self._about: dict[bytes, set[str]] = {}
        """Word -> what it was said of."""
        self._incidents: dict[str, Known] = {}
        self._homes: dict[str, str] = {}
        """Call -> the incident it belongs to."""
        self._agencies: dict[str, str] = {}
        self._on: dict[str, str] = {}

    def fold(self, entry: AnyEntry) -> None:
        """This is the next one."""
        fact = entry.fact
        self._incident(fact)
        self._unit(fact)
        for word in PERSONAL.findall(_encode(fact)):
            self._about.setdefault(word, set()).update(_subjects(fact))
        for agency, seen in self._seen.items():
            told = dict(self._sees(agency))
            seen.append(frozenset(told))
            self._until[agency].append({name: until for name, until in told.items() if until is not None})

    def _incident(self, fact: Any) -> None:
        match fact:
            case incidents.IncidentOpened():
                self._incidents[fact.incident] = Known(fact.type)
                self._homes |= dict.fromkeys(fact.calls, fact.incident)
            case incidents.IncidentReclassified():
                self._incidents[fact.incident].type = fact.type
            case calls.CallAttached():
                self._homes[fact.call] = fact.incident
            case calls.CallDetached():
                self._homes.pop(fact.call, None)
            case sharing.IncidentShared():
                self._incidents[fact.incident].shares[fact.agency] = fact.until
            case sharing.SharingEnded():
                self._incidents[fact.incident].shares.pop(fact.agency, None)

    def _unit(self, fact: Any) -> None:
        match fact:
            case units.UnitRegistered():
                self._agencies[fact.unit] = fact.agency
            case assignments.UnitDispatched():
                self._goes(fact.unit, fact.incident)
            case assignments.UnitDiverted():
                self._goes(fact.unit, fact.to)
            case assignments.UnitAvailable() | assignments.UnitCancelled():
                self._on.pop(fact.unit, None)

    def _goes(self, unit: str, incident: str) -> None:
        self._on[unit] = incident
        self._incidents[incident].sent.add(self._agencies[unit])

    def _sees(self, agency: str) -> Iterator[tuple[str, Instant | None]]:
        """What it sees, and until when; None: until something happens."""
        own = AGENCIES[agency]
        some: dict[str, Instant | None] = {}
        for name, incident in self._incidents.items():
            if incident.type in own or agency in incident.sent:
                some[name] = None
            elif agency in incident.shares:
                some[name] = incident.shares[agency]
        yield from ((f"incident:{name}", until) for name, until in some.items())
        yield from ((f"call:{call}", some[home]) for call, home in self._homes.items() if home in some)
        for unit, whose in self._agencies.items():
            on = self._on.get(unit, "")
            if whose == agency or on in some:
                yield f"unit:{unit}", None if whose == agency else some[on]

    def over(self, agency: str, position: Position, now: Instant | None) -> frozenset[str]:
        """What is seen no more, by the clock alone; None: whatever may be over, at some time."""
        ends = self._until[agency][position]
        return frozenset(name for name, until in ends.items() if now is None or until <= now)

    # -- what is asked ----------------------------------------------------------------------------------------------

    def leaked(self, agency: str, position: Position, raw: bytes, over: frozenset[str] = frozenset()) -> list[str]:
        """Words in this that are said of nothing the agency may see at that position, without what is over."""
        seen = self._seen[agency][position] - over
        words = dict.fromkeys(PERSONAL.findall(raw))
        return [f"{w.decode()} of {sorted(self._about[w])}" for w in words if seen.isdisjoint(self._about[w])]

    def hidden(self, agency: str, position: Position, told: Sequence[AnyEntry]) -> list[str]:
        """Entries that are of nothing the agency may see at that position."""
        seen = self._seen[agency][position]
        mute = (entry for entry in told if not isinstance(entry.fact, COMMON))
        return [f"{entry.position} ({entry.fact})" for entry in mute if seen.isdisjoint(_named(entry.fact))]

    def through(self, agency: str, position: Position, picture: Any, over: frozenset[str] = frozenset()) -> Any:
        """A picture at that position, as far as the agency may see it, without what is over."""
        seen, rows = self._seen[agency][position] - over, picture["rows"]
        kept = {
            "calls": {},
            "incidents": {n: row for n, row in rows["incidents"].items() if f"incident:{n}" in seen},
            "units": {n: row for n, row in rows["units"].items() if f"unit:{n}" in seen},
            "alarms": {n: row for n, row in rows["alarms"].items() if _alarm(row) in seen},
            "caller_links": {n: row for n, row in rows["caller_links"].items() if f"call:{row['call']}" in seen},
        }
        return {**picture, "rows": {**rows, **kept}}


def _alarm(row: Any) -> str:
    return f"unit:{row['subject']}" if row["alarm_kind"] in UNIT_ALARMS else ""


def _named(fact: Any) -> set[str]:
    """Everything a fact is of."""
    if isinstance(fact, AlarmRaised | AlarmAcknowledged):
        kind, _, subject = fact.alarm.partition(":")
        return {f"unit:{subject}"} if kind in UNIT_ALARMS else set()
    told = {f"incident:{getattr(fact, name, '')}" for name in ("incident", "other", "to")}
    told |= {f"call:{getattr(fact, 'call', '')}"} - {"call:"}
    told -= {"incident:"}
    return told or {f"unit:{getattr(fact, 'unit', '')}"}


def _subjects(fact: Any) -> set[str]:
    """What the words of a fact are said of: a crew's are of whatever it is on."""
    for kind in ("incident", "call", "unit"):
        if name := getattr(fact, kind, ""):
            return {f"{kind}:{name}"}
    return set()
