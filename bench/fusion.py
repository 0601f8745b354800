"""Where 10,000 invented callers are: how often the stated 95 % area holds them, how far the best estimate is off.

The generator is the claim's other half, so it stands here to be read and changed. A caller has a handset report in 85
% (GNSS, Wi-Fi or a coarse guess; stated radius at 68 %, true to what it states; at most 50 m off in about 90 %), a
network cell in 75 % (a sector or a circle of about 2 km, even inside, 95 % true), words in 65 % (an address within 15
to 150 m, 95 % radius), a second handset report in 30 %; a caller with none of them is given words. Every report is 0
to 60 s old; 12 % of the callers walk on since, 3 % drive (most of them say so). Every report is about another place
with chance 5 %, 300 m to 20 km away (log-even). Variants change what fusion cannot know: no outliers, 10 %, fewer or
more walkers, radii that are too small by a third.

The optimum knows which reports are outliers, what everybody's error is and how everybody moved, and weighs the rest
by inverse variance (cells by their middle).
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterator

import msgspec
import shapely

from common import rank, say, spread_ms
from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import ArcBand, Circle, Shape
from tocsin.geo.fusion import Heard, fuse
from tocsin.geo.spread import from_flat, spread, to_flat

HOME = (38.7223, -9.1393)
Went = Callable[[float], tuple[float, float]]


class Told(msgspec.Struct):
    """A report, and what is true of it: whether it is an outlier, and its real spread along an axis in metres."""

    heard: Heard
    outlier: bool
    sigma_m: float


class World(msgspec.Struct, frozen=True):
    """What is assumed of the world."""

    outliers: float = 0.05
    walk: float = 0.12
    drive: float = 0.03
    modest: float = 1.0
    """Real error over the stated one."""
    silent_s: float = 0.0
    """Since then nothing was heard; movers turn every 90 s or so, and one in ten set off meanwhile."""


def off(dice: random.Random, sigma_m: float) -> tuple[float, float]:
    """An error, round normal."""
    return dice.gauss(0.0, sigma_m), dice.gauss(0.0, sigma_m)


def caller(dice: random.Random, world: World) -> tuple[list[Told], tuple[float, float]]:
    """Reports about somebody who now stands at (0, 0) east and north of HOME."""
    moves = dice.random()
    speed = (
        dice.uniform(0.9, 1.6)
        if moves < world.walk
        else dice.uniform(7, 20)
        if moves < world.walk + world.drive
        else 0.0
    )
    bearing = dice.uniform(0.0, 2 * math.pi)
    kinds = [kind for kind, chance in (("handset", 0.85), ("cell", 0.75), ("spoken", 0.65)) if dice.random() < chance]
    if "handset" in kinds and dice.random() < 0.3:
        kinds.append("handset")
    went = _track(dice, world, speed, bearing)
    reports = [_report(dice, world, f"R{n}", kind, speed, went) for n, kind in enumerate(kinds or ["spoken"])]
    return reports, (0.0, 0.0)


def _track(dice: random.Random, world: World, speed: float, bearing: float) -> Went:
    """Where somebody was so many seconds ago, who is at (0, 0) now."""
    if not world.silent_s:
        return lambda age_s: (-speed * age_s * math.sin(bearing), -speed * age_s * math.cos(bearing))
    since_s = math.inf
    if not speed and dice.random() < 0.1:
        speed, since_s = dice.uniform(0.9, 1.6), dice.uniform(0.0, world.silent_s)
    spots = [(0.0, 0.0)]
    for n in range(int(world.silent_s / 10.0) + 7):
        bearing = dice.uniform(0.0, 2 * math.pi) if dice.random() < 10.0 / 90.0 else bearing
        gone_m = speed * 10.0 * (n * 10.0 < since_s)
        spots.append((spots[-1][0] - gone_m * math.sin(bearing), spots[-1][1] - gone_m * math.cos(bearing)))
    return lambda age_s: spots[round(age_s / 10.0)]


def _report(dice: random.Random, world: World, name: str, kind: str, speed: float, went: Went) -> Told:
    age_s = world.silent_s + dice.uniform(0.0, 60.0)
    there = went(age_s)
    outlier = dice.random() < world.outliers
    if outlier:
        far_m, way = 300.0 * (20_000 / 300.0) ** dice.random(), dice.uniform(0.0, 2 * math.pi)
        there = (there[0] + far_m * math.sin(way), there[1] + far_m * math.cos(way))
    said_speed = speed if kind == "handset" and speed > 5 and dice.random() < 0.7 else None
    if kind == "cell":
        shape, sigma_m = _cell(dice, there)
        heard = Heard(name, "cell", shape, Confidence(95.0, "unknown", True), "cell", age_s)
        return Told(heard, outlier, math.hypot(sigma_m, speed * age_s))
    if kind == "spoken":
        radius_m = math.exp(dice.uniform(math.log(15.0), math.log(150.0)))
        own_m, source, confidence = max(15.0, radius_m / 2.448), "spoken", Confidence(95.0, "unknown", True)
    else:
        radius_m, method = _handset(dice)
        own_m, source, confidence = max(3.0, radius_m / 1.5096), "aml", Confidence(68.0, "unknown", True)
    own_m *= world.modest
    east, north = (a + b for a, b in zip(there, off(dice, own_m), strict=True))
    shape = Circle(*from_flat(*HOME, east, north), radius_m)
    heard = Heard(name, source, shape, confidence, method if source == "aml" else "", age_s, said_speed)
    return Told(heard, outlier, math.hypot(own_m, speed * age_s))


def _handset(dice: random.Random) -> tuple[float, str]:
    """Stated radius at 68 %, and the method."""
    which = dice.random()
    if which < 0.65:
        return math.exp(dice.gauss(math.log(9.0), 0.5)), "gnss"
    if which < 0.95:
        return math.exp(dice.gauss(math.log(24.0), 0.4)), "wifi"
    return dice.uniform(200.0, 900.0), "fused"


def _cell(dice: random.Random, there: tuple[float, float]) -> tuple[Shape, float]:
    """An antenna's area that holds `there` in 95 %: half of them sectors. Its spread along an axis."""
    radius_m = dice.uniform(1_000.0, 3_000.0)
    sector = dice.random() < 0.5
    opening, start = (120.0, dice.uniform(0.0, 360.0)) if sector else (360.0, 0.0)
    far_m = radius_m * math.sqrt(dice.random())
    if dice.random() > 0.95:
        far_m = radius_m * (1.0 + dice.expovariate(1.0) * 0.05)
    way = math.radians(start + dice.uniform(0.0, opening))
    antenna = from_flat(*HOME, there[0] - far_m * math.sin(way), there[1] - far_m * math.cos(way))
    if sector:
        return ArcBand(*antenna, 0.0, radius_m, start, opening), radius_m * 0.4
    return Circle(*antenna, radius_m), radius_m / 2.0


