"""Checks that many orders share. Each answers None, or the refusal; all run before anything is decided."""

from __future__ import annotations

import unicodedata

from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Call, Incident, Room, Unit
from tocsin.facts.values import Instant

CLOCK_SKEW_S = 2.0
"""A crew's clock may differ this much from ours before its word is refused; ahead of now, it is taken as now, and
behind the stage before, as that stage's time."""
OLDEST_S = 86_400.0
"""A report older than a day is a mistake in a clock, not news."""


def plain(text: str, field: str) -> Refusal | None:
    """A word that others type and read back: nothing in it is invisible or turns the line round; no blank at an end.

    Refused are control, format (bidirectional marks, joiners, byte order marks), private and unassigned characters
    (Unicode categories C*), every separator but the blank, and a blank at either end: two names that look the same
    must be the same (Unicode Technical Report 36, 2.11.2).
    """
    for offset, character in enumerate(text):
        category = unicodedata.category(character)
        blank_at_end = character == " " and offset in (0, len(text) - 1)
        if category[0] == "C" or (category[0] == "Z" and (character != " " or blank_at_end)):
            code = f"U+{ord(character):04X}"
            words = f"character {code} at {offset} cannot stand in a name that people type"
            return Refusal("text_not_allowed", words, field, {"character": code, "offset": offset})
    return None


def not_empty(text: str, field: str) -> Refusal | None:
    """A word was said."""
    return None if text.strip() else Refusal("text_empty", "say something", field)


def reported_at(at: Instant | None, now: Instant, previous: Instant = 0.0, field: str = "at") -> Instant | Refusal:
    """When it happened by the reporter's clock, or why that cannot be."""
    if at is None:
        return max(now, previous)
    if at > now + CLOCK_SKEW_S:
        return Refusal("time_in_future", f"{at - now:.0f} s from now", field, {"ahead_s": at - now})
    if at < now - OLDEST_S:
        return Refusal("time_too_old", "more than a day ago", field, {"behind_s": now - at})
    if at < previous - CLOCK_SKEW_S:
        told = {"behind_s": previous - at}
        return Refusal("time_before_previous", f"{previous - at:.0f} s before the stage before", field, told)
    return max(min(at, now), previous)


def known_call(room: Room, call: str, field: str = "call") -> Call | Refusal:
    """The call, if there is one."""
    return room.calls.get(call) or Refusal("unknown_call", f"there is no call {call}", field, {"call": call})


def live_call(room: Room, call: str, field: str = "call") -> Call | Refusal:
    """The call, if it has not ended."""
    found = known_call(room, call, field)
    if isinstance(found, Refusal) or found.status in ("ringing", "answered"):
        return found
    where = f"it belongs to incident {found.incident}" if found.incident else "it was released"
    return Refusal("call_ended", f"call {call} has ended: {where}", field, {"call": call, "incident": found.incident})


def answered_call(room: Room, call: str, field: str = "call") -> Call | Refusal:
    """The call, if somebody is talking to the caller."""
    found = live_call(room, call, field)
    if isinstance(found, Refusal) or found.status == "answered":
        return found
    return Refusal("call_not_answered", f"call {call} still rings", field, {"call": call})


def lost_call(room: Room, call: str, field: str = "call") -> Call | Refusal:
    """The call, if its caller was lost and is to be called back."""
    found = known_call(room, call, field)
    if isinstance(found, Refusal) or found.id in room.backs:
        return found
    return Refusal("call_not_lost", f"nobody waits to be called back for call {call}", field, {"call": call})


def known_incident(room: Room, incident: str, field: str = "incident") -> Incident | Refusal:
    """The incident, if there is one."""
    return room.incidents.get(incident) or Refusal(
        "unknown_incident", f"there is no incident {incident}", field, {"incident": incident}
    )


def open_incident(room: Room, incident: str, field: str = "incident") -> Incident | Refusal:
    """The incident, if it is open."""
    found = known_incident(room, incident, field)
    if isinstance(found, Refusal) or found.open:
        return found
    return Refusal("incident_closed", f"incident {incident} is closed", field, {"incident": incident})


def known_unit(room: Room, unit: str, field: str = "unit") -> Unit | Refusal:
    """The unit, if there is one."""
    return room.units.get(unit) or Refusal("unknown_unit", f"there is no unit {unit}", field, {"unit": unit})


def unassigned(unit: Unit, field: str = "unit") -> Refusal | None:
    """The unit is on no incident; otherwise the refusal says which one has it and since when."""
    has = unit.assignment
    if has is None:
        return None
    return Refusal(
        "unit_assigned",
        f"{unit.id} is on incident {has.incident} ({has.stage})",
        field,
        {"unit": unit.id, "incident": has.incident, "status": has.stage, "since": has.since},
    )


def sendable(
    room: Room, unit: str, field: str, plans: Plans = NO_PLANS, beside: tuple[str, ...] = ()
) -> Unit | Refusal:
    """The unit, if it can be sent now `beside` others: known, on duty, staffed, free, its crew too. In this order."""
    found = known_unit(room, unit, field)
    if isinstance(found, Refusal):
        return found
    if not found.on_duty:
        return Refusal("unit_off_duty", f"{unit} is off duty", field, {"unit": unit})
    if found.crew_count < found.crew_min:
        words = f"{unit} has a crew of {found.crew_count} and needs {found.crew_min}"
        return Refusal(
            "unit_understaffed", words, field, {"unit": unit, "crew": found.crew_count, "crew_min": found.crew_min}
        )
    return unassigned(found, field) or _crew_away(room, found, field, plans, beside) or found


def _crew_away(room: Room, unit: Unit, field: str, plans: Plans, beside: tuple[str, ...]) -> Refusal | None:
    """One crew, two vehicles, never both."""
    for other in plans.sharing(unit.id):
        has = room.units[other].assignment if other in room.units else None
        if has or other in beside:
            told = {"unit": unit.id, "other": other, "incident": has.incident if has else ""}
            return Refusal("unit_crew_away", f"the crew of {unit.id} goes with {other}", field, told)
    return None
