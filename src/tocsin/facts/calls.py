"""What happened to a call: a person, or a device, asks for help."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.base import FactBase
from tocsin.facts.values import PERSONAL, Instant, PersonalPosition, PersonalText

ReleaseReason: TypeAlias = Literal["abandoned", "information", "silent"]
"""abandoned: hung up; silent: the line was open and nobody spoke. Both are called back where there is a number."""


class Earlier(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call of the same number a while before, and the incident it had come to by then."""

    call: str
    at: Instant
    incident: str = ""


class CallReceived(FactBase, tag="call.received", frozen=True):
    """It rings. `at` is when it began to ring, which may be a moment before it was recorded."""

    call: str
    line: str
    number: PersonalText = ""
    caller: PersonalText = ""
    place: PersonalPosition | None = None
    earlier: Annotated[tuple[Earlier, ...], PERSONAL] = ()
    """Earlier calls of this number within the centre's window, the latest last."""


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


class CallDetached(FactBase, tag="call.detached", frozen=True):
    """It was not about that incident after all: `by` has the call in hand again."""

    call: str
    incident: str
    by: str
    reason: PersonalText = ""


class CallSilent(FactBase, tag="call.silent", frozen=True):
    """The line is open and nobody speaks."""

    call: str
    by: str


class CallTriedBack(FactBase, tag="call.tried_back", frozen=True):
    """Somebody called back, and nobody answered."""

    call: str
    by: str


class CallReached(FactBase, tag="call.reached", frozen=True):
    """Somebody called back and speaks with the caller: the call is live again."""

    call: str
    by: str


class CallBackClosed(FactBase, tag="call.back_closed", frozen=True):
    """Nobody needs to call back any more. `reason` is a code of the centre's file, or `called_again`."""

    call: str
    reason: str
    text: PersonalText = ""
    later: str = ""
    """The later call of the same caller, where there is one."""
