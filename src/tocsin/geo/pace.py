"""How fast units really drive: factors on the map's seconds by road class, hour and siren, and how sure a time is.

Before anything was learned every factor is 1 and the spread is a prior. Refuses to know units, files and how the
numbers were found.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.geo.speeds import ROAD_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GROUPS: tuple[str, ...] = ("motorway", "primary", "secondary", "tertiary", "residential", "other", "junctions")
"""Road classes that share a factor; `junctions` is what turning and waiting cost."""
JUNCTIONS = len(GROUPS) - 1
_GROUP_OF = {
    "motorway": "motorway", "motorway_link": "motorway", "trunk": "motorway", "trunk_link": "motorway",
    "primary": "primary", "primary_link": "primary", "secondary": "secondary", "secondary_link": "secondary",
    "tertiary": "tertiary", "tertiary_link": "tertiary", "unclassified": "tertiary",
    "residential": "residential", "living_street": "residential", "road": "residential",
}  # fmt: skip
GROUP_OF_CLASS: Ints = np.array([GROUPS.index(_GROUP_OF.get(row.name, "other")) for row in ROAD_CLASSES])
"""For each road class the number of its group."""

HOURS: tuple[str, ...] = ("night", "morning", "midday", "afternoon", "evening", "weekend")
"""Local time: night 22-6, morning 6-10, midday 10-15, afternoon 15-19, evening 19-22; weekend Sat and Sun 6-22."""
NIGHT, WEEKEND = 0, len(HOURS) - 1
_BY_HOUR = (0,) * 6 + (1,) * 4 + (2,) * 5 + (3,) * 4 + (4,) * 3 + (0,) * 2
_SATURDAY = 5

ROAD_FLOOR = 0.25
"""Standard deviation of the logarithm of a long drive's time by road, before anything was learned."""
ROAD_SHORT_S = 11.0
"""How much more a short drive spreads: variance of the logarithm is floor² + this / seconds.

Ambulance times spread less, for their length, the longer they are (Budge, Ingolfsson and Zerom 2010, fig. 4).
"""
LINE_SIGMA = 0.55
"""A straight line knows neither the river nor the one-way street: 90 % lie between 0.4 and 2.5 times its guess."""
SHORTEST_S = 10.0
"""A drive shorter than this spreads as one of this length."""


def _ones() -> Floats:
    return np.ones((2, len(HOURS), len(GROUPS)))


@dataclass(frozen=True, slots=True)
class Pace:
    """Numbers by siren (0 without, 1 with), hours and group. The default is the map's own speeds and the prior spread.

    A drive's median is `start_s` plus the map's seconds of each group times its `factor`; the logarithm of its true
    time has standard deviation √(floor² + short_s / median) × by_hours.
    """

    factor: Floats = field(default_factory=_ones)  # (2, H, G)
    start_s: tuple[float, float] = (0.0, 0.0)  # the yard, the first corner, the last door
    floor: tuple[float, float] = (ROAD_FLOOR, ROAD_FLOOR)
    short_s: tuple[float, float] = (ROAD_SHORT_S, ROAD_SHORT_S)
    by_hours: tuple[float, ...] = (1.0,) * len(HOURS)
    zone: str = "UTC"

    def hours(self, at: float) -> int:
        """Which of HOURS an instant falls into, by the clocks of `zone`."""
        return hours_of(at, self.zone)

    def median_s(self, seconds: Floats, hours: Ints, siren: Ints) -> Floats:
        """(n,) medians of drives from their (n, G) seconds on the map."""
        drive = (self.factor[siren, hours] * seconds).sum(axis=1)
        return np.asarray(drive + np.array(self.start_s)[siren], np.float64)

    def sigma(self, eta_s: ArrayLike, hours: ArrayLike, siren: ArrayLike) -> Floats:
        """Standard deviation of the logarithm of drives with these medians, in seconds."""
        eta = np.maximum(np.asarray(eta_s, np.float64), SHORTEST_S)
        with_siren = np.asarray(siren, np.int64)
        floor, short = np.array(self.floor)[with_siren], np.array(self.short_s)[with_siren]
        by_hours = np.array(self.by_hours)[np.asarray(hours, np.int64)]
        return np.asarray(np.sqrt(floor**2 + short / eta) * by_hours, np.float64)


MAP = Pace()
"""The map's own speeds, and the prior."""


def hours_of(at: float, zone: str) -> int:
    """Number of the instant's HOURS in an IANA zone. ZoneInfoNotFoundError (a KeyError) for a zone nobody knows."""
    local = datetime.fromtimestamp(at, _zone(zone))
    hours = _BY_HOUR[local.hour]
    return WEEKEND if local.weekday() >= _SATURDAY and hours != NIGHT else hours


@lru_cache(8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
