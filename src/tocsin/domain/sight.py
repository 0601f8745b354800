"""What an agency sees of incidents: its own, and those shared with it. One rule, for orders as for screens. Pure.

An incident is an agency's own when a unit of it was ever sent there (it answers for what it did), or when the plan file
says that the agency serves incidents of this type in this place. An agency of which the file names neither types nor
groups, and one that is only a neighbour, has none by type: what was left out of a file opens no record.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias

from tocsin.domain.plans import Plans, fits
from tocsin.domain.types import IncidentType
from tocsin.facts.values import Place

Sight: TypeAlias = Literal["none", "shared", "own"]
"""`shared`: seen while the sharing lasts; the agency may write notes and send its own units, nothing else."""


def concerns(plans: Plans, agency: str, kind: IncidentType | None, place: Place) -> bool:
    """Whether incidents of this type, here, are the agency's by the plan file."""
    said = plans.agency(agency)
    if said is None or kind is None or said.neighbour or not (said.types or said.groups):
        return False
    if fits(said.types, said.groups, kind) is None:
        return False
    return not said.areas or not plans.areas_of(place).isdisjoint(said.areas)


def sight(
    plans: Plans, agency: str, kind: IncidentType | None, place: Place, worked: Collection[str], shared: Collection[str]
) -> Sight:
    """How this agency sees an incident on which units of `worked` were, and that is `shared` with these now."""
    if agency in worked or concerns(plans, agency, kind, place):
        return "own"
    return "shared" if agency in shared else "none"
