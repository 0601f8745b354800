"""Response plans (run cards): what goes to an incident of a type, priority, place and alarm level, on what terms.

A centre writes them in a file; here they are plain values, and the plan that applies is found by written precedence.
Reads no file, searches no road, sends nobody.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.types import IncidentType
from tocsin.facts.values import Place

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""Corners as (latitude, longitude) in degrees, WGS 84; the last is joined to the first."""
Match: TypeAlias = Literal["type", "group", "any", "catalogue"]
"""How a plan came to apply: it names the type, its group, neither, or there was none and the type's own needs stand."""


class Part(msgspec.Struct, frozen=True):
    """So many units that can do this, each with at least so large a crew (0: what the unit itself needs)."""

    capability: str
    count: int = 1
    crew_min: int = 0


class Requirement(msgspec.Struct, frozen=True):
    """One line of a run card: any one of these ways to fill it. `text` is the line as the centre wrote it."""

    text: str
    options: tuple[tuple[Part, ...], ...]

    @property
    def seats(self) -> int:
        """Units in the way that is named first."""
        return sum(part.count for part in self.options[0])


class Area(msgspec.Struct, frozen=True):
    """A named part of the ground. Inside is what an odd number of its rings contain, so that a ring can be a hole."""

    name: str
    rings: tuple[Ring, ...]

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point lies inside, by counting crossings (Shimrat 1962, CACM algorithm 112)."""
        inside = False
        for ring in self.rings:
            before_lat, before_lon = ring[-1][0], _near(ring[-1][1], lon)
            for corner_lat, corner_lon in ring:
                here_lon = _near(corner_lon, lon)
                if (corner_lat > lat) != (before_lat > lat):
                    crossing = here_lon + (lat - corner_lat) * (before_lon - here_lon) / (before_lat - corner_lat)
                    if lon < crossing:
                        inside = not inside
                before_lat, before_lon = corner_lat, here_lon
        return inside


def _near(lon: float, to: float) -> float:
    """The same meridian, counted so that it is within half a turn: areas may lie across the 180th."""
    return lon + 360.0 * round((to - lon) / 360.0)


class Plan(msgspec.Struct, frozen=True):
    """A run card. Empty `types` and `groups`: every incident; empty `areas`: everywhere; empty `priorities`: each."""

    code: str
    levels: tuple[tuple[Requirement, ...], ...]
    """What the first alarm sends, what the second adds, and so on."""
    name: dict[str, str] = {}
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    target_s: float | None = None
    """Drive that counts as late, where this plan has its own."""


class Agency(msgspec.Struct, frozen=True):
    """Whom its units may serve, and where; empty means all. `neighbour`: mutual aid, sent when ours cannot fill it."""

    name: str
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    neighbour: bool = False


class Rest(msgspec.Struct, frozen=True):
    """When a crew is left alone: for incidents of these priorities it is not proposed."""

    after_incident_s: float = 0.0
    """So long after it became free."""
    duty_longest_s: float = 0.0
    """Once it has been on duty so long; 0: however long."""
    priorities: tuple[int, ...] = (3, 4, 5)


class Terms(msgspec.Struct, frozen=True):
    """What counts, for one priority: late · P(late) + minute · minutes for each unit, plus lost · loss of all."""

    target_s: float = 480.0
    """A drive longer than this is late."""
    late: float = 1.0
    """Cost of a unit that is certain to be late."""
    lost: float = 1.0
    """Cost of losing all coverage."""
    minute: float = 0.01
    """Cost of each minute of driving."""
    neighbour: float = 10.0
    """Cost of asking a neighbour: more than lateness and coverage together, so that neighbours come last."""


class SecondLook(msgspec.Struct, frozen=True):
    """When a better unit is worth a word: sooner by so many seconds and by such a share; then silence for a while."""

    gain_s: float = 120.0
    gain_share: float = 0.25
    quiet_s: float = 180.0
    """After a proposal was dismissed, nothing about that incident for so long, unless what is missing can now come."""


class Plans(msgspec.Struct, frozen=True, dict=True):
    """Everything of a centre's plan file. `version` tells one edition from another in the record."""

    plans: tuple[Plan, ...] = ()
    areas: tuple[Area, ...] = ()
    agencies: tuple[Agency, ...] = ()
    crews: tuple[tuple[str, ...], ...] = ()
    """Vehicles that share one crew: sending one leaves the others without."""
    rest: Rest = Rest()
    terms: tuple[Terms, ...] = (Terms(),) * 5
    """By priority, 1 first."""
    second_look: SecondLook = SecondLook()
    reasons: tuple[dict[str, str], ...] = ()
    """Quick reasons for sending others than proposed, by language."""
    version: str = ""

    def agency(self, name: str) -> Agency | None:
        """What the file says of this agency."""
        return next((agency for agency in self.agencies if agency.name == name), None)

    def areas_of(self, place: Place) -> frozenset[str]:
        """Names of the areas that hold the place."""
        return frozenset(area.name for area in self.areas if area.holds(place.lat, place.lon))

    def sharing(self, unit: str) -> tuple[str, ...]:
        """Vehicles that share this one's crew."""
        return self._sharing.get(unit, ()) if self.crews else ()

    @property
    def _sharing(self) -> dict[str, tuple[str, ...]]:
        kept: dict[str, tuple[str, ...]] | None = self.__dict__.get("sharing_by_unit")
        if kept is None:
            kept = {unit: tuple(o for o in crew if o != unit) for crew in self.crews for unit in crew}
            self.__dict__["sharing_by_unit"] = kept
        return kept


