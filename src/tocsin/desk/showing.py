"""What callers show: kept and recorded, and opened for somebody at the desk; nowhere else is a picture unsealed.

Whoever asks to see one has told the access log before. Knows no HTTP and no account.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.domain.refusals import Refusal
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.views.wire import Done

_say = logging.getLogger(__name__)


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


async def keep_and_tell(
    media: Media, call: str, name: str, plain: bytes, give: Callable[[], Awaitable[Done | Refusal]]
) -> Done | Refusal:
    """Keep a picture under a name of its own, then `give` the order that names it. Raises Busy; LogError: not kept.

    One that is not recorded is dropped, and so is one that was recorded before under another name (its answer was
    lost, and the key is refused as reused). Where nobody knows whether it was recorded, it stays: the start of a node
    sweeps up what no fact names.
    """
    await asyncio.to_thread(media.put, call, name, plain)
    named = True
    try:
        done = await give()
        named = isinstance(done, Done) and any(getattr(one.fact, "media", "") == name for one in done.entries)
        return done
    except Busy as busy:
        named = busy.name == "not_known"
        raise
    finally:
        if not named:
            await asyncio.to_thread(_drop, media, call, name)


def _drop(media: Media, call: str, name: str) -> None:
    try:
        media.drop(call, name)
    except LogError as error:
        _say.warning("a picture that no fact names stays until the next start: %s", error)
