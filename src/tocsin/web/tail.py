"""GET /api/tail: the desk's frames as server-sent events, one socket a screen.

A frame is encoded once by the desk and framed once here, whatever the number of screens. A screen that does not read
holds at most one socket buffer: after `STALL_S` its connection is cut and it resumes by position (HTML standard §9.2,
`Last-Event-ID`). Refuses to know what a frame says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, cast

from starlette.types import Receive, Scope, Send

from tocsin.desk.tail import Frame
from tocsin.web.ask import Site

STALL_S = 10.0
HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
ABORT = "tocsin.abort"
"""ASGI extension of our server: cut the connection at once, without waiting for a peer that does not read."""


class Tail:
    """One screen's tail until it leaves, stalls, its session ends or the server stops."""

    def __init__(self, site: Site, frames: AsyncIterator[Frame], still: Callable[[], Awaitable[bool]]) -> None:
        self._site = site
        self._frames = frames
        self._still = still
        """Whether the session may still read the board, and sees the same of it; asked at every pulse."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write events for as long as they are read."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        tasks: set[asyncio.Task[Any]] = {
            asyncio.create_task(self._pump(send)),
            asyncio.create_task(_left(receive)),
            asyncio.create_task(self._site.stopping.wait()),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await _finish(done, scope, send)

    async def _pump(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
        frames = cast(AsyncGenerator[Frame, None], self._frames)
        async with aclosing(frames):
            async for frame in frames:
                if frame.event == "pulse" and not await self._still():
                    return
                async with asyncio.timeout(STALL_S):
                    await send({"type": "http.response.body", "body": self._site.framer(frame), "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _finish(done: set[asyncio.Task[Any]], scope: Scope, send: Send) -> None:
    """End the response, or cut the socket of a screen that does not read; a fault of ours goes on to the guard."""
    fault = next((task.exception() for task in done if task.exception()), None)
    if fault is None:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
    abort = scope.get("extensions", {}).get(ABORT)
    if abort:
        abort["now"]()
    if fault is not None and not isinstance(fault, TimeoutError):
        raise fault
