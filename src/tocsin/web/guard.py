"""The outermost wall of the HTTP side: hosts, security headers, and every exception turned into a Problem.

Knows no route. A stack trace never leaves the house: it goes to the log under a reference that the answer bears.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.access import AccessError
from tocsin.desk.busy import Busy
from tocsin.views.wire import Problem
from tocsin.web.hosts import bare_host
from tocsin.web.problems import No
from tocsin.web.reply import Reply, as_json, send_reply

log = logging.getLogger("tocsin.web")

CSP = (
    "default-src 'self'; script-src 'self'; worker-src 'self' blob:; child-src blob:; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
ONCE = frozenset((b"host", b"origin", b"authorization", b"content-type", b"x-tocsin-csrf", b"last-event-id"))
"""Headers of which there is one (RFC 9110 §5.3; two of Host are refused by RFC 9112 §3.2)."""


class Guard:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, and see that something fit to read comes out."""
        if scope["type"] != "http":
            await _other(scope, receive, send)
            return
        started = False

        async def shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *SECURITY]
            await send(message)

        try:
            _check_once(scope)
            self._check_host(scope)
            await self._app(scope, receive, shielded)
        except Exception as error:
            if started:
                raise
            await send_reply(answer(error, scope), shielded)

    def _check_host(self, scope: Scope) -> None:
        """Against DNS rebinding: a page elsewhere may point its name at this machine, but must then say that name."""
        raw = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if bare_host(raw.decode("latin-1")) not in self._hosts:
            text = "This server does not answer for that host; its operator can add it to allowed_hosts."
            raise No(400, "wrong_host", text, "Host")


def _check_once(scope: Scope) -> None:
    """What is decided by is said once: of two, whatever stands in front of us may have looked at the other one."""
    named = [name for name, _ in scope["headers"] if name in ONCE]
    twice = next((name.decode() for name in named if named.count(name) > 1), "")
    if twice:
        raise No(400, "malformed", "This header stands there twice.", twice.title())


def answer(error: Exception, scope: Scope) -> Reply:
    """The Problem that stands for an exception."""
    if isinstance(error, No):
        return as_json(error.problem, error.status, error.headers)
    if isinstance(error, AccessError):
        log.error("accounts: %s", error)
        text = "The accounts cannot be reached; the server's operator has been told in its log."
        return as_json(Problem("accounts_unreachable", text), 503, ((b"retry-after", b"5"),))
    if isinstance(error, Busy):
        return as_json(Problem(error.name, str(error)), 503, ((b"retry-after", b"1"),))
    reference = secrets.token_hex(6)
    log.error("fault %s: %s %s", reference, scope["method"], scope["path"], exc_info=error)
    text = f"A fault of ours; the server's log has it under {reference}. Nothing more is known here."
    return as_json(Problem("internal_error", text, "", {"reference": reference}), 500)


async def _other(scope: Scope, receive: Receive, send: Send) -> None:
    """Lifespan is answered, so that any ASGI server can run this; there are no websockets here."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
