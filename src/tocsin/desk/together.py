"""Calls that belong together, at the desk: what the board knows, made comparable, and asked of the pure scorer.

A call is compared only while it is live, by its own id: nobody can ask here about a telephone number. What was made
comparable is kept as long as its row stays as it is. Gives no orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tocsin.domain.belonging import AFTER_CLOSING_S, Draft, Known, Scene, Spot, spot_of
from tocsin.domain.checks import live_call
from tocsin.domain.grouping import Waiting, grouped
from tocsin.domain.numbers import tail
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.types import Catalogue
from tocsin.domain.words import Lexicon, spoken
from tocsin.facts.values import Instant, Place, Position
from tocsin.views.board import BoardFold
from tocsin.views.rows import CallRow, IncidentRow
from tocsin.views.rows_locations import AreaRow
from tocsin.views.together import CallGroup, GroupsView, TogetherView

SIGMAS = 2.448
"""Radius that holds 95 % of a round normal, in standard deviations along an axis."""
CALLERS = 16
"""Callers of an incident that a call is compared with, the newest; and its first."""
FRESH_S = 20.0


class Together:
    """The part of a desk that says which calls are about one thing."""

    def __init__(
        self, catalogue: Catalogue, board: BoardFold, room: Callable[[], Room], clock: Callable[[], Instant]
    ) -> None:
        self._board, self._room, self._now = board, room, clock
        self._lexicon = Lexicon(catalogue)
        self._known: dict[str, tuple[IncidentRow, Known]] = {}
        self._scene: tuple[Position, Instant, Scene] = (-1, 0.0, Scene((), self._lexicon))
        self._groups: tuple[Position, GroupsView] = (-1, GroupsView(0, ()))

    def belongs(self, call: str, place: Place | None, type_: str, words: str) -> TogetherView | Refusal:
        """Incidents this live call may belong to, by what is being typed and what is known of it."""
        live = live_call(self._room(), call)
        if isinstance(live, Refusal):
            return live
        draft = self._draft(self._board.calls[call], place, type_, words)
        return TogetherView(call, self._now(), tuple(self.scene().rank(draft)))

    def groups(self) -> GroupsView:
        """Every live or lost call with those that seem to be about the same; worked out once at a position."""
        if self._groups[0] != self._board.position:
            rows = self._board.calls
            waiting = [Waiting(row.id, self._draft(row)) for row in rows.values()]
            found = grouped(waiting, self.scene().known, self._lexicon)
            told = [_group(key, calls, rows) for key, calls in found.items()]
            self._groups = self._board.position, GroupsView(self._board.position, tuple(told))
        return self._groups[1]

    def scene(self) -> Scene:
        """All incidents a call is compared with now."""
        position, made_at, scene = self._scene
        now = self._now()
        if position != self._board.position or now - made_at > FRESH_S:
            rows = [*self._board.incidents.values(), *self._closed(now)]
            kept = {row.id: self._of(row) for row in rows}
            self._known = {id_: self._known[id_] for id_ in kept}
            scene = Scene(list(kept.values()), self._lexicon)
            self._scene = self._board.position, now, scene
        return scene

    def _closed(self, now: Instant) -> Iterator[IncidentRow]:
        for row in reversed(self._board.closed.values()):  # the latest to end stand last
            if row.closed_at is None or now - row.closed_at > AFTER_CLOSING_S:
                return
            if not row.erased:
                yield row

    def _of(self, row: IncidentRow) -> Known:
        kept = self._known.get(row.id)
        if kept is None or kept[0] is not row:
            kept = self._known[row.id] = row, self._make(row)
        return kept[1]

    def _make(self, row: IncidentRow) -> Known:
        calls = list(dict.fromkeys((*row.calls[:1], *row.calls[-CALLERS:])))
        callers = [found for call in calls if (found := self._board.attached.get(call))]
        areas = {area.call: area for area in row.areas}
        spots = [spot for one in callers if (spot := _spot(one.place, areas.get(one.id)))]
        text = " ".join((row.summary, row.last_note, *(note for one in callers for note in one.notes)))
        known = self._room().calls
        own = spot_of(row.place)
        return Known(
            row.id,
            row.type,
            row.opened_at,
            ((own,) if own else ()) + tuple(spots),
            self._lexicon.tokens(text) | {f"={row.type}"},
            frozenset(known[call].filed for call in row.calls if call in known and known[call].filed),
            tuple(sorted(known[call].received_at for call in calls if call in known)),
            row.closed_at,
            row.place.text,
        )

    def _draft(self, row: CallRow, place: Place | None = None, type_: str = "", words: str = "") -> Draft:
        area = row.areas[-1] if row.areas else None
        spot = spot_of(place) or _spot(row.place, area)
        text = (place or row.place or Place(0.0, 0.0)).text
        said = " ".join((words, *row.notes))
        return Draft(row.received_at, spot, type_, self._lexicon.tokens(said), tail(row.number), text, spoken(said))


def _spot(place: Place | None, area: AreaRow | None) -> Spot | None:
    """The place written down; else the area of all reports."""
    if place is not None or area is None:
        return spot_of(place)
    return Spot(area.lat, area.lon, max(10.0, area.radius_m / SIGMAS), said=False)


def _group(key: str, calls: Sequence[str], rows: dict[str, CallRow]) -> CallGroup:
    family, _, name = key.partition(":")
    ringing = sum(rows[call].status == "ringing" for call in calls)
    return CallGroup(name, name if family == "incident" else "", tuple(calls), ringing)
