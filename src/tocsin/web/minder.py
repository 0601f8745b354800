"""What a server minds of its access log beside answering: changes of accounts are taken there, looks owed are written
as soon as they can be, and what waits for a supervisor is counted. Counts and no names; knows no route.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from tocsin.access import Access, AccessError
from tocsin.access.changes import Change
from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.looks import Looks
from tocsin.facts.looks import AccountChanged
from tocsin.facts.values import Instant
from tocsin.log.port import LogError

EVERY_S = 5.0
COUNT_STEP, COUNT_PAUSE_S = 2_000, 0.02
"""Two years of looks are counted in small steps: nobody at a desk waits for it."""

_say = logging.getLogger(__name__)


class Owed(msgspec.Struct, frozen=True):
    """What waits: looks and changes of accounts not in the access log yet, broken glass that no supervisor has taken,
    looks of the last weeks that none has reviewed (None: not counted yet)."""

    looks: int = 0
    glass: int = 0
    reviews: int | None = None


class Minder:
    """The minder of one server."""

    def __init__(self, desk: Desk, access: Access, looks: Looks, clock: Callable[[], Instant]) -> None:
        self._desk, self._access, self._looks, self._clock = desk, access, looks, clock
        self._taking = asyncio.Lock()
        self._changes = 0

    def owed(self) -> Owed:
        """What waits now; takes microseconds."""
        alarms = self._desk.board.alarms.values()
        glass = sum(alarm.alarm_kind == "glass_broken" and not alarm.acknowledged_by for alarm in alarms)
        counted = self._looks.counted
        reviews = sum(counted.owed(self._desk.now()).values()) if counted.is_whole else None
        return Owed(self._looks.owed + self._changes, glass, reviews)

    async def take(self) -> None:
        """Take every change of accounts into the access log. What cannot be taken waits; the change itself stands."""
        async with self._taking:
            try:
                waiting = await asyncio.to_thread(self._access.changes.waiting)
                self._changes = len(waiting)
                if waiting:
                    seen, now = self._desk.position(), self._clock()
                    records = (self._looks.record(_fact(one, now), by=one.by, seen=seen) for one in waiting)
                    await asyncio.gather(*records)  # together they are one write
                    await asyncio.to_thread(self._access.changes.taken, [one.id for one in waiting])
                    self._changes = 0
            except (AccessError, Busy) as error:
                _say.error("changes of accounts wait for the access log: %s", error)

    async def mind(self) -> None:
        """For as long as the server runs."""
        while True:
            self._looks.pay()
            await self.take()
            await self._count()
            await asyncio.sleep(EVERY_S)

    async def _count(self) -> None:
        try:
            while not (await asyncio.to_thread(self._looks.counted.catch_up, COUNT_STEP)).is_whole:
                await asyncio.sleep(COUNT_PAUSE_S)
        except LogError as error:
            _say.warning("looks cannot be counted: %s", error)


def _fact(change: Change, now: Instant) -> AccountChanged:
    return AccountChanged(change.at or now, change.account, change.what, change.more, change.id)  # type: ignore[arg-type]
