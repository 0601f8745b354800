"""What handsets and networks say of where a caller is in an invented world: good fixes, cells, none, and wrong ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from tocsin.domain.orders_locations import ReportLocation
from tocsin.facts.confidence import Confidence
from tocsin.facts.locations import ReportFlaw
from tocsin.facts.shapes import ArcBand, Circle
from tocsin.facts.values import Instant, Place
from tocsin.geo.spread import from_flat
from tocsin.sim.dice import lognormal

ORIGIN = "invented-mobile"
WRONG = 0.06
"""Share of handsets that send an old fix from somewhere else."""


def heard(place: Place, number: str, at: Instant, dice: Random) -> Iterator[tuple[float, ReportLocation]]:
    """Reports of a caller at `place` whose call rings at `at`: seconds after it, and what is said then."""
    if dice.random() < 0.75:
        yield 1.0 + dice.random(), _cell(place, number, at, dice)
    fixes = dice.choices((0, 1, 2), (0.2, 0.6, 0.2))[0]
    if not fixes and dice.random() < 0.4:
        yield 14.0, ReportLocation("aml", number=number, method="none", origin=ORIGIN, fixed_at=at + 13.0)
    for n in range(fixes):
        yield 4.0 + 16.0 * n + 4.0 * dice.random(), _fix(place, number, at + 3.0 + 16.0 * n, dice)


def _fix(place: Place, number: str, at: Instant, dice: Random) -> ReportLocation:
    wifi = dice.random() < 0.3
    radius_m = lognormal(dice, 24.0, 0.4) if wifi else lognormal(dice, 9.0, 0.5)
    away_m = abs(dice.gauss(0.0, radius_m / 1.5))
    if dice.random() < WRONG:
        away_m, at = 600.0 * (1.0 + 5.0 * dice.random()), at - 900.0
    flaws = (ReportFlaw("ml", "wrong_length", "It says 128 characters and has 121."),) if dice.random() < 0.15 else ()
    lat, lon = _moved(place, away_m, dice.random() * 2 * math.pi)
    return ReportLocation(
        "aml", number=number, shape=Circle(lat, lon, round(radius_m, 1)), confidence=Confidence(68.0, "unknown", True),
        fixed_at=at, method="wifi" if wifi else "gnss", origin=ORIGIN, flaws=flaws,
    )  # fmt: skip


def _cell(place: Place, number: str, at: Instant, dice: Random) -> ReportLocation:
    """A sector of a third of a circle that holds the caller."""
    reach_m, bearing = dice.uniform(800.0, 2_500.0), dice.uniform(0.0, 360.0)
    far_m = reach_m * math.sqrt(dice.random())
    lat, lon = _moved(place, far_m, math.radians(bearing + 180.0))
    start = bearing - 120.0 * dice.random()
    shape = ArcBand(lat, lon, 0.0, reach_m, start % 360.0, 120.0)
    return ReportLocation(
        "cell", number=number, shape=shape, confidence=Confidence(95.0, "unknown", True), fixed_at=at, method="cell",
        origin=ORIGIN,
    )  # fmt: skip


def _moved(place: Place, away_m: float, way: float) -> tuple[float, float]:
    return from_flat(place.lat, place.lon, away_m * math.sin(way), away_m * math.cos(way))
