"""Reports combined: best estimate, the area that holds the caller, how sure, and which reports do not fit.

Each report i says p_i(x), or is about another place with chance w_i: then it says nothing (density q over a whole
country's corner). The chance of x is proportional to q · Π((1 - w_i) p_i(x) + w_i q): a product of likelihoods, each
with an outlier part (Box & Tiao 1968; the robust mixture of MacKay 2003, §22). A far-off report so stops counting
instead of pulling the mean, and where reports contradict each other the result has several parts, not one between.
How the caller moved since is one unknown for all reports together: q · Σ_m P(m) Π(…), summed over standing still and
walking off in eight directions. The area is the smallest one that holds the stated share (highest density).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import shapely

from tocsin.facts.locations import Certainty, Outline
from tocsin.facts.shapes import Ellipse, Ellipsoid
from tocsin.geo.fusion.cells import Cells, cut_for, refined
from tocsin.geo.fusion.heard import Heard, motions, newest_s, set_off
from tocsin.geo.fusion.regions import Array, Covered, Flat, Measured, Motion, Region, SetOff
from tocsin.geo.spread import Spread, bounded, from_flat, to_flat

SHARE = 0.95
ELSEWHERE_M2 = math.pi * 60_000.0**2
"""A report that is plainly wrong is about some place in an area of this size."""
MOST_REPORTS = 24
MOST_PARTS = 4
MOST_SPOTS = 64
WORTH = 0.01
"""A chance to have set off that is smaller than this is not looked at."""
DISAGREES = 0.5
"""A report that is more likely about another place than not."""
APART = 2.5
"""Reports of one kind that are this many radii apart do not say the same."""
WORDS: tuple[tuple[float, Certainty], ...] = ((50.0, "spot"), (250.0, "block"), (1_500.0, "district"))


class Fused(msgspec.Struct, frozen=True):
    """What the reports come to. Degrees; outlines hold `share` of the chance between them, the likeliest first."""

    lat: float
    lon: float
    radius_m: float
    """Circle around the best point that holds the whole main part."""
    areas: tuple[Outline, ...]
    certainty: Certainty
    share: float
    used: tuple[str, ...]
    disagree: tuple[str, ...]
    replaced: tuple[str, ...]


def fuse(reports: Sequence[Heard], share: float = SHARE) -> Fused | None:
    """Combine them; None when there is none. Takes milliseconds: for a thread beside the desk."""
    reports = [msgspec.structs.replace(one, shape=bounded(one.shape)) for one in list(reports)[-MOST_REPORTS:]]
    if not reports:
        return None
    spreads = {report.id: report.footprint() for report in reports}
    counted, doubts, replaced = _counted(reports, spreads)
    origin = spreads[counted[0].id]
    home = (origin.lat, origin.lon)
    regions = [_region(report, spreads[report.id], home) for report in counted]
    cells, weights, agree = _posterior(regions, doubts, motions(counted), set_off(counted))
    held = _densest(cells, weights, share)
    parts = _parts(cells, weights, held)
    best = _best(cells, weights, parts[0][0])
    lat, lon = from_flat(*home, *best)
    radius_m = max(math.dist(best, corner) for corner in parts[0][0].exterior.coords)
    return Fused(
        lat=lat,
        lon=lon,
        radius_m=radius_m,
        areas=tuple(_outline(part, home, lon) for part, _ in parts),
        certainty=_words(radius_m, [mass for _, mass in parts]),
        share=share,
        used=tuple(report.id for report in counted),
        disagree=tuple(report.id for report, fits in zip(counted, agree, strict=True) if fits < DISAGREES),
        replaced=tuple(replaced),
    )


def _counted(reports: Sequence[Heard], spreads: dict[str, Spread]) -> tuple[list[Heard], list[float], list[str]]:
    """Of each kind the best report, and those that contradict it: what rests on one thing is not counted twice.

    Of two that contradict each other the older one is as likely overtaken as not.
    """
    size = {report.id: _size_m(report, spreads[report.id]) for report in reports}
    newest = newest_s(reports)
    kept: list[Heard] = []
    doubts: dict[str, float] = {}
    replaced: list[str] = []
    for report in sorted(reports, key=lambda one: size[one.id]):
        same = [other for other in kept if other.kind == report.kind]
        if any(_apart(spreads[report.id], spreads[o.id]) <= APART * (size[report.id] + size[o.id]) for o in same):
            replaced.append(report.id)
            continue
        kept.append(report)
        doubts[report.id] = report.wrong(newest)
        for old in (one for one in (report, *same) if same and one.age_s > min(o.age_s for o in (report, *same))):
            doubts[old.id] = max(0.5, doubts[old.id])
    return kept, [doubts[report.id] for report in kept], replaced


def _size_m(report: Heard, footprint: Spread) -> float:
    """About how far off it may be by now (95 %)."""
    own_m = footprint.radius_m if report.even else 2.448 * report.scale_m(footprint.radius_m)
    return math.hypot(own_m, 0.3 * report.gone_m)


def _apart(one: Spread, other: Spread) -> float:
    return math.hypot(*to_flat(one.lat, one.lon, other.lat, other.lon))


def _region(report: Heard, footprint: Spread, home: Flat) -> Region:
    middle = to_flat(*home, footprint.lat, footprint.lon)
    if report.even and len(footprint.outline) >= 3 and footprint.area_m2 > 100.0:
        corners = [to_flat(*home, lat, lon) for lat, lon in footprint.outline]
        return Covered(corners, report.percent / 100.0, 0.3 * report.gone_m)
    along = across = report.scale_m(footprint.radius_m)
    turn_deg = 0.0
    if isinstance(report.shape, Ellipse | Ellipsoid):
        along, across = report.scale_m(report.shape.semi_major_m), report.scale_m(report.shape.semi_minor_m)
        turn_deg = report.shape.orientation_deg
    return Measured(middle, along, across, turn_deg, report.gone_s, report.gone_m)


def _posterior(
    regions: Sequence[Region], doubts: Sequence[float], moved: Sequence[Motion], since: tuple[float, float]
) -> tuple[Cells, Array, list[float]]:
    """Squares, their share of the chance, and for each region the chance that it is right."""

    def terms(east: Array, north: Array, motion: Motion) -> list[tuple[Array, Array]]:
        said = [(1.0 - w) * region.density(east, north, motion) for region, w in zip(regions, doubts, strict=True)]
        return [(right, right + w / ELSEWHERE_M2) for right, w in zip(said, doubts, strict=True)]

    def joint(east: Array, north: Array, motion: Motion) -> Array:
        total = np.full(east.shape, math.log(motion.chance))
        for _, both in terms(east, north, motion):
            total += np.log(both)
        return total

    def logs(east: Array, north: Array) -> Array:
        total: Array = np.logaddexp.reduce([joint(east, north, motion) for motion in moved])
        return total

    cells, log_density = refined(cut_for(regions), logs)
    # The rest of the ground, where every report is wrong, counts and is not drawn.
    rest = sum(math.log(w / ELSEWHERE_M2) for w in doubts)
    weights = _weights(cells, log_density, rest)
    fits = [0.0] * len(regions)
    for motion in moved:
        share = weights * np.exp(joint(cells.east, cells.north, motion) - log_density)
        for n, (right, both) in enumerate(terms(cells.east, cells.north, motion)):
            fits[n] += float((share * right / both).sum())
    left, sigma_m = since
    if left < WORTH:
        return cells, weights, fits
    gone = SetOff(_spots(cells, weights, sigma_m), sigma_m)
    whole = float((np.exp(log_density - log_density.max()) * cells.size**2).sum())
    log_gone = math.log(left * whole) + float(log_density.max())

    def later(east: Array, north: Array) -> Array:
        with np.errstate(divide="ignore"):
            away = log_gone + np.log(gone.density(east, north))
        total: Array = np.logaddexp(math.log1p(-left) + logs(east, north), away)
        return total

    cells, log_density = refined(cut_for([*regions, gone]), later)
    return cells, _weights(cells, log_density, rest), fits


def _weights(cells: Cells, log_density: Array, rest: float) -> Array:
    """Share of the chance in each square; `rest`: log density of everywhere else."""
    top = max(rest, float(log_density.max()))
    said = log_density > rest + 0.01
    # Where no report says more than nothing (areas of half a continent), what they say is still all there is.
    mass = np.where(said | ~said.any(), np.exp(log_density - top), 0.0) * cells.size**2
    weights: Array = mass / (float(mass.sum()) + ELSEWHERE_M2 * math.exp(rest - top))
    return weights


def _spots(cells: Cells, weights: Array, grain_m: float) -> list[tuple[Flat, float]]:
    """Where most of the chance is, in a few spots no finer than needed, the likeliest first, with their shares."""
    column, row = np.round(cells.east / grain_m), np.round(cells.north / grain_m)
    places, where = np.unique(np.stack([column, row]), axis=1, return_inverse=True)
    shares = np.bincount(where.ravel(), weights, places.shape[1])
    order = np.argsort(-shares, kind="stable")[:MOST_SPOTS]
    whole = float(shares[order].sum())
    return [((float(places[0, n]) * grain_m, float(places[1, n]) * grain_m), float(shares[n]) / whole) for n in order]


def _densest(cells: Cells, weights: Array, share: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """The squares with the highest density that hold `share` between them; all that count, where they hold less."""
    order = np.argsort(-weights / cells.size**2, kind="stable")
    sums = np.cumsum(weights[order])
    reached = min(share, 0.995 * float(sums[-1]))
    held = np.zeros(weights.shape, dtype=np.bool_)
    held[order[: int(np.searchsorted(sums, reached)) + 1]] = True
    return held


def _parts(
    cells: Cells, weights: Array, held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> list[tuple[shapely.Polygon, float]]:
    """The held squares as a few outlines without holes, and the chance in each, the likeliest first."""
    grain = float(np.median(cells.size[held]))
    union = shapely.union_all(cells.boxes(held))
    smooth = union.buffer(grain).buffer(-grain).simplify(grain / 4.0)
    found = [part for part in shapely.get_parts(smooth) if part.geom_type == "Polygon" and not part.is_empty]
    found = [shapely.Polygon(part.exterior) for part in (found or list(shapely.get_parts(union)))]
    east, north, mass = cells.east[held], cells.north[held], weights[held]
    points = shapely.points(east, north)
    shares = [(part, float(mass[shapely.contains(part, points)].sum())) for part in found]
    shares.sort(key=lambda one: -one[1])
    whole = sum(mass for _, mass in shares) or 1.0
    return [one for n, one in enumerate(shares[:MOST_PARTS]) if n == 0 or one[1] > 0.004 * whole]


def _best(cells: Cells, weights: Array, part: shapely.Polygon) -> Flat:
    """The middle of the chance in the main part; where that lies outside of it (a ring), the nearest square inside."""
    inside = shapely.contains(part, shapely.points(cells.east, cells.north))
    east, north, mass = cells.east[inside], cells.north[inside], weights[inside]
    if not mass.size:
        centre = part.representative_point()
        return float(centre.x), float(centre.y)
    middle = float((east * mass).sum() / mass.sum()), float((north * mass).sum() / mass.sum())
    if part.contains(shapely.Point(middle)):
        return middle
    nearest = int(np.argmin(np.hypot(east - middle[0], north - middle[1])))
    return float(east[nearest]), float(north[nearest])


def _outline(part: shapely.Polygon, home: Flat, lon: float) -> Outline:
    corners = [from_flat(*home, east, north) for east, north in list(part.exterior.coords)[:-1]]
    return tuple((round(at, 6), round(lon + ((to - lon + 180.0) % 360.0 - 180.0), 6)) for at, to in corners)


def _words(radius_m: float, shares: Sequence[float]) -> Certainty:
    if len(shares) > 1 and shares[1] > 0.1 * sum(shares):
        return "divided"
    return next((word for limit_m, word in WORDS if radius_m <= limit_m), "wide")
