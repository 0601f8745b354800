"""Calls that belong together, at the desk: what the board knows, made comparable, and asked of the pure scorer.

A call is compared only while it is live, by its own id: nobody can ask here about a telephone number. What was made
comparable is kept as long as its row stays as it is. Gives no orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from tocsin.domain.belonging import AFTER_CLOSING_S, Scene
from tocsin.domain.checks import live_call
from tocsin.domain.evidence import Draft, Known, Spot, spot_of
from tocsin.domain.grouping import Waiting, grouped
from tocsin.domain.lexicon import Attribute, Lexicon
from tocsin.domain.numbers import digits
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.types import Catalogue
from tocsin.domain.usual import Usual
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
RECALLED = 3_000
"""Incidents that a start learns from."""


class Together:
    """The part of a desk that says which calls are about one thing."""

    def __init__(
        self,
        catalogue: Catalogue,
        attributes: Sequence[Attribute],
        board: BoardFold,
        room: Callable[[], Room],
        clock: Callable[[], Instant],
    ) -> None:
        self._board, self._room, self._now = board, room, clock
        self.lexicon = Lexicon(catalogue, attributes)
        self._usual = Usual()
        self._learned = False
        self._known: dict[str, tuple[tuple[object, ...], Known]] = {}
        self._scene: tuple[Position, Instant, Scene] = (-1, 0.0, Scene((), self.lexicon))
        self._groups: tuple[Scene | None, list[CallRow], GroupsView] = (None, [], GroupsView(0, ()))

    def belongs(self, call: str, place: Place | None, type_: str, words: str) -> TogetherView | Refusal:
        """Incidents this live call may belong to, by what is being typed and what is known of it."""
        live = live_call(self._room(), call)
        if isinstance(live, Refusal):
            return live
        draft = self._draft(self._board.calls[call], place, type_, words)
        return TogetherView(call, self._now(), tuple(self.scene().rank(draft)))

    def groups(self) -> GroupsView:
        """Every live or lost call with those that seem to be about the same; worked out once for all who ask."""
        scene, rows = self.scene(), list(self._board.calls.values())
        asked, before, view = self._groups
        if asked is not scene or len(before) != len(rows) or any(a is not b for a, b in zip(before, rows, strict=True)):
            found = grouped([Waiting(row.id, self._draft(row)) for row in rows], scene)
            told = tuple(_group(key, calls, self._board.calls) for key, calls in found.items())
            view = GroupsView(self._board.position, told)
            self._groups = scene, rows, view
        return view

    def scene(self) -> Scene:
        """All incidents a call is compared with now."""
        position, made_at, scene = self._scene
        now = self._now()
        if position != self._board.position or now - made_at > FRESH_S:
            if not self._learned:
                self._recall()
            rows = [*self._board.incidents.values(), *self._closed(now)]
            kept = {row.id: self._of(row) for row in rows}
            for gone in self._known.keys() - kept.keys():
                over = self._known.pop(gone)[1]
                self._usual.learn(over.type, over.told, len(over.called_at))
            known = list(kept.values())
            if len(known) != len(scene.known) or any(a is not b for a, b in zip(known, scene.known, strict=True)):
                scene = Scene(known, self.lexicon, self._usual)
            self._scene = self._board.position, now, scene
        return scene

    def _recall(self) -> None:
        """What is usual here, from what is left of the latest incidents that ended."""
        self._learned = True
        for row in islice(reversed(self._board.closed.values()), RECALLED):
            text = " ".join((row.summary, row.last_note))
            self._usual.learn(row.type, (self.lexicon.tokens(text) | {f"={row.type}"},), len(row.calls))

    def _closed(self, now: Instant) -> Iterator[IncidentRow]:
        for row in reversed(self._board.closed.values()):  # the latest to end stand last
            if row.closed_at is None or now - row.closed_at > AFTER_CLOSING_S:
                return
            if not row.erased:
                yield row

    def _of(self, row: IncidentRow) -> Known:
        """Made anew only when something has changed that a call is compared with: units come and go all the time."""
        rests_on = (row.place, row.type, row.summary, row.last_note, row.calls, row.areas, row.closed_at)
        kept = self._known.get(row.id)
        if kept is None or kept[0] != rests_on:
            kept = self._known[row.id] = rests_on, self._make(row)
        return kept[1]

    def _make(self, row: IncidentRow) -> Known:
        calls = list(dict.fromkeys((*row.calls[:1], *row.calls[-CALLERS:])))
        callers = [found for call in calls if (found := self._board.attached.get(call))]
        areas = {area.call: area for area in row.areas}
        spots = [spot for one in callers if (spot := _spot(one.place, areas.get(one.id)))]
        known = self._room().calls
        own = spot_of(row.place)
        return Known(
            row.id,
            row.type,
            row.opened_at,
            ((own,) if own else ()) + tuple(spots),
            self._told(row, callers),
            frozenset(digits(known[call].number) for call in calls if call in known and known[call].filed),
            tuple(sorted(known[call].received_at for call in calls if call in known)),
            row.closed_at,
            row.place.text,
        )

    def _told(self, row: IncidentRow, callers: Sequence[CallRow]) -> tuple[dict[str, str], ...]:
        """What each caller said. What stands on the row and nobody called in is taken for the first one's."""
        notes = [list(one.notes) for one in callers] or [[]]
        others = {note for said in notes for note in said}
        notes[0] += [text for text in (row.summary, row.last_note) if text not in others]
        told = [self.lexicon.heard("\n".join(said)) for said in notes]
        return (told[0] | {f"={row.type}": ""}, *(heard for heard in told[1:] if heard))

    def _draft(self, row: CallRow, place: Place | None = None, type_: str = "", words: str = "") -> Draft:
        area = row.areas[-1] if row.areas else None
        spot = spot_of(place) or _spot(row.place, area)
        text = (place or row.place or Place(0.0, 0.0)).text
        said = "\n".join((words, *row.notes))
        return Draft(row.received_at, spot, type_, self.lexicon.heard(said), digits(row.number), text)


def _spot(place: Place | None, area: AreaRow | None) -> Spot | None:
    """The place written down; else the area of all reports."""
    if place is not None or area is None:
        return spot_of(place)
    return Spot(area.lat, area.lon, max(10.0, area.radius_m / SIGMAS), said=False)


def _group(key: str, calls: Sequence[str], rows: dict[str, CallRow]) -> CallGroup:
    family, _, name = key.partition(":")
    ringing = sum(rows[call].status == "ringing" for call in calls)
    return CallGroup(name, name if family == "incident" else "", tuple(calls), ringing, len(calls))
