"""Hearing what other nodes record in the same store, and knowing whether the store is there. Refuses to fold anything.

A node with nothing to do hears of its neighbours' work as soon as the store says so, and looks once a second in case
that word was lost. The same ear notices that the store is gone, and that it (or its promoted standby) is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from tocsin.facts.values import Position
from tocsin.log.port import Log, LogError

WAIT_S = 1.0
RETRY_S = 0.25

_say = logging.getLogger(__name__)


class Trouble:
    """What is wrong with the store: true while it takes no orders. `changed` is called whenever that changes."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.lost = ""
        """Why the store cannot be reached: orders are refused at once, until it answers again."""
        self._refusal = ""

    def __bool__(self) -> bool:
        return bool(self.lost or self._refusal)

    def refused(self, why: str) -> None:
        """The store did not take a group. Each next order tries again: the first that is taken ends this."""
        self._set(self.lost, why)

    def took(self) -> None:
        """The store took a group."""
        if self:
            _say.warning("orders are recorded again")
        self._set("", "")

    def unreachable(self, why: str) -> None:
        """The store cannot even be asked."""
        if not self.lost:
            _say.error("the record cannot be reached, no orders are taken: %s", why)
        self._set(why, self._refusal)

    def answers(self) -> None:
        """The store can be asked again. Whatever it refused while it was going or coming is not held against it."""
        if self.lost:
            _say.warning("the record answers again, orders are taken")
            self._set("", "")

    def _set(self, lost: str, refusal: str) -> None:
        before = bool(self)
        self.lost, self._refusal = lost, refusal
        if bool(self) != before:
            self._changed()


class Listening:
    """Waits for one log to grow beyond what is `known`, and then has it `heard`."""

    def __init__(
        self,
        log: Log,
        known: Callable[[], Position],
        heard: Callable[[], Awaitable[None]],
        trouble: Trouble | None = None,
    ) -> None:
        self._log = log
        self._known = known
        self._heard = heard
        self._trouble = trouble
        self._thread = ThreadPoolExecutor(1, "listening")

    async def listen(self) -> None:
        """For as long as the task lives; whatever fails is tried again."""
        while True:
            try:
                await self._once()
            except LogError as error:
                if self._trouble is not None:
                    self._trouble.unreachable(str(error))
                await asyncio.sleep(RETRY_S)
            except Exception:  # noqa: BLE001 - a node that stops listening shows the past as if it were now
                _say.exception("listening failed")
                await asyncio.sleep(RETRY_S)

    async def _once(self) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._log.wait_for, self._known() + 1, WAIT_S)
        if found > self._known():
            await self._heard()
            if found > self._known():  # the picture cannot follow; said where it happened
                await asyncio.sleep(RETRY_S)
        if self._trouble is not None:
            self._trouble.answers()

    def close(self) -> None:
        """Let the thread end; it does so within `WAIT_S`."""
        self._thread.shutdown(wait=False, cancel_futures=True)
