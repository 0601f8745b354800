"""A motorway around the inland side: its line, the corridor only bridges cross, carriageways and ramps.

Knows arterial lines and nodes; knows nothing of side streets.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import substring

from tocsin.sim.city.model import Edge, Floats
from tocsin.sim.city.network import Network
from tocsin.sim.city.noise import Noise
from tocsin.sim.city.plan import Plan
from tocsin.sim.city.skeleton import Lines
from tocsin.sim.city.terrain import Terrain

HALF_CORRIDOR_M = 45.0
HALF_MEDIAN_M = 9.0
STUB_M = 70.0
RAMP_M = 210.0
FROM_PEOPLE = 90_000


@dataclass(slots=True)
class Motorway:
    """`axis` runs between the carriageways, `corridor` is kept clear, `head` and `tail` join the arterials."""

    axis: LineString
    corridor: Polygon
    head: LineString
    tail: LineString


def plan_motorway(
    plan: Plan, terrain: Terrain, core: shapely.Geometry, traced: list[LineString], rng: np.random.Generator
) -> Motorway | None:
    """A bent arc around the inland side from one arterial to another; None for towns or where none fits."""
    if plan.people < FROM_PEOPLE:
        return None
    arc = _arc(plan, terrain, core, rng)
    if arc is None:
        return None
    meets = _meetings(arc, traced)
    if len(meets) < 3 or meets[-1] - meets[0] < 8 * RAMP_M:
        return None
    whole = substring(arc, meets[0], meets[-1])
    axis = substring(whole, STUB_M, whole.length - STUB_M)
    head, tail = substring(whole, 0, STUB_M), substring(whole, whole.length - STUB_M, whole.length)
    corridor = axis.buffer(HALF_CORRIDOR_M, cap_style="flat", join_style="round")
    return Motorway(axis, corridor, head, tail)


def _arc(plan: Plan, terrain: Terrain, core: shapely.Geometry, rng: np.random.Generator) -> LineString | None:
    sweep = terrain.inland_rad + np.linspace(-2.2, 2.2, 240)
    share = rng.uniform(0.66, 0.78)
    ripple = Noise(rng, 1.5 * plan.radius_m, 2)
    x, y = np.cos(sweep), np.sin(sweep)
    away = share * plan.radius_m * (1 + 0.13 * ripple(x * plan.radius_m, y * plan.radius_m))
    line = LineString(np.column_stack([x * away, y * away]))
    land = line.intersection(terrain.land.buffer(-260)).intersection(core.convex_hull)
    parts = [p for p in shapely.get_parts(land) if p.geom_type == "LineString"]
    return max(parts, key=lambda p: float(p.length)) if parts else None


def _meetings(arc: LineString, traced: list[LineString]) -> list[float]:
    found = []
    for line in traced:
        for point in shapely.get_parts(arc.intersection(line)):
            if point.geom_type == "Point":
                found.append(float(arc.project(point)))
    return sorted(found)


def add_stubs(lines: Lines, way: Motorway) -> None:
    """The short trunk roads that join the motorway's ends to the arterials, carried a step past them for noding."""
    for stub, outer in ((way.head, 0), (way.tail, -1)):
        points = np.asarray(stub.coords)
        inner = points[1] if outer == 0 else points[-2]
        step = (points[outer] - inner) / max(1e-9, float(np.hypot(*(points[outer] - inner))))
        points[outer] = points[outer] + 4.0 * step
        lines.add(LineString(points), "trunk")


def add_motorway(net: Network, way: Motorway, river: Polygon) -> Network:
    """Two one-way carriageways and four ramps at each bridge that crosses nearly square and has room."""
    head, tail = _nearest(net, way.axis.coords[0]), _nearest(net, way.axis.coords[-1])
    exits = _interchanges(net, way)
    nodes = [net.nodes]
    edges = list(net.edges)
    count = len(net.nodes)
    for side in (1.0, -1.0):
        line = _carriageway(way.axis, side, net.nodes[head], net.nodes[tail])
        cuts: list[tuple[float, int]] = []
        for at, terminals in exits:
            terminal = terminals[0] if side > 0 else terminals[1]
            for sign in (-1.0, 1.0):
                here = line.interpolate(_along(line, way.axis, at + sign * RAMP_M))
                nodes.append(np.array([[here.x, here.y]]))
                cuts.append((float(line.project(here)), count))
                edges.append(_ramp(nodes, net.nodes[terminal], count, terminal, leaves=sign < 0, line=line))
                count += 1
        for here in _banks(line, river):
            nodes.append(np.array([[here.x, here.y]]))
            cuts.append((float(line.project(here)), count))
            count += 1
        start, end = (head, tail) if side > 0 else (tail, head)
        edges += _pieces(line, start, end, sorted(cuts), river)
    for edge in edges[len(net.edges) :]:
        edge.bridge = edge.bridge or bool(river.intersects(LineString(edge.points)))
    return Network(np.vstack(nodes), edges)


