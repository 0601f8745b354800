"""What may be erased, what is held, and what is due."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.domain import orders_privacy as orders
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.types import Retention
from tocsin.facts.privacy import KINDS, EraseReason, HoldLifted, HoldPlaced, Kind, PersonalErased
from tocsin.facts.values import Instant

DAY_S = 86_400.0
AT_ONCE = 200
"""So many subjects at most are erased by one order: the desk has other work."""
_MARKS: dict[Kind, tuple[str, ...]] = {
    "call": ("record", "position", "media"),
    "record": ("record",),
    "position": ("position",),
    "media": ("media",),
    "crew": ("record",),
}


def erase(room: Room, order: orders.ErasePersonal, given: Given) -> Decision:
    """Known, ended, not held, and not gone already: in this order."""
    refused = _known(room, order.subject) or _ended(room, order.subject)
    if refused:
        return refused
    if order.subject in room.holds:
        words = f"{order.subject} is on hold ({room.holds[order.subject]})"
        told = {"subject": order.subject, "reference": room.holds[order.subject]}
        return Refusal("subject_held", words, "subject", told)
    left = [kind for kind in order.kinds or KINDS if order.subject in room.kept(kind)]
    if not left:
        return Refusal("erased_already", f"nothing is left of {order.subject}", "subject", {"subject": order.subject})
    return (_erased(room, order.subject, tuple(left), order.reason, given.now),)


def erase_due(room: Room, _order: orders.EraseDue, given: Given) -> Decision:
    """What was kept as long as the centre's file says, but what is held."""
    due: dict[str, list[Kind]] = {}
    for subject, kind in overdue(room, given.catalogue.retention, given.now):
        due.setdefault(subject, []).append(kind)
        if len(due) >= AT_ONCE:
            break
    return tuple(_erased(room, subject, tuple(kinds), "retention", given.now) for subject, kinds in due.items())


def overdue(room: Room, rules: Retention, now: Instant) -> Iterator[tuple[str, Kind]]:
    """Everything whose time has come. The oldest stand first, so that looking stops at the first young one."""
    for kind in KINDS:
        since = now - rules.days(kind) * DAY_S
        for subject, at in room.kept(kind).items():
            if at > since:
                break
            if subject not in room.holds:
                yield subject, kind


def hold(room: Room, order: orders.HoldPersonal, given: Given) -> Decision:
    """Also on what still goes on: it will end."""
    refused = _known(room, order.subject)
    if refused:
        return refused
    if order.subject in room.holds:
        words = f"{order.subject} is on hold already ({room.holds[order.subject]})"
        return Refusal("subject_held_already", words, "subject", {"subject": order.subject})
    return (HoldPlaced(given.now, order.subject, order.reference, *_named(order.subject)),)


def release_hold(room: Room, order: orders.ReleaseHold, given: Given) -> Decision:
    """Retention runs again."""
    if order.subject not in room.holds:
        words = f"{order.subject} is not on hold"
        return Refusal("subject_not_held", words, "subject", {"subject": order.subject})
    return (HoldLifted(given.now, order.subject, *_named(order.subject)),)


def _known(room: Room, subject: str) -> Refusal | None:
    family, _, name = subject.partition(":")
    known = {"incident": name in room.incidents, "call": name in room.calls}
    if known.get(family) or any(subject in room.kept(kind) for kind in KINDS):
        return None
    return Refusal("unknown_subject", f"there is no {subject}", "subject", {"subject": subject})


def _ended(room: Room, subject: str) -> Refusal | None:
    """A call that belongs to an incident is erased with it, and an incident only after it ended."""
    family, _, name = subject.partition(":")
    if family == "incident" and room.incidents[name].open:
        return Refusal("subject_open", f"incident {name} is open", "subject", {"subject": subject})
    if family == "call" and room.calls[name].incident:
        incident = room.calls[name].incident
        words = f"call {name} belongs to incident {incident} and is erased with it"
        return Refusal("subject_open", words, "subject", {"subject": subject, "incident": incident})
    if family == "call" and room.calls[name].status != "released":
        return Refusal("subject_open", f"call {name} has not ended", "subject", {"subject": subject})
    return None


def _erased(room: Room, subject: str, kinds: tuple[Kind, ...], reason: EraseReason, now: Instant) -> PersonalErased:
    incident, call = _named(subject)
    calls = room.incidents[incident].calls if incident else [call] if call else []
    reports = [f"report:{one}" for id_ in calls for one in room.calls[id_].reports]
    subjects = dict.fromkeys((subject, *(f"call:{one}" for one in calls), *reports))
    if subject.startswith("report:"):
        kinds = ("call",)
    keys = tuple(f"{mark}/{one}" for kind in kinds for mark in _MARKS[kind] for one in subjects)
    return PersonalErased(now, subject, kinds, keys, reason, incident, call)


def _named(subject: str) -> tuple[str, str]:
    """The incident, or the call, that a subject names."""
    family, _, name = subject.partition(":")
    return (name, "") if family == "incident" else ("", name) if family == "call" else ("", "")
