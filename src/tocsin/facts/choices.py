"""What happened to a choice: what was shown when units were sent, why others went, what became better afterwards."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.assignments import Basis, Drive
from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant, PersonalText, Position

Verdict: TypeAlias = Literal["accepted", "partly", "changed", "overridden", "unplanned"]
"""Sent were: those proposed; only some of them; some others; none of them; or nothing was needed by any plan."""
Cause: TypeAlias = Literal["unit_free", "incident_changed", "unit_delayed", "road_changed"]


class Considered(msgspec.Struct, frozen=True, omit_defaults=True):
    """One unit as it was shown."""

    unit: str
    chosen: bool = False
    basis: Basis = "none"
    eta_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    in_time: float | None = None
    reason: str = ""
    text: str = ""


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was on the screen: the plan, its edition, who was chosen, and who stood near and why they stayed."""

    at: Instant
    position: Position
    plan: str = ""
    level: int = 1
    version: str = ""
    missing: int = 0
    """Units that the plan asks for and nobody could be proposed for."""
    lost: float | None = None
    """Share of all demand that would be lost; None: not known."""
    candidates: tuple[Considered, ...] = ()


class UnitsChosen(FactBase, tag="incident.units_chosen", frozen=True):
    """Units were sent while a recommendation was shown. `choice` counts the choices of the incident."""

    incident: str
    choice: int
    verdict: Verdict
    sent: tuple[str, ...]
    shown: Shown
    reason: PersonalText = ""


class ChoiceExplained(FactBase, tag="incident.choice_explained", frozen=True):
    """Why others were sent than proposed."""

    incident: str
    choice: int
    reason: PersonalText


class LevelRaised(FactBase, tag="incident.level_raised", frozen=True):
    """A second alarm, or a third."""

    incident: str
    level: int
    reason: PersonalText = ""


class ProposalMade(FactBase, tag="proposal.made", frozen=True):
    """Something better has come up: send these, call those back. Nothing is changed until a person says so."""

    proposal: str
    incident: str
    cause: Cause
    send: tuple[str, ...]
    recall: tuple[str, ...] = ()
    gain_s: float = 0.0
    """How much sooner; 0 where the plan is filled further."""
    drives: tuple[Drive, ...] = ()
    """Of those to send, in order."""


class ProposalAccepted(FactBase, tag="proposal.accepted", frozen=True):
    """Done as proposed."""

    proposal: str
    incident: str


class ProposalDismissed(FactBase, tag="proposal.dismissed", frozen=True):
    """Left as it is."""

    proposal: str
    incident: str
    reason: PersonalText = ""


class ProposalLapsed(FactBase, tag="proposal.lapsed", frozen=True):
    """It is better no more."""

    proposal: str
    incident: str
