"""The record's door for recorders and neighbours: NENA i3 logging service, `/i3/Logging/v1/…`.

Beside the site of browsers and not in it: no session, no cookie. What is logged comes signed by a partner's key and is
kept as it was signed; what is read goes out signed by ours, to a partner that bears its token, as far as it is
entitled. Every no has the standard's code, a name, and the field it is about.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.looks import Looks
from tocsin.desk.tally import Refused
from tocsin.domain.orders_neighbours import LogEvent as LogEventOrder
from tocsin.domain.refusals import Refusal
from tocsin.facts.looks import Looked
from tocsin.gateways.body import whole
from tocsin.gateways.i3_ask import Asked, Library
from tocsin.gateways.i3_ours import log_id, number_of
from tocsin.gateways.i3_partners import Partners, may_say
from tocsin.log.port import Log, LogError
from tocsin.settings import LoggingService, LogPartner
from tocsin.standards.i3_log import MOST_B, NotLogged, parse
from tocsin.standards.i3_types import PLACES, SHOWS
from tocsin.standards.jws import Signer, Unproven, read

PATH = "/i3/Logging/"
PENDING = 32
LIMIT_B = MOST_B * 4 // 3 + 32_768
PATIENCE_S = 10.0
VERSIONS = {
    "versions": [{"major": 1, "minor": 2, "serviceInfo": {"requiredAlgorithms": ["EdDSA"]}}],
}
_say = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """What goes back."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()


