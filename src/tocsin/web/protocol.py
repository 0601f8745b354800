"""How our server speaks HTTP/1.1 beyond what uvicorn does: dead peers are noticed, stalled ones can be cut, a request
that trickles in is given up, one whose head never ends is refused, even one that is no HTTP gets a Problem, and where
every connection is taken, the one that has been silent longest makes room. Knows no route."""

from __future__ import annotations

import socket
from asyncio import TimerHandle, Transport
from contextlib import suppress
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from tocsin.views.wire import Problem
from tocsin.web.reply import encode
from tocsin.web.tail import ABORT

DEAD_AFTER_MS = 20_000
"""Unacknowledged bytes are given up after this (TCP_USER_TIMEOUT, RFC 5482); the screen resumes by position."""


ARRIVAL_S = 20.0
"""A request must have come whole within this; otherwise a few hundred slow senders could hold every connection."""
HEAD_B = 65_536
"""So much may come that is no body: address and headers (the parser below would keep them all, whatever their size)."""
PIPELINED = 64
"""So many requests of one connection may wait for the answer to another."""


class DeskProtocol(HttpToolsProtocol):
    """One connection."""

    room: ClassVar[int] = 10_000
    """So many connections there may be: fewer than the files this process may open."""
    _silent: ClassVar[dict[DeskProtocol, None]] = {}
    """Connections without a request in hand, the longest silent first. A browser opens another when it needs one."""
    _arrival: TimerHandle | None = None
    _head_b = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Ask the kernel to notice a peer that is gone, and expect a request."""
        super().connection_made(transport)
        self._expect()
        self._silent[self] = None
        if len(self.connections) > self.room:
            longest = next(iter(self._silent))
            del self._silent[longest]
            longest.transport.abort()
        sock = transport.get_extra_info("socket")
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if sock is not None and option is not None:
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, DEAD_AFTER_MS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is expected."""
        self._silent.pop(self, None)
        self._came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Nobody's head grows without end, and a stray line break keeps no connection open."""
        if self._arrival is None and (self.cycle is None or self.cycle.response_complete):
            self._expect()
        self._head_b += len(data)
        super().data_received(data)
        if self._head_b > HEAD_B:
            self._refuse(431, "too_large", f"The head of the request is larger than {HEAD_B} bytes.")
        elif len(self.pipeline) > PIPELINED:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The head has come."""
        self._silent.pop(self, None)
        self._head_b = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What comes is body."""
        self._head_b = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        """Give every request the means to cut its own connection."""
        super().on_message_begin()
        self._expect()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {ABORT: {"now": self.transport.abort}}

    def on_message_complete(self) -> None:
        """It came whole."""
        self._came()
        self._head_b = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Answered; silent again, unless another request waits already."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._silent[self] = None

    def _expect(self) -> None:
        self._came()
        self._arrival = self.loop.call_later(ARRIVAL_S, self.transport.abort)

    def _came(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def send_400_response(self, msg: str) -> None:
        """What came was not HTTP."""
        self._refuse(400, "malformed", msg)

    def _refuse(self, status: int, name: str, text: str) -> None:
        """Say no and hang up; only hang up where an answer to an earlier request is on its way."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        body = encode(Problem(name, text))
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.close()
