"""The world's clock: one line of simulated instants, walked as fast as the machine allows or at a pace of the wall's.

While it hurries, one process at a time holds the baton and nothing is due before it is done: the same seed gives the
same day, to the last fact. At a pace, processes run side by side as people do. Refuses to know what waits on it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from tocsin.facts.values import Instant

HURRY_TICK_S = 5.0
"""While hurrying, whatever would wake every second of the wall wakes this often in simulated seconds."""

_say = logging.getLogger(__name__)


class Signal:
    """Something a process may be woken by before its time. Set once, it stays until the process has looked."""

    def __init__(self) -> None:
        self.is_set = False
        self._waits: list[_Wait] = []

    def set(self) -> None:
        """Wake whoever waits, in the order they came."""
        self.is_set = True
        for wait in self._waits:
            wait.wake()
        self._waits = []

    def take(self) -> bool:
        """Whether it was set; it no longer is."""
        was, self.is_set = self.is_set, False
        return was

    def add(self, wait: _Wait) -> None:
        """Another one waits."""
        self._waits = [other for other in self._waits if not other.woken]
        self._waits.append(wait)


class _Wait:
    """One sleeping process."""

    __slots__ = ("clock", "future", "task", "woken")

    def __init__(self, clock: Clock, task: asyncio.Task[Any], future: asyncio.Future[None]) -> None:
        self.clock = clock
        self.task = task
        self.future = future
        self.woken = False

    def wake(self) -> None:
        """Its time has come, or its signal."""
        if not self.woken:
            self.woken = True
            self.clock.ready(self)


class Clock:
    """Simulated instants in seconds UTC. `speed` is simulated seconds per second of the wall; None hurries."""

    def __init__(self, start: Instant, speed: float | None = None) -> None:
        self._now = start
        self.speed = speed
        self._wall = time.monotonic()
        self._heap: list[tuple[Instant, int, _Wait]] = []
        self._order = itertools.count()
        self._ready: deque[_Wait] = deque()
        self._running: set[asyncio.Task[Any]] = set()
        self._stir: asyncio.Event = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], Coroutine[Any, Any, None]] = {}
        self._failure: BaseException | None = None
        self.settled: Callable[[], Awaitable[None]] | None = None
        """Awaited between two processes while hurrying: whoever listens has then heard everything."""

    def now(self) -> Instant:
        """The simulated instant."""
        if self.speed is None:
            return self._now
        return self._now + (time.monotonic() - self._wall) * self.speed

    def pace(self, speed: float | None) -> None:
        """Go on at another speed, from this instant. None hurries."""
        self._now = self.now()
        self._wall = time.monotonic()
        self.speed = speed
        self._stir.set()

    # -- for processes ----------------------------------------------------------------------------------------------

    def start(self, process: Coroutine[Any, Any, None], name: str = "") -> asyncio.Task[None]:
        """Begin a process. Its failure ends `run` with that failure."""
        task = asyncio.create_task(self._run_process(process), name=name or None)
        self._tasks[task] = process
        self._running.add(task)
        return task

    async def sleep(self, seconds: float, signal: Signal | None = None) -> bool:
        """Wait so many simulated seconds, or until the signal. Answers whether it was the signal."""
        return await self.sleep_until(self.now() + seconds, signal)

    async def sleep_until(self, instant: Instant, signal: Signal | None = None) -> bool:
        """Wait until an instant, or until the signal. Answers whether it was the signal."""
        if signal is not None and signal.take():
            return True
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        wait = _Wait(self, task, asyncio.get_running_loop().create_future())
        heapq.heappush(self._heap, (instant, next(self._order), wait))
        if signal is not None:
            signal.add(wait)
        self._idle(task)
        try:
            await wait.future
        finally:
            wait.woken = True
        return signal is not None and signal.take()

    async def wall_second(self, seconds: float) -> None:
        """The sleep of whoever lives by the wall (the desk's tick): its seconds, or simulated ones in a hurry."""
        if self.speed is None:
            await self.sleep(seconds * HURRY_TICK_S)
        else:
            await asyncio.sleep(seconds)

    async def _run_process(self, process: Coroutine[Any, Any, None]) -> None:
        task = asyncio.current_task()
        try:
            await self.sleep(0)
            await process
        except Exception as failure:  # noqa: BLE001 - handed on by run()
            _say.exception("a process of the invented world failed")
            self._failure = self._failure or failure
        finally:
            if task:
                self._tasks.pop(task, None)
                self._idle(task)

    # -- the driver -------------------------------------------------------------------------------------------------

    def ready(self, wait: _Wait) -> None:
        """A process may go on."""
        self._ready.append(wait)
        self._stir.set()

    def _idle(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self._stir.set()

    async def run(self, until: Instant = float("inf")) -> None:
        """Walk the clock up to `until`. Raises what a process raised."""
        going = True
        while going:
            self._stir.clear()
            going = await (self._hurry(until) if self.speed is None else self._walk(until))
            if self._failure is not None:
                raise self._failure

    async def _hurry(self, until: Instant) -> bool:
        """One step with one baton. False when `until` is reached."""
        while self._running and self._failure is None:
            self._stir.clear()
            await self._stir.wait()
        if self.settled:
            await self.settled()
        if self._ready:
            self._hand_over(self._ready.popleft())
            return True
        while self._heap and self._heap[0][2].woken:
            heapq.heappop(self._heap)
        if not self._heap or self._heap[0][0] > until:
            self._now = max(self._now, min(until, self._heap[0][0] if self._heap else until))
            return False
        instant, _, wait = heapq.heappop(self._heap)
        self._now = max(self._now, instant)
        wait.wake()
        return True

    async def _walk(self, until: Instant) -> bool:
        """Wake all that is due, then wait for the wall. False when `until` is reached."""
        now = self.now()
        while self._heap and (self._heap[0][0] <= now or self._heap[0][2].woken):
            heapq.heappop(self._heap)[2].wake()
        while self._ready:
            self._hand_over(self._ready.popleft())
        if now >= until:
            return False
        due = min(until, self._heap[0][0]) if self._heap else until
        speed = self.speed or 1.0
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stir.wait(), min(3600.0, max(0.0, (due - now) / speed)))
        return True

    def _hand_over(self, wait: _Wait) -> None:
        if not wait.future.done():
            self._running.add(wait.task)
            wait.future.set_result(None)

    async def stop(self) -> None:
        """End every process."""
        tasks = dict(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for process in tasks.values():
            process.close()  # one that was cancelled before its first step was never begun
        self._running.clear()
