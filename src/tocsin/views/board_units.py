"""Units on the board: on duty and off, sent, under way, there, free again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import assignments, units
from tocsin.facts.values import Instant
from tocsin.facts.watch import UNIT_ALARMS
from tocsin.views import board_sharing, board_standby
from tocsin.views.board_state import BoardState, change, drop_alarms
from tocsin.views.rows import OnIt, UnitRow, UnitStatus


def _unit_registered(board: BoardState, fact: units.UnitRegistered, _by: str) -> None:
    known = board.units.get(fact.unit)
    row = UnitRow(
        fact.unit,
        fact.unit_kind,
        fact.agency,
        fact.capabilities,
        fact.crew_min,
        known.crew_count if known else 0,
        fact.station,
        fact.home,
        known.status if known else "off_duty",
        known.since if known else fact.at,
        at_station=known.at_station if known else True,
    )
    board.units[fact.unit] = row


def _unit_on_duty(board: BoardState, fact: units.UnitCameOnDuty, _by: str) -> None:
    row = board.units[fact.unit]
    if row.status == "off_duty":
        row = replace(row, status="available", since=fact.at)
    board.units[fact.unit] = replace(row, crew_count=fact.crew_count)


def _unit_off_duty(board: BoardState, fact: units.UnitWentOffDuty, _by: str) -> None:
    row = board_standby.off_post(board.units[fact.unit])
    board.units[fact.unit] = replace(row, status="off_duty", since=fact.at, crew_count=0)


def _unit_at_station(board: BoardState, fact: units.UnitReturned, _by: str) -> None:
    board.units[fact.unit] = replace(board_standby.off_post(board.units[fact.unit]), at_station=True)


def _assign(board: BoardState, unit: str, incident: str, at: Instant, drive: assignments.Drive) -> None:
    due_at = at + drive.eta_s if drive.basis != "none" else None
    low_at = None if drive.low_s is None else at + drive.low_s
    high_at = None if drive.high_s is None else at + drive.high_s
    board.units[unit] = replace(
        board_standby.off_post(board.units[unit]),
        status="dispatched",
        since=at,
        incident=incident,
        due_at=due_at,
        basis=drive.basis,
        destination="",
        due_low_at=low_at,
        due_high_at=high_at,
    )
    row = board.incidents[incident]
    on_it = (*row.units, OnIt(unit, "dispatched", at, at, due_at, drive.basis, low_at, high_at))
    agencies = board_sharing.worked(row, board.units[unit].agency)
    first_at = row.first_dispatched_at or at
    change(board, incident, at, units=on_it, first_dispatched_at=first_at, agencies=agencies)
    drop_alarms(board, unit, UNIT_ALARMS)


def _free(board: BoardState, unit: str, incident: str, at: Instant) -> None:
    board.units[unit] = replace(
        board.units[unit],
        status="available",
        since=at,
        incident="",
        due_at=None,
        basis="none",
        destination="",
        due_low_at=None,
        due_high_at=None,
    )
    left = tuple(on_it for on_it in board.incidents[incident].units if on_it.unit != unit)
    change(board, incident, at, units=left)
    drop_alarms(board, unit, UNIT_ALARMS)


def _dispatched(board: BoardState, fact: assignments.UnitDispatched, _by: str) -> None:
    _assign(board, fact.unit, fact.incident, fact.at, fact.drive)


def _stage(status: UnitStatus, leaves_station: bool = False) -> Callable[[BoardState, Any, str], None]:
    arrived = status not in ("acknowledged", "en_route", "staged")

    def reached(board: BoardState, fact: assignments.UnitAcknowledged, _by: str) -> None:
        unit = board.units[fact.unit]
        due = (None, None, None) if arrived else (unit.due_at, unit.due_low_at, unit.due_high_at)
        coming = dict(zip(("due_at", "due_low_at", "due_high_at"), due, strict=True))
        board.units[fact.unit] = replace(
            unit,
            status=status,
            since=fact.at,
            **coming,
            at_station=unit.at_station and not leaves_station,
            destination=getattr(fact, "destination", unit.destination),
        )
        row = board.incidents[fact.incident]
        now_on_it = tuple(
            replace(on_it, status=status, since=fact.at, **coming) if on_it.unit == fact.unit else on_it
            for on_it in row.units
        )
        first = row.first_on_scene_at
        if status == "on_scene":
            first = fact.at if first is None else min(first, fact.at)
        change(board, fact.incident, fact.at, units=now_on_it, first_on_scene_at=first)
        drop_alarms(board, fact.unit, UNIT_ALARMS)

    return reached


def _available(board: BoardState, fact: assignments.UnitAvailable | assignments.UnitCancelled, _by: str) -> None:
    _free(board, fact.unit, fact.incident, fact.at)


def _diverted(board: BoardState, fact: assignments.UnitDiverted, _by: str) -> None:
    _free(board, fact.unit, fact.incident, fact.at)
    _assign(board, fact.unit, fact.to, fact.at, fact.drive)


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    units.UnitRegistered: _unit_registered,
    units.UnitCameOnDuty: _unit_on_duty,
    units.UnitWentOffDuty: _unit_off_duty,
    units.UnitReturned: _unit_at_station,
    assignments.UnitDispatched: _dispatched,
    assignments.UnitAcknowledged: _stage("acknowledged"),
    assignments.UnitEnRoute: _stage("en_route", leaves_station=True),
    assignments.UnitStaged: _stage("staged", leaves_station=True),
    assignments.UnitOnScene: _stage("on_scene", leaves_station=True),
    assignments.UnitAtPatient: _stage("at_patient"),
    assignments.UnitLeftScene: _stage("left_scene"),
    assignments.UnitAtHospital: _stage("at_hospital"),
    assignments.UnitHandedOver: _stage("handed_over"),
    assignments.UnitAvailable: _available,
    assignments.UnitCancelled: _available,
    assignments.UnitDiverted: _diverted,
}
