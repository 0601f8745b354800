"""One report as fusion takes it: whose knowledge it is, how often such knowledge is plainly wrong, how far it is stale.

The rates of gross error are assumptions of ours, stated here and nowhere else: a handset with an old fix, an address
read back wrongly, a line that has moved house. `bench/fusion.py` shows what becomes of the result when they are off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from tocsin.facts.confidence import Confidence, sigma_m
from tocsin.facts.shapes import ArcBand, Point, Polygon, Prism, Shape
from tocsin.geo.fusion.regions import STILL, Motion
from tocsin.geo.spread import Spread, spread

GROSS = {"handset": 0.05, "network": 0.04, "registered": 0.15, "spoken": 0.06, "map": 0.02}
"""Chance that a report of this kind is about another place altogether."""
UNSAID_M = {"handset": 100.0, "network": 2_000.0, "registered": 60.0, "spoken": 150.0, "map": 40.0}
"""95 % radius of a point whose sender states none."""
KNOWN_LEAST_M = {"handset": 3.0, "network": 100.0, "registered": 15.0, "spoken": 15.0, "map": 5.0}
"""No report is believed to be better than this (standard deviation): a stated radius of 0 or 1 m is a claim."""
WALKS = 0.2
"""Share of callers who walk on after a report (the others stay), so fast, in a direction that nobody knows."""
WALK_MPS = 1.3
DRIVES_MPS = 2.5
"""A handset that says it is faster than this was moving and, as far as we know, still is."""
DRIVES_ON = 0.9
FASTEST_MPS = 300.0
WAYS = 8
"""Directions that are looked at."""
OLDEST_S = 1e9
SETS_OFF = 0.2
SETS_OFF_S = 300.0
"""Share of callers who set off after they were last heard of, in the end, and how fast that share is reached."""
TURNS_S = 180.0
"""After about so long, who walks or drives has turned: distance grows with time at first, and with its root later."""
DRIFT_MOST_M = 5_000.0
DOUBT_S = 900.0
"""A report so much older than the newest one is about half as likely overtaken by events as it ever will be."""
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

    @property
    def stale_s(self) -> float:
        """Seconds in which the caller may have moved on; an address on file is not a moment."""
        return 0.0 if self.kind == "registered" else min(OLDEST_S, max(0.0, self.age_s))

    @property
    def moving_mps(self) -> float:
        """Its speed as stated, as far as anybody is so fast."""
        return min(FASTEST_MPS, max(0.0, self.speed_mps or 0.0))

    @property
    def gone_s(self) -> float:
        """The same in seconds straight ahead, where the caller walks or drives and turns now and then."""
        return ahead_s(self.stale_s)

    @property
    def gone_m(self) -> float:
        """How far the caller may have gone since."""
        return min(DRIFT_MOST_M, max(WALK_MPS, self.moving_mps) * self.gone_s)

    def wrong(self, newest_s: float = 0.0) -> float:
        """Chance that it is about another place, given the age of the newest report. Age alone widens and does not
        make wrong: only what came later can have overtaken it."""
        gross = GROSS[self.kind]
        overtaken = 0.5 * (1.0 - math.exp(-max(0.0, self.stale_s - newest_s) / DOUBT_S))
        return gross + (1.0 - gross) * overtaken


def ahead_s(seconds: float) -> float:
    """Seconds straight ahead that a persistent random walk of so many comes to (root mean square; Fürth 1920)."""
    turns = seconds / TURNS_S
    return TURNS_S * math.sqrt(max(0.0, 2.0 * (turns - 1.0 + math.exp(-turns))))


def newest_s(reports: Sequence[Heard]) -> float:
    """Seconds since the caller was last heard of; an address on file is not a moment."""
    return min((report.stale_s for report in reports if report.kind != "registered"), default=0.0)


def motions(reports: Sequence[Heard]) -> tuple[Motion, ...]:
    """Ways in which a caller may have moved since these reports. One way holds for all of them together: whoever walked
    on walked away from every one of them."""
    if not any(report.stale_s for report in reports):
        return (STILL,)
    said = max((report.moving_mps for report in reports), default=0.0)
    moves, speed = (DRIVES_ON, said) if said > DRIVES_MPS else (WALKS, WALK_MPS)
    step = 2.0 * math.pi / WAYS
    return (
        STILL._replace(chance=1.0 - moves),
        *(
            Motion(moves / WAYS, speed * math.sin(n * step), speed * math.cos(n * step), speed * 0.55 * step)
            for n in range(WAYS)
        ),
    )


def set_off(reports: Sequence[Heard]) -> tuple[float, float]:
    """Chance that the caller set off after all these reports, and how far away along an axis then (metres)."""
    if max((report.moving_mps for report in reports), default=0.0) > DRIVES_MPS:
        return 0.0, 0.0  # on the way all along
    silent_s = newest_s(reports)
    return SETS_OFF * (1.0 - math.exp(-silent_s / SETS_OFF_S)), 0.55 * WALK_MPS * ahead_s(silent_s)
