"""Blocks kept free of houses: squares, gardens, cemeteries, playing fields. Knows the finished streets."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from tocsin.sim.city.model import Area, Edge
from tocsin.sim.city.plan import Plan


def open_blocks(plan: Plan, edges: list[Edge], rng: np.random.Generator) -> list[Area]:
    """Open ground within the city, spread by chance over blocks of a fitting size; the squares lie near the centre."""
    lines = [LineString(e.points) for e in edges if not e.bridge and e.kind not in {"motorway", "motorway_link"}]
    blocks = [b for b in shapely.get_parts(shapely.polygonize(lines)) if 2_500 < b.area < 90_000]
    found: list[Area] = []
    free = [blocks[int(k)] for k in rng.permutation(len(blocks))]
    near = sorted((b for b in blocks if b.area < 16_000), key=lambda b: float(np.hypot(b.centroid.x, b.centroid.y)))
    squares = near[: plan.count(40_000) * 3 : 3]
    found += [Area(_inside(b), {"place": "square"}) for b in squares]
    used = {id(b) for b in squares}
    wants = (
        (plan.count(6_000), 3_500, 25_000, {"leisure": "park"}),
        (plan.count(15_000), 8_000, 40_000, {"leisure": "recreation_ground"}),
        (plan.count(60_000), 14_000, 70_000, {"landuse": "cemetery"}),
        (plan.count(9_000), 2_500, 9_000, {"leisure": "garden"}),
    )
    for count, low, high, tags in wants:
        fit = [b for b in free if low < b.area < high and id(b) not in used and _roomy(b)][:count]
        used |= {id(b) for b in fit}
        found += [Area(_inside(b), dict(tags)) for b in fit]
    return [a for a in found if not a.shape.is_empty]


def _inside(block: Polygon) -> Polygon:
    parts = shapely.get_parts(block.buffer(-7))
    best: Polygon = max(parts, key=lambda p: float(p.area)) if len(parts) else Polygon()
    return best


def _roomy(block: Polygon) -> bool:
    return not block.buffer(-18).is_empty
