"""One report as fusion takes it: whose knowledge it is, how often such knowledge is plainly wrong, how far it is stale.

The rates of gross error are assumptions of ours, stated here and nowhere else: a handset with an old fix, an address
read back wrongly, a line that has moved house. `bench/fusion.py` shows what becomes of the result when they are off.
"""

from __future__ import annotations

import math

import msgspec

from tocsin.facts.confidence import Confidence, sigma_m
from tocsin.facts.shapes import ArcBand, Point, Polygon, Prism, Shape
from tocsin.geo.spread import Spread, spread

GROSS = {"handset": 0.05, "network": 0.04, "registered": 0.15, "spoken": 0.06, "map": 0.02}
"""Chance that a report of this kind is about another place altogether."""
UNSAID_M = {"handset": 100.0, "network": 2_000.0, "registered": 60.0, "spoken": 150.0, "map": 40.0}
"""95 % radius of a point whose sender states none."""
KNOWN_LEAST_M = {"handset": 3.0, "network": 100.0, "registered": 15.0, "spoken": 15.0, "map": 5.0}
"""No report is believed to be better than this (standard deviation): a stated radius of 0 or 1 m is a claim."""
STILL = 0.85
"""Share of callers who stay where they are."""
WALK_MPS = 0.95
"""Spread along each axis of those who do not, for each second (a walk of 1.3 m/s in any direction)."""
DRIFT_MOST_M = 3_000.0
DOUBT_S = 900.0
"""After so long, a report is as likely overtaken by events as not."""
UNKNOWN_PERCENT = 68.0
"""Where the sender says that it does not know how sure it is."""


class Heard(msgspec.Struct, frozen=True):
    """A report with a shape. `age_s`: seconds since the fix, or since it came where nothing better is known."""

    id: str
    source: str
    shape: Shape
    confidence: Confidence = Confidence()
    method: str = ""
    age_s: float = 0.0
    speed_mps: float | None = None

    @property
    def kind(self) -> str:
        """Whose knowledge it is: two reports of one kind rest on the same thing and are not counted twice."""
        said = self.method.lower()
        if self.source in ("spoken", "map", "registered"):
            return self.source
        if self.source == "cell" or said.startswith(("cell", "otdoa", "u-tdoa", "ecid", "network")):
            return "network"
        if said in ("manual", "wiremap", "dhcp", "802.11-registered"):
            return "registered"
        return "handset"

    @property
    def percent(self) -> float:
        """Chance, in percent, that the caller is inside the shape."""
        percent = self.confidence.percent
        return UNKNOWN_PERCENT if percent is None else min(99.9, max(1.0, percent))

    @property
    def even(self) -> bool:
        """Whether the inside is equally likely everywhere: antennas cover, they do not measure."""
        if isinstance(self.shape, Polygon | Prism | ArcBand):
            return True
        if self.confidence.pdf != "unknown" or isinstance(self.shape, Point):
            return self.confidence.pdf == "rectangular"
        return self.kind == "network"

    def footprint(self) -> Spread:
        """Its shape on flat ground."""
        return spread(self.shape, 32)

    def scale_m(self, radius_m: float) -> float:
        """Standard deviation that a stated radius stands for."""
        if radius_m <= 0.0:
            return UNSAID_M[self.kind] / 2.448
        told = Confidence(self.percent, self.confidence.pdf, self.confidence.stated)
        return max(KNOWN_LEAST_M[self.kind], sigma_m(radius_m, told))

    def drift(self) -> tuple[tuple[float, float], ...]:
        """How far the caller may have gone since, as (weight, standard deviation along an axis in metres)."""
        age_s = 0.0 if self.kind == "registered" else max(0.0, self.age_s)
        if age_s == 0.0:
            return ((1.0, 0.0),)
        if self.speed_mps is not None and self.speed_mps > 2.5:
            return ((1.0, min(DRIFT_MOST_M * 5, 0.75 * self.speed_mps * age_s)),)
        return ((STILL, 0.0), (1.0 - STILL, min(DRIFT_MOST_M, WALK_MPS * age_s)))

    def wrong(self) -> float:
        """Chance that it says nothing about where the caller is now."""
        gross = GROSS[self.kind]
        overtaken = 0.0 if self.kind == "registered" else 0.5 * (1.0 - math.exp(-max(0.0, self.age_s) / DOUBT_S))
        return gross + (1.0 - gross) * overtaken
