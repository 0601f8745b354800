"""What the board holds: rows by id. Its folds (board_calls, board_incidents, board_units, …) change it fact by fact."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from tocsin.facts.centre import Mode
from tocsin.facts.values import Instant, Position
from tocsin.facts.watch import AlarmKind, alarm_id
from tocsin.views.rows import AlarmRow, CallRow, ClosureRow, HospitalRow, IncidentRow, UnitRow
from tocsin.views.rows_callers import CallerLinkRow
from tocsin.views.rows_locations import ReportRow


class Glass(msgspec.Struct, frozen=True):
    """An incident that somebody opened without the right to it."""

    until: Instant
    why: str


class BoardState(msgspec.Struct, dict=True):
    """Rows by id, at `position`. Its fields are its whole state: a snapshot keeps every one of them."""

    position: Position = 0
    centre: str = ""
    name: str = ""
    mode: Mode = "live"
    calls: dict[str, CallRow] = msgspec.field(default_factory=dict)
    incidents: dict[str, IncidentRow] = msgspec.field(default_factory=dict)
    closed: dict[str, IncidentRow] = msgspec.field(default_factory=dict)
    units: dict[str, UnitRow] = msgspec.field(default_factory=dict)
    alarms: dict[str, AlarmRow] = msgspec.field(default_factory=dict)
    closures: dict[str, ClosureRow] = msgspec.field(default_factory=dict)
    hospitals: dict[str, HospitalRow] = msgspec.field(default_factory=dict)
    waiting: dict[str, ReportRow] = msgspec.field(default_factory=dict)
    """Reports whose call has not come: on nobody's screen."""
    attached: dict[str, CallRow] = msgspec.field(default_factory=dict)
    """What was known of each call when it was attached to an incident that is open."""
    homes: dict[str, str] = msgspec.field(default_factory=dict)
    """The incident each attached call belongs to."""
    caller_links: dict[str, CallerLinkRow] = msgspec.field(default_factory=dict)
    links_of: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Every link ever sent to each call."""
    glass: dict[str, dict[str, Glass]] = msgspec.field(default_factory=dict)
    """Account -> incident -> the glass it broke."""


def change(board: BoardState, incident: str, at: Instant, **changes: Any) -> None:
    """These fields of an incident's row, wherever it stands."""
    rows = board.incidents if incident in board.incidents else board.closed
    rows[incident] = replace(rows[incident], changed_at=at, **changes)


def row_of(board: BoardState, incident: str) -> IncidentRow:
    """Of an open incident, or of a closed one."""
    return board.incidents.get(incident) or board.closed[incident]


def drop_alarms(board: BoardState, subject: str, kinds: tuple[AlarmKind, ...]) -> None:
    """What these warned of is over."""
    if board.alarms:
        for alarm_kind in kinds:
            board.alarms.pop(alarm_id(alarm_kind, subject), None)
