"""All of the caller's own link in one: what sends it, the page behind it, and their lives with the server's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.tally import Refused
from tocsin.domain.refusals import Refusal
from tocsin.gateways.callers.receipts import Receipt, record
from tocsin.gateways.callers.sending import PATH, Sending
from tocsin.gateways.callers.site import CallersSite
from tocsin.gateways.callers.sms import Sms, gateway_of
from tocsin.gateways.callers.sms_smpp_receipts import SmppReceipts
from tocsin.gateways.reading import Unread
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.settings import Callers as Setting
from tocsin.settings import SmsSmpp

ASGI = Callable[[Scope, Receive, Send], Any]
_say = logging.getLogger(__name__)


class Callers:
    """Callers' links of one server. Without a setting there is no page, and an ordered link is recorded as not sent."""

    def __init__(self, desk: Desk, media: Media, setting: Setting | None, sms: Sms | None = None) -> None:
        self._desk, self._media = desk, media
        sms = sms or (gateway_of(setting.sms) if setting else None)
        service = setting.service if setting else "112"
        self.sending = Sending(desk, sms, service, setting.url.rstrip("/") if setting else "")
        self._receipts: SmppReceipts | None = None
        self._receipts_of = (
            setting.sms if setting and isinstance(setting.sms, SmsSmpp) and setting.sms.receipts else None
        )
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
        self._hear_receipts()
        try:
            await self.sending.watch()
        finally:
            if self._receipts:
                await asyncio.to_thread(self._receipts.close)
            if self.site:
                self.site.stopping = True

    def _hear_receipts(self) -> None:
        """Of an SMS centre that is asked for them; those of HTTP gateways come in as partners' messages."""
        if self._receipts_of is None:
            return
        loop = asyncio.get_running_loop()
        gateway = self._receipts_of.name

        def heard(receipt: Receipt | Unread) -> None:
            loop.call_soon_threadsafe(lambda: loop.create_task(self.receipt(gateway, receipt)))

        self._receipts = SmppReceipts(self._receipts_of, heard)
        self._receipts.start()

    async def receipt(self, gateway: str, receipt: Receipt | Unread) -> None:
        """One receipt by SMPP: recorded, or refused and counted like any partner's message."""
        tally, now = self._desk.tally, self._desk.now()
        if isinstance(receipt, Unread):
            tally.refused(Refused(now, gateway, "smpp", receipt.name, receipt.field, receipt.text, 0))
            return
        try:
            done = await record(self._desk, gateway, receipt, f"{receipt.references[0]}-{receipt.state}")
        except Busy as busy:
            tally.refused(Refused(now, gateway, "smpp", busy.name, "", str(busy), 0))
            return
        if isinstance(done, Refusal):
            tally.refused(Refused(now, gateway, "smpp", done.name, done.field, done.text, 0))
        elif done is not None:
            tally.took(gateway, "smpp", repeated=done.repeated, flawed=False, fix=True)

    def close(self) -> None:
        """Send no more."""
        self.sending.close()
