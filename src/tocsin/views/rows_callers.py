"""Rows about a caller's link: how far it came, what was written, what was shown."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.caller_links import DeliveryFailure, DeliveryState, EndReason, MediaForm, Tongue
from tocsin.facts.values import Instant, PersonalText

LinkStatus: TypeAlias = Literal["sent", "passed", "opened", "sharing", "ended"]


class SaidRow(msgspec.Struct, frozen=True):
    """One message, as it stood on the caller's page."""

    n: int
    at: Instant
    by: str
    """Account that wrote it; empty: the caller."""
    text: PersonalText
    phrase: str
    """Code of the ready-made phrase, so that a screen can say it in its own language."""


class MediaRow(msgspec.Struct, frozen=True):
    """One picture or clip: GET /api/media/{id}."""

    id: str
    at: Instant
    form: MediaForm
    size_b: int
    width_px: int
    height_px: int
    duration_s: float


class CallerLinkRow(msgspec.Struct, frozen=True):
    """A link that was sent to the number of a call."""

    id: str
    call: str
    status: LinkStatus
    tongue: Tongue
    """The caller's language, once they opened it."""
    sent_at: Instant
    sent_by: str
    until: Instant
    """When it ends by itself."""
    gateway: str = ""
    delivery: DeliveryState | None = None
    """What the gateway's receipt said; None while there is none. Many gateways send none."""
    delivery_at: Instant | None = None
    delivery_why: DeliveryFailure | None = None
    opened_at: Instant | None = None
    sharing_at: Instant | None = None
    ended_at: Instant | None = None
    why: EndReason | None = None
    text: str = ""
    """What the gateway said of a message that was not sent."""
    messages: tuple[SaidRow, ...] = ()
    """The newest; all of them stand in the timeline."""
    media: tuple[MediaRow, ...] = ()
