"""What may be asked of a free unit that stands by, and what hospitals may say. Whether a move is wise: no rule here."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.domain import checks
from tocsin.domain import orders_standby as o
from tocsin.domain.drives import drive_of
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Hospital, Room, Unit
from tocsin.facts import standby


def move_up(room: Room, order: o.MoveUpUnit, given: Given) -> Decision:
    """Only a unit that could be sent to an incident: whoever stands by must be of use there."""
    empty = checks.not_empty(order.post, "post")
    if empty:
        return empty
    unit = checks.sendable(room, order.unit, "unit", given.plans)
    if isinstance(unit, Refusal):
        return unit
    if unit.post == order.post:
        words = f"{unit.id} is {'at' if unit.at_post else 'on its way to'} {unit.post}"
        return Refusal("unit_moved_already", words, "post", {"unit": unit.id, "post": unit.post})
    drive = replace(drive_of(given.travels.get(unit.id), given.now), siren=False)
    fact = standby.UnitMovedUp(
        given.now, unit.id, order.post, order.place, drive, order.group, order.before, order.after
    )
    return (fact,)


def _moved(room: Room, name: str) -> Unit | Refusal:
    """The unit, if it stands by at a post or drives to one."""
    unit = checks.known_unit(room, name)
    if isinstance(unit, Refusal) or unit.post:
        return unit
    return Refusal("unit_not_moved_up", f"{name} was sent to no post", "unit", {"unit": name})


def at_post(room: Room, order: o.UnitIsAtPost, given: Given) -> Decision:
    """It stands where it was sent."""
    unit = _moved(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    if unit.at_post:
        words = f"{unit.id} is at {unit.post}"
        return Refusal("unit_at_post_already", words, "unit", {"unit": unit.id, "post": unit.post})
    return (standby.UnitAtPost(given.now, unit.id, unit.post),)


def call_home(room: Room, order: o.CallHomeUnit, given: Given) -> Decision:
    """On its way there, or there already."""
    unit = _moved(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    return (standby.UnitCalledHome(given.now, unit.id, unit.post, order.reason),)


def decline(room: Room, order: o.DeclineMove, given: Given) -> Decision:
    """A no is worth recording too: it says what was offered and not wanted."""
    empty = checks.not_empty(order.post, "post")
    if empty:
        return empty
    unit = checks.known_unit(room, order.unit)
    if isinstance(unit, Refusal):
        return unit
    return (standby.MoveDeclined(given.now, unit.id, order.post, order.reason),)


# -- hospitals ---------------------------------------------------------------------------------------------------------


def register_hospital(_room: Room, order: o.RegisterHospital, given: Given) -> Decision:
    """New, or changed."""
    return checks.not_empty(order.hospital, "hospital") or (
        standby.HospitalRegistered(given.now, order.hospital, order.place, order.capabilities, order.beds),
    )


def _hospital(room: Room, name: str) -> Hospital | Refusal:
    return room.hospitals.get(name) or Refusal(
        "unknown_hospital", f"there is no hospital {name}", "hospital", {"hospital": name}
    )


def divert(room: Room, order: o.DivertHospital, given: Given) -> Decision:
    """A diversion that has run out may be said again; one that stands may be given another end or reason."""
    hospital = _hospital(room, order.hospital)
    if isinstance(hospital, Refusal):
        return hospital
    if order.until is not None and order.until <= given.now:
        return Refusal("until_in_past", "a diversion must end later than now", "until", {"hospital": hospital.id})
    if hospital.diverts(given.now) and (hospital.reason, hospital.until) == (order.reason, order.until):
        words = f"{hospital.id} is on diversion"
        return Refusal("hospital_diverted_already", words, "hospital", {"hospital": hospital.id})
    return (standby.HospitalDiverted(given.now, hospital.id, order.reason, order.until),)


def reopen(room: Room, order: o.ReopenHospital, given: Given) -> Decision:
    """It takes patients again."""
    hospital = _hospital(room, order.hospital)
    if isinstance(hospital, Refusal):
        return hospital
    if not hospital.diverts(given.now):
        words = f"{hospital.id} takes patients"
        return Refusal("hospital_not_diverted", words, "hospital", {"hospital": hospital.id})
    return (standby.HospitalReopened(given.now, hospital.id),)


def report(room: Room, order: o.ReportHospital, given: Given) -> Decision:
    """The last word stands, for as long as it is fresh."""
    hospital = _hospital(room, order.hospital)
    if isinstance(hospital, Refusal):
        return hospital
    return (standby.HospitalLoad(given.now, hospital.id, order.wait_s, order.beds_free),)
