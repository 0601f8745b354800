"""Standing by and hospitals, folded into the room. Total, like all folding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain.room import Hospital, Room
from tocsin.facts import standby
from tocsin.facts.personal import subject_of


def leave_post(room: Room, unit_id: str) -> None:
    """Whatever it does next, it stands by at no post."""
    unit = room.units[unit_id]
    unit.post, unit.at_post = "", False


def _moved_up(room: Room, fact: standby.UnitMovedUp) -> None:
    unit = room.units[fact.unit]
    unit.post, unit.at_post, unit.at_station = fact.post, False, False


def _at_post(room: Room, fact: standby.UnitAtPost) -> None:
    room.units[fact.unit].at_post = True


def _called_home(room: Room, fact: standby.UnitCalledHome) -> None:
    leave_post(room, fact.unit)


def _declined(_room: Room, _fact: standby.MoveDeclined) -> None:
    """No decision rests on it."""


def _registered(room: Room, fact: standby.HospitalRegistered) -> None:
    known = room.hospitals.get(fact.hospital)
    made = Hospital(fact.hospital, fact.place, frozenset(fact.capabilities), fact.beds)
    if known:
        made.diverted, made.reason, made.until = known.diverted, known.reason, known.until
        made.wait_s, made.beds_free, made.said_at = known.wait_s, known.beds_free, known.said_at
    room.hospitals[fact.hospital] = made


def _diverted(room: Room, fact: standby.HospitalDiverted) -> None:
    hospital = room.hospitals[fact.hospital]
    hospital.diverted, hospital.reason, hospital.until = True, fact.reason, fact.until
    if fact.reason:
        room.kept_crew.setdefault(subject_of(fact), fact.at)


def _reopened(room: Room, fact: standby.HospitalReopened) -> None:
    hospital = room.hospitals[fact.hospital]
    hospital.diverted, hospital.reason, hospital.until = False, "", None


def _load(room: Room, fact: standby.HospitalLoad) -> None:
    hospital = room.hospitals[fact.hospital]
    hospital.wait_s, hospital.beds_free, hospital.said_at = fact.wait_s, fact.beds_free, fact.at


FOLD: dict[type, Callable[[Room, Any], None]] = {
    standby.UnitMovedUp: _moved_up,
    standby.UnitAtPost: _at_post,
    standby.UnitCalledHome: _called_home,
    standby.MoveDeclined: _declined,
    standby.HospitalRegistered: _registered,
    standby.HospitalDiverted: _diverted,
    standby.HospitalReopened: _reopened,
    standby.HospitalLoad: _load,
}
