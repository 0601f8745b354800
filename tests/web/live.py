"""A real server on a real socket, in a thread of its own, for what only sockets can show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tocsin.web.server import Server, address_of, listen

from .conftest import World, a_world


class Live:
    """The server's address, its world, and its loop."""

    def __init__(self) -> None:
        self.address = ""
        self.port = 0
        self.world: World = None  # type: ignore[assignment]
        self.server: Server = None  # type: ignore[assignment]
        self.ready = threading.Event()
        self.fault: BaseException | None = None

    async def run(self, accounts: Path, site: dict[str, Any]) -> None:
        async with a_world(accounts, **site) as self.world:
            sock = listen("127.0.0.1", 0)
            self.address, self.port = address_of(sock), sock.getsockname()[1]
            self.server = Server(self.world.app, self.world.site)
            self.ready.set()
            await self.server.serve([sock])


@contextmanager
def served(accounts: Path, **site: Any) -> Iterator[Live]:
    live = Live()

    def body() -> None:
        try:
            asyncio.run(live.run(accounts, site))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            live.fault = error
        finally:
            live.ready.set()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    assert live.ready.wait(10)
    if live.fault:
        raise live.fault
    try:
        yield live
    finally:
        live.server.should_exit = True
        thread.join(15)
    assert not thread.is_alive(), "the server did not end"
    if live.fault:
        raise live.fault
