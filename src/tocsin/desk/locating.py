"""What the reports of each call come to, worked out beside the desk: no call and no order ever waits for it.

Hears what is recorded, combines in a thread of its own, and gives the result as an order like anyone. A call that is
heard of again meanwhile is combined once more, not once for each report; one not heard of, now and then (`aging.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tocsin.desk.aging import Aging, Look, another
from tocsin.desk.snapshot import Folded
from tocsin.domain.orders_locations import StateEstimate
from tocsin.facts import calls, incidents, locations
from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import Circle, Point, Shape
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Place, Position
from tocsin.geo.fusion import MOST_REPORTS, Fused, Heard, fuse
from tocsin.log.port import Log
from tocsin.views.board_locations import crowded

BY = "locating"
WAITING_MOST = 512
KEPT = MOST_REPORTS - 1
"""Reports of one call that are combined, the newest of each source; one more is the place written down."""
PLACE = "place"
"""The place written down for a call, among the reports it is combined with."""
_say = logging.getLogger(__name__)

Give = Callable[..., Awaitable[Any]]


class Locating:
    """Combines reports as they are recorded. `give` is the desk's own door, `not_now` what it raises when busy."""

    def __init__(self, give: Give, not_now: type[Exception]) -> None:
        self._give = give
        self._not_now = not_now
        self._thread = ThreadPoolExecutor(1, "locating")
        self._waiting: dict[str, tuple[Position, Instant]] = {}
        self._reports: dict[str, dict[str, tuple[locations.LocationReported, Instant]]] = {}
        self._unmatched: dict[str, locations.LocationReported] = {}
        self._places: dict[str, tuple[Place, Instant]] = {}
        self._incidents: dict[str, list[str]] = {}
        self._aging = Aging(self._newest)
        self._aged: dict[str, Look] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to combine."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Leave what is not combined yet: it is combined at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def recall(self, folded: Folded, log: Log) -> None:
        """Reports about those who are on the board: a snapshot holds rows, and combining needs the facts. Blocks."""
        index = folded.timelines
        wanted = set(index.waiting.values())
        for call in folded.board.calls.values():
            wanted |= set(index.calls.get(call.id, ()) if call.reports else ())
        for incident in folded.board.incidents.values():
            wanted |= set(index.positions(incident.id) if incident.reports else ())
        for entry in log.at(sorted(wanted)):
            self.hear(entry)

    def moment(self, now: Instant) -> None:
        """Time passes: areas of those who are not heard of are worked out again, where that may change them."""
        for look in self._aging.due(now):
            if look.stated.call not in self._waiting:
                self._aged[look.stated.call] = look
                self._woken.set()

    def _newest(self, call: str) -> Instant | None:
        """When something was last heard of a caller; an address on file says nothing of when."""
        known = self._reports.get(call, {}).values()
        fixed = [min(at, at if fact.fixed_at is None else fact.fixed_at) for fact, at in known]
        fixed += [self._places[call][1]] if call in self._places else []
        return max(fixed, default=None)

    def hear(self, entry: AnyEntry) -> None:
        """An entry that is durable, in order."""
        fact = entry.fact
        match fact:
            case locations.LocationReported():
                if fact.call:
                    self._reported(fact.call, fact, entry)
                else:
                    self._unmatched[fact.report] = fact
            case locations.LocationMatched():
                if (waited := self._unmatched.pop(fact.report, None)) is not None:
                    self._reported(fact.call, waited, entry)
            case locations.LocationExpired():
                self._unmatched.pop(fact.report, None)
            case calls.CallReceived() | calls.CallLocated() if fact.place is not None:
                self._places[fact.call] = fact.place, fact.at
                self._again(fact.call, entry)
            case locations.PlaceTaken() if fact.call:
                self._places.pop(fact.call, None)  # it says nothing of its own
            case locations.AreaEstimated():
                self._aging.stated(fact)
                self._settled(fact, entry)
            case _:
                self._ended(fact)

    def _ended(self, fact: Any) -> None:
        match fact:
            case calls.CallReleased():
                self._forget(fact.call)
            case calls.CallDetached() if fact.call in self._incidents.get(fact.incident, ()):
                self._incidents[fact.incident].remove(fact.call)
            case calls.CallAttached():  # it may be reported about later
                self._incidents.setdefault(fact.incident, []).append(fact.call)
            case incidents.IncidentClosed():
                for call in self._incidents.get(fact.incident, ()):  # it may be opened again
                    self._forget(call)

    def _reported(self, call: str, fact: locations.LocationReported, entry: AnyEntry) -> None:
        if fact.shape is None:
            return
        known = self._reports.setdefault(call, {})
        known[fact.report] = fact, fact.at
        for old in crowded({report: heard.source for report, (heard, _) in known.items()}, KEPT):
            del known[old]
        self._again(call, entry)

    def _again(self, call: str, entry: AnyEntry) -> None:
        if call in self._reports and (call in self._waiting or len(self._waiting) < WAITING_MOST):
            self._waiting[call] = entry.position, entry.recorded_at
            self._woken.set()

    def _settled(self, fact: locations.AreaEstimated, entry: AnyEntry) -> None:
        """Read back at a start: nothing of this call is to be done, unless more follows."""
        waits = self._waiting.get(fact.call)
        if (
            waits
            and waits[0] < entry.position
            and set(self._reports.get(fact.call, ())) <= {*fact.used, *fact.replaced}
        ):
            del self._waiting[fact.call]

    def _forget(self, call: str) -> None:
        self._reports.pop(call, None)
        self._places.pop(call, None)
        self._waiting.pop(call, None)
        self._aging.forget(call)

    async def _work(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._waiting or self._aged:
                if not self._waiting:
                    await self._age(self._aged.pop(next(iter(self._aged))))
                    continue
                call = next(iter(self._waiting))
                position, now = self._waiting.pop(call)
                try:
                    await self._combine(call, position, now)
                except self._not_now:
                    self._waiting.setdefault(call, (position, now))
                    await asyncio.sleep(1.0)
                except Exception:  # noqa: BLE001 - one call's reports must not end the combining of all others
                    _say.exception("the reports of call %s could not be combined", call)

    async def _age(self, look: Look) -> None:
        """An old area that is busy or fails is looked at again in its time."""
        call = look.stated.call
        try:
            fused = await self._fused(call, look.at)
            if fused is not None and another(look.stated, fused):
                await self._give(_order(call, fused), by=BY, key=look.key)
        except self._not_now:
            return
        except Exception:  # noqa: BLE001 - one call's reports must not end the combining of all others
            _say.exception("the area of call %s could not be worked out again", call)

    async def _combine(self, call: str, position: Position, now: Instant) -> None:
        fused = await self._fused(call, now)
        if fused is not None:
            await self._give(_order(call, fused), by=BY, key=f"{call}.{position}")

    async def _fused(self, call: str, now: Instant) -> Fused | None:
        heard = [_heard(fact, at, now) for fact, at in self._reports.get(call, {}).values()]
        if call in self._places:
            heard.append(_written(*self._places[call], now))
        return await asyncio.get_running_loop().run_in_executor(self._thread, fuse, heard)


def _order(call: str, fused: Fused) -> StateEstimate:
    return StateEstimate(
        call, fused.lat, fused.lon, fused.radius_m, fused.areas, fused.certainty, fused.share, fused.used,
        fused.disagree, fused.replaced,
    )  # fmt: skip


def _heard(fact: locations.LocationReported, at: Instant, now: Instant) -> Heard:
    fixed_at = at if fact.fixed_at is None else min(fact.fixed_at, now)
    shape: Any = fact.shape
    return Heard(fact.report, fact.source, shape, fact.confidence, fact.method, now - fixed_at, fact.speed_mps)


def _written(place: Place, at: Instant, now: Instant) -> Heard:
    """A place in somebody's words or by somebody's hand; the network's own where it came with the call."""
    sources = {"map": "map", "registered": "registered", "caller": "aml"}
    shape: Shape = Circle(place.lat, place.lon, place.radius_m) if place.radius_m else Point(place.lat, place.lon)
    return Heard(PLACE, sources.get(place.how, "spoken"), shape, Confidence(), "", now - at)
