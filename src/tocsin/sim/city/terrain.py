"""Land and water: an island with a bay by the city's centre and a river through it. Knows no streets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from tocsin.sim.city.model import Floats
from tocsin.sim.city.noise import Noise
from tocsin.sim.city.plan import Plan


@dataclass(slots=True)
class Terrain:
    """The ground: `land` inside the coastline, `river` within it, `inland_rad` the heading away from the bay."""

    land: Polygon
    river: Polygon
    river_line: LineString
    inland_rad: float


def raise_island(plan: Plan, rng: np.random.Generator) -> Terrain:
    """An island whose bay lies near (0, 0), where the city's centre will be."""
    inland = rng.uniform(0, 2 * math.pi)
    reach = plan.island_m
    shift = 0.62 * reach
    land = _warped_disc(shift * math.cos(inland), shift * math.sin(inland), reach, rng)
    bay_at = inland + math.pi + rng.uniform(-0.5, 0.5)
    coast_m = _coast_distance(land, bay_at, reach)
    bay = _warped_disc(coast_m * math.cos(bay_at), coast_m * math.sin(bay_at), 0.3 * plan.radius_m, rng)
    land = _largest(land.difference(bay).buffer(-20).buffer(40).buffer(-20))
    line, river = _river(land, plan, inland, bay_at, rng)
    return Terrain(land=land, river=river, river_line=line, inland_rad=inland)


def _warped_disc(x: float, y: float, radius_m: float, rng: np.random.Generator) -> Polygon:
    n = int(min(1600, max(120, 2 * math.pi * radius_m / 45)))
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    px, py = x + radius_m * np.cos(angle), y + radius_m * np.sin(angle)
    for share, wave in ((0.14, 1.3), (0.05, 0.35)):
        nx, ny = Noise(rng, wave * radius_m), Noise(rng, wave * radius_m)
        px, py = px + share * radius_m * nx(px, py), py + share * radius_m * ny(px, py)
    return _largest(Polygon(np.column_stack([px, py])).buffer(0))


def _coast_distance(land: Polygon, heading: float, reach: float) -> float:
    ray = LineString([(0, 0), (4 * reach * math.cos(heading), 4 * reach * math.sin(heading))])
    hit = ray.intersection(land.exterior)
    return 0.5 * reach if hit.is_empty else float(Point(0, 0).distance(hit))


def _river(
    land: Polygon, plan: Plan, inland: float, bay_at: float, rng: np.random.Generator
) -> tuple[LineString, Polygon]:
    radius = plan.radius_m
    source_at = inland + rng.uniform(-0.7, 0.7)
    source = 1.55 * radius * np.array([math.cos(source_at), math.sin(source_at)])
    mouth = (_coast_distance(land, bay_at, plan.island_m) + 0.3 * radius) * np.array(
        [math.cos(bay_at), math.sin(bay_at)]
    )
    side = rng.choice([-1.0, 1.0])
    across = np.array([-math.sin(inland), math.cos(inland)]) * side
    bend = across * radius * rng.uniform(0.35, 0.6)
    t = np.linspace(0, 1, 160)[:, None]
    path = (1 - t) ** 2 * source + 2 * t * (1 - t) * bend + t**2 * mouth
    wiggle = Noise(rng, 0.8 * radius, 2)
    swing = 0.13 * radius * np.sin(math.pi * t[:, 0]) ** 0.6 * wiggle(path[:, 0], path[:, 1])
    path = path + _normals(path) * swing[:, None]
    width = plan.river_m * (0.35 + 0.65 * t[:, 0] ** 1.5)
    normal = _normals(path) * (width / 2)[:, None]
    ribbon = Polygon(np.vstack([path + normal, (path - normal)[::-1]])).buffer(0)
    line = LineString(path)
    wet = _largest(shapely.union(ribbon, line.buffer(plan.river_m * 0.17)).intersection(land))
    return line, Polygon(wet.exterior)


def _normals(path: Floats) -> Floats:
    step = np.gradient(path, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1), 1e-9)[:, None]
    return np.column_stack([-step[:, 1], step[:, 0]])


def _largest(shape: shapely.Geometry) -> Polygon:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    best = max(parts, key=lambda p: p.area)
    return Polygon(best.exterior)
