"""One file over HTTP with byte ranges (RFC 9110 §14), as map tiles need it. Refuses to know what the bytes mean."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from starlette.types import Receive, Scope, Send

from tocsin.web.problems import No

CHUNK_B = 262_144
_RANGE = re.compile(rb"^bytes=(\d{0,18})-(\d{0,18})$")


def span(header: bytes, size: int) -> tuple[int, int] | None:
    """First and one-past-last byte asked for, or None for the whole file.

    Several ranges and other units are answered with the whole, which RFC 9110 §14.2 allows. Raises No 416.
    """
    found = _RANGE.match(header.strip())
    if found is None or found[1] == found[2] == b"":
        return None
    if found[1]:
        first, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    else:
        first, end = max(size - int(found[2]), 0), size
    if first >= end:
        if found[1] and found[2] and int(found[1]) > int(found[2]):
            return None
        headers = ((b"content-range", b"bytes */%d" % size),)
        raise No(416, "wrong_range", f"The file has {size} bytes.", "Range", {"size_b": size}, headers)
    return first, end


class RangedFile:
    """An answer that reads `path` in a thread and writes the bytes asked for."""

    def __init__(self, path: Path, media: str) -> None:
        self._path = path
        self._media = media

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Write the answer."""
        asked = dict(scope["headers"])
        handle = await asyncio.to_thread(os.open, self._path, os.O_RDONLY)
        try:
            await self._write(handle, asked, scope["method"] == "HEAD", send)
        finally:
            os.close(handle)

    async def _write(self, handle: int, asked: dict[bytes, bytes], bare: bool, send: Send) -> None:
        about = os.fstat(handle)
        etag = b'"%x-%x"' % (about.st_mtime_ns, about.st_size)
        headers = [(b"etag", etag), (b"accept-ranges", b"bytes"), (b"cache-control", b"private, no-cache")]
        if etag in asked.get(b"if-none-match", b""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        fresh = asked.get(b"if-range", etag) == etag
        part = span(asked.get(b"range", b""), about.st_size) if fresh else None
        first, end = part or (0, about.st_size)
        headers += [(b"content-type", self._media.encode()), (b"content-length", b"%d" % (end - first))]
        if part:
            headers.append((b"content-range", b"bytes %d-%d/%d" % (first, end - 1, about.st_size)))
        await send({"type": "http.response.start", "status": 206 if part else 200, "headers": headers})
        await self._copy(handle, first, first if bare else end, send)

    async def _copy(self, handle: int, at: int, end: int, send: Send) -> None:
        while at < end:
            raw = await asyncio.to_thread(os.pread, handle, min(CHUNK_B, end - at), at)
            if not raw:
                raise OSError(f"{self._path.name} became shorter while it was being read")
            at += len(raw)
            await send({"type": "http.response.body", "body": raw, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
