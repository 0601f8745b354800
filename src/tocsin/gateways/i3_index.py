"""Where the events of neighbours' log are: kind, time, call, incident and owner of every entry that is one, in columns.

Read from the stored bytes without opening what is sealed, so that a year takes seconds and shows nobody. Used by one
thread at a time. Refuses to know what an event says.
"""

from __future__ import annotations

import time
from array import array
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.facts.neighbours import EventLogged
from tocsin.facts.values import Instant, Position
from tocsin.gateways.i3_ours import KINDS, NEEDS_SIGHT, number_of
from tocsin.log.codec import UPCASTS
from tocsin.log.port import Log
from tocsin.standards.i3_types import NEEDS_CALL, PLACES

FOREIGN = str(EventLogged.__struct_config__.tag)
NOBODY = 0
OURS = 0
NO_EVENT = -1
OPEN, SIGHTED, PLACED = 0, 1, 2
"""What an event takes to be read: nothing more, sight of callers, and that where they were is not long ago."""
STEP, PAUSE_S = 1_000, 0.001
"""After so many entries others are let in: a first look at a year must not hold up an order."""
Mask = npt.NDArray[np.bool_]


class _Fact(msgspec.Struct):
    """The little of a fact that stands in the open and tells where it belongs."""

    kind: str
    at: Instant = 0.0
    call: str = ""
    incident: str = ""
    to: str = ""
    unit: str = ""
    agency: str = ""
    partner: str = ""
    event: str = ""
    said_at: Instant = 0.0
    call_id: str = ""
    incident_id: str = ""


class _Stored(msgspec.Struct):
    fact: _Fact


class Names:
    """Numbers for names: ours are positive and their own, others' are given one below zero. 0 is nobody."""

    def __init__(self) -> None:
        self._others: dict[str, int] = {}
        self._names: list[str] = []

    def of(self, number: str, stated: str = "") -> int:
        """The number of our call, or of what a neighbour calls it."""
        if number.isdecimal():
            return int(number)
        if not stated:
            return NOBODY
        found = self._others.setdefault(stated, -1 - len(self._others))
        if found == -1 - len(self._names):
            self._names.append(stated)
        return found

    def known(self, number: str, stated: str) -> tuple[int, ...]:
        """The same, without giving any: ours, and what neighbours say that was never here."""
        found = (int(number) if number else NOBODY, self._others.get(stated, NOBODY))
        return tuple(code for code in found if code != NOBODY)

    def stated(self, code: int) -> str:
        """What a neighbour calls it."""
        return self._names[-1 - code]


