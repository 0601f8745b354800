"""What may happen to a unit apart from its assignments."""

from __future__ import annotations

from tocsin.domain import checks, orders
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts import units


def register(room: Room, order: orders.RegisterUnit, given: Given) -> Decision:
    """New, or changed while it is on no incident."""
    refusal = checks.not_empty(order.unit, "unit") or _coined(order)
    known = room.units.get(order.unit)
    if refusal is None and known:
        refusal = checks.unassigned(known)
    return refusal or (
        units.UnitRegistered(
            given.now,
            order.unit,
            order.unit_kind,
            order.agency,
            order.capabilities,
            order.crew_min,
            order.home,
            order.station,
        ),
    )


def _coined(order: orders.RegisterUnit) -> Refusal | None:
    """The words this order brings into the room are ones that people can tell apart."""
    words = [("unit", order.unit), ("unit_kind", order.unit_kind), ("agency", order.agency)]
    words += [(f"capabilities[{i}]", word) for i, word in enumerate(order.capabilities)]
    return next((refusal for field, word in words if (refusal := checks.plain(word, field))), None)


def on_duty(room: Room, order: orders.UnitOnDuty, given: Given) -> Decision:
    """Understaffed crews come on duty too: seen, and bypassed with the reason. A named crew relieves another."""
    unit = checks.known_unit(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    if unit.on_duty and unit.crew_count == order.crew_count and not order.crew:
        return Refusal("unit_on_duty_already", f"{unit.id} is on duty", "unit", {"unit": unit.id})
    relieved = unit.on_duty and bool(order.crew)
    return (units.UnitCameOnDuty(given.now, unit.id, order.crew_count, order.crew, relieved),)


def off_duty(room: Room, order: orders.UnitOffDuty, given: Given) -> Decision:
    """Not while on an incident."""
    unit = checks.known_unit(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    if not unit.on_duty:
        return Refusal("unit_off_duty", f"{unit.id} is off duty", "unit", {"unit": unit.id})
    return checks.unassigned(unit) or (units.UnitWentOffDuty(given.now, unit.id),)


def at_station(room: Room, order: orders.UnitAtStation, given: Given) -> Decision:
    """A free unit is back where it stands by."""
    unit = checks.known_unit(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    if not unit.on_duty:
        return Refusal("unit_off_duty", f"{unit.id} is off duty", "unit", {"unit": unit.id})
    refusal = checks.unassigned(unit)
    if refusal:
        return refusal
    if unit.at_station:
        return Refusal("unit_at_station_already", f"{unit.id} is at its station", "unit", {"unit": unit.id})
    return (units.UnitReturned(given.now, unit.id),)
