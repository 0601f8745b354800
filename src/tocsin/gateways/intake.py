"""POST /intake/{way}/{partner}: where callers are, from those who carry their calls. Each partner has a key of its own.

Beside the site of browsers and not in it: no session, no cookie, nothing but these ways in. A partner is told whether
its message was taken and never whether anybody calls; no way in gives a place out. At most `PENDING` messages are in
hand at once, read in a thread of their own: a flood of reports never delays a call.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.tally import Refused
from tocsin.domain.numbers import digits
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.refusals import Refusal
from tocsin.facts.locations import ReportFlaw
from tocsin.gateways.body import whole
from tocsin.gateways.callers.receipts import read_callback, record
from tocsin.gateways.handsets import Handsets
from tocsin.gateways.reading import READERS, Message, Read, Unread
from tocsin.gateways.references import References
from tocsin.settings import Partner

PATH = "/intake/"
PENDING = 64
LIMIT_B = 262_144
PATIENCE_S = 10.0
STATUS = {"forged": 403, "unsigned": 403, "wrong_key": 403, "too_large": 413, "malformed": 400}
_say = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Taken(msgspec.Struct, frozen=True):
    """200: it is recorded. Says nothing of whose call it belongs to."""

    taken: bool = True
    repeated: bool = False


class Turned(msgspec.Struct, frozen=True):
    """Any other status: why not."""

    name: str
    text: str
    field: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What goes back."""

    status: int
    body: Taken | Turned


