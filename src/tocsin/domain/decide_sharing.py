"""What may happen to who sees an incident."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.domain import checks
from tocsin.domain import orders_sharing as orders
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Incident, Room
from tocsin.facts.sharing import IncidentShared, SharingEnd, SharingEnded
from tocsin.facts.values import Instant


def share(room: Room, order: orders.ShareIncident, given: Given) -> Decision:
    """Why, then the incident, then the agency, then the end."""
    empty = checks.not_empty(order.reason, "reason")
    if empty:
        return empty
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    told = {"incident": incident.id, "agency": order.agency}
    if given.plans.agency(order.agency) is None and not any(u.agency == order.agency for u in room.units.values()):
        return Refusal("unknown_agency", f"nobody here is of agency {order.agency}", "agency", told)
    if order.until is not None and order.until <= given.now:
        return Refusal("until_in_past", "that has passed already", "until", told)
    if order.agency in incident.shares and incident.shares[order.agency] == order.until:
        return Refusal("shared_already", f"{order.agency} sees it already, until then", "agency", told)
    return (IncidentShared(given.now, incident.id, order.agency, order.until, order.reason.strip()),)


def end(room: Room, order: orders.EndSharing, given: Given) -> Decision:
    """Somebody says that they have seen enough."""
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    if order.agency not in incident.shares:
        told = {"incident": incident.id, "agency": order.agency}
        return Refusal("not_shared", f"it is not shared with {order.agency}", "agency", told)
    return (SharingEnded(given.now, incident.id, order.agency, "ordered", order.reason),)


def all_ended(incident: Incident, now: Instant, cause: SharingEnd) -> tuple[SharingEnded, ...]:
    """Nobody it was shared with sees it any more."""
    return tuple(SharingEnded(now, incident.id, agency, cause) for agency in incident.shares)


def over(room: Room, now: Instant) -> Iterator[SharingEnded]:
    """What was shared until an instant that has come."""
    for incident in room.shared:
        for agency, until in room.incidents[incident].shares.items():
            if until is not None and until <= now:
                yield SharingEnded(now, incident, agency, "time")
