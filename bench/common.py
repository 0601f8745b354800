"""What the benches share: a machine's words, percentiles, a bare HTTP client, a server in a process of its own.

The client is bare on purpose: it shares two cores with the server, and what it burns the server lacks.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PASSWORD = "bench bench bench bench"
STAFF = ("ana", "bo")


def machine() -> str:
    """What this ran on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def say(name: str, **figures: Any) -> None:
    """One line of the report."""
    print(json.dumps({"name": name, **figures, "machine": machine()}, ensure_ascii=False), flush=True)


def note(words: str) -> None:
    """Progress, for a person; never in the report."""
    print(words, file=sys.stderr, flush=True)


def rank(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile."""
    return sorted(values)[max(0, -(-len(values) * share // 1).__int__() - 1)]


def spread_ms(seconds: Sequence[float]) -> dict[str, Any]:
    """n, p50 and p99 in milliseconds."""
    return {
        "n": len(seconds),
        "p50_ms": round(rank(seconds, 0.5) * 1e3, 2),
        "p99_ms": round(rank(seconds, 0.99) * 1e3, 2),
        "max_ms": round(max(seconds) * 1e3, 2),
    }


class Server:
    """`bench/server.py` in a process of its own, on a data folder that outlives it."""

    def __init__(self, data: Path, *words: str) -> None:
        command = [sys.executable, str(ROOT / "bench" / "server.py"), str(data), *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        found = re.search(r"http://[\d.]+:(\d+)", line)
        if not found:
            raise SystemExit(f"the server did not start: {line!r}")
        self.port = int(found[1])

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator would."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Client:
    """One person's connection: keeps it open, sends a request, reads the answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.csrf = self.cookie = ""
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._sent = 0

    async def open(self) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 26)
        return self

    async def sign_in(self, name: str) -> Client:
        await self.open()
        body = json.dumps({"name": name, "password": PASSWORD}).encode()
        status, head, answer = await self._ask("POST", "/api/session", body)
        if status != 200:
            raise SystemExit(f"{name} cannot sign in: {status} {answer!r}")
        self.cookie = re.search(rb"[Ss]et-[Cc]ookie: ([^;\r]+)", head)[1].decode()  # type: ignore[index]
        self.csrf = json.loads(answer)["csrf"]
        return self

    async def like(self, other: Client) -> Client:
        """Another connection of the same session."""
        self.cookie, self.csrf = other.cookie, other.csrf
        return await self.open()

    async def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        self._writer.write(self.request(method, path, body))
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        answer = await self._reader.readexactly(int(length[1])) if length else b""
        return int(head[9:12]), head, answer

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookie:
            lines += [f"Cookie: {self.cookie}", f"X-Tocsin-CSRF: {self.csrf}"]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def ask(self, method: str, path: str, value: Any = None) -> tuple[int, Any]:
        body = b"" if value is None else json.dumps(value).encode()
        status, _, answer = await self._ask(method, path, body)
        return status, json.loads(answer) if answer else None

    async def give(self, key: str, kind: str, **order: Any) -> tuple[int, Any]:
        return await self.ask("POST", "/api/orders", {"id": key, "order": {"kind": kind, **order}})

    async def must(self, key: str, kind: str, **order: Any) -> Any:
        status, answer = await self.give(key, kind, **order)
        if status != 200:
            raise SystemExit(f"{kind} was refused: {status} {answer}")
        return answer

    async def tail(self, after: int) -> AsyncIterator[tuple[float, bytes, bytes]]:
        """(received at, event, data) of every event."""
        self._writer.write(self.request("GET", f"/api/tail?after={after}"))
        await self._reader.readuntil(b"\r\n\r\n")
        event = data = b""
        while line := await self._reader.readline():
            if line.startswith(b"event: "):
                event = line[7:-1]
            elif line.startswith(b"data: "):
                data = line[6:-1]
            elif line in (b"\n", b"\r\n") and data:
                yield time.perf_counter(), event, data
                event = data = b""

    def close(self) -> None:
        self._writer.close()


def place(i: int) -> dict[str, Any]:
    """Some place in a town of benches."""
    return {"lat": 35.9 + (i * 7 % 997) / 2e4, "lon": 14.45 + (i * 13 % 991) / 2e4, "text": f"{i % 200} Long Street"}
