"""The land around the city: a country road, villages on it, woods, beaches, the railway.

Knows the city only by its outline.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from tocsin.sim.city.fill import fill_face
from tocsin.sim.city.model import Area, Floats
from tocsin.sim.city.noise import Noise
from tocsin.sim.city.plan import Plan
from tocsin.sim.city.skeleton import Lines
from tocsin.sim.city.terrain import Terrain


def add_country_road(lines: Lines, plan: Plan, terrain: Terrain, core: shapely.Geometry) -> list[LineString]:
    """A road around the part of the island that is not city, bridged over the river; its dry pieces."""
    inset = terrain.land.buffer(-max(220.0, 0.16 * plan.island_m))
    inset = inset.buffer(-160).buffer(320).buffer(-160)
    parts = [p for p in shapely.get_parts(inset) if p.geom_type == "Polygon"]
    if not parts:
        return []
    ring = max(parts, key=lambda p: float(p.area)).simplify(12).exterior
    outside = shapely.line_merge(ring.difference(core.buffer(-6)))
    bed = terrain.river.buffer(22)
    roads = []
    for piece in shapely.get_parts(outside):
        if piece.geom_type != "LineString" or piece.length < 300:
            continue
        for dry in shapely.get_parts(piece.difference(bed)):
            lines.add(dry, "secondary")
            roads.append(dry)
        for wet in shapely.get_parts(piece.intersection(bed)):
            lines.add(wet, "secondary", bridge=True)
    return [r for r in roads if r.geom_type == "LineString"]


def add_villages(
    lines: Lines,
    plan: Plan,
    terrain: Terrain,
    core: shapely.Geometry,
    roads: list[LineString],
    first_face: int,
    rng: np.random.Generator,
) -> list[Polygon]:
    """Small places on the country road; their outlines, to be used as faces from number `first_face` on."""
    wanted = min(7, round(plan.radius_m / 1300))
    keep_off = core.buffer(500).union(terrain.river.buffer(90))
    ground = terrain.land.buffer(-120).difference(keep_off)
    found: list[Polygon] = []
    for _ in range(40 * (wanted > 0 and len(roads) > 0)):
        road = roads[int(rng.integers(len(roads)))]
        at = road.interpolate(rng.uniform(0.1, 0.9), normalized=True)
        radius = rng.uniform(190, 330)
        wobble = Noise(rng, radius)
        angle = np.linspace(0, 2 * math.pi, 40, endpoint=False)
        away = radius * (1 + 0.25 * wobble(radius * np.cos(angle), radius * np.sin(angle)))
        shape = Polygon(np.column_stack([at.x + away * np.cos(angle), at.y + away * np.sin(angle)])).buffer(0)
        clear = ground.contains(shape) and all(shape.distance(other) > 900 for other in found)
        if len(found) < wanted and clear and shape.geom_type == "Polygon":
            for line, kind in fill_face(shape, "terrace", rng):
                lines.add(line, kind, first_face + len(found))
            found.append(shape)
    return found


def wild_ground(plan: Plan, terrain: Terrain, built: shapely.Geometry, rng: np.random.Generator) -> list[Area]:
    """Woods and fields outside the built ground, beaches on the coast."""
    minx, miny, maxx, maxy = terrain.land.bounds
    cell = plan.island_m / 45
    ex, ey = np.arange(minx, maxx + cell, cell), np.arange(miny, maxy + cell, cell)
    gx, gy = np.meshgrid(ex[:-1] + cell / 2, ey[:-1] + cell / 2)
    rows, cols = np.nonzero(Noise(rng, 0.8 * plan.radius_m)(gx, gy) > 0.22)
    boxes = shapely.box(ex[cols], ey[rows], ex[cols + 1], ey[rows + 1])
    room = terrain.land.buffer(-90).difference(built.buffer(60)).difference(terrain.river.buffer(15))
    woods = shapely.union_all(boxes).buffer(cell * 0.7).buffer(-cell * 1.2).buffer(cell * 0.6).simplify(6)
    areas = [Area(p, {"natural": "wood"}) for p in _large(woods.intersection(room), 20_000)]
    areas += [Area(p, {"landuse": "farmland"}) for p in _large(room.difference(woods.buffer(5)), 60_000)]
    return areas + _beaches(plan, terrain, rng)


def _large(shape: shapely.Geometry, least_m2: float) -> list[Polygon]:
    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > least_m2]


def _beaches(plan: Plan, terrain: Terrain, rng: np.random.Generator) -> list[Area]:
    strip = terrain.land.difference(terrain.land.buffer(-26)).difference(terrain.river.buffer(60))
    found = []
    for _ in range(3 + round(plan.radius_m / 2500)):
        at = terrain.land.exterior.interpolate(rng.uniform(), normalized=True)
        sand = at.buffer(rng.uniform(200, 300) + 0.06 * plan.radius_m).intersection(strip)
        found += [Area(p, {"natural": "beach", "surface": "sand"}) for p in _large(sand, 2_000)]
    return found


def lay_railway(
    plan: Plan, terrain: Terrain, core: shapely.Geometry, station: tuple[float, float], rng: np.random.Generator
) -> list[tuple[Floats, dict[str, str]]]:
    """A line from the station out across the island: under the city in a tunnel, in the open beyond it."""
    heading = terrain.inland_rad + rng.uniform(-0.9, 0.9)
    far = np.array([math.cos(heading), math.sin(heading)]) * 2.2 * plan.radius_m
    t = np.linspace(0, 1, 60)[:, None]
    bend = far * 0.5 + np.array([-far[1], far[0]]) * rng.uniform(-0.25, 0.25)
    path = LineString((1 - t) ** 2 * np.array(station) + 2 * t * (1 - t) * bend + t**2 * far)
    path = path.intersection(terrain.land.buffer(-200))
    first = next((p for p in shapely.get_parts(path) if p.distance(Point(station)) < 1), None)
    if first is None or first.geom_type != "LineString":
        return []
    tags = {"railway": "rail", "gauge": "1435", "electrified": "contact_line"}
    city = core.buffer(80).union(terrain.river.buffer(60))
    out = [(p, {**tags, "tunnel": "yes", "layer": "-2"}) for p in shapely.get_parts(first.intersection(city))]
    out += [(p, tags) for p in shapely.get_parts(first.difference(city))]
    return [(np.asarray(p.coords), kind) for p, kind in out if p.geom_type == "LineString" and p.length > 5]
