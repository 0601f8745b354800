"""What happened to a unit apart from its assignments: a crewed vehicle or team."""

from __future__ import annotations

from tocsin.facts.base import FactBase
from tocsin.facts.values import Move, PersonalText, Place


class UnitRegistered(FactBase, tag="unit.registered", frozen=True):
    """The centre may send this unit. Registering again replaces what was said before."""

    unit: str
    unit_kind: str
    agency: str
    capabilities: tuple[str, ...]
    crew_min: int
    home: Place
    station: str = ""


class UnitCameOnDuty(FactBase, tag="unit.on_duty", frozen=True):
    """Somebody sits in it."""

    unit: str
    crew_count: int
    crew: tuple[PersonalText, ...] = ()
    relieved: bool = False
    """A named crew took over and its shift begins: still known when the names are erased."""


class UnitWentOffDuty(FactBase, tag="unit.off_duty", frozen=True):
    """Nobody sits in it."""

    unit: str


class UnitReturned(FactBase, tag="unit.at_station", frozen=True):
    """Back at its station."""

    unit: str


class UnitsMoved(FactBase, tag="units.moved", frozen=True):
    """Positions reported since the last such fact. Lives in the tracks log only."""

    moves: tuple[Move, ...]
