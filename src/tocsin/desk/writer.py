"""One writer: orders in, facts out, one transaction for all that waited together. Durable before anybody is told.

The room here runs ahead of the log by the batch in hand. When the store refuses, the room is folded anew from what is
durable before anything else is decided in it, so that no decision rests on what was not recorded.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec

from tocsin.domain.decide import decide
from tocsin.domain.evolve import evolve
from tocsin.domain.given import Given
from tocsin.domain.orders import AnyOrder
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.travel import Travels
from tocsin.domain.types import Catalogue
from tocsin.facts.base import Entry
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.port import Log, LogError, Raced, Receipt
from tocsin.views.wire import Done

_encode = msgspec.json.Encoder(order="deterministic").encode


class Asked(msgspec.Struct, frozen=True, eq=False):
    """An order on its way to the writer."""

    order: AnyOrder
    by: str
    key: str
    seen: Position
    travels: Travels
    answer: asyncio.Future[Done | Refusal]

    def digest(self) -> bytes:
        """Tells a repeated order from another one under the same key."""
        try:
            return hashlib.sha256(_encode(self.order)).digest()
        except UnicodeEncodeError:
            return b""  # half a character: it will be refused by name, and nothing is kept of it


class Settled(msgspec.Struct):
    """What a batch came to, before it is durable."""

    entries: list[AnyEntry] = []
    receipts: list[Receipt] = []
    answers: list[tuple[Asked, Done | Refusal]] = []
    done: dict[tuple[str, str], tuple[bytes, Done]] = {}


class Writer:
    """Decides and appends. `decide_batch` and `commit` are called by one task only."""

    def __init__(self, log: Log, catalogue: Catalogue, clock: Callable[[], Instant], plans: Plans = NO_PLANS) -> None:
        self._log = log
        self._clock = clock
        self.catalogue, self.plans = catalogue, plans
        self.room = Room()
        self.position = 0
        self._last_at: Instant = 0.0
        self._thread = ThreadPoolExecutor(1, "writer")
        """Its own: whatever else keeps threads busy (passwords, reports, tiles), an order is recorded at once."""
        self._ahead = False
        """The room may hold what is not durable: fold it anew before anything is decided in it."""

    def refold(self, told: Callable[[AnyEntry], None] = lambda _entry: None, after: Position = 0) -> None:
        """Fold the room anew from the log; `told` hears of each entry after `after`. Blocks."""
        room, position, last_at = Room(), 0, 0.0
        for entry in self._log.read():
            evolve(room, entry.fact)
            position, last_at = entry.position, entry.recorded_at
            if position > after:
                told(entry)
        self.room, self.position, self._last_at, self._ahead = room, position, last_at, False

    async def _aside(self, work: Callable[..., None], *given: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)

    def now(self) -> Instant:
        """The clock, never behind what was already recorded, whatever the machine's clock did."""
        self._last_at = max(self._clock(), self._last_at)
        return self._last_at

    def decide_batch(self, batch: Sequence[Asked]) -> Settled:
        """Each order in turn, each seeing what the one before it did."""
        settled = Settled([], [], [], {})
        for asked in batch:
            settled.answers.append((asked, self._one(asked, settled)))
        return settled

    def _one(self, asked: Asked, settled: Settled) -> Done | Refusal:
        digest = asked.digest()
        before = self._before(asked, digest, settled)
        if before is not None:
            return before
        now = self.now()
        decision = decide(self.room, asked.order, Given(now, asked.by, self.catalogue, asked.travels, self.plans))
        if isinstance(decision, Refusal):
            return decision
        first = self.position + 1
        entries = [Entry(first + i, now, asked.by, asked.key, asked.seen, fact) for i, fact in enumerate(decision)]
        for fact in decision:
            evolve(self.room, fact)
        self.position += len(entries)
        done = Done(self.position, tuple(entries))
        if entries:
            settled.entries += entries
            settled.receipts.append(Receipt(asked.by, asked.key, digest, first, self.position))
            settled.done[asked.by, asked.key] = digest, done
        return done

    def _before(self, asked: Asked, digest: bytes, settled: Settled) -> Done | Refusal | None:
        """What this key was answered before, if it was."""
        here = settled.done.get((asked.by, asked.key))
        if here:
            known, done = here
            again = msgspec.structs.replace(done, repeated=True)
        else:
            receipt = self._log.receipt(asked.by, asked.key)
            if receipt is None:
                return None
            known = receipt.digest
            entries = self._log.at(range(receipt.first, receipt.last + 1))
            again = Done(receipt.last, tuple(entries), repeated=True)
        if known != digest:
            return Refusal("key_reused", "another order was sent under this key", "id", {"id": asked.key})
        return again

    async def commit(self, batch: Sequence[Asked]) -> Settled:
        """Decide and make durable. When another writer was first: catch up, decide again. Raises LogError otherwise."""
        while True:
            if self._ahead:
                await self._aside(self.refold)
            expected, self._ahead = self.position, True
            try:
                settled = self.decide_batch(batch)
                await self._aside(self._keep, settled, expected)
            except Raced:
                continue
            except LogError:
                with suppress(LogError):
                    await self._aside(self.refold)
                raise
            self._ahead = False
            return settled

    def _keep(self, settled: Settled, expected: Position) -> None:
        """Append; where nothing is to be kept, make sure at least that no refusal came from an old picture."""
        if settled.entries:
            self._log.append(settled.entries, expected, settled.receipts)
            return
        position = self._log.position()
        if position != expected:
            raise Raced(expected, position)
