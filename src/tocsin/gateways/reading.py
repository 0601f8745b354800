"""One message to orders, for each way in. Bytes in, orders or a named no out; runs in a thread and touches nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Annotated, TypeVar
from urllib.parse import parse_qs

import msgspec

from tocsin.domain.numbers import digits
from tocsin.domain.orders_locations import ReportLocation
from tocsin.facts.confidence import Confidence
from tocsin.facts.locations import LocationSource
from tocsin.facts.shapes import Shape
from tocsin.facts.values import Instant
from tocsin.gateways.reports import MOST_PLACES, kept, of_aml, of_pidf, shown_raw, unread
from tocsin.settings import Partner
from tocsin.standards.aml import parse_data, parse_text
from tocsin.standards.aml_https import parse_form
from tocsin.standards.flaws import Unusable
from tocsin.standards.gsm7 import split_header, unpack
from tocsin.standards.held import HeldAnswer, Reference, parse_answer
from tocsin.standards.pidf_lo import parse

LAST = 32_503_680_000.0
"""The year 3000: a moment after that is a wrong number."""
Short = Annotated[str, msgspec.Meta(max_length=200)]


class Message(msgspec.Struct, frozen=True):
    """What came, and from whom."""

    body: bytes
    query: bytes
    partner: Partner
    pairing_key: bytes


class Pointing(msgspec.Struct, frozen=True):
    """A message that says where a location can be had, and not the location."""

    references: tuple[Reference, ...]
    call: str
    number: str
    raw: str


class Read(msgspec.Struct, frozen=True):
    """What it says. `about` tells two messages of equal bytes about different callers apart."""

    orders: tuple[ReportLocation, ...]
    about: str = ""
    pointing: Pointing | None = None
    """Then there are no orders until a gateway has been there."""
    handset: str = ""
    """Digest of the handset it came from (decision 0060), where it says so."""


class Unread(msgspec.Struct, frozen=True):
    """Why it says nothing."""

    name: str
    field: str
    text: str


class Sms(msgspec.Struct, frozen=True):
    """A text or data SMS as gateways pass it on. `from` is the sender; `data` the user data in base64."""

    sender: Annotated[Short, msgspec.Meta(min_length=1)] = msgspec.field(name="from")
    text: Annotated[str, msgspec.Meta(max_length=8_192)] = ""
    data: Annotated[str, msgspec.Meta(max_length=16_384)] = ""
    port: int | None = None


class Stated(msgspec.Struct, frozen=True):
    """A network's cell, or the address on file for a line."""

    call: Annotated[str, msgspec.Meta(max_length=64)] = ""
    number: Short = ""
    shape: Shape | None = None
    text: Short = ""
    percent: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    at: Annotated[Instant, msgspec.Meta(ge=0, le=LAST)] | None = None


F = TypeVar("F", Sms, Stated)


def read_aml(message: Message) -> Read | Unread:
    """The HTTPS form (ETSI TS 103 625), signed with the partner's key."""
    partner = message.partner
    found = parse_form(message.body, partner.key.encode(), message.pairing_key, partner.unsigned_ok)
    if isinstance(found, Unusable):
        return _no(found)
    if not digits(found.number) and not found.pairing:
        return Unread("caller_missing", "device_number", "It names no number, so it belongs to no call.")
    return Read((tidy(of_aml(found, partner.name, _unnamed(message.body))),), handset=found.pairing)


def read_sms(message: Message) -> Read | Unread:
    """A text or data SMS. One that is no AML is kept with its caller, unread."""
    form = _json(message.body, Sms)
    if isinstance(form, Unread):
        return form
    octets = b""
    if form.data:
        try:
            octets = base64.b64decode(form.data, validate=True)
        except (binascii.Error, ValueError):
            return Unread("malformed", "data", "It is not base64.")
        found = parse_data(octets, form.sender, message.pairing_key, message.partner.sms_port)
    else:
        found = parse_text(form.text, form.sender, message.pairing_key)
    raw = _without_handset(form.text if not form.data else unpack(split_header(octets)[1]))
    if not isinstance(found, Unusable):
        order = tidy(of_aml(found, message.partner.name, raw, form.sender))
        return Read((order,), form.sender, handset=found.pairing)
    if not digits(form.sender) or found.name in ("too_large", "empty"):
        return _no(found)
    return Read((tidy(unread(found, "aml", message.partner.name, raw, number=form.sender)),), form.sender)


