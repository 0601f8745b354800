"""Rows of standing by and of hospitals, folded. Told only what is durable; never judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import standby
from tocsin.views.board_state import BoardState
from tocsin.views.rows import HospitalRow, UnitRow


def off_post(row: UnitRow) -> UnitRow:
    """The row of a unit that stands by nowhere but at its station."""
    return replace(row, post="", post_place=None, at_post=False, post_due_at=None) if row.post else row


def _moved_up(board: BoardState, fact: standby.UnitMovedUp, _by: str) -> None:
    due_at = fact.at + fact.drive.eta_s if fact.drive.basis != "none" else None
    row = board.units[fact.unit]
    board.units[fact.unit] = replace(
        row, post=fact.post, post_place=fact.place, at_post=False, at_station=False, post_due_at=due_at
    )


def _at_post(board: BoardState, fact: standby.UnitAtPost, _by: str) -> None:
    board.units[fact.unit] = replace(board.units[fact.unit], at_post=True, post_due_at=None)


def _called_home(board: BoardState, fact: standby.UnitCalledHome, _by: str) -> None:
    board.units[fact.unit] = off_post(board.units[fact.unit])


def _declined(_board: BoardState, _fact: standby.MoveDeclined, _by: str) -> None:
    """No row shows it; the proposal itself goes."""


def _registered(board: BoardState, fact: standby.HospitalRegistered, _by: str) -> None:
    known = board.hospitals.get(fact.hospital)
    new = HospitalRow(fact.hospital, fact.place, fact.capabilities, fact.beds)
    if known:
        new = replace(known, place=fact.place, capabilities=fact.capabilities, beds=fact.beds)
    board.hospitals[fact.hospital] = new


def _diverted(board: BoardState, fact: standby.HospitalDiverted, by: str) -> None:
    row = board.hospitals[fact.hospital]
    since = row.diverted_since if row.diverted_since is not None else fact.at
    board.hospitals[fact.hospital] = replace(
        row, diverted_since=since, diverted_until=fact.until, reason=fact.reason, diverted_by=by
    )


def _reopened(board: BoardState, fact: standby.HospitalReopened, _by: str) -> None:
    board.hospitals[fact.hospital] = replace(
        board.hospitals[fact.hospital], diverted_since=None, diverted_until=None, reason="", diverted_by=""
    )


def _load(board: BoardState, fact: standby.HospitalLoad, _by: str) -> None:
    board.hospitals[fact.hospital] = replace(
        board.hospitals[fact.hospital], wait_s=fact.wait_s, beds_free=fact.beds_free, load_at=fact.at
    )


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    standby.UnitMovedUp: _moved_up,
    standby.UnitAtPost: _at_post,
    standby.UnitCalledHome: _called_home,
    standby.MoveDeclined: _declined,
    standby.HospitalRegistered: _registered,
    standby.HospitalDiverted: _diverted,
    standby.HospitalReopened: _reopened,
    standby.HospitalLoad: _load,
}
