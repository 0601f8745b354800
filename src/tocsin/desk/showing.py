"""What callers showed, opened for somebody at the desk: the one place where a picture is unsealed to be looked at.

Whoever asks has told the access log before. Knows no HTTP and no account.
"""

from __future__ import annotations

import asyncio

import msgspec

from tocsin.desk.desk import Desk
from tocsin.log.media import Media


class Shown(msgspec.Struct, frozen=True):
    """Whose a picture or clip is."""

    media: str
    call: str
    incident: str
    past: bool
    """Its call and incident are over."""


class Showing:
    """Pictures and clips of one centre."""

    def __init__(self, desk: Desk, media: Media) -> None:
        self._desk, self._media = desk, media

    def about(self, media: str) -> Shown | None:
        """Whose it is; None when no fact names it."""
        room = self._desk.room
        link = room.caller_links.get(room.caller_media.get(media, ""))
        if link is None:
            return None
        call = room.calls[link.call]
        incident = room.incidents.get(call.incident)
        past = not incident.open if incident else call.status == "released"
        return Shown(media, call.id, call.incident, past)

    async def opened(self, shown: Shown) -> bytes | None:
        """The picture itself; None once it was erased. Raises LogError."""
        return await asyncio.to_thread(self._media.get, shown.call, shown.media)
