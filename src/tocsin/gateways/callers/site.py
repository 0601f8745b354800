"""The public page and all it may ask: an application of its own under /c, beside the site of browsers.

The only surface that strangers reach. It reads no cookie and sets none, so that no page elsewhere can speak in a
caller's name; the link's token and the device's secret come in headers that such a page cannot set. Nothing here takes
a number or gives a place: a caller can tell about themselves, and read what the desk wrote to them.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias, TypeVar

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.showing import keep_and_tell
from tocsin.domain.caller_links import CallerLink
from tocsin.domain.decide_caller_links import over
from tocsin.domain.orders_caller_links import HearCaller, OpenLink, ShareLink, ShowMedia, StopLink
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.refusals import Refusal
from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import Circle
from tocsin.facts.union import AnyEntry
from tocsin.gateways.callers import forms
from tocsin.gateways.callers.limits import Buckets
from tocsin.gateways.callers.media import Maker
from tocsin.gateways.callers.page_file import HEADERS, Pages
from tocsin.gateways.callers.sending import BY, PATH, hash_of, link_of
from tocsin.gateways.callers.uploads import PIECE_B, NotTaken, Uploads
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.views.wire import Done

BODY_B = 8_192
PATIENCE_S = 20.0
NEWS_S = 15.0
HANDS = 128
"""Requests in hand at once, those that wait for news apart."""
WAITING = 400
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_NAME = re.compile(r"[A-Za-z0-9]{1,32}")
_say = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
F = TypeVar("F")
Headers: TypeAlias = list[tuple[bytes, bytes]]


class No(Exception):  # noqa: N818 - a named no
    """Status and name; the page has words for the name in the caller's language."""

    def __init__(self, status: int, name: str, why: str = "") -> None:
        super().__init__(name)
        self.status, self.name, self.why = status, name, why


class Knock(msgspec.Struct):
    """A request that may go on: its link, and whether it comes from the device that opened it."""

    link: CallerLink
    device: str
    own: bool
    headers: dict[bytes, bytes]
    body: bytes


