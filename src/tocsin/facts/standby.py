"""What happened to a free unit that stands by away from its station, and to the hospitals around."""

from __future__ import annotations

from tocsin.facts.assignments import Drive
from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant, PersonalText, Place


class UnitMovedUp(FactBase, tag="unit.moved_up", frozen=True):
    """A free unit was sent to stand by at a post; it can be sent to an incident as before."""

    unit: str
    post: str
    place: Place
    drive: Drive
    group: str = ""
    """Group of units whose coverage it was for; empty: a person's own idea."""
    before: float = 0.0
    """Share of that group's demand covered when it was proposed …"""
    after: float = 0.0
    """… and with the move, as the person was shown. Both 0: nothing was shown."""


class UnitAtPost(FactBase, tag="unit.at_post", frozen=True):
    """It stands there."""

    unit: str
    post: str


class UnitCalledHome(FactBase, tag="unit.called_home", frozen=True):
    """It no longer stands by at its post, and goes back to its station."""

    unit: str
    post: str
    reason: PersonalText = ""


class MoveDeclined(FactBase, tag="unit.move_declined", frozen=True):
    """A proposed move was turned down: the unit is left alone for a while."""

    unit: str
    post: str
    reason: PersonalText = ""


class HospitalRegistered(FactBase, tag="hospital.registered", frozen=True):
    """Patients may be taken there. Registering again replaces what was said before, but not diversion or load."""

    hospital: str
    place: Place
    capabilities: tuple[str, ...]
    beds: int = 0
    """For emergencies; 0: not known."""


class HospitalDiverted(FactBase, tag="hospital.diverted", frozen=True):
    """It asks that patients be taken elsewhere, until an instant or until it says otherwise."""

    hospital: str
    reason: PersonalText = ""
    until: Instant | None = None


class HospitalReopened(FactBase, tag="hospital.reopened", frozen=True):
    """It takes patients again."""

    hospital: str


class HospitalLoad(FactBase, tag="hospital.load", frozen=True):
    """How full it says it is: minutes until a crew hands its patient over, and beds free if it counts them."""

    hospital: str
    wait_s: float
    beds_free: int | None = None
