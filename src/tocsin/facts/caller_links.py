"""What became of a link that was sent to a caller's phone: who opened it, what they shared, wrote and showed, its end.

The link itself never stands here, only the hashes of its token and of the secret of the one device that opened it.
What a caller wrote or showed is sealed and erased with all else about the call; pictures stand sealed beside the log.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

from tocsin.facts.base import FactBase
from tocsin.facts.values import PERSONAL_MEDIA, Instant

Tongue: TypeAlias = Literal["en", "pt", "es", "fr", "sw", "ar"]
"""Languages the caller's page speaks (ISO 639-1)."""
TONGUES: tuple[Tongue, ...] = get_args(Tongue)

EndReason: TypeAlias = Literal["caller", "desk", "call_ended", "incident_closed", "expired", "not_sent"]
"""caller: a tap on Stop; desk: ended here; call_ended, incident_closed: nobody needs it any more; expired: half an hour
is over; not_sent: the message could not be handed over."""

DeliveryState: TypeAlias = Literal["delivered", "failed"]
DeliveryFailure: TypeAlias = Literal["expired", "undeliverable", "rejected", "deleted", "unknown"]
"""expired: the phone was not reached in time; undeliverable: it cannot be; rejected, deleted: the network would not or
no longer; unknown: the gateway does not say. The final states of SMPP 3.4 (5.2.28)."""

MediaForm: TypeAlias = Literal["photo", "clip"]


class LinkSent(FactBase, tag="link.sent", frozen=True):
    """Somebody at the desk wants a link sent to the number of this call."""

    link: str
    call: str
    by: str
    tongue: Tongue
    until: Instant
    """From then on it opens nothing."""


class LinkIssued(FactBase, tag="link.issued", frozen=True):
    """A token was drawn for it."""

    link: str
    call: str
    token: str
    """SHA-256 of the token, hexadecimal."""


class LinkPassed(FactBase, tag="link.passed", frozen=True):
    """The SMS gateway has taken the message: not yet that it arrived."""

    link: str
    call: str
    gateway: str
    reference: str = ""
    """The gateway's own number of the message."""


class LinkReceipt(FactBase, tag="link.receipt", frozen=True):
    """What the SMS gateway says became of the message: it reached the phone, or it will not."""

    link: str
    call: str
    state: DeliveryState
    why: DeliveryFailure | None = None
    """Of one that failed, as far as the gateway says."""


class LinkOpened(FactBase, tag="link.opened", frozen=True):
    """One device opened it; no other can."""

    link: str
    call: str
    device: str
    """SHA-256 of the device's secret, hexadecimal."""
    tongue: Tongue
    until: Instant


class LinkSharing(FactBase, tag="link.shared", frozen=True):
    """The caller agreed to share where they are."""

    link: str
    call: str


class LinkMessage(FactBase, tag="link.said", frozen=True):
    """Something was written, by the caller or to them, as it stood on the page."""

    link: str
    call: str
    n: int
    """Counts the messages of this link from 1."""
    by: str = ""
    """Account that wrote it; empty: the caller."""
    text: Annotated[str, PERSONAL_MEDIA] = ""
    phrase: str = ""
    """Code of the ready-made phrase, where it was one."""
    tongue: Tongue = "en"


class LinkMedia(FactBase, tag="link.shown", frozen=True):
    """The caller showed a picture or clip: re-encoded, without metadata, sealed beside the log."""

    link: str
    call: str
    media: str
    form: MediaForm
    size_b: int
    width_px: int
    height_px: int
    duration_s: float = 0.0
    """0 for a photo."""
    sha256: Annotated[str, PERSONAL_MEDIA] = ""
    """Of the kept bytes: proves later that they are the ones."""


class LinkEnded(FactBase, tag="link.ended", frozen=True):
    """Nothing more is shared or taken by this link."""

    link: str
    call: str
    why: EndReason
    text: str = ""
    """Where it was not sent: why, in words of ours. Never what a gateway said: it might say the number."""
