"""One incident that asks who should go: what is needed, who can go at all, and what each would cost alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.arrival import p_within
from tocsin.domain.loss import Loss
from tocsin.domain.plans import NO_PLANS, Agency, Applied, Plans, Requirement, Terms, fits, plan_for
from tocsin.domain.room import Incident, Room, Unit
from tocsin.domain.travel import Travel, Travels
from tocsin.domain.types import IncidentType
from tocsin.facts.values import Instant

Unable: TypeAlias = Literal[
    "off_duty", "understaffed", "not_capable", "not_served", "on_incident", "crew_away", "resting", "no_road"
]
"""Why a unit cannot go, in the order in which it is asked."""


class Case(msgspec.Struct, frozen=True):
    """Everything the choice rests on. `travels`: the drive of every unit that may be looked at to the incident."""

    room: Room
    incident: Incident
    kind: IncidentType
    travels: Travels
    now: Instant
    plans: Plans = NO_PLANS
    loss: Loss | None = None
    """None: coverage is not known, and nothing is said of it."""


class Able(msgspec.Struct, frozen=True):
    """A unit that could go. `own`: its cost without coverage."""

    unit: Unit
    travel: Travel
    in_time: float
    """Probability of arriving within the target."""
    own: float
    neighbour: bool


class Why(msgspec.Struct, frozen=True):
    """Why a unit cannot go, and what it is about: the incident that has it, the unit that has its crew, until when."""

    reason: Unable
    incident: str = ""
    unit: str = ""
    until: Instant | None = None
    crew_min: int = 0


class Asked(msgspec.Struct, frozen=True):
    """What is needed at this incident, by plan and level, and on what terms."""

    applied: Applied
    needs: tuple[tuple[int, Requirement], ...]
    terms: Terms
    target_s: float
    parts: Mapping[str, int]
    """Capabilities that are needed, each with the smallest crew that will do."""
    shut: Mapping[str, bool]
    """Agencies of the plan file: whether they may not serve this."""


def ask(case: Case) -> Asked:
    """What the plan asks for."""
    incident, plans = case.incident, case.plans
    applied = plan_for(plans, case.kind, incident.priority, incident.place)
    terms = plans.terms[incident.priority - 1]
    needs = applied.needs(incident.level)
    parts: dict[str, int] = {}
    for _, need in needs:
        for option in need.options:
            for part in option:
                parts[part.capability] = min(part.crew_min, parts.get(part.capability, part.crew_min))
    shut = {agency.name: not _serves(agency, case.kind, applied.areas) for agency in plans.agencies}
    target_s = terms.target_s if applied.plan.target_s is None else applied.plan.target_s
    return Asked(applied, needs, terms, target_s, parts, shut)


def _serves(agency: Agency, kind: IncidentType, areas: frozenset[str]) -> bool:
    where = not agency.areas or any(area in areas for area in agency.areas)
    return where and fits(agency.types, agency.groups, kind) is not None


def cannot(case: Case, asked: Asked, unit: Unit, travel: Travel | None) -> Why | None:
    """Why this unit cannot go; None when it could."""
    if not unit.on_duty:
        return Why("off_duty")
    if unit.crew_count < unit.crew_min:
        return Why("understaffed", crew_min=unit.crew_min)
    needed = [crew_min for capability, crew_min in asked.parts.items() if capability in unit.capabilities]
    if asked.parts and not needed:
        return Why("not_capable")
    if needed and unit.crew_count < min(needed):
        return Why("understaffed", crew_min=min(needed))
    if asked.shut.get(unit.agency):
        return Why("not_served")
    if unit.assignment:
        return Why("on_incident", incident=unit.assignment.incident)
    return _crew(case, unit) or (Why("no_road") if travel is None or travel.basis == "none" else None)


def _crew(case: Case, unit: Unit) -> Why | None:
    """Its crew is out with another vehicle, or is to be left alone."""
    for other in case.plans.sharing(unit.id):
        has = case.room.units[other].assignment if other in case.room.units else None
        if has:
            return Why("crew_away", incident=has.incident, unit=other)
    until = rests_until(case.plans, unit, case.incident.priority, case.now)
    return None if until is None else Why("resting", until=until)


def rests_until(plans: Plans, unit: Unit, priority: int, now: Instant) -> Instant | None:
    """Until when the crew is left alone by incidents of this priority; infinite: for the rest of its shift."""
    rest = plans.rest
    if priority not in rest.priorities:
        return None
    if rest.duty_longest_s and now - unit.duty_since >= rest.duty_longest_s:
        return float("inf")
    freed_at = unit.freed_at
    if freed_at is not None and now - freed_at < rest.after_incident_s:
        return freed_at + rest.after_incident_s
    return None


def able_of(case: Case, asked: Asked, unit: Unit, travel: Travel) -> Able:
    """What this unit would cost alone, whether or not coverage counts."""
    terms = asked.terms
    in_time = p_within(travel, asked.target_s, case.now)
    agency = case.plans.agency(unit.agency) if asked.shut else None
    neighbour = agency is not None and agency.neighbour
    own = terms.late * (1.0 - in_time) + terms.minute * travel.eta_s / 60.0 + (terms.neighbour if neighbour else 0.0)
    return Able(unit, travel, in_time, own, neighbour)


def in_order(able: Sequence[Able]) -> list[Able]:
    """The cheapest first, without coverage; of equals the nearer, then by name."""
    return sorted(able, key=lambda one: (one.own, one.travel.eta_s, one.unit.id))
