"""Picture and tail, joined at a position: whoever holds the picture of position p misses nothing after p.

One frame is encoded once, however many screens there are; and once more for each agency that looks (tail_agency.py). A
follower that falls behind is caught up from memory, then from the log, and is told to fetch the picture again only when
it is hopelessly far back. Knows no screen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Move, Position
from tocsin.log.port import Log
from tocsin.views.board import BoardFold
from tocsin.views.rows import Board
from tocsin.views.touched import Touched
from tocsin.views.wire import TailFacts, TailPulse, TailReset, TailTracks

if TYPE_CHECKING:
    from tocsin.desk.tail_agency import AgencyTails

KEPT_FRAMES = 512
KEPT_ENTRIES = 4_096
CATCH_UP = 20_000
"""A follower further behind than this fetches the picture again: cheaper for both."""

_encode = msgspec.json.Encoder().encode


def last_erasure(entries: Sequence[AnyEntry]) -> Position:
    """Where somebody is erased by these; 0: nobody is."""
    return max((entry.position for entry in entries if isinstance(entry.fact, PersonalErased)), default=0)


class Frame(msgspec.Struct, frozen=True):
    """One event, encoded. `position` is the resume point after it; None for what is never resumed."""

    event: Literal["facts", "tracks", "pulse", "reset"]
    position: Position | None
    data: bytes


class Tail:
    """Announces to every follower; remembers enough to catch up whoever was away for a moment."""

    def __init__(self, log: Log, board: BoardFold) -> None:
        self._log = log
        self._board = board
        self._frames: deque[Frame] = deque(maxlen=KEPT_FRAMES)
        self._made = self._cut = 0
        """Frames made ever; and when all that were kept were let go of."""
        self._recent: deque[AnyEntry] = deque(maxlen=KEPT_ENTRIES)
        self._wake: asyncio.Future[None] | None = None
        self._now: Instant = 0.0
        self.recording = True
        """Whether orders are recorded now; a pulse says so."""
        self.latest: dict[str, Move] = {}
        """Latest position per unit, for whoever joins."""
        self.agencies: AgencyTails | None = None
        """Tails of those who see less; they are told what this one is told."""
        self.recent_s = float("inf")
        """Nobody is caught up from further back: exact places of callers grow coarse with time, entries do not."""
        self._picture: tuple[Position, bytes] = (-1, b"")

    def board_bytes(self) -> bytes:
        """The board, encoded once per position however many ask."""
        if self._picture[0] != self._board.position:
            self._picture = self._board.position, _encode(self._seen())
        return self._picture[1]

    def _seen(self) -> Board:
        return self._board.picture()

    def announce(self, entries: Sequence[AnyEntry]) -> None:
        """These are durable and folded into the board: tell everybody who sees the whole centre."""
        erased_at = last_erasure(entries)
        if erased_at:  # whoever resumes is caught up from the log, where the erased are gone; frames go to nobody new
            self._recent.clear()
        self._recent.extend(entry for entry in entries if entry.position >= erased_at)
        self._add(self._facts(entries, self._board.touched(entries)))

    def announce_tracks(self, moves: Sequence[Move], now: Instant) -> None:
        """These units moved."""
        self._now = now
        self._add(Frame("tracks", None, _encode(TailTracks(now, tuple(moves)))))
        if self.agencies:
            self.agencies.announce_tracks(moves, now)

    def pulse(self, now: Instant) -> None:
        """Nothing happened, and that is news too."""
        self._now = now
        pulse = Frame("pulse", None, _encode(TailPulse(now, self._board.position, self.recording)))
        self._add(pulse)
        if self.agencies:
            self.agencies.pulse(pulse, now)

    def _facts(self, entries: Sequence[AnyEntry], touched: Touched) -> Frame:
        position = self._board.position
        return Frame("facts", position, _encode(TailFacts(position, tuple(entries), self._board.rows_of(touched))))

    def _add(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._made += 1
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
        self._wake = None

    async def _woken(self) -> None:
        if self._wake is None:
            self._wake = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._wake)

    async def follow(self, after: Position, now: Instant) -> AsyncIterator[Frame]:
        """Everything after `after`, without gap or repeat, for as long as the follower reads."""
        self._now = max(self._now, now)
        at, read = after, -1
        while True:
            if self._made - read > len(self._frames):  # just come, or fallen behind what is kept
                missed = [self._reset()] if 0 <= read < self._cut else await self._missed(at)
                # Before any yield: what comes while the follower writes is still to come.
                at, read = self._board.position, self._made
                for frame in (*missed, self._whereabouts()):
                    yield frame
            elif read == self._made:
                await self._woken()
            else:
                frame = self._frames[read - self._made]
                read += 1
                if frame.position is None or frame.position > at:
                    at = frame.position or at
                    yield frame

    def _whereabouts(self) -> Frame:
        """The latest position of every unit: whoever missed moves misses none of where they led."""
        return Frame("tracks", None, _encode(TailTracks(self._now, self.whereabouts())))

    def whereabouts(self) -> tuple[Move, ...]:
        """The latest position of every unit that is seen."""
        return tuple(self.latest.values())

    async def _missed(self, at: Position) -> list[Frame]:
        """What brings a follower from `at` to the board's position at the moment this returns."""
        missing: list[AnyEntry] = []
        while at < self._board.position and not self._remembers(at):
            if self._board.position - at > CATCH_UP:
                return [self._reset()]
            # Not beyond the board: what is durable but not folded yet comes as a frame of its own.
            read = await asyncio.to_thread(self._read, at, self._board.position - at)
            missing += read
            at = read[-1].position
            if missing[0].recorded_at < self._now - self.recent_s:
                return [self._reset()]
        if at > self._board.position:
            return [self._reset()]
        missing += [entry for entry in self._recent if entry.position > at]
        if missing and missing[0].recorded_at < self._now - self.recent_s:
            return [self._reset()]
        return [self._facts(missing, self._board.touched(missing))] if missing else []

    def _remembers(self, at: Position) -> bool:
        return bool(self._recent) and self._recent[0].position <= at + 1

    def _reset(self) -> Frame:
        return Frame("reset", self._board.position, _encode(TailReset(self._board.position)))

    def _read(self, at: Position, count: int) -> list[AnyEntry]:
        return list(self._log.read(at, count))
