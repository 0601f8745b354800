"""Hands on the desk's keyboard: orders under an account's name, each with its own key, tried again while it is busy.

The only way in which the invented world changes anything.
"""

from __future__ import annotations

import itertools
import logging
from typing import Any

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.domain.orders import AnyOrder
from tocsin.domain.refusals import Refusal
from tocsin.sim.clock import Clock
from tocsin.views.wire import Done

TRIES = 20
WAIT_S = 2.0

_say = logging.getLogger(__name__)


def first_fact(done: Done) -> Any:
    """The first fact an order came to; whoever gave the order knows its kind."""
    return done.entries[0].fact


class Hands:
    """Everybody of the invented world who may give orders."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        # Keys are remembered by the log, so that a world that goes on in an old log must not use old ones again.
        self._run = f"world-{desk.position()}"
        self._count = itertools.count(1)
        self.names: set[str] = {"clock", "avl", "locating"}
        """Accounts that are no person's."""
        self.refused = 0

    async def give(self, by: str, order: AnyOrder) -> Done | None:
        """Give an order. None when it was refused: somebody else was first, and that is part of the game."""
        self.names.add(by)
        key = f"{self._run}-{next(self._count)}"
        for _ in range(TRIES):
            try:
                answer = await self._desk.give(order, by=by, key=key, seen=self._desk.position())
            except Busy as busy:
                _say.warning("%s waits: %s", by, busy)
                await self._clock.sleep(WAIT_S)
                continue
            if isinstance(answer, Refusal):
                self.refused += 1
                _say.info("%s was refused: %s (%s)", by, answer.name, answer.text)
                return None
            return answer
        raise Busy("busy", f"{by} was told {TRIES} times that the desk is busy")
