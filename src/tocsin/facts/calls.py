"""What happened to a call: a person, or a device, asks for help."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tocsin.facts.base import FactBase
from tocsin.facts.values import PersonalPosition, PersonalText

ReleaseReason: TypeAlias = Literal["abandoned", "information"]


class CallReceived(FactBase, tag="call.received", frozen=True):
    """It rings. `at` is when it began to ring, which may be a moment before it was recorded."""

    call: str
    line: str
    number: PersonalText = ""
    caller: PersonalText = ""
    place: PersonalPosition | None = None


class CallAnswered(FactBase, tag="call.answered", frozen=True):
    """A call-taker took it."""

    call: str
    by: str


class CallLocated(FactBase, tag="call.located", frozen=True):
    """Where help is needed, as known now. The last one stands."""

    call: str
    place: PersonalPosition


class CallNoted(FactBase, tag="call.noted", frozen=True):
    """What the caller said."""

    call: str
    text: PersonalText


class CallReleased(FactBase, tag="call.released", frozen=True):
    """The call ended without an incident: nobody there, or only a question."""

    call: str
    reason: ReleaseReason
    text: PersonalText = ""


class CallAttached(FactBase, tag="call.attached", frozen=True):
    """The call is about this incident."""

    call: str
    incident: str