class I3Log:
    """An ASGI application for `/i3/Logging/…` over a desk and its log."""

    def __init__(
        self, desk: Desk, log: Log, settings: LoggingService, secret: bytes, looks: Looks | None = None
    ) -> None:
        """`secret`: 32 bytes of which our signing key is made; `looks`: where reads are recorded.

        Raises SettingsError for a partner's key file.
        """
        self.looks = looks
        self._desk, self._settings = desk, settings
        self._partners = Partners(settings.partners)
        self.signer = Signer(secret)
        self._secret = hmac.digest(secret, b"orders", "sha256")
        recent_s = desk.catalogue.access.recent_h * 3_600.0
        self._library = Library(log, settings.domain, self.signer, lambda: desk.now() - recent_s)
        self._reader = ThreadPoolExecutor(1, "i3-read")
        self._asker = ThreadPoolExecutor(1, "i3-ask")
        """Its own: whoever asks for much never delays what is logged."""
        self._extensions = frozenset(settings.extensions), frozenset(settings.extensions_refused)
        self._pending = 0

    def close(self) -> None:
        """Let the threads end."""
        for thread in (self._reader, self._asker):
            thread.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except Exception:  # noqa: BLE001 - whatever a request does to us, the next one must find us
            _say.exception("a request failed")
            answer = _no(NotLogged(454, "internal_error", "A fault of ours; nothing was logged."))
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *answer.headers]
        headers += [(b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else _encode(answer.body)})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        way = scope["path"].removeprefix(PATH)
        if way == "Versions" and scope["method"] == "GET":
            return Answer(200, VERSIONS | {"fingerprint": self.signer.thumbprint})
        if scope["method"] not in ("GET", "POST") or (scope["method"] == "POST" and way != "v1/LogEvents"):
            return _no(NotLogged(405, "wrong_method", "Events are logged with POST and read with GET."))
        if self._pending >= PENDING:
            return _no(NotLogged(503, "busy", "Too many requests are in hand; send it again."))
        self._pending += 1
        try:
            if scope["method"] == "POST":
                return await self._log(receive)
            return await self._read(scope, way)
        finally:
            self._pending -= 1

    # -- writing ------------------------------------------------------------------------------------------------------

    async def _log(self, receive: Receive) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE_S):
                body = await whole(receive, LIMIT_B)
        except TimeoutError:
            return self._refused("", 0, NotLogged(408, "too_slow", "The event did not come in time."))
        if body is None:
            return self._refused(
                "", LIMIT_B, NotLogged(461, "too_big", f"An event has at most {MOST_B} bytes.", "body")
            )
        order = await asyncio.get_running_loop().run_in_executor(self._reader, self._order, body)
        if isinstance(order, NotLogged):
            return self._refused("", len(body), order)
        if isinstance(order, tuple):
            return self._refused(order[0], len(body), order[1])
        return await self._give(order, body)

    def _order(self, body: bytes) -> LogEventOrder | NotLogged | tuple[str, NotLogged]:
        """The order that an event comes to; the partner is named in a refusal once it is known."""
        jws = read(body)
        if isinstance(jws, Unproven):
            return NotLogged(460, jws.name, jws.text, jws.field)
        signed = self._partners.signer(jws)
        if isinstance(signed, NotLogged):
            return signed
        partner, payload = signed
        event = parse(payload, *self._extensions)
        if isinstance(event, NotLogged):
            return partner.name, event
        if wrong := may_say(partner, event):
            return partner.name, wrong
        domain, text = self._settings.domain, jws.compact
        placed, shown = event.kind in PLACES, event.kind in SHOWS
        return LogEventOrder(
            partner.name, event.kind, event.element, event.agency, event.at,
            number_of(event.call, "callid", domain), number_of(event.incident, "incidentid", domain),
            event.call, event.incident,
            "" if placed or shown else text, text if placed else "", text if shown else "",
        )  # fmt: skip

    async def _give(self, order: LogEventOrder, body: bytes) -> Answer:
        """Under a key made of what was signed: a replay is done once and has the answer it had."""
        text = order.signed + order.signed_place + order.signed_words
        key = hmac.new(self._secret, text.encode(), "sha256").hexdigest()[:40]
        try:
            done = await self._desk.give(order, by=f"i3:{order.partner}", key=key)
        except Busy as busy:
            return self._refused(order.partner, len(body), NotLogged(503, busy.name, str(busy)))
        if isinstance(done, Refusal):
            return self._refused(order.partner, len(body), NotLogged(454, done.name, done.text, done.field))
        self._desk.tally.took(order.partner, "i3", repeated=done.repeated, flawed=False, fix=False)
        name = log_id(done.entries[0].position, self._settings.domain)
        return Answer(201, name, ((b"location", f"{PATH}v1/LogEvents/{name}".encode()),))

    def _refused(self, partner: str, size_b: int, why: NotLogged) -> Answer:
        told = Refused(self._desk.now(), partner or "?", "i3", why.name, why.field, why.text, size_b)
        self._desk.tally.refused(told)
        _say.warning("i3 event from %s refused: %s %s", partner or "nobody known", why.name, why.field)
        return _no(why)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _read(self, scope: Scope, way: str) -> Answer:
        partner = self._partners.bearer(dict(scope["headers"]).get(b"authorization", b""))
        if partner is None:
            return _no(NotLogged(401, "wrong_token", "Authorization must bear a partner's token."))
        asked = _arguments(scope["query_string"])
        if isinstance(asked, NotLogged):
            return _no(asked)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._asker, self._library.answer, partner, way, asked)
        except LogError as error:
            _say.error("the record cannot be read: %s", error)
            return _no(NotLogged(503, "not_read", "The record cannot be read now; ask again."))
        if isinstance(found, NotLogged):
            return _no(found)
        try:
            await self._looked(partner, way, asked, found)
        except Busy as busy:
            return _no(NotLogged(503, busy.name, str(busy)))
        return Answer(200, found)

    async def _looked(self, partner: LogPartner, way: str, asked: Asked, found: Any) -> None:
        """A partner's look is recorded before it is answered, or it is not answered. Raises Busy."""
        if self.looks is None:
            return
        name, domain = way.split("/")[1], self._settings.domain
        count = found.get("count", 1) if isinstance(found, dict) else 1
        fact = Looked(
            self._desk.now(), "export", "the logging service for recorders and neighbours", stated=True,
            incident=number_of(asked.get("incidentId", ""), "incidentid", domain),
            call=number_of(asked.get("callId", ""), "callid", domain), count=count, via=f"i3 {name}",
        )  # fmt: skip
        await self.looks.record(fact, by=f"i3:{partner.name}")


def aside(site: Any, door: I3Log) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """One application of both: what begins with /i3/Logging/ never reaches the site of browsers."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        here = scope["type"] == "http" and scope["path"].startswith(PATH)
        await (door if here else site)(scope, receive, send)

    return both


def _no(why: NotLogged) -> Answer:
    more = {503: (b"retry-after", b"2"), 401: (b"www-authenticate", b"Bearer")}.get(why.code)
    return Answer(why.code, {"name": why.name, "text": why.text, "field": why.field}, (more,) if more else ())


def _arguments(query: bytes) -> Asked | NotLogged:
    """The query's arguments, each once."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError:
        return NotLogged(454, "malformed", "The query cannot be read.", "query")
    told: Mapping[str, str] = dict(pairs)
    if len(told) != len(pairs):
        return NotLogged(454, "repeated", "An argument stands there twice.", "query")
    return told
