"""The board: rows folded from facts, and which of them changed. Told only what is durable; never judges.

A row that is gone (a call that ended, an incident that closed) leaves the board; closed incidents stay at hand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import centre, incidents, locations, neighbours, privacy, roads, watch
from tocsin.facts.personal import NOWHERE
from tocsin.facts.union import AnyEntry
from tocsin.facts.watch import alarm_id
from tocsin.views import (
    board_callers,
    board_calls,
    board_glass,
    board_incidents,
    board_locations,
    board_sharing,
    board_standby,
    board_units,
)
from tocsin.views.board_state import BoardState
from tocsin.views.rows import AlarmRow, Board, ClosureRow, Rows
from tocsin.views.touched import Touched, pick


class BoardFold(BoardState):
    """The board and how it follows the facts."""

    def fold(self, entry: AnyEntry) -> None:
        """The board after `entry`."""
        FOLD[type(entry.fact)](self, entry.fact, entry.by)
        self.position = entry.position

    def picture(self) -> Board:
        """The whole board. Shares its dicts with the fold: encode it before anything else is folded."""
        tables: Any = (
            self.calls, self.incidents, self.units, self.alarms, self.closures, self.hospitals, self.caller_links,
        )  # fmt: skip
        rows = Rows(*tables)
        return Board(self.centre, self.name, self.mode, self.position, rows)

    def touched(self, entries: Iterable[AnyEntry]) -> Touched:
        """Ids of every row that `entries` can have changed."""
        touched = Touched()
        for entry in entries:
            touched.add(entry.fact)
            if home := board_locations.touches(self.homes, entry.fact):
                touched.incidents[home] = None
            touched.caller_links |= dict.fromkeys(board_callers.touches(self, entry.fact))
            if isinstance(entry.fact, incidents.IncidentNoted):
                touched.alarms |= {alarm_id("long_on_scene", unit): None for unit in self._on(entry.fact.incident)}
        return touched

    def rows(self, entries: Iterable[AnyEntry]) -> Rows:
        """Every row that `entries` can have changed, as it stands now; None for one that is gone."""
        return self.rows_of(self.touched(entries))

    def rows_of(self, touched: Touched) -> Rows:
        """These rows as they stand now; None for one that is gone."""
        return Rows(
            pick(self.calls, touched.calls),
            pick(self.incidents, touched.incidents),
            pick(self.units, touched.units),
            pick(self.alarms, touched.alarms),
            pick(self.closures, touched.closures),
            pick(self.hospitals, touched.hospitals),
            pick(self.caller_links, touched.caller_links),
        )

    def _on(self, incident: str) -> tuple[str, ...]:
        row = self.incidents.get(incident)
        return tuple(on_it.unit for on_it in row.units) if row else ()


def _centre_opened(board: BoardState, fact: centre.CentreOpened, _by: str) -> None:
    board.centre, board.name, board.mode = fact.centre, fact.name, fact.mode


def _alarm_raised(board: BoardState, fact: watch.AlarmRaised, _by: str) -> None:
    board.alarms[fact.alarm] = AlarmRow(fact.alarm, fact.alarm_kind, fact.subject, fact.since, fact.at, fact.incident)


def _alarm_acknowledged(board: BoardState, fact: watch.AlarmAcknowledged, _by: str) -> None:
    row = board.alarms.get(fact.alarm)
    if row and row.alarm_kind == "glass_broken":
        del board.alarms[fact.alarm]
    elif row:
        board.alarms[fact.alarm] = replace(row, acknowledged_by=fact.by)


def _road_closed(board: BoardState, fact: roads.RoadClosed, by: str) -> None:
    board.closures[fact.closure] = ClosureRow(fact.closure, fact.place, fact.radius_m, fact.reason, fact.at, by)


def _road_reopened(board: BoardState, fact: roads.RoadReopened, _by: str) -> None:
    board.closures.pop(fact.closure, None)


def _personal_erased(board: BoardState, fact: privacy.PersonalErased, _by: str) -> None:
    board_calls.erased(board, fact)
    board_glass.erased(board, fact)
    row = board.closed.get(fact.incident)
    if row is None:
        return
    row = board_locations.erased(row, fact)
    if "record" in fact.kinds:
        row = replace(row, place=NOWHERE, summary="", last_note="", erased=True)
    board.closed[fact.incident] = row


def _nothing(_board: BoardState, _fact: Any, _by: str) -> None:
    """On the timeline, and on no row."""


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    centre.CentreOpened: _centre_opened,
    **board_calls.FOLD,
    **board_incidents.FOLD,
    **board_units.FOLD,
    watch.AlarmRaised: _alarm_raised,
    watch.AlarmAcknowledged: _alarm_acknowledged,
    roads.RoadClosed: _road_closed,
    roads.RoadReopened: _road_reopened,
    **board_standby.FOLD,
    **board_callers.FOLD,
    **board_sharing.FOLD,
    locations.LocationReported: board_locations.reported,
    locations.LocationMatched: board_locations.matched,
    locations.LocationExpired: board_locations.expired,
    locations.AreaEstimated: board_locations.estimated,
    locations.PlaceTaken: board_locations.taken,
    neighbours.EventLogged: _nothing,
    privacy.PersonalErased: _personal_erased,
    **board_glass.FOLD,
    privacy.HoldPlaced: _nothing,
    privacy.HoldLifted: _nothing,
}
