"""The desk as one audience sees it: the only door through which anything recorded is read by people.

What is not seen does not exist here: it is answered as if there were no such thing. Knows no session and no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec
from msgspec.structs import replace

from tocsin.desk.hospitals import DestinationView
from tocsin.desk.tail import Frame
from tocsin.domain.refusals import Refusal
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Move, Place, Position
from tocsin.views.advice import Recommendation
from tocsin.views.audience import Audience
from tocsin.views.cover import CoverView
from tocsin.views.day import DayFigures
from tocsin.views.on_record import on_record
from tocsin.views.redact import entry_with, row_without_exact, without_words
from tocsin.views.rows import CallRow, IncidentRow, UnitRow
from tocsin.views.together import GroupsView, TogetherView
from tocsin.views.wire import Done, Route, Timeline

if TYPE_CHECKING:
    from tocsin.desk.desk import Desk

_encode = msgspec.json.Encoder().encode


class View:
    """One audience at the desk, at an instant."""

    def __init__(self, desk: Desk, audience: Audience, now: Instant) -> None:
        self._desk, self.audience, self._now = desk, audience, now
        self._eyes = desk.eyes(audience.agency)

    @property
    def name(self) -> str:
        """Names what is seen, so that a screen can say what its picture is of. Empty: the whole centre."""
        agency, over = self.audience.agency, sorted(self._eyes.over())
        without = f"~{crc32(' '.join(over).encode()):x}" if over else ""
        return f"{agency}@{self._desk.adviser.plans.version}{without}" if agency else ""

    # -- live -------------------------------------------------------------------------------------------------------

    def picture_bytes(self) -> bytes:
        """GET /api/board: the board at a durable position, the latest positions of units, the clock."""
        if not self.audience.agency:
            return self._desk.picture_bytes()
        tail = self._desk.tail_of(self.audience.agency)
        board, tracks = tail.board_bytes(), _encode(tail.whereabouts())
        return b'{"board":%b,"tracks":%b,"now":%b,"view":%b}' % (board, tracks, _encode(self._now), _encode(self.name))

    def follow(self, after: Position, of: str | None = None) -> AsyncIterator[Frame]:
        """Everything after `after`, then live. Whoever holds a picture `of` something else fetches it again."""
        tail = self._desk.tail_of(self.audience.agency)
        stale = of is not None and of != self.name
        return tail.follow(-1 if stale else after, self._now)

    def unit(self, unit: str) -> UnitRow | None:
        """A unit's row, if it is seen."""
        row = self._desk.board.units.get(unit)
        return row if row and self._eyes.unit(row) else None

    def call(self, call: str) -> CallRow | None:
        """A live call's row. Calls are the centre's."""
        return None if self.audience.agency else self._desk.call(call)

    def home_of(self, call: str) -> str | None:
        """The incident a call is of, "" for one of none; None when there is no such call, or it is not seen.

        Live or not: what was said in it is opened after the caller has hung up as well.
        """
        board = self._desk.board
        incident = board.homes.get(call, "")
        if not incident and call not in board.calls:
            return None
        return incident if self.of_call(call, incident) else None

    def of_call(self, call: str, incident: str) -> bool:
        """Whether what belongs to this call, of this incident if of any, is seen."""
        return not self.audience.agency or (call != "" and self.incident(incident) is not None)

    def belongs(self, call: str, place: Place | None, type_: str, words: str) -> TogetherView | Refusal:
        """Incidents a live call may belong to."""
        if self.audience.agency:
            return Refusal("unknown_call", f"there is no call {call}", "call", {"call": call})
        return self._desk.together.belongs(call, place, type_, words)

    def groups(self) -> GroupsView:
        """Calls that seem to be about one thing. An agency is told how many seem to be about an incident it sees."""
        view = self._desk.together.groups()
        if not self.audience.agency:
            return view
        seen = [group for group in view.groups if group.incident and self._eyes.incident(group.incident)]
        return GroupsView(view.position, tuple(replace(group, calls=()) for group in seen))

    def trail(self, unit: str, minutes: float) -> list[Move]:
        """Where it was; of another agency's unit, since it was sent to what is seen."""
        moves = self._desk.trail(unit, minutes)
        if self._eyes.own(unit):
            return moves
        row = self.unit(unit)
        incident = self._desk.board.incidents.get(row.incident) if row else None
        since = [on_it.dispatched_at for on_it in incident.units if on_it.unit == unit] if incident else []
        return [move for move in moves if since and move.at >= since[0]]

    async def destination(self, unit: str, needs: Sequence[str]) -> DestinationView | Refusal:
        """Where this unit should take its patient."""
        if self.unit(unit) is None:
            return Refusal("unknown_unit", f"there is no unit {unit}", "unit", {"unit": unit})
        return await self._desk.hospitals.destination(unit, needs)

    def coverage(self) -> CoverView:
        """The number, and what one's own units hold."""
        view, own = self._desk.standby.view(self._now), self._eyes.own
        if not self.audience.agency:
            return view
        groups = tuple(replace(g, lost={u: n for u, n in g.lost.items() if own(u)}) for g in view.groups)
        lost = {unit: share for unit, share in view.lost.items() if own(unit)}
        return replace(view, groups=groups, lost=lost, moves=tuple(move for move in view.moves if own(move.unit)))

    # -- the record -------------------------------------------------------------------------------------------------

    def incident(self, incident: str) -> IncidentRow | None:
        """An incident's row, open or closed, if it is seen."""
        row = self._desk.incident(incident)
        return self._told(row) if row and self._seen(row) else None

    def closed(self, limit: int) -> list[IncidentRow]:
        """Incidents that ended, the latest first."""
        found: list[IncidentRow] = []
        for row in reversed(self._desk.board.closed.values()):
            if len(found) == limit:
                break
            if self._seen(row):
                found.append(self._told(row))
        return found

    def on_record(self, limit: int, words: str = "", before: Instant | None = None) -> list[IncidentRow]:
        """Incidents that were ever opened, the latest first; `words` are looked for in what is shown, nowhere else."""
        board, catalogue = self._desk.board, self._desk.catalogue
        rows = (row for some in (board.incidents, board.closed) for row in some.values() if self._seen(row))
        return on_record(rows, self._told, catalogue, limit, words, before)

    async def timeline(self, incident: str) -> Timeline | Refusal:
        """Everything recorded about one incident and its calls, as far as it is told."""
        row = self._desk.incident(incident)
        if row is None or not self._seen(row):
            return _unknown(incident)
        told = await self._desk.timeline(incident)
        if isinstance(told, Refusal):
            return told
        return Timeline(incident, tuple(self._entry(entry, self._exact(row)) for entry in told.entries))

    async def recommend(self, incident: str) -> Recommendation | Refusal:
        """Who should go. Of other agencies' units only those that were chosen are named."""
        if not self._eyes.incident(incident):
            return _unknown(incident)
        own = None if not self.audience.agency else self._eyes.own
        return await self._desk.recommend(incident, own)

    async def routes(self, incident: str) -> tuple[Route, ...] | Refusal:
        """The ways of those who are coming."""
        return await self._desk.routes(incident) if self._eyes.incident(incident) else _unknown(incident)

    async def day(self, since: Instant, until: Instant) -> DayFigures:
        """Response times between two instants, of what is seen."""
        return await self._desk.day(since, until, self._eyes.fact if self.audience.agency else None)

    def done(self, done: Done) -> Done:
        """What an order came to, as whoever gave it may read it."""
        if not self.audience.agency:
            return done
        return replace(done, entries=tuple(self._eyes.entries(done.entries)))

    def _seen(self, row: IncidentRow) -> bool:
        return self._eyes.row(row)

    def _exact(self, row: IncidentRow) -> bool:
        """Whether callers' exact places are still shown: while it is live, and for a while after."""
        if self.audience.exact or row.closed_at is None:
            return True
        return self._now - row.closed_at <= self._desk.catalogue.access.recent_h * 3_600.0

    def _told(self, row: IncidentRow) -> IncidentRow:
        row = row if self._exact(row) else row_without_exact(row)
        return row if self.audience.words else without_words(row)

    def _entry(self, entry: AnyEntry, exact: bool) -> AnyEntry:
        return entry_with(self._eyes.narrowed(entry), words=self.audience.words, exact=exact)


def _unknown(incident: str) -> Refusal:
    return Refusal("unknown_incident", f"there is no incident {incident}", "incident", {"incident": incident})
