"""The interface about itself."""

from __future__ import annotations

import asyncio

from tocsin.web.ask import Ask
from tocsin.web.reply import JSON, Reply


async def openapi(ask: Ask) -> Reply:
    """The OpenAPI 3.1 document of this very server."""
    return Reply(200, await asyncio.to_thread(ask.site.openapi), (JSON, (b"cache-control", b"no-cache")))
