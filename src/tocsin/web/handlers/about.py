"""The interface about itself."""

from __future__ import annotations

from tocsin.web.ask import Ask
from tocsin.web.reply import JSON, Reply


async def openapi(ask: Ask) -> Reply:
    """GET /api/openapi.json."""
    return Reply(200, ask.site.openapi, (JSON, (b"cache-control", b"no-cache")))
