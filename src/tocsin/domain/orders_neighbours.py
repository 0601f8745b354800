"""What a neighbour's recorder asks: keep this event. Given by the gateway that has checked the signature."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.domain.order_base import Line, OrderBase
from tocsin.facts.values import Instant

SIGNED_MOST = 131_072
Signed = Annotated[str, msgspec.Meta(max_length=SIGNED_MOST)]
Uid = Annotated[str, msgspec.Meta(max_length=400)]


class LogEvent(OrderBase, tag="log_event", frozen=True):
    """Keep a signed event of a partner. `call` and `incident`: ours, if it names one of ours that there is."""

    partner: Line
    event: Line
    element: Uid
    agency: Uid
    said_at: Instant
    call: Line = ""
    incident: Line = ""
    call_id: Uid = ""
    incident_id: Uid = ""
    signed: Signed = ""
    signed_place: Signed = ""
    signed_words: Signed = ""