NO_PLANS = Plans()


class Applied(msgspec.Struct, frozen=True):
    """The plan that applies to an incident, and why this one."""

    plan: Plan
    match: Match
    area: str = ""
    """The plan's area that holds the place; empty when the plan is for everywhere."""
    priority: bool = False
    """The plan names the priority."""
    areas: frozenset[str] = frozenset()
    """Every area that holds the place."""

    def needs(self, level: int) -> tuple[tuple[int, Requirement], ...]:
        """Everything up to this alarm level, each with the level that adds it."""
        return tuple((at, one) for at, added in enumerate(self.plan.levels[:level], 1) for one in added)


def fits(types: tuple[str, ...], groups: tuple[str, ...], kind: IncidentType) -> Match | None:
    """How something for these types and groups is for this type; None when it is not."""
    if kind.code in types:
        return "type"
    if kind.group in groups:
        return "group"
    return None if types or groups else "any"


_RANK: dict[Match, int] = {"type": 2, "group": 1, "any": 0}


def plan_for(plans: Plans, kind: IncidentType, priority: int, place: Place) -> Applied:
    """The plan that applies. Of those that fit: one that names the type goes before one that names its group, that
    before one for all; then one with an area that holds the place before one for everywhere; then one that names the
    priority before one for each; then the one written first. None fits: the needs of the type itself.
    """
    areas = plans.areas_of(place)
    best: tuple[tuple[int, bool, bool], Applied] | None = None
    for plan in plans.plans:
        match = fits(plan.types, plan.groups, kind)
        area = next((name for name in plan.areas if name in areas), "")
        if match is None or (plan.areas and not area) or (plan.priorities and priority not in plan.priorities):
            continue
        rank = _RANK[match], bool(area), bool(plan.priorities)
        if best is None or rank > best[0]:
            best = rank, Applied(plan, match, area, bool(plan.priorities), areas)
    return best[1] if best else Applied(plan_of_type(kind), "catalogue", areas=areas)


def plan_of_type(kind: IncidentType) -> Plan:
    """The needs of the catalogue as a plan of one level."""
    words = ((f"{need.count} {need.capability}", Part(need.capability, need.count)) for need in kind.needs)
    return Plan(kind.code, (tuple(Requirement(text, ((part,),)) for text, part in words),), kind.name)
