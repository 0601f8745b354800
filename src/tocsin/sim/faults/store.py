"""The one store that all nodes share, and each node's wire to it, on which everything can go wrong.

What the store itself promises is kept: a commit is whole or not at all, and the expected position decides who wins. Its
word may be late, lost (`Unsure`: written, but nobody was told) or a plain no. Refuses to know what a fact means.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.codec import CODEC, Codec
from tocsin.log.memory import Kept, MemoryLog
from tocsin.log.port import Flaw, Head, LogError, Receipt, Row, Unsure
from tocsin.sim.faults.loop import VirtualLoop
from tocsin.sim.faults.weather import Weather

CENTRE = "north"
STALLS_S = (0.05, 0.5, 3.0)


class Store:
    """What outlives every node."""

    def __init__(self, loop: VirtualLoop, dice: Random, weather: Weather) -> None:
        self.loop, self.dice, self.weather = loop, dice, weather
        self.decisions, self.tracks = Kept(CENTRE), Kept(CENTRE)
        self.away_until = 0.0
        self.appended: Callable[[Sequence[AnyEntry]], None] = lambda _entries: None
        """Told of each group the moment it is durable, before anybody knows whether it was."""
        self.happened: Counter[str] = Counter()
        """What went wrong, and how often; whoever makes it go wrong counts it."""
        self._waiting: list[asyncio.Event] = []

    def wire(self, codec: Codec = CODEC, *, durable: bool = True) -> Wire:
        """A node's way here."""
        kept = self.decisions if durable else self.tracks
        return Wire(self, MemoryLog(CENTRE, durable=durable, codec=codec, kept=kept), codec, durable=durable)

    def plain(self, codec: Codec = CODEC) -> MemoryLog:
        """The decisions as they are, with no wire between."""
        return MemoryLog(CENTRE, codec=codec, kept=self.decisions)

    def trouble(self, rate: float, what: str) -> bool:
        """Whether something goes wrong now; `what`: as it is counted."""
        wrong = not self.loop.hurry and self.dice.random() < rate
        self.happened[what] += wrong
        return wrong

    def grew(self) -> None:
        """Tell whoever waits, mostly."""
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            if self.trouble(self.weather.notice_lost, "notices lost or late"):
                if self.dice.random() < 0.5:
                    self.loop.outside(self.dice.random(), event.set)
            else:
                event.set()

    async def word(self, timeout_s: float) -> None:
        """Until something may have grown; or for nothing."""
        if self.trouble(self.weather.notice_lost / 10, "notices for nothing"):
            return
        event = asyncio.Event()
        self._waiting.append(event)
        try:
            async with asyncio.timeout(timeout_s * (self.dice.choice((0.2, 1.0, 3.0)) if not self.loop.hurry else 1.0)):
                await event.wait()
        except TimeoutError:
            pass


class Wire:
    """One node's log (`tocsin.log.port.Log`)."""

    def __init__(self, store: Store, log: MemoryLog, codec: Codec, *, durable: bool) -> None:
        self.centre = CENTRE
        self.codec = codec
        self._store, self._log, self._durable = store, log, durable

    def _ask(self) -> None:
        """Anything asked of the store may fail or take long."""
        store = self._store
        if store.loop.time() < store.away_until and not store.loop.hurry:
            store.happened["asked in vain"] += 1
            raise LogError("the store is away")
        if store.trouble(store.weather.fail_before / 3, "connections lost"):
            raise LogError("the connection was lost")
        if store.trouble(store.weather.stall, "stalls"):
            store.loop.hold(store.dice.choice(STALLS_S))

    def position(self) -> Position:
        """Where the log stands."""
        self._ask()
        return self._log.position()

    def append(self, entries: Sequence[AnyEntry], expected: Position, receipts: Sequence[Receipt] = ()) -> None:
        """Written and told; or not written; or written, and the word of it lost."""
        store = self._store
        self._ask()
        if store.trouble(store.weather.fail_before, "writes refused"):
            raise LogError("the disk is full")
        if store.trouble(store.weather.torn / 4, "writes lost unsaid"):
            raise Unsure("the connection was lost before the write")
        self._log.append(entries, expected, receipts)
        if self._durable:
            store.appended(entries)
        store.grew()
        if store.trouble(store.weather.torn, "writes done unsaid"):
            raise Unsure("the connection was lost after the write")

    def read(self, after: Position = 0, limit: int | None = None) -> Iterator[AnyEntry]:
        """In order; the connection may end halfway."""
        self._ask()
        for entry in self._log.read(after, limit):
            if self._store.trouble(self._store.weather.fail_before / 30, "reads cut off"):
                raise LogError("the connection was lost while reading")
            yield entry

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """These entries."""
        self._ask()
        return self._log.at(positions)

    def rows(self, after: Position = 0) -> Iterator[Row]:
        """As they are kept."""
        self._ask()
        return self._log.rows(after)

    def leaves(self, first: Position, count: int) -> list[bytes]:
        """Leaf hashes."""
        self._ask()
        return self._log.leaves(first, count)

    def wait_for(self, position: Position, timeout_s: float) -> Any:
        """A thread that waits is, on this clock, something to await."""
        self._ask()
        return self._wait_for(position, timeout_s)

    async def _wait_for(self, position: Position, timeout_s: float) -> Position:
        if self._log.position() < position:
            await self._store.word(timeout_s)
        self._ask()
        return self._log.position()

    def receipt(self, by: str, order: str) -> Receipt | None:
        """Whether it was done before."""
        self._ask()
        return self._log.receipt(by, order)

    def receipts_of(self, keys: Sequence[tuple[str, str]]) -> list[Receipt]:
        """The same, of many."""
        self._ask()
        return self._log.receipts_of(keys)

    def head(self) -> Head:
        """Where the log stands, with its hashes."""
        self._ask()
        return self._log.head()

    def verify(self, noted: Sequence[Head] = (), progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Everything checked."""
        self._ask()
        return self._log.verify(noted, progress)

    def forget_before(self, instant: Instant) -> int:
        """Tracks only."""
        self._ask()
        return self._log.forget_before(instant)

    def close(self) -> None:
        """Nothing to let go of."""
