"""How big things are for a number of people: radius, spacings, counts. Knows no shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tocsin.sim.city.model import MAX_PEOPLE, MIN_PEOPLE, CityError


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes that follow from the number of people; metres and counts."""

    people: int
    area_m2: float
    radius_m: float
    island_m: float
    cell_m: float
    gap_centre_m: float
    gap_edge_m: float
    river_m: float

    def count(self, per: float, least: int = 1) -> int:
        """How many things there are when each serves `per` people, at least `least`."""
        return max(least, round(self.people / per))


def plan_for(people: int) -> Plan:
    """Sizes for a city of `people`; CityError outside 1,000 to 2,000,000."""
    if not MIN_PEOPLE <= people <= MAX_PEOPLE:
        raise CityError(f"people must be between {MIN_PEOPLE:,} and {MAX_PEOPLE:,}, not {people:,}")
    per_km2 = 1400.0 + 1350.0 * math.log10(people / 1000.0)
    area_m2 = people / per_km2 * 1e6
    radius_m = math.sqrt(area_m2 / math.pi)
    island_m = max(1.55 * radius_m, radius_m + 500.0)
    return Plan(
        people=people,
        area_m2=area_m2,
        radius_m=radius_m,
        island_m=island_m,
        cell_m=max(18.0, island_m / 150.0),
        gap_centre_m=_clamp(0.14 * radius_m, 230.0, 400.0),
        gap_edge_m=_clamp(0.28 * radius_m, 330.0, 850.0),
        river_m=_clamp(0.03 * radius_m, 18.0, 230.0),
    )


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
