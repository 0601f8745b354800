"""A small ASGI client: requests in one process, streams read event by event, nothing between test and application."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from tocsin.web.ask import COOKIE


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    raw: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.raw)


class Stream:
    """An answer under way."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.left = asyncio.Event()
        self.gate = asyncio.Event()
        """While cleared, the client does not read: `send` waits as a full socket would make it."""
        self.gate.set()
        self.task: asyncio.Task[None] | None = None
        self._rest = b""

    async def event(self) -> dict[str, Any] | None:
        """The next server-sent event as {event, id, data}, or None at the end."""
        while b"\n\n" not in self._rest:
            part = await asyncio.wait_for(self.parts.get(), 60.0)
            if part is None:
                return None
            self._rest += part
        block, _, self._rest = self._rest.partition(b"\n\n")
        found = dict(line.split(b": ", 1) for line in block.split(b"\n"))
        if b"data" not in found:
            return await self.event()
        return {"event": found[b"event"].decode(), "id": found.get(b"id"), "data": msgspec.json.decode(found[b"data"])}

    async def close(self) -> None:
        self.left.set()
        if self.task:
            await asyncio.wait_for(self.task, 60.0)


class Client:
    """Somebody at a keyboard: keeps the cookie and the csrf value, sends them along."""

    def __init__(self, app: Any, remote: str = "192.0.2.1") -> None:
        self.app = app
        self.remote = remote
        self.token = ""
        self.csrf = ""

    def scope(self, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        bare, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": bare,
            "raw_path": bare.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": (self.remote, 50_000),
            "server": ("127.0.0.1", 9110),
        }

    def headers(self, method: str, more: dict[str, str | None]) -> dict[str, str]:
        found: dict[str, str | None] = {"host": "localhost:9110"}
        if self.token:
            found["cookie"] = f"other=1; {COOKIE}={self.token}"
        if method not in ("GET", "HEAD") and self.csrf:
            found["x-tocsin-csrf"] = self.csrf
        found |= more
        return {name: value for name, value in found.items() if value is not None}

    async def ask(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **more: str | None
    ) -> Answer:
        if body is not None:
            raw = msgspec.json.encode(body)
        named: dict[str, str | None] = {name.replace("_", "-"): value for name, value in more.items()}
        if raw is not None:
            named = {"content-type": "application/json", "content-length": str(len(raw)), **named}
        return await self._send(self.scope(method, path, self.headers(method, named)), raw or b"")

    async def _send(self, scope: dict[str, Any], raw: bytes) -> Answer:
        start: dict[str, Any] = {}
        parts: list[bytes] = []
        chunks = [raw[at : at + 40_000] for at in range(0, len(raw), 40_000)] or [b""]

        async def receive() -> dict[str, Any]:
            if not chunks:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                assert not start, "an answer began twice"
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await asyncio.wait_for(self.app(scope, receive, send), 60.0)
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], headers, b"".join(parts))

    async def stream(self, path: str, **more: str | None) -> Stream:
        """Open a tail; its answer has begun when this returns."""
        named: dict[str, str | None] = {name.replace("_", "-"): value for name, value in more.items()}
        stream = Stream()
        began = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await stream.left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            await stream.gate.wait()
            if message["type"] == "http.response.start":
                stream.status = message["status"]
                stream.headers = {name.decode(): value.decode() for name, value in message["headers"]}
                began.set()
                return
            if message.get("body"):
                stream.parts.put_nowait(message["body"])
            if not message.get("more_body"):
                stream.parts.put_nowait(None)

        scope = self.scope("GET", path, self.headers("GET", named))
        scope["extensions"] = {"tocsin.abort": {"now": lambda: stream.parts.put_nowait(None)}}
        stream.task = asyncio.create_task(self.app(scope, receive, send))
        await asyncio.wait_for(began.wait(), 60.0)
        return stream
