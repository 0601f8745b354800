"""From streamlines to the arterial plan: clipped to dry ground, bridged where worth it, closed into faces.

Knows water and the motorway's corridor as ground that only bridges cross. Knows no side streets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from tocsin.sim.city.fieldmap import FieldMap
from tocsin.sim.city.model import Ints
from tocsin.sim.city.plan import Plan
from tocsin.sim.city.terrain import Terrain

Shapes = NDArray[np.object_]


@dataclass(slots=True)
class Lines:
    """Raw centre lines before noding, one entry of each list a line."""

    shapes: list[LineString] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    faces: list[int] = field(default_factory=list)
    bridges: list[bool] = field(default_factory=list)

    def add(self, shape: shapely.Geometry, kind: str, face: int = -1, bridge: bool = False) -> None:
        """Keep every line part of `shape`."""
        for part in shapely.get_parts(shape):
            if part.geom_type == "LineString" and part.length > 1.0:
                self.shapes.append(part)
                self.kinds.append(kind)
                self.faces.append(face)
                self.bridges.append(bridge)


@dataclass(slots=True)
class Skeleton:
    """Arterial lines and the faces they close."""

    lines: Lines
    faces: list[Polygon]


def rank_lines(plan: Plan, traced: list[LineString]) -> list[str]:
    """A road class for each streamline: long ones that pass near the centre rank higher."""
    scores = []
    for line in traced:
        away = float(line.distance(shapely.Point(0, 0)))
        scores.append(line.length * (0.35 + math.exp(-away / (0.5 * plan.radius_m))))
    order = np.argsort(-np.array(scores))
    kinds = [""] * len(traced)
    for place, index in enumerate(order):
        share = place / max(1, len(order))
        kinds[index] = "primary" if share < 0.12 or place < 2 else "secondary" if share < 0.42 else "tertiary"
    return kinds


def build_skeleton(
    plan: Plan, terrain: Terrain, ground: FieldMap, traced: list[LineString], corridor: Polygon | None
) -> Skeleton:
    """Clip the streamlines, choose bridges, add shore and bank roads, and find the faces."""
    lines = Lines()
    core = ground.core
    kinds = rank_lines(plan, traced)
    shapely.prepare(core)
    dry = core if corridor is None else core.difference(corridor)
    for line, kind in zip(traced, kinds, strict=True):
        lines.add(line.intersection(dry), kind)
    _add_edge_roads(lines, terrain, core, corridor)
    _add_bridges(lines, plan, terrain, core, traced, kinds)
    if corridor is not None:
        rings = [r for p in shapely.get_parts(core) for r in (p.exterior, *p.interiors)]
        ways = [*traced, *(LineString(r.coords) for r in rings)]
        _add_overpasses(lines, core.buffer(1), corridor, ways, [*kinds, *["perimeter"] * len(rings)])
    gaps = [] if corridor is None else _pieces(core.boundary.intersection(corridor))
    return _closed(plan, lines, core, gaps)


def _add_edge_roads(lines: Lines, terrain: Terrain, core: shapely.Geometry, corridor: Polygon | None) -> None:
    coast, bank = terrain.land.exterior.buffer(140), terrain.river.buffer(90)
    for part in shapely.get_parts(core):
        for ring in (part.exterior, *part.interiors):
            edge = ring if corridor is None else ring.difference(corridor)
            by_bank = edge.intersection(bank)
            rest = edge.difference(bank)
            lines.add(_merged(by_bank), "tertiary")
            lines.add(_merged(rest.intersection(coast)), "secondary")
            lines.add(_merged(rest.difference(coast)), "perimeter")


def _merged(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape


def _pieces(shape: shapely.Geometry) -> list[LineString]:
    return [p for p in shapely.get_parts(shape) if p.geom_type == "LineString" and not p.is_empty]


def _add_bridges(
    lines: Lines, plan: Plan, terrain: Terrain, core: shapely.Geometry, traced: list[LineString], kinds: list[str]
) -> None:
    wet = terrain.river.buffer(70)
    spans = []
    for line, kind in zip(traced, kinds, strict=True):
        for part in _pieces(line.intersection(wet).difference(core)):
            ends = shapely.points([part.coords[0], part.coords[-1]])
            if part.length < 6 * plan.river_m + 160 and float(shapely.distance(ends, core).max()) < 1.0:
                spans.append((("primary", "secondary", "tertiary").index(kind), part.length, part, kind))
    spans.sort(key=lambda s: (s[0], s[1]))
    kept: list[LineString] = []
    apart = 0.55 * plan.gap_edge_m if plan.people > 20_000 else 0.3 * plan.radius_m
    for _, _, part, kind in spans:
        straight = LineString([part.coords[0], part.coords[-1]])
        if straight.intersects(terrain.river) and all(straight.distance(other) > apart for other in kept):
            kept.append(straight)
            lines.add(straight, kind, bridge=True)


def _add_overpasses(
    lines: Lines, core: shapely.Geometry, corridor: Polygon, traced: list[LineString], kinds: list[str]
) -> None:
    kept: list[LineString] = []
    for line, kind in zip(traced, kinds, strict=True):
        for part in _pieces(line.intersection(corridor).intersection(core)):
            apart = all(part.distance(other) > 150 for other in kept)
            if 60 < part.length < 170 and apart:
                kept.append(part)
                lines.add(LineString([part.coords[0], part.coords[-1]]), kind, bridge=True)


def _closed(plan: Plan, lines: Lines, core: shapely.Geometry, gaps: list[LineString]) -> Skeleton:
    """Faces of the linework; slivers are dissolved into a neighbour by leaving out their longest inner line.

    `gaps` close the outline where the motorway breaks it; they bound faces and become no road.
    """
    least = 0.10 * plan.gap_centre_m**2
    flat = [s for s, b in zip(lines.shapes, lines.bridges, strict=True) if not b]
    noded = shapely.union_all(np.array(flat, dtype=object))
    pieces = shapely.get_parts(noded)
    tree = shapely.STRtree(np.array(lines.shapes, dtype=object))
    source = _sources(tree, pieces)
    edge_kinds = np.array([lines.kinds[k] for k in source])
    drop = _sliver_edges(pieces, edge_kinds, least, core)
    kept = Lines()
    for k, piece in enumerate(pieces):
        if k not in drop:
            kept.add(piece, str(edge_kinds[k]))
    for shape, kind, bridge in zip(lines.shapes, lines.kinds, lines.bridges, strict=True):
        if bridge:
            kept.add(shape, kind, bridge=True)
    closed = shapely.get_parts(shapely.polygonize([*kept.shapes, *gaps]))
    dry = shapely.intersection(closed, core.buffer(0.5))
    faces = [
        part for face in dry for part in shapely.get_parts(face) if part.geom_type == "Polygon" and part.area > 400
    ]
    return Skeleton(lines=kept, faces=faces)


def _sliver_edges(pieces: Shapes, kinds: NDArray[np.str_], least: float, core: shapely.Geometry) -> set[int]:
    faces = shapely.get_parts(shapely.polygonize(pieces))
    if not len(faces):
        return set()
    mids = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    tree = shapely.STRtree(mids)
    outline = shapely.dwithin(mids, core.boundary, 0.5)
    thin = 0.35 * math.sqrt(least)
    drop: set[int] = set()
    for face in sorted(faces, key=lambda f: float(f.area)):
        small = face.area < least or face.buffer(-thin).is_empty
        if not small:
            continue
        inner = [  # shore and bank roads stay: without them streets would run into the water
            int(k)
            for k in tree.query(face.boundary, predicate="dwithin", distance=0.01)
            if kinds[k] in {"primary", "secondary", "tertiary"} and not outline[k] and int(k) not in drop
        ]
        if inner and not any(int(k) in drop for k in tree.query(face.boundary, predicate="dwithin", distance=0.01)):
            order = {"tertiary": 0, "secondary": 1, "primary": 2}
            drop.add(min(inner, key=lambda k: (order[str(kinds[k])], -float(shapely.length(pieces[k])))))
    return drop


def _sources(tree: shapely.STRtree, pieces: Shapes) -> Ints:
    mids = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    found: Ints = tree.nearest(mids)
    return found
