"""Work that is slow on purpose, in threads that nothing else needs: whoever guesses passwords delays no order.

Knows no password. The loop's own threads are few and shared (answers, tiles, the log's readers); were passwords checked
there, a handful of strangers at the sign-in page would take them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from tocsin.web.problems import No

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 4
WAITING = 64
"""So many may wait; the next is told to come back, rather than kept for minutes."""


class Slowly:
    """A few threads and a short queue before them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "slowly")
        self._waiting = 0

    async def __call__(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `work` gives. Raises No 503 when too much waits already."""
        if self._waiting >= WAITING:
            text = "Too many people are signing in at this moment; please try again shortly."
            raise No(503, "busy", text, headers=((b"retry-after", b"2"),))
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *given, **named))
        finally:
            self._waiting -= 1
