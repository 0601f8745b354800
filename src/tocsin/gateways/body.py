"""The body of a request at one of the doors beside the site, read whole up to a limit. Knows no message, no partner."""

from __future__ import annotations

from starlette.types import Receive


async def whole(receive: Receive, most_b: int) -> bytes | None:
    """All of it; None when it is longer than `most_b` bytes, nothing when who sends it hung up."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most_b:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
