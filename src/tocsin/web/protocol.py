"""How our server speaks HTTP/1.1 beyond what uvicorn does: dead peers are noticed, stalled ones can be cut, and even a
request that is no HTTP gets a Problem. Knows no route."""

from __future__ import annotations

import socket
from asyncio import Transport
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from tocsin.views.wire import Problem
from tocsin.web.reply import encode
from tocsin.web.tail import ABORT

DEAD_AFTER_MS = 20_000
"""Unacknowledged bytes are given up after this (TCP_USER_TIMEOUT, RFC 5482); the screen resumes by position."""


class DeskProtocol(HttpToolsProtocol):
    """One connection."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Ask the kernel to notice a peer that is gone."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if sock is not None and option is not None:
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, DEAD_AFTER_MS)

    def on_message_begin(self) -> None:
        """Give every request the means to cut its own connection."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {ABORT: {"now": self.transport.abort}}

    def send_400_response(self, msg: str) -> None:
        """What came was not HTTP."""
        body = encode(Problem("malformed", msg))
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[400] + head + body)
        self.transport.close()
