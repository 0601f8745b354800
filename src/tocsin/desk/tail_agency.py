"""Tails of agencies: the whole centre's tail, seen through an agency's eyes. One frame an agency, however many screens.

What an agency sees depends on more than what an entry names, so nobody is caught up from the log here: a screen resumes
from the frames that are kept, or fetches the picture again. Rows that are seen no more are taken off the screens they
stand on, and off no other: nobody learns the number of what they never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from tocsin.desk.tail import Frame, Tail, last_erasure
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Move, Position
from tocsin.log.port import Log
from tocsin.views.board import BoardFold
from tocsin.views.eyes import Eyes
from tocsin.views.rows import Board
from tocsin.views.touched import Touched
from tocsin.views.wire import TailFacts, TailTracks

IDLE_S = 900.0
"""A tail that nobody has followed for so long is let go; whoever comes back then fetches the picture again."""
_encode = msgspec.json.Encoder().encode


class AgencyTail(Tail):
    """What one agency's screens are told."""

    def __init__(self, log: Log, board: BoardFold, eyes: Eyes, whole: Tail) -> None:
        super().__init__(log, board)
        self._eyes = eyes
        self.latest, self.recording = whole.latest, whole.recording
        self._shown, self._over = eyes.shown(), eyes.over()
        self._unsure: Position = board.position if self._over else -1
        """Up to here a position does not say what a screen holds: clocks had a part in it, and they differ."""
        self._covered: Position = board.position
        """Whoever is at this position, or at one of a frame that is kept, misses nothing."""
        self.used_at: Instant = 0.0

    @property
    def followers(self) -> bool:
        """Whether anybody waits for the next frame."""
        return self._wake is not None

    def _seen(self) -> Board:
        return msgspec.structs.replace(self._board.picture(), rows=self._eyes.picture())

    def tell(self, entries: Sequence[AnyEntry], touched: Touched) -> None:
        """These are durable and folded into the board. With a unit that comes into sight comes where it is."""
        rows = self._eyes.rows(touched, self._shown)
        self._over = (self._over - touched.incidents.keys()) | self._eyes.over(touched.incidents)
        if last_erasure(entries) or any(
            row is None and not self._eyes.incident(id_) for id_, row in rows.incidents.items()
        ):
            self._forget()
        if self._over:
            self._unsure = self._board.position
        told = TailFacts(self._board.position, tuple(self._eyes.entries(entries)), rows)
        self._add(Frame("facts", told.position, _encode(told)))
        others = (id_ for id_, row in rows.units.items() if row and row.agency != self._eyes.agency)
        moves = tuple(self.latest[id_] for id_ in others if id_ in self.latest)
        if moves:
            self._add(Frame("tracks", None, _encode(TailTracks(self._now, moves))))

    def tell_tracks(self, moves: Sequence[Move], now: Instant) -> None:
        """These units moved; said of those that are seen, if any."""
        self._now = now
        seen = tuple(move for move in moves if move.unit in self._shown.units)
        if seen:
            self._add(Frame("tracks", None, _encode(TailTracks(now, seen))))

    def tell_pulse(self, pulse: Frame, now: Instant) -> None:
        """The same for everybody."""
        self._now = now
        self._add(pulse)

    def _add(self, frame: Frame) -> None:
        if len(self._frames) == self._frames.maxlen and (gone := self._frames[0].position):
            self._covered = gone
        super()._add(frame)

    def look_again(self) -> None:
        """A sharing ends by the clock, whether or not that can be recorded: then screens fetch the picture anew."""
        over = self._eyes.over()
        if over == self._over:
            return
        self._over, shown = over, self._eyes.shown()
        if shown.incidents != self._shown.incidents:
            self._shown, self._picture = shown, (-1, b"")
            self._forget()
            self._unsure = self._board.position
            self._add(Frame("reset", None, self._reset().data))

    def _forget(self) -> None:
        """What was told of an incident is told to nobody who resumes, once it is out of sight or erased."""
        self._frames.clear()
        self._cut, self._unsure = self._made, self._board.position - 1

    async def _missed(self, at: Position) -> list[Frame]:
        kept = [frame for frame in self._frames if frame.position is not None]
        # Between two frames stands whoever comes from a node that told them in other pieces: a row that came and went
        # within one frame of ours is on that screen, and in no frame.
        if at == self._board.position:
            return []
        if at <= self._unsure or (at != self._covered and all(frame.position != at for frame in kept)):
            return [self._reset()]
        return [frame for frame in kept if frame.position is not None and frame.position > at]

    def whereabouts(self) -> tuple[Move, ...]:
        """The latest position of every unit that is seen."""
        return tuple(move for unit, move in self.latest.items() if unit in self._shown.units)


class AgencyTails:
    """One tail for each agency that has looked lately."""

    def __init__(self, log: Log, board: BoardFold, whole: Tail, eyes: Callable[[str], Eyes]) -> None:
        self._log, self._board, self._whole, self._eyes = log, board, whole, eyes
        self._tails: dict[str, AgencyTail] = {}

    def of(self, agency: str, now: Instant) -> AgencyTail:
        """The agency's tail, begun now if there is none."""
        tail = self._tails.get(agency)
        if tail is None:
            tail = self._tails[agency] = AgencyTail(self._log, self._board, self._eyes(agency), self._whole)
        tail.used_at = now
        tail.look_again()
        return tail

    def look_again(self) -> None:
        """Take off the screens of all what is over by the clock."""
        for tail in self._tails.values():
            tail.look_again()

    def announce(self, entries: Sequence[AnyEntry]) -> None:
        """Tell each of them what it sees of what one order came to, which the board holds as its last.

        Order by order, whatever was recorded together: what came into sight with one and went with the next stands in
        two frames, for whoever holds a picture of the moment between them. All nodes tell in the same pieces.
        """
        if self._tails and entries:
            touched = self._board.touched(entries)
            for tail in self._tails.values():
                tail.tell(entries, touched)

    def announce_tracks(self, moves: Sequence[Move], now: Instant) -> None:
        """These units moved."""
        for tail in self._tails.values():
            tail.tell_tracks(moves, now)

    def pulse(self, pulse: Frame, now: Instant) -> None:
        """Nothing happened. Tails that nobody follows are let go after a while."""
        for agency, tail in list(self._tails.items()):
            if tail.followers:
                tail.used_at = now
            elif now - tail.used_at > IDLE_S:
                del self._tails[agency]
                continue
            tail.tell_pulse(pulse, now)
