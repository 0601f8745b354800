"""Who can be there first: the capable, staffed, free units by road time, and why every other one was passed over.

Pure: travel times arrive as numbers. Proposes, never sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.arrival import stated
from tocsin.domain.room import Incident, Room, Unit
from tocsin.domain.travel import Travel, Travels
from tocsin.domain.types import IncidentType, Need
from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant

BypassReason: TypeAlias = Literal[
    "off_duty", "understaffed", "on_incident", "not_capable", "no_road", "farther", "not_needed"
]


class Candidate(msgspec.Struct, frozen=True):
    """One unit, chosen or bypassed, and why.

    The chosen stand first, by need and then by road time; then those who could go, by road time; then those who cannot.
    """

    unit: str
    chosen: bool
    basis: Basis
    eta_s: float | None = None
    length_m: float | None = None
    position_age_s: float | None = None
    """None when the unit never reported and its home was used."""
    capability: str = ""
    """The need this unit was chosen for."""
    reason: BypassReason | None = None
    incident: str = ""
    """With `on_incident`: the incident that has it."""
    later_s: float | None = None
    """With `farther`: how much later than the last one chosen for a need it could fill."""
    text: str = ""
    """The reason in an English sentence."""
    low_s: float | None = None
    """With `high_s`: 90 % of such drives are within this range, the age of the position included."""
    high_s: float | None = None


class NeedStatus(msgspec.Struct, frozen=True):
    """One need of the incident's type: how many wanted, already assigned, chosen now."""

    capability: str
    count: int
    assigned: int
    chosen: int


def cannot_go(unit: Unit, needs: tuple[Need, ...]) -> tuple[BypassReason, str] | None:
    """Why this unit cannot go at all, wherever it stands; None when it could."""
    if not unit.on_duty:
        return "off_duty", "off duty"
    if unit.crew_count < unit.crew_min:
        return "understaffed", f"crew of {unit.crew_count}, needs {unit.crew_min}"
    if needs and not any(need.capability in unit.capabilities for need in needs):
        return "not_capable", "cannot do what is needed"
    if unit.assignment:
        return "on_incident", f"on incident {unit.assignment.incident}, {unit.assignment.stage.replace('_', ' ')}"
    return None