def read_pidf(message: Message) -> Read | Unread:
    """A location object by value, or a locationResponse (RFC 5985) by value or by reference (RFC 6753).

    The query says whose: `?call=` or `?number=`."""
    asked = parse_qs(message.query.decode("latin-1")[:500])
    call, number = asked.get("call", [""])[0][:64], asked.get("number", [""])[0][:200]
    if not call and not digits(number):
        return Unread("caller_missing", "call", "Say ?call= or ?number= of whom it is.")
    found = parse(message.body)
    raw, origin = message.body.decode("utf-8", "replace"), message.partner.name
    if isinstance(found, Unusable) and (found.name, found.field) == ("not_pidf", "locationResponse"):
        return _response(message, call, number)
    if isinstance(found, Unusable):
        if found.name in ("too_large", "empty"):
            return _no(found)
        return Read((tidy(unread(found, "pidf_lo", origin, raw, call=call, number=number)),), call + number)
    orders = of_pidf(found, "pidf_lo", origin, raw, call=call, number=number)
    return Read(tuple(tidy(order) for order in orders), f"{call} {number}")


def _response(message: Message, call: str, number: str) -> Read:
    """By value where it has one: a reference beside it says the same again."""
    answer, origin = parse_answer(message.body), message.partner.name
    raw, about = message.body.decode("utf-8", "replace"), f"{call} {number}"
    if not isinstance(answer, HeldAnswer) or not (answer.pidf or answer.references):
        nothing = Unusable("not_held", "locationResponse", "It has neither a location nor a reference to one.")
        return Read((tidy(unread(nothing, "pidf_lo", origin, raw, call=call, number=number)),), about)
    if not answer.pidf:
        return Read((), about, Pointing(answer.references, call, number, raw))
    found = [of_pidf(document, "pidf_lo", origin, raw, call=call, number=number) for document in answer.pidf]
    return Read(tuple(tidy(order) for order in list(chain(*found))[:MOST_PLACES]), about)


def read_cell(message: Message) -> Read | Unread:
    """The area an antenna covers, as JSON."""
    return _stated(message, "cell", "cell")


def read_registered(message: Message) -> Read | Unread:
    """The address on file for a line (ALI), as JSON."""
    return _stated(message, "registered", "")


def _stated(message: Message, source: LocationSource, method: str) -> Read | Unread:
    form = _json(message.body, Stated)
    if isinstance(form, Unread):
        return form
    if not form.call and not digits(form.number):
        return Unread("caller_missing", "call", "Say call or number of whom it is.")
    confidence = Confidence(form.percent, stated=True) if form.percent is not None else Confidence()
    raw = message.body.decode("utf-8", "replace")
    order = ReportLocation(
        source, form.call, form.number, form.shape, confidence, form.at, method, form.text,
        origin=message.partner.name, raw=kept(raw),
    )  # fmt: skip
    return Read((tidy(order),))


READERS: dict[str, Callable[[Message], Read | Unread]] = {
    "aml": read_aml,
    "sms": read_sms,
    "pidf": read_pidf,
    "cell": read_cell,
    "registered": read_registered,
}


def tidy(order: ReportLocation) -> ReportLocation:
    """The order in characters that a store and a screen can hold: no message is refused for one it has."""
    texts = {name: shown_raw(value) for name, value in _texts(order)}
    flaws = tuple(
        msgspec.structs.replace(flaw, field=shown_raw(flaw.field), text=shown_raw(flaw.text)) for flaw in order.flaws
    )
    return msgspec.structs.replace(order, flaws=flaws, **texts)


def _texts(order: ReportLocation) -> Iterator[tuple[str, str]]:
    for name in ("call", "number", "method", "text", "floor", "origin", "raw"):
        yield name, getattr(order, name)


def _without_handset(text: str) -> str:
    """The message without the numbers of handset and card: they are checked and let go (decision 0060)."""
    parts = text.split(";")
    return ";".join(part for part in parts if part.partition("=")[0].strip().lower() not in ("si", "ei"))


def _unnamed(body: bytes) -> str:
    """The form without the numbers of handset and card: they are checked and let go (decision 0060)."""
    parts = body.decode("utf-8", "replace").split("&")
    return "&".join(part for part in parts if not part.startswith(("device_im", "device_iccid")))


def _json(body: bytes, kind: type[F]) -> F | Unread:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        return Unread("malformed", path.strip("`.")[:60], what[:200])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        return Unread("malformed", "body", f"It is not JSON: {str(error)[:160]}")


def _no(why: Unusable) -> Unread:
    return Unread(why.name, why.field, why.text)
