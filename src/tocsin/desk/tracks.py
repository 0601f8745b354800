"""Where the units are: the latest position of each, a short trail, and the tracks log. Never delays a decision."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from tocsin.desk.trail import TRAIL_S, Trail
from tocsin.facts.base import Entry
from tocsin.facts.units import UnitsMoved
from tocsin.facts.values import Instant, Move, Position
from tocsin.log.port import Log, LogError, Raced

KEPT_S = 30 * 86_400.0
"""Where vehicles were is kept a month: long enough for a complaint, too short for a habit of watching crews."""
FORGET_EVERY = 3_600
AHEAD_S = 30.0
"""A vehicle's clock may be ahead by this much before its report is left out."""

TRIES = 20
"""How often a batch of positions is offered while other nodes are quicker."""

_say = logging.getLogger(__name__)


class Tracks:
    """Positions in memory, written to the tracks log a batch at a time."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.latest: dict[str, Move] = {}
        self._trails: dict[str, Trail] = {}
        self._fresh: dict[str, Move] = {}
        self._owed: dict[str, Move] = {}
        """Not recorded yet; the latest of each unit, so that a store which is away for long owes no more than that."""
        self.position: Position = 0
        """Up to here the log's moves are known here, whichever node reported them."""

    def restore(self, since: Instant) -> None:
        """Read back the last positions. Where that fails it is said, and units stand at home until they report."""
        try:
            self.position = self._log.position()
            for entry in self._log.read(max(0, self.position - int(TRAIL_S))):
                self.position = entry.position
                if entry.recorded_at >= since:
                    self._take(entry.fact.moves)
        except LogError as error:
            _say.error("tracks not read back: %s", error)

    def report(self, moves: Iterable[Move], now: Instant) -> int:
        """Take what is news: not from the future, not older than what we have. Answers how many were taken."""
        taken = 0
        for move in sorted(moves, key=lambda move: move.at):
            if move.at <= now + AHEAD_S and self._newer(move):
                self._take([move])
                self._fresh[move.unit] = self._owed[move.unit] = move
                taken += 1
        return taken

    def _newer(self, move: Move) -> bool:
        known = self.latest.get(move.unit)
        return known is None or move.at > known.at

    def _take(self, moves: Iterable[Move]) -> None:
        for move in moves:
            self.latest[move.unit] = move
            trail = self._trails.get(move.unit)
            if trail is None:
                trail = self._trails[move.unit] = Trail(move.unit)
            trail.add(move)

    def take_fresh(self) -> tuple[Move, ...]:
        """What moved since the last time this was asked; the latest per unit."""
        fresh, self._fresh = tuple(self._fresh.values()), {}
        return fresh

    def trail(self, unit: str, since: Instant) -> list[Move]:
        """Where it was, oldest first."""
        trail = self._trails.get(unit)
        return trail.since(since) if trail else []

    async def record(self, now: Instant) -> None:
        """Append to the tracks log what it does not hold yet. A failure is said, and is made good with the next."""
        owed, self._owed = self._owed, {}
        if not owed:
            return
        try:
            kept = await asyncio.to_thread(self._append, tuple(owed.values()), now)
        except LogError as error:
            kept = False
            _say.error("tracks not recorded: %s", error)
        if not kept:
            self._owed = owed | self._owed

    def _append(self, moves: tuple[Move, ...], now: Instant) -> bool:
        fact = UnitsMoved(now, moves)
        for _ in range(TRIES):
            position = self._log.position()
            try:
                self._log.append([Entry(position + 1, now, "avl", f"tracks-{position + 1}", 0, fact)], position)
            except Raced:  # another node reports too
                continue
            if self.position == position:
                self.position = position + 1
            if position % FORGET_EVERY == 0:
                self._log.forget_before(now - KEPT_S)
            return True
        _say.error("tracks not recorded: other nodes were first %d times", TRIES)
        return False

    async def hear(self) -> list[Move]:
        """Take in what other nodes reported; answers what of it is news here. Raises LogError."""
        entries = await asyncio.to_thread(lambda: list(self._log.read(self.position)))
        news: dict[str, Move] = {}
        for entry in entries:
            for move in entry.fact.moves:
                if self._newer(move):
                    self._take([move])
                    news[move.unit] = move
            self.position = max(self.position, entry.position)
        return list(news.values())
