"""Calls on the board: ringing, answered, with their incident, split off again, silent, lost and called back.

What was known of an attached call is kept beside its incident while that is open, so that splitting gives all of it
back. Never judges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import calls
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.values import Instant
from tocsin.facts.watch import CALL_ALARMS
from tocsin.views import board_callers, board_locations
from tocsin.views.board_state import BoardState, drop_alarms
from tocsin.views.rows import CallerRow, CallRow, IncidentRow

CALLERS = 12
"""Callers an incident's row carries; all of them stand in its timeline."""
LOST = ("abandoned", "silent")


def _received(board: BoardState, fact: calls.CallReceived, _by: str) -> None:
    board.calls[fact.call] = CallRow(
        fact.call, "ringing", fact.line, fact.number, fact.caller, fact.place, fact.at, earlier=fact.earlier
    )


def _answered(board: BoardState, fact: calls.CallAnswered, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(row, status="answered", answered_at=fact.at, answered_by=fact.by)
    drop_alarms(board, fact.call, CALL_ALARMS)


def _located(board: BoardState, fact: calls.CallLocated, _by: str) -> None:
    board.calls[fact.call] = replace(board.calls[fact.call], place=fact.place, taken="")


def _noted(board: BoardState, fact: calls.CallNoted, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(row, notes=(*row.notes, fact.text))


def _released(board: BoardState, fact: calls.CallReleased, _by: str) -> None:
    """Gone, unless its caller was lost and can be called back."""
    row = board.calls.pop(fact.call, None)
    if row is not None and fact.reason in LOST and any(char.isdecimal() for char in row.number):
        board.calls[fact.call] = replace(row, status="released", reason=fact.reason, ended_at=fact.at)
    board_callers.gone(board, (fact.call,))
    drop_alarms(board, fact.call, CALL_ALARMS)


def _attached(board: BoardState, fact: calls.CallAttached, by: str) -> None:
    """To its incident's row, with what its caller said."""
    call = board.calls.pop(fact.call, None)
    board_locations.went(board.homes, fact)
    row = board_locations.attached(board.incidents[fact.incident], call)
    if fact.call not in row.calls:
        row = replace(row, calls=(*row.calls, fact.call), changed_at=fact.at)
    if call is not None:
        board.attached[fact.call] = replace(call, status="attached", incident=fact.incident, reports=(), areas=())
        row = replace(row, callers=(*row.callers, _caller(call, fact.at, by))[-CALLERS:])
    board.incidents[fact.incident] = row
    drop_alarms(board, fact.call, CALL_ALARMS)


def _caller(call: CallRow, at: Instant, by: str) -> CallerRow:
    said = call.notes[-1] if call.notes else ""
    return CallerRow(call.id, call.number, call.caller, call.received_at, at, by, call.place, said)


def _detached(board: BoardState, fact: calls.CallDetached, _by: str) -> None:
    """All that was its own goes with it, also what was reported of its caller since."""
    row = board.incidents[fact.incident]
    kept = board.attached.pop(fact.call, None) or CallRow(fact.call, "answered", "", "", "", None, fact.at)
    board.homes.pop(fact.call, None)
    board.calls[fact.call] = replace(
        kept, status="answered", incident="", answered_at=kept.answered_at or fact.at, answered_by=fact.by,
        reason=None, ended_at=None,
        reports=tuple(one for one in row.reports if one.call == fact.call),
        areas=tuple(one for one in row.areas if one.call == fact.call),
    )  # fmt: skip
    board.incidents[fact.incident] = replace(
        row,
        calls=tuple(one for one in row.calls if one != fact.call),
        callers=tuple(one for one in row.callers if one.call != fact.call),
        reports=tuple(one for one in row.reports if one.call != fact.call),
        areas=tuple(one for one in row.areas if one.call != fact.call),
        changed_at=fact.at,
    )


def closed(board: BoardState, row: IncidentRow) -> IncidentRow:
    """Nothing of it is split off any more."""
    for call in row.calls:
        board.attached.pop(call, None)
    return replace(row, callers=())


def erased(board: BoardState, fact: PersonalErased) -> None:
    """Nobody is called back whose number is gone."""
    row = board.calls.get(fact.call)
    if row is not None and row.status == "released":
        del board.calls[fact.call]


def _silent(board: BoardState, fact: calls.CallSilent, _by: str) -> None:
    board.calls[fact.call] = replace(board.calls[fact.call], silent=True)


def _tried(board: BoardState, fact: calls.CallTriedBack, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(row, tries=row.tries + 1, tried_at=fact.at)


def _reached(board: BoardState, fact: calls.CallReached, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(
        row, status="answered", reason=None, ended_at=None, silent=False, answered_at=fact.at, answered_by=fact.by
    )


def _back_closed(board: BoardState, fact: calls.CallBackClosed, _by: str) -> None:
    board.calls.pop(fact.call, None)


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    calls.CallReceived: _received,
    calls.CallAnswered: _answered,
    calls.CallLocated: _located,
    calls.CallNoted: _noted,
    calls.CallReleased: _released,
    calls.CallAttached: _attached,
    calls.CallDetached: _detached,
    calls.CallSilent: _silent,
    calls.CallTriedBack: _tried,
    calls.CallReached: _reached,
    calls.CallBackClosed: _back_closed,
}