class Intake:
    """An ASGI application for `/intake/…` over a desk."""

    def __init__(self, desk: Desk, partners: Sequence[Partner], pairing_key: bytes = b"", secret: bytes = b"") -> None:
        """`secret`: from the master key; orders' keys stand in the open and are made with it."""
        self._desk = desk
        self._partners: Mapping[str, Partner] = {partner.name: partner for partner in partners}
        self._pairing_key, self._secret = pairing_key, secret
        self._thread = ThreadPoolExecutor(1, "intake")
        self._references, self._handsets = References(desk), Handsets()
        self._pending = 0

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._references.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message."""
        try:
            answer = await self._answer(scope, receive)
        except Exception:  # noqa: BLE001 - whatever a message does to us, the next one must find us
            _say.exception("a message failed")
            answer = Answer(500, Turned("internal_error", "A fault of ours; the message was not recorded."))
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        headers += [(b"retry-after", b"2")] if answer.status == 503 else []
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": _encode(answer.body)})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            return Answer(405, Turned("wrong_method", "Messages are sent with POST."))
        way, _, name = scope["path"].removeprefix(PATH).partition("/")
        partner = self._partners.get(name)
        if partner is None or way not in partner.ways:
            return Answer(404, Turned("unknown_route", "There is no such way in here."))
        if self._pending >= PENDING:
            return self._turned(partner, way, 0, Turned("busy", "Too many messages are in hand; send it again."), 503)
        self._pending += 1
        try:
            return await self._one(partner, way, scope, receive)
        finally:
            self._pending -= 1

    async def _one(self, partner: Partner, way: str, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        if way != "aml" and not _knows(headers.get(b"authorization", b""), partner):
            why = Turned("wrong_key", "Authorization must bear this partner's key.", "authorization")
            return self._turned(partner, way, 0, why, 403)
        try:
            async with asyncio.timeout(PATIENCE_S):
                body = await whole(receive, LIMIT_B)
        except TimeoutError:
            return self._turned(partner, way, 0, Turned("too_slow", "The message did not come in time."), 408)
        if body is None:
            why = Turned("too_large", f"It is longer than {LIMIT_B} bytes.", "body")
            return self._turned(partner, way, LIMIT_B, why, 413)
        if way == "receipt":
            return await self._receipt(partner, body)
        message = Message(body, scope["query_string"], partner, self._pairing_key)
        read = await asyncio.get_running_loop().run_in_executor(self._thread, READERS[way], message)
        if isinstance(read, Unread):
            return self._turned(partner, way, len(body), Turned(read.name, read.text, read.field), None)
        if read.pointing is not None:
            followed = await self._references.follow(partner, read.pointing, read.about)
            if followed is None:
                return self._turned(partner, way, len(body), Turned("busy", "Too many references are in hand."), 503)
            read = followed
        named = self._named(read)
        if isinstance(named, Turned):
            return self._turned(partner, way, len(body), named, None)
        return await self._give(partner, way, body, named)

    async def _receipt(self, partner: Partner, body: bytes) -> Answer:
        """What became of a caller's SMS, by the gateway that was given it."""
        receipt = read_callback(partner, body)
        if isinstance(receipt, Unread):
            return self._turned(partner, "receipt", len(body), Turned(receipt.name, receipt.text, receipt.field), None)
        key = hmac.new(self._secret, body, "sha256").hexdigest()[:40]
        try:
            done = await record(self._desk, partner.name, receipt, key)
        except Busy as busy:
            return self._turned(partner, "receipt", len(body), Turned(busy.name, str(busy)), 503)
        if isinstance(done, Refusal):
            return self._turned(partner, "receipt", len(body), Turned(done.name, done.text, done.field), 404)
        repeated = bool(done and done.repeated)
        self._desk.tally.took(partner.name, "receipt", repeated=repeated, flawed=False, fix=True)
        return Answer(200, Taken(repeated=repeated))

    def _named(self, read: Read) -> Read | Turned:
        """With the number its handset had a moment ago, where the message names none."""
        if not read.handset:
            return read
        (order,), now = read.orders, self._desk.now()
        if digits(order.number):
            self._handsets.saw(read.handset, order.number, now)
            return read
        number = self._handsets.number(read.handset, now)
        if not number:
            text = "It names no number, and no message of this handset did before: it belongs to no call yet."
            return Turned("caller_missing", text, "device_number")
        flaw = ReportFlaw("device_number", "number_by_handset", "An earlier message of its handset names the number.")
        order = msgspec.structs.replace(order, number=number, flaws=(*order.flaws, flaw))
        return msgspec.structs.replace(read, orders=(order,))

    async def _give(self, partner: Partner, way: str, body: bytes, read: Read) -> Answer:
        """One order for each place of the message, under keys made of its bytes: a replay is done once."""
        told = hmac.new(self._secret, body + read.about.encode(), "sha256").hexdigest()[:40]
        repeated = True
        for n, order in enumerate(read.orders):
            try:
                done = await self._desk.give(order, by=f"{way}:{partner.name}", key=f"{told}-{n}")
            except Busy as busy:
                return self._turned(partner, way, len(body), Turned(busy.name, str(busy)), 503)
            if isinstance(done, Refusal):
                return self._turned(partner, way, len(body), Turned(done.name, done.text, done.field), 409)
            repeated &= done.repeated
        self._count(partner, way, read.orders, repeated)
        return Answer(200, Taken(repeated=repeated))

    def _count(self, partner: Partner, way: str, orders: Sequence[ReportLocation], repeated: bool) -> None:
        flawed, fix = any(order.flaws for order in orders), any(order.shape is not None for order in orders)
        self._desk.tally.took(partner.name, way, repeated=repeated, flawed=flawed, fix=fix)

    def _turned(self, partner: Partner, way: str, size_b: int, why: Turned, status: int | None) -> Answer:
        now = self._desk.now()
        self._desk.tally.refused(Refused(now, partner.name, way, why.name, why.field, why.text, size_b))
        _say.warning("%s from %s refused: %s %s", way, partner.name, why.name, why.field)
        return Answer(status or STATUS.get(why.name, 422), why)


def beside(site: Callable[[Scope, Receive, Send], Any], intake: Intake) -> Callable[[Scope, Receive, Send], Any]:
    """One application of both: what begins with /intake/ never reaches the site of browsers."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        here = scope["type"] == "http" and scope["path"].startswith(PATH)
        await (intake if here else site)(scope, receive, send)

    return both


def _knows(header: bytes, partner: Partner) -> bool:
    """Bearer, or Basic: the one thing that every gateway can be told to send with a callback."""
    basic = base64.b64encode(f"{partner.name}:{partner.key}".encode())
    found = [hmac.compare_digest(header, known) for known in (b"Bearer " + partner.key.encode(), b"Basic " + basic)]
    return any(found)
