"""Orders about a caller's link. The first three are people's; the rest come from the gateway that serves the page."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.domain.order_base import Key, Line, OrderBase
from tocsin.domain.phrases import CallerPhrase, DeskPhrase
from tocsin.facts.caller_links import DeliveryFailure, DeliveryState, EndReason, MediaForm, Tongue

SAID_MOST = 500
"""Characters of one message."""
Said: TypeAlias = Annotated[str, msgspec.Meta(max_length=SAID_MOST)]
Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
StopReason: TypeAlias = EndReason


class SendCallerLink(OrderBase, tag="send_caller_link", frozen=True):
    """Have a one-use link sent by SMS to the number of a live call."""

    call: Key
    tongue: Tongue = "en"
    """Language of the message; the page itself speaks the phone's, and the caller may choose."""


class EndCallerLink(OrderBase, tag="end_caller_link", frozen=True):
    """The desk needs it no more."""

    link: Key


class TellCaller(OrderBase, tag="tell_caller", frozen=True):
    """Write to the caller: own words, or a phrase in their language."""

    link: Key
    text: Said = ""
    phrase: DeskPhrase | None = None


class IssueLink(OrderBase, tag="issue_link", frozen=True):
    """A token was drawn. Given under one key by whichever node is first: the message is sent once."""

    link: Key
    token: Digest


class PassLink(OrderBase, tag="pass_link", frozen=True):
    """The SMS gateway took the message."""

    link: Key
    gateway: Line
    reference: Line = ""


class ReportDelivery(OrderBase, tag="report_delivery", frozen=True):
    """The SMS gateway says what became of a message it took, by its own number of it."""

    gateway: Line
    reference: Key
    state: DeliveryState
    why: DeliveryFailure | None = None


class OpenLink(OrderBase, tag="open_link", frozen=True):
    """A device opened it: the first has it, a second is refused."""

    link: Key
    device: Digest
    tongue: Tongue


class ShareLink(OrderBase, tag="share_link", frozen=True):
    """The caller agreed to share where they are."""

    link: Key


class HearCaller(OrderBase, tag="hear_caller", frozen=True):
    """The caller wrote, or tapped a phrase."""

    link: Key
    text: Said = ""
    phrase: CallerPhrase | None = None


class ShowMedia(OrderBase, tag="show_media", frozen=True):
    """The caller showed something; it stands sealed beside the log already."""

    link: Key
    media: Key
    form: MediaForm
    size_b: Annotated[int, msgspec.Meta(ge=1)]
    width_px: Annotated[int, msgspec.Meta(ge=1)]
    height_px: Annotated[int, msgspec.Meta(ge=1)]
    sha256: Digest
    duration_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class StopLink(OrderBase, tag="stop_link", frozen=True):
    """A tap on Stop, the end of the call or incident, time, or a message that could not be sent."""

    link: Key
    why: Literal["caller", "call_ended", "incident_closed", "expired", "not_sent"]
    text: Line = ""
