"""Who else sees an incident, in its row. Told only what is durable; never judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import sharing
from tocsin.views.board_state import BoardState
from tocsin.views.rows import IncidentRow, ShareRow


def worked(row: IncidentRow, agency: str) -> tuple[str, ...]:
    """Agencies whose units were ever on it, this one among them."""
    return row.agencies if agency in row.agencies else (*row.agencies, agency)


def _without(row: IncidentRow, agency: str) -> tuple[ShareRow, ...]:
    return tuple(share for share in row.shares if share.agency != agency)


def _shared(board: BoardState, fact: sharing.IncidentShared, by: str) -> None:
    rows = board.incidents if fact.incident in board.incidents else board.closed
    row = rows[fact.incident]
    share = ShareRow(fact.agency, fact.at, fact.until, by)
    rows[fact.incident] = replace(row, shares=(*_without(row, fact.agency), share), changed_at=fact.at)


def _ended(board: BoardState, fact: sharing.SharingEnded, _by: str) -> None:
    rows = board.incidents if fact.incident in board.incidents else board.closed
    row = rows[fact.incident]
    rows[fact.incident] = replace(row, shares=_without(row, fact.agency), changed_at=fact.at)


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    sharing.IncidentShared: _shared,
    sharing.SharingEnded: _ended,
}