def optimum(told: list[Told]) -> float | None:
    """How far off the estimate of somebody who knows everything but where the caller is; None with outliers only."""
    good = [one for one in told if not one.outlier]
    if not good:
        return None
    east = north = total = 0.0
    for one in good:
        drawn = spread(one.heard.shape, 16)
        x, y = to_flat(*HOME, drawn.lat, drawn.lon)
        weight = one.sigma_m**-2
        east, north, total = east + weight * x, north + weight * y, total + weight
    return math.hypot(east, north) / total


def holds(areas: tuple[tuple[tuple[float, float], ...], ...]) -> bool:
    """Whether one of the outlines goes around HOME."""
    here = shapely.Point(0.0, 0.0)
    return any(shapely.Polygon([to_flat(*HOME, *corner) for corner in ring]).contains(here) for ring in areas)


def measured(world: World, count: int, seed: int) -> Iterator[tuple[bool, float, float | None, float, float]]:
    """held, error, optimum's error, radius, seconds for each caller."""
    dice = random.Random(seed)
    for _ in range(count):
        told, _ = caller(dice, world)
        began = time.perf_counter()
        fused = fuse([one.heard for one in told])
        took_s = time.perf_counter() - began
        assert fused is not None
        error_m = math.hypot(*to_flat(*HOME, fused.lat, fused.lon))
        yield holds(fused.areas), error_m, optimum(told), fused.radius_m, took_s


def line(name: str, world: World, count: int, seed: int) -> None:
    """One JSON object."""
    rows = list(measured(world, count, seed))
    best = [row[2] for row in rows if row[2] is not None]
    errors, radii, took = [row[1] for row in rows], [row[3] for row in rows], [row[4] for row in rows]
    median_m, optimum_m = rank(errors, 0.5), rank(best, 0.5)
    say(
        name,
        **spread_ms(took),
        held_percent=round(100.0 * sum(row[0] for row in rows) / count, 2),
        median_error_m=round(median_m, 1),
        optimum_median_m=round(optimum_m, 1),
        ratio=round(median_m / optimum_m, 3),
        p90_error_m=round(rank(errors, 0.9), 1),
        median_radius_m=round(rank(radii, 0.5), 1),
    )


def main() -> None:
    """All variants, the claim first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=10_000)
    parser.add_argument("--variants", type=int, default=1_000, help="callers in each variant of the world")
    parser.add_argument("--seed", type=int, default=4)
    asked = parser.parse_args()
    line("fusion", World(), asked.callers, asked.seed)
    for name, world in (
        ("fusion, no outliers", World(outliers=0.0)),
        ("fusion, 10 % outliers", World(outliers=0.10)),
        ("fusion, nobody moves", World(walk=0.0, drive=0.0)),
        ("fusion, 30 % walk", World(walk=0.30)),
        ("fusion, radii too small by a third", World(modest=1.5)),
        ("fusion, 2 min unheard", World(silent_s=120.0)),
        ("fusion, 5 min unheard", World(silent_s=300.0)),
        ("fusion, 15 min unheard", World(silent_s=900.0)),
    ):
        if asked.variants:
            line(name, world, asked.variants, asked.seed + 1)


if __name__ == "__main__":
    main()
