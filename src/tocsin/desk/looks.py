"""The access log's writer and reader: who was shown what, recorded before it is shown, one fsync for all who wait.

Live work is never held up by it: a look that belongs to work in hand waits `PATIENCE_S` at most, is owed when the store
fails, and is written when it answers again. A look into the past is refused then. Knows no HTTP and no role.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple, TypeVar

from tocsin.desk.busy import Busy
from tocsin.desk.looks_counted import Counted
from tocsin.facts.base import Entry
from tocsin.facts.looks import Looked, What
from tocsin.facts.union import AnyEntry, LookFact
from tocsin.facts.values import Instant, Position
from tocsin.log.port import Log, LogError, Raced

T = TypeVar("T")
PATIENCE_S = 2.0
SAME_S = 600.0
"""A person who looks at the same thing again within this time, in the course of work, has looked once."""
KEPT_S = 730 * 86_400.0
"""Two years: as long as a complaint about an intervention may take to come and be answered."""
BATCH, WAITING, OWED = 512, 8_192, 100_000
TRIES = 20
FORGET_EVERY_S = 3_600.0
STEP = 500

_say = logging.getLogger(__name__)


class _Asked(NamedTuple):
    fact: LookFact
    by: str
    seen: Position
    answer: asyncio.Future[Position] | None
    """None: owed; nobody waits for it."""


class Looks:
    """One centre's access log."""

    def __init__(self, log: Log, clock: Callable[[], Instant], kept_s: float = KEPT_S, key: bytes = b"") -> None:
        self._log, self._clock, self._kept_s, self._key = log, clock, kept_s, key
        self._queue: deque[_Asked] = deque()
        self._owed: deque[_Asked] = deque(maxlen=OWED)
        self._lately: dict[tuple[str, What, str], Instant] = {}
        self._thread = ThreadPoolExecutor(1, "looks")
        """Its own: neither the desk's writer nor whoever reads waits for it."""
        self._task: asyncio.Task[None] | None = None
        self._position: Position | None = None
        self._forgot_at: Instant = 0.0
        self.counted = Counted(log)

    @property
    def owed(self) -> int:
        """Looks of live work that the store has not taken yet."""
        return len(self._owed)

    def fingerprint(self, words: str) -> str:
        """What is kept of what was searched for: the same words give the same, and it gives no words back."""
        plain = " ".join(words.casefold().split()).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, plain, "sha256").hex()[:32] if plain else ""

    async def work(self, fact: Looked, *, by: str, seen: Position = 0, each: bool = False) -> None:
        """A look in the course of work: recorded if the store answers, owed if it does not. Raises nothing.

        `each`: also when the same was looked at a moment ago.
        """
        now = self._clock()
        same = (by, fact.what, fact.incident or fact.call)
        if not each and now - self._lately.get(same, -SAME_S) < SAME_S:
            return
        if len(self._lately) > OWED:
            self._lately.clear()
        self._lately[same] = now
        try:
            await asyncio.wait_for(asyncio.shield(self._ask(fact, by, seen)), PATIENCE_S)
        except TimeoutError:
            _say.warning("the access log is slow: %s was shown %s before it was recorded", by, fact.what)
        except Busy as error:
            _say.error("a look is owed to the access log: %s", error)
            self._owed.append(_Asked(fact, by, seen, None))

    async def record(self, fact: LookFact, *, by: str, seen: Position = 0) -> Position:
        """Record it; returns when it is durable. Raises Busy when it cannot be: then nothing may be shown."""
        return await self._ask(fact, by, seen)

    def pay(self) -> None:
        """Try again to write what is owed; without this it waits for the next look."""
        if self._owed and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._write(paying=True))

    def _ask(self, fact: LookFact, by: str, seen: Position) -> asyncio.Future[Position]:
        answer: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        # Whoever stopped waiting leaves an answer that nobody takes.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        if len(self._queue) >= WAITING:
            answer.set_exception(Busy("busy", "too many looks wait to be recorded; nothing was shown"))
            return answer
        self._queue.append(_Asked(fact, by, seen, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        return answer

    async def _write(self, paying: bool = False) -> None:
        """Until nothing waits: everything that waits together is one transaction."""
        while self._queue or paying:
            paying = False
            owed = list(self._owed)
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            try:
                last = await self._aside(self._append, [*owed, *batch])
            except LogError as error:
                self._fail(batch, error)
                continue
            for _ in owed:
                self._owed.popleft()
            first = last - len(batch)
            for nth, asked in enumerate(batch, 1):
                if asked.answer is not None and not asked.answer.done():
                    asked.answer.set_result(first + nth)
            await self._let_go()

    def _fail(self, batch: Sequence[_Asked], error: LogError) -> None:
        _say.error("looks not recorded: %s", error)
        for asked in batch:
            if asked.answer is not None and not asked.answer.done():
                text = f"the access log refused: {error}; nothing past is shown that is not recorded first"
                asked.answer.set_exception(Busy("not_recorded", text))

    def _append(self, batch: Sequence[_Asked]) -> Position:
        """Write; answers the last position. Other nodes may be quicker; then after them. Raises LogError."""
        now = self._clock()
        for _ in range(TRIES):
            before = self._log.position() if self._position is None else self._position
            entries: list[AnyEntry] = [
                Entry(before + nth, now, one.by, secrets.token_hex(8), one.seen, one.fact)
                for nth, one in enumerate(batch, 1)
            ]
            self._position = None
            try:
                self._log.append(entries, before)
            except Raced:
                continue
            self._position = before + len(entries)
            return self._position
        raise LogError(f"other nodes were first {TRIES} times")

    async def _let_go(self) -> None:
        now = self._clock()
        if now - self._forgot_at < FORGET_EVERY_S:
            return
        self._forgot_at = now
        with suppress(LogError):
            await self._aside(self._log.forget_before, now - self._kept_s)

    async def _aside(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def latest(self, limit: int, wanted: Callable[[AnyEntry], bool], before: Position = 2**53) -> list[AnyEntry]:
        """Up to `limit` entries that are `wanted`, the latest first, before position `before`. Raises LogError."""

        def read() -> list[AnyEntry]:
            found: list[AnyEntry] = []
            end = min(before - 1, self._log.position())
            while end > 0 and len(found) < limit:
                step = list(self._log.read(max(0, end - STEP), min(STEP, end)))
                found += [entry for entry in reversed(step) if entry.position <= end and wanted(entry)]
                if not step or step[0].position > end:
                    break
                end = step[0].position - 1
            return found[:limit]

        return await asyncio.to_thread(read)

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """The entries at these positions; blocks. Raises LogError for one that is not there, or not any more."""
        return self._log.at(positions)

    async def stop(self) -> None:
        """Write what waits, then end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=False)
