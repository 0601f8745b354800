"""What becomes of an event that a partner logs: it is kept, with a call or an incident of ours or as nobody's."""

from __future__ import annotations

from tocsin.domain.given import Decision, Given
from tocsin.domain.orders_neighbours import LogEvent
from tocsin.domain.room import Room
from tocsin.facts.neighbours import EventLogged


def log_event(room: Room, order: LogEvent, given: Given) -> Decision:
    """A signed event is never refused for what it names: a call that was never here is a neighbour's."""
    call = order.call if order.call in room.calls else ""
    incident = order.incident if order.incident in room.incidents else ""
    return (
        EventLogged(
            given.now, order.partner, order.event, order.element, order.agency, order.said_at, call, incident,
            order.call_id, order.incident_id, order.signed, order.signed_place, order.signed_words,
        ),
    )  # fmt: skip