class CallersSite:
    """An ASGI application for /c over a desk."""

    def __init__(self, desk: Desk, media: Media, *, behind_proxy: bool = False) -> None:
        self._desk, self._media, self._behind_proxy = desk, media, behind_proxy
        clock = time.monotonic
        self._addresses = Buckets(20.0, 120.0, clock)
        self._guesses = Buckets(0.2, 20.0, clock)
        self._links = Buckets(5.0, 60.0, clock)
        self._places = Buckets(1.0, 6.0, clock)
        self._messages = Buckets(0.5, 10.0, clock)
        self._uploads = Uploads(clock)
        self._maker = Maker()
        self._pages = Pages()
        self._hands = self._listening = 0
        self._bells: dict[str, asyncio.Event] = {}
        self.stopping = False
        desk.listeners.append(self._hear)
        self._ways: dict[str, tuple[Callable[[Knock], Awaitable[Any]], int, bytes]] = {
            "open": (self._open, BODY_B, b"application/json"),
            "share": (self._share, BODY_B, b"application/json"),
            "place": (self._place, BODY_B, b"application/json"),
            "say": (self._said, BODY_B, b"application/json"),
            "news": (self._news, BODY_B, b"application/json"),
            "stop": (self._stop, BODY_B, b"application/json"),
            "piece": (self._piece, PIECE_B, b"application/octet-stream"),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        more: Headers = []
        status, raw = 500, b""
        try:
            status, raw, more = await self._answer(scope, receive)
        except No as no:
            status, raw = no.status, _encode(forms.Told(no.name, no.why))
        except NotTaken as no:
            status, raw = no.status, _encode(forms.Told(no.name))
        except Busy as busy:
            status, raw = 503, _encode(forms.Told(busy.name))
        except Exception:  # noqa: BLE001 - whatever a stranger does to us, the next caller must find us
            _say.exception("a caller's request failed")
            status, raw = 500, _encode(forms.Told("internal_error"))
        headers = [*HEADERS, *(more or [(b"content-type", b"application/json")])]
        headers += [(b"retry-after", b"2")] if status in (429, 503) else []
        headers += [(b"content-length", b"%d" % len(raw))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else raw})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, Headers]:
        headers = dict(scope["headers"])
        way = scope["path"].removeprefix(PATH).strip("/")
        if way not in self._ways and not self._addresses.take(self._address(scope, headers)):
            raise No(429, "too_often")
        if not way:
            if scope["method"] not in ("GET", "HEAD"):
                raise No(405, "wrong_method")
            raw, more = self._pages.page(headers.get(b"accept-language", b""), headers.get(b"accept-encoding", b""))
            return 200, raw, more
        if way not in self._ways:
            raise No(404, "unknown_route")
        if scope["method"] != "POST":
            raise No(405, "wrong_method")
        if self._hands >= HANDS:
            raise No(503, "busy")
        self._hands += 1
        try:
            do, most, kind = self._ways[way]
            _from_our_page(headers, kind)
            knock = await self._known(scope, headers, receive, most)
            return 200, _encode(await do(knock)), []
        finally:
            self._hands -= 1

    async def _known(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, most: int) -> Knock:
        """The link that is asked about. A token or device that is none is slowed down by its address; the one that has
        the link never is for what others do: thousands of phones stand behind one address of a carrier."""
        token, device = (headers.get(name, b"").decode("latin-1") for name in (b"x-link", b"x-device"))
        link = link_of(self._desk, token) if _TOKEN.fullmatch(token) else None
        own = bool(
            link and link.device and _TOKEN.fullmatch(device) and hmac.compare_digest(hash_of(device), link.device)
        )
        if link is None or (link.device and not own):
            if not self._guesses.take(self._address(scope, headers)):
                raise No(429, "too_often")
            raise No(403, "link_taken") if link else No(404, "unknown_link")
        if not self._links.take(link.id):
            raise No(429, "too_often")
        if why := over(self._desk.room, link, self._desk.now()):
            self._uploads.drop(link.id)
            raise No(410, "link_ended", why)
        return Knock(link, device, own, headers, await _body(receive, headers, most))

    # -- what the page may ask ----------------------------------------------------------------------------------------

    async def _open(self, knock: Knock) -> forms.Opened:
        """Claim the link for this device, or come back with it."""
        asked = _read(knock.body, forms.Opening)
        secret = knock.device if knock.own else secrets.token_urlsafe(16)
        await self._give(OpenLink(knock.link.id, hash_of(secret), asked.tongue), secrets.token_hex(12))
        state = self._state(knock.link.id)
        return forms.Opened(secret, state)

    async def _share(self, knock: Knock) -> forms.State:
        self._own(knock)
        await self._give(ShareLink(knock.link.id), secrets.token_hex(12))
        return self._state(knock.link.id)

    async def _place(self, knock: Knock) -> forms.Taken:
        """Where the caller is, once they agreed. The browser's accuracy is a radius of 95 % (W3C Geolocation, 9.4)."""
        self._own(knock)
        if knock.link.status != "sharing":
            raise No(409, "not_shared")
        said = _read(knock.body, forms.Placed)
        if not self._places.take(knock.link.id):
            raise No(429, "too_often")
        order = ReportLocation(
            "caller_link", knock.link.call, shape=Circle(said.lat, said.lon, max(said.accuracy_m, 1.0)),
            confidence=Confidence(95.0, "normal", stated=True), fixed_at=self._desk.now() - said.age_s,
            method="browser", altitude_m=said.altitude_m, speed_mps=said.speed_mps, heading_deg=said.heading_deg,
            origin=f"link {knock.link.id}",
        )  # fmt: skip
        await self._give(order, secrets.token_hex(12))
        return forms.Taken()

    async def _said(self, knock: Knock) -> forms.Taken:
        """A message of the caller's. Sent twice under one id, written once."""
        self._own(knock)
        said = _read(knock.body, forms.Saying)
        if not self._messages.take(knock.link.id):
            raise No(429, "too_often")
        await self._give(
            HearCaller(knock.link.id, forms.clean(said.text), said.phrase), f"{knock.link.id}-say-{said.id}"
        )
        return forms.Taken()

    async def _news(self, knock: Knock) -> forms.State:
        """What the desk wrote, as soon as it does."""
        self._own(knock)
        asked = _read(knock.body, forms.Asking)
        link = knock.link.id
        self._hands -= 1  # it waits, and is in nobody's way
        self._listening += 1
        try:
            if self._listening <= WAITING and self._state(link).last <= asked.after:
                await self._wait(link)
        finally:
            self._hands += 1
            self._listening -= 1
        return self._state(link)

    async def _piece(self, knock: Knock) -> forms.Showed:
        """A piece of a picture or clip; with the last one it is made anew, kept and told."""
        self._own(knock)
        upload = knock.headers.get(b"x-upload", b"").decode("latin-1")
        offset, total = (_whole(knock.headers.get(name, b"")) for name in (b"x-offset", b"x-total"))
        if not _NAME.fullmatch(upload) or not knock.body:
            raise No(400, "malformed")
        have = self._uploads.piece(knock.link.id, upload, offset, total, knock.body)
        whole = self._uploads.finished(knock.link.id)
        if whole is None:
            return forms.Showed(have)
        try:
            made = await self._maker.make(*whole)
        except NotTaken as no:
            if no.status != 503:
                self._uploads.drop(knock.link.id)
            raise
        order = ShowMedia(
            knock.link.id, secrets.token_hex(8), made.form, len(made.raw), made.width, made.height, made.sha256,
            made.duration_s,
        )  # fmt: skip
        give = partial(self._desk.give, order, by=BY, key=f"{knock.link.id}-show-{upload}")
        try:
            done = await keep_and_tell(self._media, knock.link.call, order.media, made.raw, give)
        except LogError as error:
            _say.error("what a caller showed cannot be kept: %s", error)
            raise No(503, "busy") from None
        self._uploads.drop(knock.link.id)
        if not (isinstance(done, Refusal) and done.name == "key_reused"):  # recorded at an earlier try: it is there
            _done(done)
        return forms.Showed(have, done=True, form=made.form)

    async def _stop(self, knock: Knock) -> forms.Taken:
        """The caller's own end of it: always possible."""
        self._own(knock)
        await self._give(StopLink(knock.link.id, "caller"), f"{knock.link.id}-stop")
        self._uploads.drop(knock.link.id)
        return forms.Taken()

    # -- around it ----------------------------------------------------------------------------------------------------

    def _own(self, knock: Knock) -> None:
        if not knock.own:
            raise No(403, "link_not_opened")

    async def _give(self, order: Any, key: str) -> None:
        _done(await self._desk.give(order, by=BY, key=key))

    def _state(self, link: str) -> forms.State:
        known = self._desk.room.caller_links[link]
        row = self._desk.board.caller_links.get(link)
        why = over(self._desk.room, known, self._desk.now())
        said = tuple(forms.Said(one.n, not one.by, one.text) for one in (row.messages if row else ()))
        left_s = max(0.0, known.until - self._desk.now())
        return forms.State(known.status == "sharing", round(left_s), known.messages, said, why)

    async def _wait(self, link: str) -> None:
        bell = self._bells.setdefault(link, asyncio.Event())
        for _ in range(int(NEWS_S)):
            if self.stopping or bell.is_set():
                return
            try:
                async with asyncio.timeout(1.0):
                    await bell.wait()
            except TimeoutError:
                continue

    def _hear(self, entry: AnyEntry) -> None:
        bell = self._bells.pop(getattr(entry.fact, "link", ""), None)
        if bell is not None:
            bell.set()

    def _address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        if self._behind_proxy:
            return headers.get(b"x-forwarded-for", b"").rpartition(b",")[2].strip().decode("latin-1")[:64]
        client = scope.get("client")
        return str(client[0]) if client else ""


