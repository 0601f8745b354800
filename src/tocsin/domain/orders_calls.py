"""Orders about calls after the first word: split from an incident, silent, called back."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tocsin.domain.order_base import Key, OrderBase, Text

BackOutcome: TypeAlias = Literal["reached", "no_answer"]


class DetachCall(OrderBase, tag="detach_call", frozen=True):
    """The call is not about that incident: take it out again, into one's own hand."""

    call: Key
    reason: Text = ""


class MarkSilent(OrderBase, tag="mark_silent", frozen=True):
    """The line is open and nobody speaks."""

    call: Key


class CallBack(OrderBase, tag="call_back", frozen=True):
    """A caller who was lost was called back."""

    call: Key
    outcome: BackOutcome


class CloseCallBack(OrderBase, tag="close_call_back", frozen=True):
    """Nobody needs to call back any more; `reason` is one of the centre's."""

    call: Key
    reason: Key
    text: Text = ""