class Index:
    """All events of one log, in the order of their positions."""

    def __init__(self, log: Log, domain: str) -> None:
        self._log, self._domain = log, domain
        self._decode = msgspec.json.Decoder(_Stored).decode
        self.position: Position = 0
        self.calls, self.incidents = Names(), Names()
        self._kinds: dict[str, int] = {}
        self._partners: dict[str, int] = {}
        self._agencies: dict[str, str] = {}
        self._sent: dict[str, set[int]] = {}
        """Incidents by the agencies whose units were sent there."""
        self._closed: dict[int, Instant] = {}
        """When incidents were closed, those that are."""
        self._homes: dict[int, int] = {}
        self._first_calls: dict[int, int] = {}
        self._unattached: dict[int, list[int]] = {}
        self._positions, self._at = array("q"), array("d")
        self._kind, self._owner, self._sight = array("h"), array("h"), array("b")
        self._call, self._incident = array("q"), array("q")

    def catch_up(self) -> None:
        """Read what the log holds beyond. Raises LogError."""
        for row in self._log.rows(self.position):
            fact = self._decode(row.raw).fact
            if fact.kind in UPCASTS:  # an old shape: as it is said today
                fact = msgspec.convert(msgspec.to_builtins(self._log.at([row.position])[0].fact), _Fact)
            self._fold(row.position, fact)
            self.position = row.position
            if row.position % STEP == 0:
                time.sleep(PAUSE_S)

    def agency_of(self, unit: str) -> str:
        """Whose a unit is, as it was registered last."""
        return self._agencies.get(unit, "")

    def _fold(self, position: Position, fact: _Fact) -> None:
        if fact.kind == "unit.registered":
            self._agencies[fact.unit] = fact.agency
        elif fact.kind in ("unit.dispatched", "unit.diverted"):
            agency = self._agencies.get(fact.unit, "")
            self._sent.setdefault(agency, set()).add(self.incidents.of(fact.to or fact.incident))
        elif fact.kind == "incident.closed":
            self._closed[self.incidents.of(fact.incident)] = fact.at
        elif fact.kind == "incident.reopened":
            self._closed.pop(self.incidents.of(fact.incident), None)
        if fact.kind == FOREIGN:
            call, incident = self.calls.of(fact.call, fact.call_id), self.incidents.of(fact.incident, fact.incident_id)
            self._put(
                position, fact.said_at, fact.event, call, incident, self._partner(fact.partner), _sight(fact.event)
            )
        elif fact.kind in KINDS or fact.kind == "incident.opened":
            call, incident = self.calls.of(fact.call), self.incidents.of(fact.incident)
            kind = KINDS.get(fact.kind, "")
            sight = _sight(kind) if fact.kind in NEEDS_SIGHT else OPEN
            if not call and kind in NEEDS_CALL:  # the first call of the incident; without any it is no event
                call = self._first_calls.get(incident, NOBODY)
                kind = kind if call else ""
            self._put(position, fact.at, kind, call, incident, OURS, sight)
        if fact.kind == "call.attached":
            self._attach(self.calls.of(fact.call), self.incidents.of(fact.incident))

    def _put(
        self, position: Position, at: Instant, kind: str, call: int, incident: int, owner: int, sight: int
    ) -> None:
        if call and not incident:
            incident = self._homes.get(call, NOBODY)
            if not incident:
                self._unattached.setdefault(call, []).append(len(self._positions))
        self._positions.append(position)
        self._at.append(at)
        self._kind.append(self._kinds.setdefault(kind, len(self._kinds)) if kind else NO_EVENT)
        self._owner.append(owner)
        self._sight.append(sight)
        self._call.append(call)
        self._incident.append(incident)

    def _attach(self, call: int, incident: int) -> None:
        self._homes[call] = incident
        self._first_calls.setdefault(incident, call)
        for row in self._unattached.pop(call, ()):
            self._incident[row] = incident

    def _partner(self, name: str) -> int:
        return self._partners.setdefault(name, 1 + len(self._partners))

    # -- asking -------------------------------------------------------------------------------------------------------

    def visible(self, name: str, reads: str, agencies: tuple[str, ...], since: Instant, *, sight: bool) -> Mask:
        """Rows that a partner may see: its own; and those it is entitled to, unless they need sight of callers.

        Where exactly callers were, only of what is live or was closed after `since` (decision 0142).
        """
        own: Mask = self._column(self._owner, np.int16) == self._partners.get(name, -1)
        if reads == "own":
            return own
        may = np.ones(len(own), bool)
        if reads == "shared":
            sent = set().union(*(self._sent.get(agency, ()) for agency in agencies)) - {NOBODY}
            may = np.isin(self._column(self._incident, np.int64), np.fromiter(sent, np.int64, len(sent)))
        needs = self._column(self._sight, np.int8)
        if not sight:
            may &= needs == OPEN
        else:
            self._forget_places(may, np.flatnonzero(may & (needs == PLACED)), since)
        return own | may

    def _forget_places(self, may: Mask, rows: npt.NDArray[np.intp], since: Instant) -> None:
        codes = self._column(self._incident, np.int64)[rows]
        ours, which = np.unique(codes, return_inverse=True)
        ended = np.array([self._closed.get(int(code), np.inf) for code in ours], float)
        # A call of no incident, or of a neighbour's, is as old as what was said of it.
        last = np.where(codes > NOBODY, ended[which], self._column(self._at, np.float64)[rows])
        may[rows[last < since]] = False

    def events(self) -> Mask:
        """Rows that are events, not only traces of a call or an incident."""
        found: Mask = self._column(self._kind, np.int16) != NO_EVENT
        return found

    def of_kind(self, kind: str) -> Mask:
        """Rows of one kind of event."""
        found: Mask = self._column(self._kind, np.int16) == self._kinds.get(kind, -2)
        return found

    def between(self, since: Instant | None, until: Instant | None) -> Mask:
        """Rows of events that happened from `since` to `until`, both included."""
        at = self._column(self._at, np.float64)
        found: Mask = (at >= (-np.inf if since is None else since)) & (at <= (np.inf if until is None else until))
        return found

    def of_call(self, text: str) -> Mask:
        """Rows of one call, by its identifier, ours or a neighbour's."""
        codes = self.calls.known(number_of(text, "callid", self._domain), text)
        return np.isin(self._column(self._call, np.int64), codes)

    def of_incident(self, text: str) -> Mask:
        """Rows of one incident and of the calls that belong to it."""
        codes = self.incidents.known(number_of(text, "incidentid", self._domain), text)
        return np.isin(self._column(self._incident, np.int64), codes)

    def rows(self, mask: Mask) -> list[int]:
        """The rows a mask lets through."""
        found: list[int] = np.flatnonzero(mask).tolist()
        return found

    def at(self, row: int) -> tuple[Position, int, int]:
        """Position, call and incident of a row."""
        return self._positions[row], self._call[row], self._incident[row]

    def row_of(self, position: Position) -> int | None:
        """The row of an entry, if it is an event."""
        row = int(np.searchsorted(self._column(self._positions, np.int64), position))
        there = row < len(self._positions) and self._positions[row] == position and self._kind[row] != NO_EVENT
        return row if there else None

    def calls_in(self, mask: Mask) -> list[int]:
        """The calls of these rows, in the order they are first heard of."""
        return _in_order(self._column(self._call, np.int64)[mask])

    def incidents_in(self, mask: Mask) -> list[int]:
        """The incidents of these rows, in the order they are first heard of."""
        return _in_order(self._column(self._incident, np.int64)[mask])

    def _column(self, column: Any, kind: Any) -> npt.NDArray[Any]:
        # A copy: an array whose memory is looked at cannot grow.
        return np.array(column, kind)


def _sight(kind: str) -> int:
    return PLACED if kind in PLACES else SIGHTED


def _in_order(codes: npt.NDArray[np.int64]) -> list[int]:
    found, first = np.unique(codes, return_index=True)
    return [int(code) for code in found[np.argsort(first)] if code != NOBODY]
