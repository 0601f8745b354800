"""Finished answers: a status, headers, bytes. Knows no request."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.types import Send

from tocsin.web.problems import Headers

JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")

encode = msgspec.json.Encoder().encode


class Reply(msgspec.Struct, frozen=True):
    """A finished answer: status, headers beyond the security ones, and the bytes."""

    status: int = 200
    body: bytes = b""
    headers: Headers = ()


def as_json(value: Any, status: int = 200, headers: Headers = ()) -> Reply:
    """`value` as JSON, never stored by anybody on the way."""
    return Reply(status, encode(value), (JSON, NO_STORE, *headers))


async def send_reply(reply: Reply, send: Send) -> None:
    """Write a finished answer."""
    length = (b"content-length", str(len(reply.body)).encode())
    bare = reply.status in (204, 304)
    headers = list(reply.headers) if bare else [*reply.headers, length]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
