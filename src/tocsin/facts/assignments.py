"""What happened to an assignment: a unit on an incident, by the stamps of the response."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant, Latitude, Longitude, PersonalText

Basis: TypeAlias = Literal["road", "line", "none"]
"""How a travel time was found: along roads, as a straight line (marked as such everywhere), or not at all."""


class Drive(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What was known of the drive when a unit was sent: the position used is copied, so the record stands alone."""

    basis: Basis
    eta_s: float = 0.0
    length_m: float = 0.0
    lat: Latitude | None = None
    lon: Longitude | None = None
    position_at: Instant | None = None
    low_s: float | None = None
    """With `high_s`: the range that 90 % of such drives were expected in; None where none was stated."""
    high_s: float | None = None
    siren: bool = True
    """Whether the estimate took sirens for granted."""


class UnitDispatched(FactBase, tag="unit.dispatched", frozen=True):
    """Sent."""

    unit: str
    incident: str
    drive: Drive


class UnitAcknowledged(FactBase, tag="unit.acknowledged", frozen=True):
    """The crew has understood."""

    unit: str
    incident: str


class UnitEnRoute(FactBase, tag="unit.en_route", frozen=True):
    """Wheels turn."""

    unit: str
    incident: str


class UnitStaged(FactBase, tag="unit.staged", frozen=True):
    """Waits nearby until it is safe or needed."""

    unit: str
    incident: str


class UnitOnScene(FactBase, tag="unit.on_scene", frozen=True):
    """Arrived."""

    unit: str
    incident: str


class UnitAtPatient(FactBase, tag="unit.at_patient", frozen=True):
    """With the patient, which in a tower is minutes after arriving."""

    unit: str
    incident: str


class UnitLeftScene(FactBase, tag="unit.left_scene", frozen=True):
    """Drives on, with a patient, to `destination` (a hospital's name, or empty)."""

    unit: str
    incident: str
    destination: PersonalText = ""


class UnitAtHospital(FactBase, tag="unit.at_hospital", frozen=True):
    """Arrived with the patient."""

    unit: str
    incident: str


class UnitHandedOver(FactBase, tag="unit.handed_over", frozen=True):
    """The patient is somebody else's care."""

    unit: str
    incident: str


class UnitAvailable(FactBase, tag="unit.available", frozen=True):
    """Done with the incident; may be sent again."""

    unit: str
    incident: str


class UnitCancelled(FactBase, tag="unit.cancelled", frozen=True):
    """Called back before it was done; may be sent again."""

    unit: str
    incident: str
    reason: PersonalText = ""


class UnitDiverted(FactBase, tag="unit.diverted", frozen=True):
    """Taken off `incident` and sent to `to` in one breath: nobody else can take it in between."""

    unit: str
    incident: str
    to: str
    drive: Drive
    reason: PersonalText = ""
