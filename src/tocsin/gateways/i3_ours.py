"""Our facts as NENA i3 log events, and what of them a partner may see. Refuses to invent an event that did not happen.

Every fact is at most one event, named by its position. What names or places a caller is left out unless it may be seen;
a fact that says nothing without it is then no event at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.facts import assignments, caller_links, calls, incidents, locations, units
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Position
from tocsin.standards.i3_log import stamp, uid, uid_of
from tocsin.standards.jws import Signer

Members = dict[str, Any]
ERASED = {"tocsin": {"erased": True}}
"""The extension of an event in which somebody was erased."""
UNIQUE = 12


def our_id(number: str) -> str:
    """The unique part of an identifier: at least ten characters (NENA-STA-010.3 §2.1.6)."""
    return number.zfill(UNIQUE)


def number_of(text: str, kind: Any, domain: str) -> str:
    """Our number in an identifier that ends in our domain, or nothing."""
    found = uid_of(text, kind)
    if found is None or found[1].lower() != domain.lower() or not found[0].isdecimal() or len(found[0]) != UNIQUE:
        return ""
    return found[0].lstrip("0")


def log_id(position: Position, domain: str) -> str:
    """The identifier of the entry at a position."""
    return uid("logid", our_id(str(position)), domain)


def _call_start(fact: calls.CallReceived, seen: bool) -> Members:
    told: Members = {"direction": "incoming", "standardPrimaryCallType": "emergency", "to": fact.line}
    if seen and fact.number:
        told["from"] = f"tel:{''.join(c for c in fact.number if c.isdigit() or c == '+')}"
    return told


def _call_end(_fact: calls.CallReleased, _seen: bool) -> Members:
    return {"direction": "incoming", "standardPrimaryCallType": "emergency"}


def _answered(_fact: calls.CallAnswered, _seen: bool) -> Members:
    return {"direction": "incoming", "state": "Answered"}


def _linked(_fact: incidents.IncidentsLinked, _seen: bool) -> Members:
    return {"relationship": "unspecified"}


def _nothing(_fact: Any, _seen: bool) -> Members:
    return {}


def _located(fact: locations.LocationReported, seen: bool) -> Members | None:
    if not seen:
        return None
    return {"text": fact.raw or fact.text, "direction": "incoming", "responseId": fact.report}


def _written(fact: caller_links.LinkMessage, seen: bool) -> Members | None:
    if not seen:
        return None
    return {"text": fact.text or fact.phrase, "direction": "outgoing" if fact.by else "incoming"}


EVENTS: dict[type, tuple[str, Callable[[Any, bool], Members | None]]] = {
    calls.CallReceived: ("CallStartLogEvent", _call_start),
    calls.CallAnswered: ("CallStateChangeLogEvent", _answered),
    calls.CallAttached: ("CallProcessLogEvent", _nothing),
    calls.CallReleased: ("CallEndLogEvent", _call_end),
    incidents.IncidentsLinked: ("IncidentLinkLogEvent", _linked),
    incidents.IncidentClosed: ("IncidentClearLogEvent", _nothing),
    incidents.IncidentReopened: ("IncidentReopenLogEvent", _nothing),
    assignments.UnitDispatched: ("AdditionalAgencyLogEvent", _nothing),
    locations.LocationReported: ("LocationResponseLogEvent", _located),
    caller_links.LinkMessage: ("MessageLogEvent", _written),
}
"""Fact -> kind of event, and the members that only it has."""
KINDS: dict[str, str] = {fact.__struct_config__.tag: kind for fact, (kind, _) in EVENTS.items()}  # type: ignore[attr-defined]
NEEDS_SIGHT = frozenset(
    str(fact.__struct_config__.tag) for fact in (locations.LocationReported, caller_links.LinkMessage)
)
"""Facts that are events only for whoever may see callers."""


class Ours:
    """Our events under our signature."""

    def __init__(self, domain: str, signer: Signer, agency_of: Callable[[str], str]) -> None:
        """`agency_of` tells the agency of a unit."""
        self.domain = domain
        self.signer = signer
        self._agency_of = agency_of

    def members(self, entry: AnyEntry, call: str, incident: str, *, seen: bool) -> Members | None:
        """The event of an entry, of this call and incident, or None where it is none."""
        kind, make = EVENTS.get(type(entry.fact), ("", _nothing))
        if not kind:
            return None
        more = make(entry.fact, seen)
        if more is None:
            return None
        told: Members = {
            "logEventType": kind,
            "timestamp": stamp(entry.fact.at),
            "elementId": self.domain,
            "agencyId": self._agency(entry.fact),
        }
        if call:
            told["callId"] = uid("callid", our_id(call), self.domain)
        if incident:
            told["incidentId"] = uid("incidentid", our_id(incident), self.domain)
        if isinstance(entry.fact, incidents.IncidentsLinked):
            told["linkedIncidentId"] = uid("incidentid", our_id(entry.fact.other), self.domain)
        if entry.erased:
            told["extension"] = ERASED
        return told | more

    def _agency(self, fact: Any) -> str:
        """Whose event it is: the agency's own name below our domain where it is another's unit."""
        if isinstance(fact, assignments.UnitDispatched | units.UnitCameOnDuty):
            label = "".join(c if c.isascii() and c.isalnum() else "-" for c in self._agency_of(fact.unit).lower())
            return f"{label.strip('-')[:63]}.{self.domain}" if label.strip("-") else self.domain
        return self.domain
