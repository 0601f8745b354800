"""The road graph: noding of raw lines, pruning of stubs, collapse of tiny edges, one connected whole.

Knows geometry and road classes only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.sim.city.model import Edge, Floats, Ints
from tocsin.sim.city.skeleton import Lines

RANK = {
    "motorway": 0,
    "trunk": 1,
    "motorway_link": 2,
    "primary": 3,
    "secondary": 4,
    "tertiary": 5,
    "perimeter": 6,
    "unclassified": 7,
    "residential": 8,
    "close": 9,
    "living_street": 9,
    "service": 10,
    "path": 11,
}
STUB_M = 14.0
TINY_M = 16.0


@dataclass(slots=True)
class Network:
    """Nodes (n, 2) in metres and the edges between them."""

    nodes: Floats
    edges: list[Edge]


def node_lines(lines: Lines) -> Network:
    """Cut every line where it meets another (bridges only at their ends) and join what touches."""
    flat = [k for k, b in enumerate(lines.bridges) if not b]
    shapes = np.array([lines.shapes[k] for k in flat], dtype=object)
    pieces = shapely.get_parts(shapely.union_all(shapes))
    tree = shapely.STRtree(shapes)
    source = tree.nearest(shapely.line_interpolate_point(pieces, 0.5, normalized=True))
    edges = []
    for piece, local in zip(pieces, source, strict=True):
        k = flat[int(local)]
        edges.append(Edge(-1, -1, np.asarray(piece.coords), lines.kinds[k], lines.faces[k]))
    for k, bridge in enumerate(lines.bridges):
        if bridge:
            edges.append(Edge(-1, -1, np.asarray(lines.shapes[k].coords), lines.kinds[k], bridge=True))
    return _indexed(edges)


def _indexed(edges: list[Edge]) -> Network:
    ends = np.array([[e.points[0], e.points[-1]] for e in edges]).reshape(-1, 2)
    keys, inverse = np.unique(np.round(ends, 1), axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    nodes = np.zeros((len(keys), 2))
    nodes[inverse] = ends
    for k, edge in enumerate(edges):
        edge.u, edge.v = int(inverse[2 * k]), int(inverse[2 * k + 1])
    return Network(nodes, [e for e in edges if e.u != e.v or _length(e) > 60])


def clean(net: Network) -> Network:
    """Prune stubs, drop edges that run alongside a better one, collapse tiny edges, keep the connected whole."""
    net = _prune(net, STUB_M)
    net = _collapse(net)
    net = _prune(net, STUB_M + 6)
    net = _without_twins(net)
    return whole(net)


def _length(edge: Edge) -> float:
    step = np.diff(edge.points, axis=0)
    return float(np.hypot(step[:, 0], step[:, 1]).sum())


def degrees(net: Network) -> Ints:
    """How many edge ends meet at each node."""
    ends = np.array([(e.u, e.v) for e in net.edges], dtype=np.int64).reshape(-1)
    counted: Ints = np.bincount(ends, minlength=len(net.nodes)).astype(np.int64)
    return counted


def _prune(net: Network, stub_m: float) -> Network:
    """Take away dead ends shorter than `stub_m`, and dead ends of any length among arterials' leftovers."""
    for _ in range(6):
        degree = degrees(net)
        kept = []
        for edge in net.edges:
            loose = degree[edge.u] == 1 or degree[edge.v] == 1
            limit = 130.0 if edge.kind in {"primary", "secondary", "tertiary", "perimeter"} else stub_m
            if loose and (_length(edge) < limit or edge.bridge):
                continue
            kept.append(edge)
        if len(kept) == len(net.edges):
            break
        net = Network(net.nodes, kept)
    return net


def _collapse(net: Network) -> Network:
    """Merge the ends of edges shorter than TINY_M, keeping the place of the more important road."""
    best = np.full(len(net.nodes), 99)
    for edge in net.edges:
        rank = -1 if edge.bridge else RANK[edge.kind]
        best[edge.u], best[edge.v] = min(best[edge.u], rank), min(best[edge.v], rank)
    parent = np.arange(len(net.nodes))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = int(parent[k])
        return k

    for edge in sorted(net.edges, key=_length):
        if _length(edge) >= TINY_M:
            break
        a, b = root(edge.u), root(edge.v)
        if edge.bridge or a == b:
            continue
        if np.hypot(*(net.nodes[a] - net.nodes[b])) > 1.6 * TINY_M:
            continue
        keep, lose = (a, b) if (best[a], a) <= (best[b], b) else (b, a)
        parent[lose] = keep
    return _rebound(net, [root(k) for k in range(len(net.nodes))])


def _rebound(net: Network, to: list[int]) -> Network:
    kept = []
    for edge in net.edges:
        u, v = to[edge.u], to[edge.v]
        if u == v and _length(edge) < 90:
            continue
        points = edge.points.copy()
        points[0], points[-1] = net.nodes[u], net.nodes[v]
        edge.u, edge.v, edge.points = u, v, points
        kept.append(edge)
    return Network(net.nodes, kept)


def _without_twins(net: Network) -> Network:
    """Of two edges between the same nodes with nearly the same way, keep the more important."""
    seen: dict[tuple[int, int], list[Edge]] = {}
    for edge in sorted(net.edges, key=lambda e: RANK[e.kind]):
        group = seen.setdefault((min(edge.u, edge.v), max(edge.u, edge.v)), [])
        middle = _middle(edge)
        if all(np.hypot(*(middle - _middle(other))) > 22 for other in group):
            group.append(edge)
    keep = {id(e) for group in seen.values() for e in group}
    return Network(net.nodes, [e for e in net.edges if id(e) in keep])


def _middle(edge: Edge) -> Floats:
    line = shapely.LineString(edge.points)
    at = line.interpolate(0.5, normalized=True)
    return np.array([at.x, at.y])


def whole(net: Network) -> Network:
    """The largest part that a car can reach, the footpaths that touch it, and no node that no edge uses."""
    main = _largest([e for e in net.edges if e.kind != "path"], len(net.nodes))
    kept = _largest(main + [e for e in net.edges if e.kind == "path"], len(net.nodes))
    used = np.unique([x for e in kept for x in (e.u, e.v)])
    number = np.full(len(net.nodes), -1)
    number[used] = np.arange(len(used))
    for edge in kept:
        edge.u, edge.v = int(number[edge.u]), int(number[edge.v])
    return Network(net.nodes[used], kept)


def _largest(edges: list[Edge], n: int) -> list[Edge]:
    u, v = np.array([e.u for e in edges]), np.array([e.v for e in edges])
    _, label = connected_components(coo_matrix((np.ones(len(u)), (u, v)), shape=(n, n)), directed=False)
    main = int(np.argmax(np.bincount(label[u], weights=[_length(e) for e in edges])))
    return [e for e in edges if label[e.u] == main]
