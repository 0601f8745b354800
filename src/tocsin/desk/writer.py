"""One writer: orders in, facts out, one transaction for all that waited together. Durable before anybody is told.

A batch is decided in a room that runs ahead of the log; the room kept here holds what is durable and nothing else, so
that no decision rests on what was not recorded, and a store that refuses or another writer that was first costs no more
than reading what is new.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from tocsin.domain.ahead import ahead_of
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
from tocsin.facts.choices import Shown
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.port import Log, LogError, Raced, Receipt
from tocsin.views.wire import Done

T = TypeVar("T")
READ_ON = 2_000
"""Entries read at once while catching up."""

_encode = msgspec.json.Encoder(order="deterministic").encode


class Asked(msgspec.Struct, frozen=True, eq=False):
    """An order on its way to the writer."""

    order: AnyOrder
    by: str
    key: str
    seen: Position
    travels: Travels
    answer: asyncio.Future[Done | Refusal]
    shown: Shown | None = None
    agency: str = ""
    """Whose account ordered; empty: the whole centre's."""

    def digest(self, secret: bytes) -> bytes:
        """Tells a repeated order from another one under the same key; without `secret` it tells nothing.

        Receipts outlive what is erased: an open hash would let a guess at a number or a name be tried against it.
        """
        try:
            return hmac.digest(secret, _encode(self.order), "sha256")
        except UnicodeEncodeError:
            return b""  # half a character: it will be refused by name, and nothing is kept of it


class Settled(msgspec.Struct):
    """What a batch came to, before it is durable."""

    entries: list[AnyEntry] = []
    receipts: list[Receipt] = []
    answers: list[tuple[Asked, Done | Refusal]] = []
    done: dict[tuple[str, str], tuple[bytes, Done]] = {}


class _Draft:
    """A batch being decided: a room that runs ahead of the log, and what was done before under each key."""

    def __init__(self, room: Room, position: Position, before: dict[tuple[str, str], tuple[bytes, Done]]) -> None:
        self.room = ahead_of(room)
        self.position = position
        self.before = before
        self.settled = Settled([], [], [], {})


class Writer:
    """Decides and appends, one task at a time. `room` holds durable facts only."""

    def __init__(
        self,
        log: Log,
        catalogue: Catalogue,
        clock: Callable[[], Instant],
        plans: Plans = NO_PLANS,
        secret: bytes = b"",
    ) -> None:
        """`secret` comes from the master key, the same on every node: see `Asked.digest`."""
        self._log = log
        self._secret = secret
        self._clock = clock
        self.catalogue, self.plans = catalogue, plans
        self.room = Room()
        self.position = 0
        self._last_at: Instant = 0.0
        self._thread = ThreadPoolExecutor(1, "writer")
        """Its own: whatever else keeps threads busy (passwords, reports, tiles), an order is recorded at once."""
        self.taken: Callable[[AnyEntry], None] = lambda _entry: None
        """Told of each durable entry before anything is decided after it; must be quick."""
        self._news: list[AnyEntry] = []
        self._unsure = False
        """The log may hold more than the room does: read on before anything is decided."""

    async def _aside(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)

    def now(self) -> Instant:
        """The clock, never behind what was already recorded, whatever the machine's clock did."""
        self._last_at = max(self._clock(), self._last_at)
        return self._last_at

    def take(self, entry: AnyEntry) -> None:
        """Fold an entry that is durable."""
        evolve(self.room, entry.fact)
        self.position = entry.position
        self._last_at = max(self._last_at, entry.recorded_at)
        self.taken(entry)

    def begin_at(self, room: Room, position: Position, last_at: Instant) -> None:
        """Begin with a room that was folded before."""
        self.room, self.position, self._last_at = room, position, last_at

    def begin(self, told: Callable[[AnyEntry], None]) -> None:
        """Fold all that the log holds beyond the room, telling of each entry. Blocks; for a desk that begins."""
        for entry in self._log.read(self.position):
            self.take(entry)
            told(entry)

    def news(self) -> list[AnyEntry]:
        """Every entry folded since this was last asked, whatever became of the work around it."""
        news, self._news = self._news, []
        return news

    async def catch_up(self) -> None:
        """Fold what the log holds beyond the room. Raises LogError."""
        more = True
        while more:
            entries = await self._aside(self._read_on, self.position)
            for entry in entries:
                self.take(entry)
            self._news += entries
            more = len(entries) == READ_ON
        self._unsure = False

    def _read_on(self, after: Position) -> list[AnyEntry]:
        return list(self._log.read(after, READ_ON))

    def _decide(self, batch: Sequence[Asked], before: dict[tuple[str, str], tuple[bytes, Done]]) -> Settled:
        """Each order in turn, each seeing what the one before it did."""
        draft = _Draft(self.room, self.position, before)
        for asked in batch:
            draft.settled.answers.append((asked, self._one(asked, draft)))
        return draft.settled

    def _one(self, asked: Asked, draft: _Draft) -> Done | Refusal:
        digest, key = asked.digest(self._secret), (asked.by, asked.key)
        known = draft.settled.done.get(key) or draft.before.get(key)
        if known is not None:
            if known[0] != digest:
                return Refusal("key_reused", "another order was sent under this key", "id", {"id": asked.key})
            return msgspec.structs.replace(known[1], repeated=True)
        now = self.now()
        given = Given(now, asked.by, self.catalogue, asked.travels, self.plans, asked.shown, asked.agency)
        decision = decide(draft.room, asked.order, given)
        if isinstance(decision, Refusal):
            return decision
        first = draft.position + 1
        entries = [Entry(first + i, now, asked.by, asked.key, asked.seen, fact) for i, fact in enumerate(decision)]
        for fact in decision:
            evolve(draft.room, fact)
        draft.position += len(entries)
        done = Done(draft.position, tuple(entries))
        if entries:
            settled = draft.settled
            settled.entries += entries
            settled.receipts.append(Receipt(asked.by, asked.key, digest, first, draft.position))
            settled.done[key] = digest, done
        return done

    def _done_before(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[bytes, Done]]:
        """What these keys were answered before, by whichever node. Blocks."""
        return {
            (receipt.by, receipt.order): (
                receipt.digest,
                Done(receipt.last, tuple(self._log.at(range(receipt.first, receipt.last + 1)))),
            )
            for receipt in self._log.receipts_of(keys)
        }

    async def commit(self, batch: Sequence[Asked]) -> Settled:
        """Decide and make durable. When another writer was first: catch up, decide again. Raises LogError otherwise."""
        keys = list({(asked.by, asked.key): None for asked in batch})
        try:
            while True:
                if self._unsure:
                    await self.catch_up()
                before = await self._aside(self._done_before, keys)
                settled = self._decide(batch, before)
                self._unsure = True
                try:
                    await self._aside(self._keep, settled, self.position)
                except Raced:
                    continue
                break
        except LogError:
            with suppress(LogError):
                await self.catch_up()
            raise
        for entry in settled.entries:
            self.take(entry)
        self._news += settled.entries
        self._unsure = False
        return settled

    def _keep(self, settled: Settled, expected: Position) -> None:
        """Append; where nothing is to be kept, make sure at least that no refusal came from an old picture."""
        if settled.entries:
            self._log.append(settled.entries, expected, settled.receipts)
            return
        position = self._log.position()
        if position != expected:
            raise Raced(expected, position)
