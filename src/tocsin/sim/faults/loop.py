"""An event loop whose time is nobody's: it jumps to whatever is due next, and threads are a word for "a bit later".

Work handed to a thread runs in the loop itself, at an instant the dice choose, so that every run of a seed is the same
run. Tasks belong to a *life*; when it ends, as a process does under kill -9, nothing of it ever runs again: no handler,
no `finally`. Refuses to know what a desk is.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from random import Random
from typing import Any

LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class Stuck(Exception):  # noqa: N818 - it is a state of the world
    """Everybody waits, and nothing will ever come."""


class Life:
    """One process, from its start until it is killed."""

    def __init__(self, loop: VirtualLoop, name: str) -> None:
        self._loop = loop
        self.name = name
        self.dead = False
        self._context = copy_context()
        self._context.run(LIFE.set, self)
        self.tasks: list[asyncio.Task[Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin something in this process."""
        return self._loop.create_task(work, context=self._context.copy())

    def began(self, task: asyncio.Task[Any]) -> None:
        """Keep hold of a task, lest the collector closes it before the end of the world."""
        self.tasks.append(task)

    def kill(self) -> None:
        """Nothing of it runs again."""
        self.dead = True
        self._loop.forget(self)

    def bury(self) -> None:
        """After the world has ended: let go of what was frozen, without a word."""
        for task in self.tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                with suppress(BaseException):
                    task.get_coro().close()
        self.tasks.clear()


class VirtualLoop(asyncio.BaseEventLoop):
    """Time passes only when nobody has anything left to do."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self._dice = dice
        self._now = 0.0
        self._selector = self
        self._outside = Context()
        self._busy_until: dict[Any, float] = {}
        self._held_s = 0.0
        self.hurry = False
        """No more delays: the world comes to rest."""
        self.set_task_factory(self._begun)

    # -- what a loop needs of the machine -------------------------------------------------------------------------

    def time(self) -> float:
        """Seconds since the world began."""
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """Nobody comes from outside: jump to what is due next."""
        if timeout is None:
            raise Stuck("everybody waits, and nothing will ever come")
        self._now += max(0.0, timeout)
        return []

    def _process_events(self, _events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """There is one thread."""

    def call_exception_handler(self, _context: dict[str, Any]) -> None:
        """What nobody asked for any more is not said: who would have asked is dead."""

    # -- lives ----------------------------------------------------------------------------------------------------

    def _begun(self, loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
        life = context.get(LIFE) if context is not None else LIFE.get()
        if life is not None:
            life.began(task)
        return task

    def forget(self, life: Life) -> None:
        """Drop whatever a life was about to do."""
        for handle in [*self._ready, *self._scheduled]:  # type: ignore[attr-defined]
            if handle._context is not None and handle._context.get(LIFE) is life:
                handle.cancel()

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]
        """As every loop does, but nothing for the dead."""
        handle = super().call_soon(callback, *args, context=context)
        if _gone(handle):
            handle.cancel()
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As every loop does, but nothing for the dead."""
        handle = super().call_at(when, callback, *args, context=context)
        if _gone(handle):
            handle.cancel()
        return handle

    def outside(self, delay_s: float, callback: Callable[..., object], *args: Any) -> None:
        """Call later, whoever has died by then: a packet on its way, a disk at work."""
        self.call_later(delay_s, callback, *args, context=self._outside)

    # -- threads --------------------------------------------------------------------------------------------------

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Some instant later, here. An executor of one thread does one thing after the other, as a thread would."""
        if executor is not None and executor._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = self.create_future()
        context = copy_context()
        begin = self._now + self._lag()
        if executor is not None:
            begin = max(begin, self._busy_until.get(executor, 0.0))
            self._busy_until[executor] = begin
        self.call_at(begin, self._work, future, executor, context, func, args, context=self._outside)
        return future

    def hold(self, seconds: float) -> None:
        """The thread that is at work now comes back so much later."""
        self._held_s += seconds

    def _lag(self) -> float:
        return 0.0005 if self.hurry else self._dice.choice((0.0, 0.0005, 0.001, 0.004, 0.02))

    def _work(
        self, future: asyncio.Future[Any], executor: Any, context: Context, func: Callable[..., Any], args: Any
    ) -> None:
        life = context.get(LIFE)
        if future.cancelled() or (life is not None and life.dead and self._dice.random() < 0.5):
            return  # what a dead process had already sent may still be done
        self._held_s = 0.0
        try:
            result = context.run(func, *args)
        except Exception as failure:  # noqa: BLE001 - handed to whoever waits
            self._back(future, executor, None, failure)
            return
        if inspect.isawaitable(result):
            self.create_task(self._later(future, result), context=self._outside.copy())
        else:
            self._back(future, executor, result, None)

    async def _later(self, future: asyncio.Future[Any], work: Awaitable[Any]) -> None:
        try:
            _settle(future, await work, None)
        except Exception as failure:  # noqa: BLE001 - handed to whoever waits
            _settle(future, None, failure)

    def _back(self, future: asyncio.Future[Any], executor: Any, result: Any, failure: Exception | None) -> None:
        done = self._now + self._held_s + self._lag()
        if executor is not None:
            self._busy_until[executor] = done
        self.call_at(done, _settle, future, result, failure, context=self._outside)


def _settle(future: asyncio.Future[Any], result: Any, failure: Exception | None) -> None:
    if future.done():
        return
    if failure is not None:
        future.set_exception(failure)
        future.exception()  # whoever waited may be dead
    else:
        future.set_result(result)


def _gone(handle: asyncio.Handle) -> bool:
    context = handle._context  # type: ignore[attr-defined]
    life = context.get(LIFE) if context is not None else None
    return life is not None and life.dead