def _done(answer: Done | Refusal) -> None:
    """Raises No for a refusal."""
    if isinstance(answer, Refusal):
        status = {"link_ended": 410, "link_taken": 403, "call_ended": 410}.get(answer.name, 409)
        name = "link_ended" if answer.name == "call_ended" else answer.name
        raise No(status, name, str(answer.facts.get("why", "")))


def _from_our_page(headers: dict[bytes, bytes], kind: bytes) -> None:
    origin = headers.get(b"origin")
    same = origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower()
    if not same or headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        raise No(403, "wrong_origin")
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != kind:
        raise No(415, "wrong_content_type")


async def _body(receive: Receive, headers: dict[bytes, bytes], most: int) -> bytes:
    if _whole(headers.get(b"content-length", b"0")) > most:
        raise No(413, "too_large")
    raw = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise No(400, "malformed")
                raw += message.get("body", b"")
                if len(raw) > most:
                    raise No(413, "too_large")
                if not message.get("more_body", False):
                    return bytes(raw)
    except TimeoutError:
        raise No(408, "too_slow") from None


def _whole(text: bytes) -> int:
    if not text.isdigit() or len(text) > 12:
        raise No(400, "malformed")
    return int(text)


def _read(raw: bytes, kind: type[F]) -> F:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise No(400, "malformed") from None
