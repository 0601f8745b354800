"""What a neighbour's event makes of the room: no decision rests on it, but what it says of people has an end."""

from __future__ import annotations

from tocsin.domain.room import Room
from tocsin.facts.neighbours import EventLogged
from tocsin.facts.personal import subject_of


def event_logged(room: Room, fact: EventLogged) -> None:
    """The clock of retention runs: with the call or the incident once these have ended, or from this day."""
    call = room.calls.get(fact.call)
    if call is not None and not call.incident:
        if call.status == "released":
            room.kept_call.setdefault(f"call:{fact.call}", fact.at)
        return
    owner = call.incident if call is not None else fact.incident
    incident = room.incidents.get(owner)
    if incident is not None and incident.open:
        return
    subject = f"incident:{owner}" if incident is not None else subject_of(fact)
    for kept in (room.kept_record, room.kept_position, room.kept_media):
        kept.setdefault(subject, fact.at)
