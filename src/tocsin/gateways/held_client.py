"""Asking a location server (HELD) for the place of a live call, over HTTPS, with limits on everything. Blocks.

Talks to the configured server and to hosts that are named beside it, to nobody a document points at otherwise: no
redirects, no plain HTTP but to this machine, one deadline, a bounded answer. Builds nothing without a call.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from tocsin.settings import LocationServer
from tocsin.standards.flaws import Unusable
from tocsin.standards.held import CONTENT_TYPE, Asking, Device, HeldAnswer, HeldError, build_request, parse_answer
from tocsin.standards.pidf_lo import PidfLo

LARGEST_B = 262_144
MOST_FETCHED = 3
"""References that are followed for one call."""
HERE = ("localhost", "127.0.0.1", "::1")


class Unanswered(Exception):  # noqa: N818 - named for what happened
    """The server gave no location: `name` and a sentence."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class Connection(Protocol):
    """What of a connection is used."""

    sock: socket.socket | None

    def request(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> None:
        """Send."""
        ...

    def getresponse(self) -> http.client.HTTPResponse:
        """Receive."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def ask(server: LocationServer, call: str, number: str) -> list[PidfLo]:
    """Where the device of a live call is: by value, or fetched by reference. Raises Unanswered."""
    deadline = time.monotonic() + server.timeout_s
    request = build_request(Asking(call, Device("tel", number)))
    if isinstance(request, Unusable):
        raise Unanswered(request.name, request.text)
    answer = _read(_send(server, server.url, request, deadline))
    found = list(answer.pidf)
    for reference in answer.references[:MOST_FETCHED] if not found else ():
        found += _read(_send(server, reference.uri, None, deadline)).pidf
    if not found:
        raise Unanswered("no_location", "The server answered without a location.")
    return found


def fetch(server: LocationServer, uri: str) -> list[PidfLo]:
    """What a reference stands for (RFC 6753), if its host is one we talk to; one step, never two. Raises Unanswered."""
    answer = _read(_send(server, uri, None, time.monotonic() + server.timeout_s))
    if not answer.pidf and answer.references:
        raise Unanswered("refers_on", "The reference leads to another reference; one step is followed.")
    if not answer.pidf:
        raise Unanswered("no_location", "The server answered without a location.")
    return list(answer.pidf)


def _read(raw: bytes) -> HeldAnswer:
    answer = parse_answer(raw)
    if isinstance(answer, Unusable):
        raise Unanswered(answer.name, answer.text)
    if isinstance(answer, HeldError):
        raise Unanswered(answer.code or "error", answer.text)
    return answer


def _send(server: LocationServer, url: str, body: bytes | None, deadline: float) -> bytes:
    parts = _allowed(server, url)
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise Unanswered("timeout", "The server took too long.")
    headers = {"Accept": f"{CONTENT_TYPE}, application/pidf+xml", "Connection": "close"}
    headers |= {"Content-Type": CONTENT_TYPE} if body is not None else {}
    headers |= {"Authorization": f"Bearer {server.key}"} if server.key and parts.hostname == _host(server.url) else {}
    connection = _connect(parts, left_s)
    guard = threading.Timer(left_s, _cut, (connection,))
    guard.daemon = True
    guard.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST" if body is not None else "GET", target, body, headers)
        with connection.getresponse() as response:
            return _received(response, deadline)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = isinstance(error, TimeoutError) or time.monotonic() >= deadline
        name = "timeout" if late else "unreachable"
        raise Unanswered(name, f"The location server cannot be reached: {type(error).__name__}.") from None
    finally:
        guard.cancel()
        connection.close()


def _cut(connection: Connection) -> None:
    """At the deadline: a server that sends its headers a byte at a time would hold a thread for as long as it likes."""
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _received(response: http.client.HTTPResponse, deadline: float) -> bytes:
    if 300 <= response.status < 400:
        raise Unanswered("redirected", "The server points elsewhere; we do not follow.")
    raw = b""
    while part := response.read1(65_536):
        raw += part
        if len(raw) > LARGEST_B:
            raise Unanswered("too_large", f"The answer is longer than {LARGEST_B} bytes.")
        if time.monotonic() > deadline:
            break
    if time.monotonic() >= deadline:  # a connection that was cut looks like an answer that ended
        raise Unanswered("timeout", "The server took too long.")
    if response.status != 200 and not raw.lstrip().startswith(b"<"):
        raise Unanswered("unreachable", f"The server answered with status {response.status}.")
    return raw


def _connect(parts: SplitResult, timeout_s: float) -> Connection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _allowed(server: LocationServer, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Unanswered("bad_reference", "The reference is no address.") from None
    plain = parts.scheme == "http" and parts.hostname in HERE
    if parts.scheme != "https" and not plain:
        raise Unanswered("bad_reference", "A location is fetched over HTTPS only.")
    if parts.hostname not in (_host(server.url), *server.hosts):
        raise Unanswered("bad_reference", "The reference points to a host that is not in the settings.")
    return parts


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
