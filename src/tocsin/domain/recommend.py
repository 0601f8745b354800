"""The closest: capable, staffed, free units by road time, whatever it costs the next caller. The rule to compare with.

What the desk proposes is in `advise`. Pure: travel times arrive as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tocsin.domain.case import Unable
from tocsin.domain.room import Incident, Room, Unit
from tocsin.domain.travel import Travels
from tocsin.domain.types import IncidentType, Need


def cannot_go(unit: Unit, needs: tuple[Need, ...]) -> tuple[Unable, str] | None:
    """Why this unit cannot go at all, wherever it stands; None when it could."""
    if not unit.on_duty:
        return "off_duty", "off duty"
    if unit.crew_count < unit.crew_min:
        return "understaffed", f"crew of {unit.crew_count}, needs {unit.crew_min}"
    if needs and not _capable(unit, needs):
        return "not_capable", "cannot do what is needed"
    if unit.assignment:
        return "on_incident", f"on incident {unit.assignment.incident}, {unit.assignment.stage.replace('_', ' ')}"
    return None


def _capable(unit: Unit, needs: tuple[Need, ...]) -> bool:
    return any(need.capability in unit.capabilities for need in needs)


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


def choose(room: Room, incident: Incident, kind: IncidentType, travels: Travels) -> tuple[str, ...]:
    """The nearest that fill the needs of the type, by need and then by road time.

    Only units that `travels` names are looked at.
    """
    units, needs = room.units, kind.needs
    wanted = [need.capability for need in needs]
    # What `cannot_go` says in words, in the order that is soonest done: this is asked of every unit for every call.
    able = [
        (travel.eta_s, unit_id)
        for unit_id, travel in travels.items()
        if (unit := units[unit_id]).assignment is None
        and unit.on_duty
        and unit.crew_count >= unit.crew_min
        and travel.basis != "none"
        and not (wanted and unit.capabilities.isdisjoint(wanted))
    ]
    if len(needs) == 1 and needs[0].count == 1 and not incident.units:
        return (min(able)[1],) if able else ()  # one seat, and nobody has it
    able.sort()
    return _choose(needs, [units[unit] for unit in incident.units], able, units)


def _choose(
    needs: tuple[Need, ...], here: list[Unit], able: list[tuple[float, str]], units: Mapping[str, Unit]
) -> tuple[str, ...]:
    """Seats for those who are on it (`here`), then for the nearest of `able`; the chosen by need, then by road time."""
    seats = Seats(needs)
    on_it = {unit.id for unit in here if seats.take(unit)}
    for _, unit_id in able:
        if seats.full():
            break
        seats.take(units[unit_id])
    held = zip(seats.wants, seats.holders, strict=True)
    new = {unit.id: i for (i, _), unit in held if unit is not None and unit.id not in on_it}
    if len(new) < 2:
        return tuple(new)
    rank = {unit_id: n for n, (_, unit_id) in enumerate(able) if unit_id in new}
    return tuple(sorted(new, key=lambda id_: (new[id_], rank[id_])))
