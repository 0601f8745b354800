"""From the order to send a link to the message on its way, and from the end of its call to the end of the link.

Hears what is recorded. A token is drawn here, goes into the message and is let go of: the record keeps its hash,
nothing else keeps anything. Where several nodes hear the same order, the one whose `issue_link` is recorded sends it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.domain.caller_links import CallerLink
from tocsin.domain.decide_caller_links import over
from tocsin.domain.order_base import OrderBase
from tocsin.domain.orders_caller_links import IssueLink, PassLink, StopLink
from tocsin.domain.refusals import Refusal
from tocsin.facts.caller_links import LinkSent, Tongue
from tocsin.facts.union import AnyEntry
from tocsin.gateways.callers.sms import NotSent, Sms, plain_number
from tocsin.views.wire import Done

BY = "callers-page"
PATH = "/c"
TOKEN_B = 16
"""128 bits, drawn by the system."""
SENDERS = 4
LOST_S = 90.0
"""A message that was begun so long ago and is not known to be sent was lost in a restart."""
LOOK_S = 1.0
_say = logging.getLogger(__name__)

WORDS: dict[Tongue, str] = {
    "en": "{service}: tap this link to show us where you are. It ends with your call.",
    "pt": "{service}: toque nesta ligação para nos mostrar onde está. Termina com a chamada.",
    "es": "{service}: toque este enlace para mostrarnos dónde está. Termina con su llamada.",
    "fr": "{service}: touchez ce lien pour nous montrer où vous êtes. Il finit avec votre appel.",
    "sw": "{service}: gusa kiungo hiki utuonyeshe ulipo. Kitaisha pamoja na simu yako.",
    "ar": "{service}: اضغط على هذا الرابط لترينا مكانك. ينتهي مع انتهاء مكالمتك.",
}


class Sending:
    """Sends links that the record asks for, and ends those that are over."""

    def __init__(self, desk: Desk, sms: Sms | None, service: str = "112", url: str = "") -> None:
        self._desk, self.sms, self._service = desk, sms, service
        self.url = url
        """What callers reach this server under."""
        self._threads = ThreadPoolExecutor(SENDERS, "sms")
        self._tasks: set[asyncio.Task[None]] = set()
        desk.listeners.append(self._hear)

    def close(self) -> None:
        """Send no more."""
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def watch(self) -> None:
        """End what is over, as long as the server runs."""
        while True:
            await asyncio.sleep(LOOK_S)
            with suppress(Busy):
                await self.look()

    async def look(self) -> None:
        """Every open link, once: its call or incident may have ended, its time may be up."""
        for stop in list(self._due()):
            await self._give(stop, f"{stop.link}-{stop.why}")

    def _due(self) -> Iterator[StopLink]:
        room, now = self._desk.room, self._desk.now()
        for name in room.caller_links_open:
            link = room.caller_links[name]
            why = over(room, link, now)
            if why in ("call_ended", "incident_closed", "expired"):
                yield StopLink(link.id, why)  # type: ignore[arg-type]
            elif link.status in ("sent", "issued") and now - link.since > LOST_S:
                yield StopLink(link.id, "not_sent", "the server was stopped while it was sent")

    def _hear(self, entry: AnyEntry) -> None:
        fact = entry.fact
        if isinstance(fact, LinkSent):
            task = asyncio.get_running_loop().create_task(self._send(fact))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, fact: LinkSent) -> None:
        token = secrets.token_urlsafe(TOKEN_B)
        done = await self._give(IssueLink(fact.link, hash_of(token)), f"{fact.link}-issue")
        if not isinstance(done, Done) or done.repeated or not done.entries:
            return  # another node has it, or it is over already
        try:
            reference = await self._hand_over(fact, token)
        except NotSent as why:
            _say.warning("link %s was not sent: %s", fact.link, why)
            await self._give(StopLink(fact.link, "not_sent", why.name), f"{fact.link}-not-sent")
            return
        await self._give(PassLink(fact.link, self.sms.name if self.sms else "", reference), f"{fact.link}-passed")

    async def _hand_over(self, fact: LinkSent, token: str) -> str:
        if self.sms is None:
            raise NotSent("no_gateway", "no SMS gateway is in the settings ([callers])")
        call = self._desk.room.calls.get(fact.call)
        number = plain_number(call.number if call else "")
        text = f"{WORDS[fact.tongue].format(service=self._service)} {self.url}{PATH}#{token}"
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self.sms.send, number, text)
        except NotSent:
            raise
        except Exception as error:
            raise NotSent("gateway_failed", f"{self.sms.name} failed: {type(error).__name__}") from error

    async def _give(self, order: OrderBase, key: str) -> Done | Refusal | None:
        """None where it could not be recorded: the next look finds it."""
        try:
            return await self._desk.give(order, by=BY, key=key)  # type: ignore[arg-type]
        except Busy as busy:
            _say.warning("%s not recorded: %s", key, busy)
            return None


def hash_of(secret: str) -> str:
    """What of a token, or of a device's secret, is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(desk: Desk, token: str) -> CallerLink | None:
    """The link that a token opens, over or not."""
    name = desk.room.caller_tokens.get(hash_of(token))
    return desk.room.caller_links.get(name) if name else None
