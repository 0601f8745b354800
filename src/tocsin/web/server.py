"""The HTTP server around the ASGI application: its socket, its start and its graceful end. Opens no store."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tocsin.web.ask import Site
from tocsin.web.protocol import DeskProtocol

GRACE_S = 10
BACKLOG = 1_024
FILES = 65_536
SPARE_FILES = 128
"""Left for the stores, the map and the logs, however many connections there are."""


class PortTaken(Exception):  # noqa: N818 - named for what happened
    """The address cannot be listened on; the message is one line for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, proto)
    except OSError as error:
        raise PortTaken(f"cannot listen on {host}: {error.strerror or error}") from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        text = f"cannot listen on {host} port {port}: {error.strerror or error}; choose another with --port"
        raise PortTaken(text) from None
    sock.setblocking(False)
    return sock


class Server(uvicorn.Server):
    """uvicorn, told to end the tails before it waits for the rest, and to leave signals to whoever owns the process."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        config = uvicorn.Config(
            app,
            http=DeskProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_S,
            backlog=BACKLOG,
        )
        super().__init__(config)
        self._site = site
        DeskProtocol.room = room_for_connections()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tails end first: they would otherwise never."""
        self._site.stopping.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask for a graceful end; unlike uvicorn's own, they are not raised again afterwards."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        try:
            for one in signals:
                loop.add_signal_handler(one, self._asked_to_end)
        except (ValueError, RuntimeError):
            yield
            return
        try:
            yield
        finally:
            for one in signals:
                loop.remove_signal_handler(one)

    def _asked_to_end(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def room_for_connections() -> int:
    """How many connections there may be, after asking for as many files as the system grants (up to FILES).

    Without a bound, the first connection too many would make the loop complain without end, and fill the disk with it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    files = FILES if soft == resource.RLIM_INFINITY else soft
    return max(files - BACKLOG - SPARE_FILES, files // 4)


def address_of(sock: socket.socket) -> str:
    """The address a person types into a browser."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
