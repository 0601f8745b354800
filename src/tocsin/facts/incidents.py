"""What happened to an incident: we respond."""

from __future__ import annotations

from tocsin.facts.base import FactBase
from tocsin.facts.values import PersonalPlace, PersonalText


class IncidentOpened(FactBase, tag="incident.opened", frozen=True):
    """From one call or several, or from none (a crew drove into it)."""

    incident: str
    type: str
    priority: int
    place: PersonalPlace
    calls: tuple[str, ...] = ()
    summary: PersonalText = ""


class IncidentNoted(FactBase, tag="incident.noted", frozen=True):
    """Something worth knowing, in somebody's words."""

    incident: str
    text: PersonalText


class IncidentRelocated(FactBase, tag="incident.relocated", frozen=True):
    """It is somewhere else than we thought."""

    incident: str
    place: PersonalPlace


class IncidentReclassified(FactBase, tag="incident.reclassified", frozen=True):
    """It is something else than we thought, or more or less urgent."""

    incident: str
    type: str
    priority: int


class IncidentsLinked(FactBase, tag="incident.linked", frozen=True):
    """Two incidents belong together; both go on."""

    incident: str
    other: str


class IncidentClosed(FactBase, tag="incident.closed", frozen=True):
    """Nothing more to do. `disposition` is a code of the centre's file."""

    incident: str
    disposition: str
    text: PersonalText = ""


class IncidentReopened(FactBase, tag="incident.reopened", frozen=True):
    """There was more to do."""

    incident: str
    reason: PersonalText