class Seats:
    """The needs of a type as single seats, each held by one unit that can fill it.

    A unit finds a seat when others can move over to make room (an augmenting path: Kuhn 1955). Taking units nearest
    first and keeping each that finds a seat fills as many seats as can be filled, with the nearest units that can fill
    them: the greedy algorithm on a transversal matroid (Edmonds & Fulkerson 1965).
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        self.wants: list[tuple[int, str]] = [
            (i, need.capability) for i, need in enumerate(needs) for _ in range(need.count)
        ]
        self.holders: list[Unit | None] = [None] * len(self.wants)

    def take(self, unit: Unit) -> bool:
        """Give `unit` a seat, moving others over if that helps. Whoever has a seat keeps one."""
        return self._seat(unit, set())

    def _seat(self, unit: Unit, tried: set[int]) -> bool:
        for seat, (_, capability) in enumerate(self.wants):
            if seat in tried or capability not in unit.capabilities:
                continue
            tried.add(seat)
            holder = self.holders[seat]
            if holder is None or self._seat(holder, tried):
                self.holders[seat] = unit
                return True
        return False

    def full(self) -> bool:
        """Every seat is held."""
        return None not in self.holders


def recommend(
    room: Room, incident: Incident, kind: IncidentType, travels: Travels, now: Instant
) -> tuple[tuple[NeedStatus, ...], tuple[Candidate, ...]]:
    """Needs and every unit of the room as a candidate. `travels` holds the drive of every unit to the incident."""
    able: list[tuple[float, Unit]] = []
    out: list[Candidate] = []
    for unit in room.units.values():
        if incident.id == (unit.assignment.incident if unit.assignment else None):
            continue
        travel = travels.get(unit.id)
        why = cannot_go(unit, kind.needs)
        if why is None and (travel is None or travel.basis == "none"):
            why = "no_road", "no way there is known"
        if why is None and travel is not None:
            able.append((travel.eta_s, unit))
        elif why:
            out.append(_bypassed(unit, travel, why, now))
    able.sort(key=lambda x: (x[0], x[1].id))
    needs, chosen = _choose(kind.needs, [room.units[unit] for unit in incident.units], [unit for _, unit in able])
    taken = {unit.id for unit, _ in chosen}
    rest = [unit for _, unit in able if unit.id not in taken]
    candidates = [_chosen(unit, travels[unit.id], capability, now) for unit, capability in chosen]
    candidates += _later(rest, chosen, travels, now)
    return tuple(needs), tuple(candidates + sorted(out, key=lambda c: (c.eta_s is None, c.eta_s, c.unit)))


def choose(room: Room, incident: Incident, kind: IncidentType, travels: Travels) -> tuple[str, ...]:
    """Whom `recommend` chooses, in its order, without a word about the others: for those who ask it a million times.

    Only units that `travels` names are looked at.
    """
    able: list[tuple[float, Unit]] = []
    for unit_id, travel in travels.items():
        unit = room.units[unit_id]
        if travel.basis != "none" and cannot_go(unit, kind.needs) is None:
            able.append((travel.eta_s, unit))
    able.sort(key=lambda x: (x[0], x[1].id))
    _, chosen = _choose(kind.needs, [room.units[unit] for unit in incident.units], [unit for _, unit in able])
    return tuple(unit.id for unit, _ in chosen)


def _choose(
    needs: tuple[Need, ...], here: list[Unit], able: list[Unit]
) -> tuple[list[NeedStatus], list[tuple[Unit, str]]]:
    """Seats for those who are on it (`here`), then for the nearest of `able`; the chosen by need, then by road time."""
    seats = Seats(needs)
    on_it = {unit.id for unit in here if seats.take(unit)}
    for unit in able:
        if seats.full():
            break
        seats.take(unit)
    held = [(i, unit) for (i, _), unit in zip(seats.wants, seats.holders, strict=True) if unit]
    rank = {unit.id: n for n, unit in enumerate(able)}
    new = sorted(((i, unit) for i, unit in held if unit.id not in on_it), key=lambda x: (x[0], rank[x[1].id]))
    filled = [
        NeedStatus(
            need.capability,
            need.count,
            sum(j == i and unit.id in on_it for j, unit in held),
            sum(j == i for j, _ in new),
        )
        for i, need in enumerate(needs)
    ]
    return filled, [(unit, needs[i].capability) for i, unit in new]


def _later(rest: list[Unit], chosen: list[tuple[Unit, str]], travels: Travels, now: Instant) -> list[Candidate]:
    out: list[Candidate] = []
    for unit in rest:
        travel = travels[unit.id]
        rivals = [travels[u.id].eta_s for u, capability in chosen if capability in unit.capabilities]
        if not rivals:
            out.append(_bypassed(unit, travel, ("not_needed", "nobody more is needed for what it can do"), now))
            continue
        later_s = travel.eta_s - max(rivals)
        words = f"{int(later_s) // 60}:{int(later_s) % 60:02d} later than the last one chosen"
        out.append(_bypassed(unit, travel, ("farther", words), now, later_s))
    return out


def _chosen(unit: Unit, travel: Travel, capability: str, now: Instant) -> Candidate:
    low_s, high_s = stated(travel, now)
    return Candidate(
        unit.id,
        True,
        travel.basis,
        travel.eta_s,
        travel.length_m,
        _age(travel, now),
        capability,
        text=capability,
        low_s=low_s,
        high_s=high_s,
    )


def _bypassed(
    unit: Unit,
    travel: Travel | None,
    why: tuple[BypassReason, str],
    now: Instant,
    later_s: float | None = None,
) -> Candidate:
    reason, text = why
    incident = unit.assignment.incident if unit.assignment and reason == "on_incident" else ""
    if travel is None or travel.basis == "none":
        return Candidate(unit.id, False, "none", reason=reason, incident=incident, text=text)
    low_s, high_s = stated(travel, now)
    return Candidate(
        unit.id,
        False,
        travel.basis,
        travel.eta_s,
        travel.length_m,
        _age(travel, now),
        reason=reason,
        incident=incident,
        later_s=later_s,
        text=text,
        low_s=low_s,
        high_s=high_s,
    )


def _age(travel: Travel, now: Instant) -> float | None:
    return None if travel.position_at is None else max(0.0, now - travel.position_at)
