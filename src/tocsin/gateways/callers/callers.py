"""All of the caller's own link in one: what sends it, the page behind it, and their lives with the server's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from tocsin.desk.desk import Desk
from tocsin.gateways.callers.sending import PATH, Sending
from tocsin.gateways.callers.site import CallersSite
from tocsin.gateways.callers.sms import Sms, gateway_of
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.settings import Callers as Setting

ASGI = Callable[[Scope, Receive, Send], Any]
_say = logging.getLogger(__name__)


class Callers:
    """Callers' links of one server. Without a setting there is no page, and an ordered link is recorded as not sent."""

    def __init__(self, desk: Desk, media: Media, setting: Setting | None, sms: Sms | None = None) -> None:
        self._desk, self._media = desk, media
        sms = sms or (gateway_of(setting.sms) if setting else None)
        service = setting.service if setting else "112"
        self.sending = Sending(desk, sms, service, setting.url.rstrip("/") if setting else "")
        self.site = CallersSite(desk, media, behind_proxy=setting.behind_proxy) if setting else None

    def beside(self, site: ASGI) -> ASGI:
        """One application of both: what begins with /c reaches the callers' page alone, and nothing else does."""
        callers = self.site
        if callers is None:
            return site

        async def both(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            here = scope["type"] == "http" and (path == PATH or path.startswith(f"{PATH}/"))
            await (callers if here else site)(scope, receive, send)

        return both

    async def watch(self, address: str) -> None:
        """As long as the server runs: end links that are over. `address` stands in links where no url is set."""
        self.sending.url = self.sending.url or address
        known = self._desk.room.caller_media
        try:
            lost = await asyncio.to_thread(self._media.sweep, lambda media: media in known)
            if lost:
                _say.warning("%d pictures that no fact names were removed", lost)
        except LogError as error:
            _say.error("what callers showed cannot be looked through: %s", error)
        try:
            await self.sending.watch()
        finally:
            if self.site:
                self.site.stopping = True

    def close(self) -> None:
        """Send no more."""
        self.sending.close()
