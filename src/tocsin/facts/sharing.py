"""What happened to who may see an incident: shared with another agency (mutual aid), and no longer."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant, PersonalText

SharingEnd: TypeAlias = Literal["time", "ordered", "closed"]
"""Its instant came; somebody said so; or the incident was closed."""


class IncidentShared(FactBase, tag="incident.shared", frozen=True):
    """This agency sees the incident too. Shared again, the new end stands."""

    incident: str
    agency: str
    until: Instant | None = None
    """None: until the incident is closed, which ends it in any case."""
    reason: PersonalText = ""


class SharingEnded(FactBase, tag="incident.sharing_ended", frozen=True):
    """This agency sees it no more, unless it is its own."""

    incident: str
    agency: str
    cause: SharingEnd
    reason: PersonalText = ""
