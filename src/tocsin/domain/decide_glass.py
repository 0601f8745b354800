"""Breaking the glass works at once, is short, and is loud."""

from __future__ import annotations

from tocsin.domain import checks
from tocsin.domain.given import Decision, Given
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts.glass import GlassBroken
from tocsin.facts.watch import AlarmRaised, alarm_id

OPEN_S = 900.0
"""Long enough to help, too short to read an archive."""


def break_glass(room: Room, order: BreakGlass, given: Given) -> Decision:
    """Why, then the incident. The alarm is named for the account, and raised anew each time."""
    empty = checks.not_empty(order.why, "why")
    if empty:
        return empty
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    alarm = alarm_id("glass_broken", given.by)
    return (
        GlassBroken(given.now, incident.id, given.by, given.now + OPEN_S, order.why.strip()),
        AlarmRaised(given.now, alarm, "glass_broken", given.by, given.now, incident.id),
    )
