"""What may happen to an incident."""

from __future__ import annotations

from tocsin.domain import checks, orders
from tocsin.domain.decide_locations import known_basis
from tocsin.domain.decide_sharing import all_ended
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts import calls, incidents, locations


def _unknown_type(code: str) -> Refusal:
    return Refusal("unknown_type", f"there is no incident type {code}", "type", {"type": code})


def open_(room: Room, order: orders.OpenIncident, given: Given) -> Decision:
    """Type, then calls, then place."""
    kind = given.catalogue.type(order.type)
    if kind is None:
        return _unknown_type(order.type)
    place = order.place
    for i, call_id in enumerate(order.calls):
        call = checks.answered_call(room, call_id, f"calls[{i}]")
        if isinstance(call, Refusal):
            return call
        if call_id in order.calls[:i]:
            return Refusal("call_twice", f"call {call_id} is named twice", f"calls[{i}]", {"call": call_id})
        place = place or call.place
    if place is None:
        return Refusal("place_missing", "say where", "place")
    number = str(max(room.last_incident + 1, given.catalogue.first_incident))
    opened = incidents.IncidentOpened(
        given.now, number, kind.code, order.priority or kind.priority, place, order.calls, order.summary
    )
    return (opened, *[calls.CallAttached(given.now, call, number) for call in order.calls])


def note(room: Room, order: orders.NoteIncident, given: Given) -> Decision:
    """Also after it was closed: the record may be completed, never changed."""
    empty = checks.not_empty(order.text, "text")
    if empty:
        return empty
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    return (incidents.IncidentNoted(given.now, incident.id, order.text),)


def relocate(room: Room, order: orders.RelocateIncident, given: Given) -> Decision:
    """It is somewhere else."""
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    if incident.place == order.place:
        return Refusal("incident_unchanged", "it is there already", "place", {"incident": incident.id})
    relocated = incidents.IncidentRelocated(given.now, incident.id, order.place)
    if not order.basis:
        return (relocated,)
    taken = locations.PlaceTaken(given.now, order.basis, incident=incident.id)
    return known_basis(room, order.basis) or (relocated, taken)


def reclassify(room: Room, order: orders.ReclassifyIncident, given: Given) -> Decision:
    """A new type brings its own priority unless one is named."""
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    kind = given.catalogue.type(order.type or incident.type)
    if kind is None:
        return _unknown_type(order.type or incident.type)
    priority = order.priority or (kind.priority if order.type else incident.priority)
    if (kind.code, priority) == (incident.type, incident.priority):
        return Refusal("incident_unchanged", "that is what it is", "type", {"incident": incident.id})
    return (incidents.IncidentReclassified(given.now, incident.id, kind.code, priority),)


def link(room: Room, order: orders.LinkIncidents, given: Given) -> Decision:
    """Both must exist; either may be closed."""
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    other = checks.known_incident(room, order.other, "other")
    if isinstance(other, Refusal):
        return other
    if incident.id == other.id:
        return Refusal("incident_same", "an incident cannot be linked to itself", "other", {"incident": other.id})
    if other.id in incident.links:
        words = f"{incident.id} and {other.id} are linked"
        return Refusal("incidents_linked_already", words, "other", {"incident": incident.id, "other": other.id})
    return (incidents.IncidentsLinked(given.now, incident.id, other.id),)


def close(room: Room, order: orders.CloseIncident, given: Given) -> Decision:
    """Nobody may be forgotten on a scene: refused while a unit is on it."""
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    if not given.catalogue.has_disposition(order.disposition):
        words = f"there is no disposition {order.disposition}"
        return Refusal("unknown_disposition", words, "disposition", {"disposition": order.disposition})
    if incident.owes:
        words = "others were sent than proposed; say why, then close it"
        return Refusal("reason_owed", words, "incident", {"incident": incident.id, "choice": incident.owes})
    if incident.units:
        words = f"{', '.join(incident.units)} still on it"
        return Refusal("units_still_assigned", words, "incident", {"incident": incident.id, "units": incident.units[:]})
    ended = incidents.IncidentClosed(given.now, incident.id, order.disposition, order.text)
    return (ended, *all_ended(incident, given.now, "closed"))


def reopen(room: Room, order: orders.ReopenIncident, given: Given) -> Decision:
    """There is more to do."""
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    if incident.open:
        return Refusal("incident_not_closed", f"incident {incident.id} is open", "incident", {"incident": incident.id})
    if incident.erased:
        words = f"what was known of incident {incident.id} was erased; open a new one"
        return Refusal("incident_erased", words, "incident", {"incident": incident.id})
    return (incidents.IncidentReopened(given.now, incident.id, order.reason),)
