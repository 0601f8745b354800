"""Side streets within one face of the arterial plan, one pattern for each character of district.

Patterns: warped grids, recursive splits with bends, offset loops, each with its own block size. Lines overshoot the
face a little so that noding joins them to the arterials; the stubs are pruned later. Knows one face at a time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.ops import split

from tocsin.sim.city.model import Floats
from tocsin.sim.city.noise import Noise

OVERSHOOT_M = 5.0


def fill_face(face: Polygon, character: str, rng: np.random.Generator) -> list[tuple[LineString, str]]:
    """Street lines and their road classes for a face of the given character."""
    if character == "old":
        return _split_fill(face, rng, block_m2=4200, bend=0.10, tilt=0.30, kind="residential")
    if character == "grid":
        return _grid_fill(face, rng, short_m=rng.uniform(72, 95), long_m=rng.uniform(120, 190), warp_m=5, gaps=0.05)
    if character == "terrace":
        return _split_fill(face, rng, block_m2=11_000, bend=0.05, tilt=0.10, kind="residential")
    if character == "suburb":
        return _grid_fill(face, rng, short_m=rng.uniform(82, 105), long_m=rng.uniform(200, 290), warp_m=30, gaps=0.14)
    if character == "garden":
        return _loops(face, rng)
    if character == "works":
        return _split_fill(face, rng, block_m2=42_000, bend=0.02, tilt=0.04, kind="unclassified")
    if character == "campus":
        return _split_fill(face, rng, block_m2=38_000, bend=0.14, tilt=0.25, kind="service")
    if character == "park":
        return _split_fill(face, rng, block_m2=30_000, bend=0.22, tilt=0.4, kind="path")
    return []


def _long_axis(face: Polygon) -> float:
    ring = np.asarray(face.minimum_rotated_rectangle.exterior.coords)
    sides = np.diff(ring, axis=0)
    longest = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    return math.atan2(longest[1], longest[0])


def _grid_fill(
    face: Polygon, rng: np.random.Generator, short_m: float, long_m: float, warp_m: float, gaps: float
) -> list[tuple[LineString, str]]:
    turn = _long_axis(face)
    cx, cy = face.centroid.x, face.centroid.y
    local = shapely.transform(face, lambda p: _rotate(p - (cx, cy), -turn))
    minx, miny, maxx, maxy = local.bounds
    wobble_x, wobble_y = Noise(rng, 700.0, 2), Noise(rng, 700.0, 2)
    bend = rng.normal(0, 0.00012)

    def place(points: Floats) -> Floats:
        x, y = points[:, 0] + cx, points[:, 1] + cy
        warped = np.column_stack(
            [
                points[:, 0] + warp_m * wobble_x(x, y),
                points[:, 1] + warp_m * wobble_y(x, y) + bend * points[:, 0] ** 2,
            ]
        )
        back: Floats = _rotate(warped, turn) + np.array([cx, cy])
        return back

    us = _ticks(minx - 60, maxx + 60, long_m, rng, maxx - minx)
    vs = _ticks(miny - 60, maxy + 60, short_m, rng, maxy - miny)
    found: list[LineString] = []
    for v in vs:
        for a, b in itertools.pairwise(us):
            if rng.uniform() >= gaps * 0.5:
                found.append(_curve(place, (a, v), (b, v)))
    for u in us:
        for a, b in itertools.pairwise(vs):
            if rng.uniform() >= gaps:
                found.append(_curve(place, (u, a), (u, b)))
    return _clipped(face, found, "residential")


def _ticks(low: float, high: float, step: float, rng: np.random.Generator, span: float) -> list[float]:
    inner = span / max(1, round(span / step))
    first = low + 60 - inner * 2
    ticks = np.arange(first, high + inner, inner)
    return [float(t + rng.normal(0, 0.05 * step)) for t in ticks]


def _curve(place: Callable[[Floats], Floats], a: tuple[float, float], b: tuple[float, float]) -> LineString:
    t = np.linspace(0, 1, 5)[:, None]
    return LineString(place(np.array(a) * (1 - t) + np.array(b) * t))


def _clipped(face: Polygon, lines: list[LineString], kind: str) -> list[tuple[LineString, str]]:
    wide = face.buffer(OVERSHOOT_M)
    joined = shapely.union_all(np.array(lines, dtype=object)).intersection(wide)
    tight = face.exterior.buffer(28)
    out = []
    for part in shapely.get_parts(joined):
        if part.geom_type == "LineString" and not tight.contains(part):
            out.append((part, kind))
    return out


def _rotate(points: Floats, angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.column_stack([points[:, 0] * c - points[:, 1] * s, points[:, 0] * s + points[:, 1] * c])


def _split_fill(
    face: Polygon, rng: np.random.Generator, block_m2: float, bend: float, tilt: float, kind: str
) -> list[tuple[LineString, str]]:
    found: list[tuple[LineString, str]] = []
    todo = [face]
    while todo:
        block = todo.pop()
        if block.area < block_m2 * rng.uniform(1.1, 2.0):
            continue
        for attempt in range(3):
            cut = _cutting_line(block, rng, bend, tilt / (1 + attempt))
            halves = [p for p in split(block, cut).geoms if p.geom_type == "Polygon"]
            if len(halves) >= 2 and min(h.area for h in halves) > 0.3 * block_m2:
                found += [(_extended(p), kind) for p in shapely.get_parts(cut.intersection(block)) if p.length > 1]
                todo.extend(halves)
                break
    return found


def _cutting_line(block: Polygon, rng: np.random.Generator, bend: float, tilt: float) -> LineString:
    turn = _long_axis(block)
    box = np.asarray(block.minimum_rotated_rectangle.exterior.coords)
    along = np.array([math.cos(turn), math.sin(turn)])
    span = float(np.ptp(box @ along))
    centre = box[:4].mean(axis=0) + along * span * rng.uniform(-0.1, 0.1)
    lean = rng.normal(0, tilt)
    across = np.array([-math.sin(turn + lean), math.cos(turn + lean)])
    reach = float(np.ptp(box @ np.array([-along[1], along[0]]))) * 0.75 + 20
    sag = along * rng.normal(0, bend) * reach
    t = np.linspace(-1, 1, 7)[:, None]
    return LineString(centre + across * reach * t + sag * (1 - t**2))


def _extended(line: LineString) -> LineString:
    points = np.asarray(line.coords)
    head, tail = points[0] - points[1], points[-1] - points[-2]
    head, tail = head / max(1e-9, np.hypot(*head)), tail / max(1e-9, np.hypot(*tail))
    return LineString(np.vstack([points[0] + head * OVERSHOOT_M, points[1:-1], points[-1] + tail * OVERSHOOT_M]))


def _loops(face: Polygon, rng: np.random.Generator) -> list[tuple[LineString, str]]:
    """Rounded rings within the face, joined outward at intervals, with short closes off the inner sides."""
    found: list[tuple[LineString, str]] = []
    step, depth = rng.uniform(84, 98), 0
    outer: Polygon | MultiPolygon = face
    while depth < 2:
        inner = outer.buffer(-step - 40).buffer(40, quad_segs=6).simplify(1.5)
        rings = [p for p in shapely.get_parts(inner) if p.geom_type == "Polygon" and p.area > 9000]
        if not rings:
            break
        for ring in rings:
            found.append((LineString(ring.exterior.coords), "residential"))
            found += _spokes(ring, outer, rng)
        outer, depth = MultiPolygon(rings), depth + 1
    for part in shapely.get_parts(outer):
        if depth and part.area > 14_000:
            found += _split_fill(part, rng, block_m2=12_000, bend=0.16, tilt=0.16, kind="residential")
    return found


def _spokes(ring: Polygon, outer: shapely.Geometry, rng: np.random.Generator) -> list[tuple[LineString, str]]:
    edge = ring.exterior
    count = max(2, round(edge.length / rng.uniform(190, 260)))
    start = rng.uniform(0, 1)
    found: list[tuple[LineString, str]] = []
    for k in range(count):
        at = ((k + start + rng.uniform(-0.2, 0.2)) / count) % 1.0
        here = edge.interpolate(at, normalized=True)
        there = (
            outer.boundary.interpolate(outer.boundary.project(here))
            if outer.geom_type == "Polygon"
            else _close(outer, here)
        )
        line = LineString([here, there])
        if not 20 < line.length < 210:
            continue
        if rng.uniform() < 0.22:
            found.append((LineString([here, line.interpolate(0.55, normalized=True)]), "close"))
        else:
            found.append((_extended(line), "residential"))
    return found


def _close(outer: shapely.Geometry, here: shapely.Point) -> shapely.Point:
    best = min(outer.geoms, key=lambda p: float(p.boundary.distance(here)))
    return best.exterior.interpolate(best.exterior.project(here))
