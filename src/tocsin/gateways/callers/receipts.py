"""What an SMS gateway says became of a message: read from its callback or its SMPP receipt, and recorded once.

A receipt is about a message that this gateway was given, by the gateway's own number of it; any other is refused by
name and counted. Gateways differ in words: those of SMPP 3.4 and of the usual HTTP ones are known, by their meaning.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tocsin.desk.desk import Desk
from tocsin.domain.orders_caller_links import ReportDelivery
from tocsin.domain.refusals import Refusal
from tocsin.facts.caller_links import DeliveryFailure, DeliveryState
from tocsin.gateways.reading import Unread
from tocsin.settings import Partner
from tocsin.views.wire import Done

QUICK_S = 2.0
"""A receipt may overtake the answer that says under which number its message goes."""
LONGEST = 64
REFERENCES = ("reference", "message_id", "messageId", "MessageSid", "msgid", "message-id", "id")
STATES = ("state", "status", "MessageStatus", "SmsStatus", "stat", "message_state")
_WORDS: dict[str, tuple[DeliveryState, DeliveryFailure | None]] = {
    **dict.fromkeys(("delivered", "delivrd", "delivery_success"), ("delivered", None)),
    **dict.fromkeys(("expired",), ("failed", "expired")),
    **dict.fromkeys(("undelivered", "undeliv", "undeliverable"), ("failed", "undeliverable")),
    **dict.fromkeys(("rejected", "rejectd"), ("failed", "rejected")),
    **dict.fromkeys(("deleted", "cancelled", "canceled"), ("failed", "deleted")),
    **dict.fromkeys(("failed", "error", "unknown"), ("failed", "unknown")),
}
UNDER_WAY = frozenset(
    ("sent", "queued", "accepted", "acceptd", "enroute", "en_route", "buffered", "pending", "scheduled", "sending")
)
SMPP_STATES = ("", "enroute", "delivered", "expired", "deleted", "undeliverable", "accepted", "unknown", "rejected")
"""By their number in `message_state` (SMPP 3.4, 5.2.28)."""
_ID = re.compile(r"(?:^|\s)id:\s*(\S{1,64})", re.IGNORECASE)
_STAT = re.compile(r"(?:^|\s)stat:\s*(\w{1,20})", re.IGNORECASE)


class Receipt(msgspec.Struct, frozen=True):
    """Which message, and what became of it; `state` None: it is still under way."""

    references: tuple[str, ...]
    """Ways to write its number: some centres answer in hexadecimal and report in decimal."""
    state: DeliveryState | None
    why: DeliveryFailure | None = None


def read_callback(partner: Partner, body: bytes) -> Receipt | Unread:
    """A JSON object or a form. Field names as the settings have them, else the usual ones."""
    said = _said(body)
    if isinstance(said, Unread):
        return said
    reference = _first(said, (partner.receipt_reference,) if partner.receipt_reference else REFERENCES)
    if not reference:
        return Unread("malformed", partner.receipt_reference or "reference", "It does not say which message.")
    return meant((reference,), _first(said, (partner.receipt_state,) if partner.receipt_state else STATES))


def read_smpp(text: str, reference: str = "", state: int | None = None) -> Receipt | Unread:
    """A receipt's own fields where it has them, else the text that centres write (SMPP 3.4, appendix B)."""
    found, stat = _ID.search(text), _STAT.search(text)
    reference = reference or (found.group(1) if found else "")
    word = SMPP_STATES[state] if state is not None and 0 < state < len(SMPP_STATES) else stat.group(1) if stat else ""
    if not reference:
        return Unread("not_a_receipt", "id", "A message came in that is no receipt; nothing here reads answers.")
    return meant(tuple(_written(reference)), word)


def meant(references: tuple[str, ...], word: str) -> Receipt | Unread:
    """The gateway's word by its meaning."""
    known = word.strip().lower().replace(" ", "_")
    if known in UNDER_WAY:
        return Receipt(references, None)
    if known not in _WORDS:
        return Unread("unknown_value", "state", "Its state is no word that is known here.")
    return Receipt(references, *_WORDS[known])


async def record(desk: Desk, gateway: str, receipt: Receipt, key: str) -> Done | Refusal | None:
    """Have it recorded; None where there is nothing to record yet. Raises Busy."""
    if receipt.state is None:
        return None
    answer = await _given(desk, gateway, receipt, key)
    if isinstance(answer, Refusal):
        await asyncio.sleep(QUICK_S)
        answer = await _given(desk, gateway, receipt, key)
    return answer


async def _given(desk: Desk, gateway: str, receipt: Receipt, key: str) -> Done | Refusal:
    answer: Done | Refusal | None = None
    for n, reference in enumerate(receipt.references):
        assert receipt.state is not None
        order = ReportDelivery(gateway, reference, receipt.state, receipt.why)
        answer = await desk.give(order, by=f"receipt:{gateway}", key=f"{key}-{n}")
        if not isinstance(answer, Refusal):
            break
    assert answer is not None
    return answer


def _written(reference: str) -> Iterator[str]:
    yield reference
    if reference.isdecimal():
        yield f"{int(reference):x}"
        yield f"{int(reference):X}"
    if re.fullmatch(r"[0-9A-Fa-f]{1,16}", reference):
        yield str(int(reference, 16))


def _said(body: bytes) -> Any:
    try:
        if body.lstrip()[:1] in (b"{", b"["):
            return msgspec.json.decode(body)
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=100))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return Unread("malformed", "body", "It is neither JSON nor a form.")


def _first(said: Any, paths: Sequence[str]) -> str:
    for path in paths:
        found = said
        try:
            for name in path.split("."):
                found = found[int(name)] if isinstance(found, list) else found[name]
        except (LookupError, TypeError, ValueError):
            continue
        if isinstance(found, str | int) and not isinstance(found, bool) and 0 < len(str(found)) <= LONGEST:
            return str(found)
    return ""
