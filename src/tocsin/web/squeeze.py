"""The board compressed once for everybody who asks in the same moment. Knows bytes only."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable

GZIP_WBITS = 31
QUICK = 1
MOMENT_S = 0.5
"""Every screen reconnects at once after a cut; a picture this old with the same position is the same picture."""


def gzipped(raw: bytes, level: int = QUICK) -> bytes:
    """`raw` as a gzip member (RFC 1952)."""
    packer = zlib.compressobj(level, zlib.DEFLATED, GZIP_WBITS)
    return packer.compress(raw) + packer.flush()


class Squeezer:
    """Remembers the last picture it compressed; whoever asks for it in the same moment waits for the same work."""

    def __init__(self) -> None:
        self.raw_b = 0
        """Size of the picture when it was last sent whole: tells whether compressing is worth it."""
        self._key: object = None
        self._until = 0.0
        self._small: asyncio.Future[bytes] | None = None

    async def __call__(self, key: object, make: Callable[[], bytes]) -> bytes:
        """The bytes of `make()`, compressed in a thread: zlib lets go of the interpreter while it works."""
        now = asyncio.get_running_loop().time()
        if self._small is None or self._key != key or now >= self._until:
            self._key, self._until = key, now + MOMENT_S
            self._small = asyncio.ensure_future(asyncio.to_thread(gzipped, make()))
        return await asyncio.shield(self._small)