def _nearest(net: Network, point: tuple[float, ...]) -> int:
    return int(np.argmin(np.hypot(net.nodes[:, 0] - point[0], net.nodes[:, 1] - point[1])))


def _carriageway(axis: LineString, side: float, head: Floats, tail: Floats) -> LineString:
    """The carriageway to the right of travel (right-hand traffic); side 1 runs with the axis, -1 against it."""
    inner = substring(axis, 90, axis.length - 90)
    offset = np.asarray(inner.offset_curve(-side * HALF_MEDIAN_M).simplify(0.8).coords)
    if np.hypot(*(offset[0] - head)) > np.hypot(*(offset[-1] - head)):
        offset = offset[::-1]
    points = np.vstack([head, offset, tail])
    return LineString(points if side > 0 else points[::-1])


def _banks(line: LineString, river: Polygon) -> list[Point]:
    """Where bridges over the river begin and end."""
    wet = line.intersection(river.buffer(30))
    parts = [p for p in shapely.get_parts(wet) if p.geom_type == "LineString" and not p.is_empty]
    return [Point(p.coords[end]) for p in parts for end in (0, -1)]


def _along(line: LineString, axis: LineString, at_m: float) -> float:
    return float(line.project(axis.interpolate(at_m)))


def _interchanges(net: Network, way: Motorway) -> list[tuple[float, tuple[int, int]]]:
    """Places along the axis with the arterial's nodes on the right and the left of it."""
    found: list[tuple[float, tuple[int, int]]] = []
    order = {"primary": 0, "secondary": 1, "tertiary": 2}
    spans = [e for e in net.edges if e.bridge and e.kind in order and LineString(e.points).crosses(way.axis)]
    crossings = [
        float(way.axis.project(LineString(e.points).intersection(way.axis).representative_point())) for e in spans
    ]
    clear = RAMP_M * 2.2
    for at, edge in sorted(zip(crossings, spans, strict=True), key=lambda s: (order[s[1].kind], s[1].u)):
        if any(1.0 < abs(at - other) < RAMP_M + 50 for other in crossings):
            continue
        if at < clear or at > way.axis.length - clear or any(abs(at - other) < 2 * clear + 200 for other, _ in found):
            continue
        ahead = way.axis.interpolate(at + 5)
        here = way.axis.interpolate(at)
        aim = np.array([ahead.x - here.x, ahead.y - here.y])
        to_u = net.nodes[edge.u] - (here.x, here.y)
        left_is_u = aim[0] * to_u[1] - aim[1] * to_u[0] > 0
        found.append((at, (edge.v, edge.u) if left_is_u else (edge.u, edge.v)))
    return sorted(found)


def _ramp(nodes: list[Floats], terminal: Floats, new: int, old: int, leaves: bool, line: LineString) -> Edge:
    start = nodes[-1][0]
    at = float(line.project(Point(start)))
    lead = line.interpolate(at + (90.0 if leaves else -90.0))
    bend = np.array([lead.x, lead.y]) * 0.6 + terminal * 0.4
    t = np.linspace(0, 1, 9)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * terminal
    if leaves:
        return Edge(new, old, curve, "motorway_link", oneway=True)
    return Edge(old, new, curve[::-1].copy(), "motorway_link", oneway=True)


def _pieces(line: LineString, start: int, end: int, cuts: list[tuple[float, int]], river: Polygon) -> list[Edge]:
    stops = [(0.0, start), *cuts, (float(line.length), end)]
    found = []
    for (a, u), (b, v) in itertools.pairwise(stops):
        part = substring(line, a, b)
        if part.geom_type == "LineString" and not math.isclose(a, b):
            points = np.asarray(part.coords)
            found.append(Edge(u, v, points, "motorway", oneway=True, bridge=bool(part.intersects(river))))
    return found
