"""The bot that minds what is left: accepts a proposed move-up when no person has, and lets units go home again."""

from __future__ import annotations

from tocsin.domain.orders_standby import CallHomeUnit, MoveUpUnit
from tocsin.facts.values import Instant
from tocsin.sim.common import Common
from tocsin.views.cover import MoveView

NAME = "dispatcher Vera"
LOOK_S = 10.0
PATIENCE_S = 40.0
"""So long a person has to answer a proposal first."""
ENOUGH_S = 1_800.0
"""A unit that has stood at a post so long may go home once that costs little."""
LITTLE = 0.004


class Wardens:
    """One bot for all groups."""

    def __init__(self, common: Common) -> None:
        self._c = common
        self._seen: dict[tuple[str, str], Instant] = {}
        self._sent: dict[str, Instant] = {}

    async def watch(self) -> None:
        """For ever."""
        while True:
            await self._c.clock.sleep(LOOK_S)
            now, moves = self._c.clock.now(), self._c.desk.standby.proposals()
            self._seen = {(m.unit, m.post): self._seen.get((m.unit, m.post), now) for m in moves}
            for move in moves:
                if now - self._seen[move.unit, move.post] >= PATIENCE_S:
                    await self._accept(move)
            await self._release(now)

    async def _accept(self, move: MoveView) -> None:
        order = MoveUpUnit(move.unit, move.post, move.place, move.group, move.before, move.after)
        if await self._c.hands.give(NAME, order):
            self._sent[move.unit] = self._c.clock.now()

    async def _release(self, now: Instant) -> None:
        """Home again, one at a time, when the post holds little."""
        seen = self._c.desk.standby.coverage.now
        for unit, since in list(self._sent.items()):
            row = self._c.desk.unit(unit)
            if row is None or not row.post:
                del self._sent[unit]
            elif seen and now - since > ENOUGH_S and row.at_post and seen.loss([unit]) < LITTLE:
                await self._c.hands.give(NAME, CallHomeUnit(unit, "covered without it"))
                return
