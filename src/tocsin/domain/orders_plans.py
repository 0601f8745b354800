"""Orders about plans and choices: a higher alarm level, why others were sent, and answers to a better proposal."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.domain.order_base import Key, OrderBase, Text
from tocsin.facts.choices import Cause


class RaiseLevel(OrderBase, tag="raise_level", frozen=True):
    """A second alarm, or a third: more is needed than the plan sent. Without a level, the next one."""

    incident: Key
    level: Annotated[int, msgspec.Meta(ge=2, le=20)] | None = None
    reason: Text = ""


class ExplainChoice(OrderBase, tag="explain_choice", frozen=True):
    """Say why others were sent than proposed. Without its count, the latest choice that nobody explained."""

    incident: Key
    reason: Text
    choice: Annotated[int, msgspec.Meta(ge=1)] | None = None


class AcceptProposal(OrderBase, tag="accept_proposal", frozen=True):
    """Do what is proposed: send these, call those back, in one breath."""

    proposal: Key


class DismissProposal(OrderBase, tag="dismiss_proposal", frozen=True):
    """Leave it as it is."""

    proposal: Key
    reason: Text = ""


class ProposeChange(OrderBase, tag="propose_change", frozen=True):
    """Something better has come up. Given by the clock, never accepted from the network."""

    incident: Key
    cause: Cause
    send: tuple[Key, ...]
    recall: tuple[Key, ...] = ()
    gain_s: float = 0.0


class LapseProposal(OrderBase, tag="lapse_proposal", frozen=True):
    """A proposal is better no more. Given by the clock, never accepted from the network."""

    proposal: Key
