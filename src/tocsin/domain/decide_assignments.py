"""Who may be sent where, and what a crew may report. One unit, one incident, always."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.domain import checks, orders
from tocsin.domain.decide_choices import chosen
from tocsin.domain.drives import drive_of
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK, Assignment, Room
from tocsin.facts import assignments
from tocsin.facts.union import DecisionFact

STAMPS: dict[str, Callable[..., DecisionFact]] = {
    "acknowledged": assignments.UnitAcknowledged,
    "en_route": assignments.UnitEnRoute,
    "staged": assignments.UnitStaged,
    "on_scene": assignments.UnitOnScene,
    "at_patient": assignments.UnitAtPatient,
    "left_scene": assignments.UnitLeftScene,
    "at_hospital": assignments.UnitAtHospital,
    "handed_over": assignments.UnitHandedOver,
    "available": assignments.UnitAvailable,
}
NEEDED_FIRST = {
    "at_patient": "on_scene",
    "left_scene": "on_scene",
    "at_hospital": "left_scene",
    "handed_over": "at_hospital",
}
"""Stages that make no sense unless another was reached; the others may be skipped by a crew with its hands full."""


def dispatch(room: Room, order: orders.DispatchUnits, given: Given) -> Decision:
    """All of them or none, each checked in the order named."""
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    for i, unit_id in enumerate(order.units):
        if unit_id in order.units[:i]:
            return Refusal("unit_twice", f"{unit_id} is named twice", f"units[{i}]", {"unit": unit_id})
        unit = checks.sendable(room, unit_id, f"units[{i}]", given.plans, order.units[:i])
        if isinstance(unit, Refusal):
            return unit
    sent = [
        assignments.UnitDispatched(given.now, unit, incident.id, drive_of(given.travels.get(unit), given.now))
        for unit in order.units
    ]
    return (*sent, *chosen(incident, order, given))


def _assignment(room: Room, unit_id: str) -> Assignment | Refusal:
    unit = checks.known_unit(room, unit_id)
    if isinstance(unit, Refusal):
        return unit
    return unit.assignment or Refusal("unit_not_assigned", f"{unit_id} is on no incident", "unit", {"unit": unit_id})


def stamp(room: Room, order: orders.StampUnit, given: Given) -> Decision:
    """Stages go forward. What was reported late keeps the time it happened, within what the stages allow."""
    has = _assignment(room, order.unit)
    if isinstance(has, Refusal):
        return has
    refusal = _wrong_stage(has, order)
    if refusal:
        return refusal
    at = checks.reported_at(order.at, given.now, has.since)
    if isinstance(at, Refusal):
        return at
    if order.status == "left_scene":
        return (assignments.UnitLeftScene(at, has.unit, has.incident, order.destination),)
    return (STAMPS[order.status](at, has.unit, has.incident),)


def _wrong_stage(has: Assignment, order: orders.StampUnit) -> Refusal | None:
    status = order.status
    if order.destination and status != "left_scene":
        told = _asked(has, status)
        return Refusal("stage_out_of_turn", "a destination is said with left_scene", "destination", told)
    if status == "available":
        return None
    if RANK[status] <= RANK[has.stage]:
        return Refusal("stage_gone_back", f"{has.unit} is {has.stage} already", "status", _asked(has, status))
    first = NEEDED_FIRST.get(status)
    if first and RANK[has.stage] < RANK[first]:
        told = {**_asked(has, status), "first": first}
        return Refusal("stage_out_of_turn", f"{status} comes after {first}", "status", told)
    return None


def _asked(has: Assignment, status: str) -> dict[str, str]:
    return {"unit": has.unit, "status": has.stage, "asked": status}


def _with_patient(has: Assignment, limit: str) -> Refusal | None:
    if RANK[has.stage] < RANK[limit]:
        return None
    words = f"{has.unit} is {has.stage}: it cannot be taken off now"
    return Refusal("stage_out_of_turn", words, "unit", {"unit": has.unit, "status": has.stage})


def cancel(room: Room, order: orders.CancelUnit, given: Given) -> Decision:
    """Not with a patient aboard."""
    has = _assignment(room, order.unit)
    if isinstance(has, Refusal):
        return has
    return _with_patient(has, "left_scene") or (
        assignments.UnitCancelled(given.now, has.unit, has.incident, order.reason),
    )


def divert(room: Room, order: orders.DivertUnit, given: Given) -> Decision:
    """Not from a patient, and not to where it is going already."""
    has = _assignment(room, order.unit)
    if isinstance(has, Refusal):
        return has
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    if has.incident == incident.id:
        return Refusal("incident_same", f"{has.unit} is on it already", "incident", {"incident": incident.id})
    return _with_patient(has, "at_patient") or (
        assignments.UnitDiverted(
            given.now,
            has.unit,
            has.incident,
            incident.id,
            drive_of(given.travels.get(has.unit), given.now),
            order.reason,
        ),
    )
