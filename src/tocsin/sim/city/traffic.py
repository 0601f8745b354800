"""Rules of the road: roundabouts, one-way streets, signals and turns that are not allowed.

Traffic keeps to the right. One-way streets never cut a place off: the graph stays strongly connected.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.sim.city.model import Edge, Floats, Restriction, Street
from tocsin.sim.city.network import Network

MAIN = {"primary", "secondary"}
ROUND_KINDS = {"secondary", "tertiary", "perimeter"}
ROUND_M = 19.0


def incident(edges: list[Edge]) -> dict[int, list[int]]:
    """The edges that meet at each node."""
    found: dict[int, list[int]] = defaultdict(list)
    for k, edge in enumerate(edges):
        found[edge.u].append(k)
        found[edge.v].append(k)
    return found


def add_roundabouts(net: Network, share: float, rng: np.random.Generator) -> Network:
    """Turn a share of the crossings of secondary and tertiary roads into roundabouts of radius ROUND_M."""
    meet = incident(net.edges)
    nodes, edges = [net.nodes], list(net.edges)
    count = len(net.nodes)
    busy: set[int] = set()
    for node in sorted(meet):
        around = meet[node]
        if not _suits(net, node, around, busy) or rng.uniform() > share:
            continue
        busy |= {n for k in around for n in (edges[k].u, edges[k].v)}
        ring = _ring_points(net.nodes[node], [edges[k] for k in around], node)
        order = np.argsort([a for a, _ in ring])
        for place, k in enumerate(order):
            _trim(edges[around[int(k)]], node, count + place, ring[int(k)][1])
        nodes.append(np.array([ring[int(k)][1] for k in order]))
        edges += _ring_edges(net.nodes[node], [ring[int(k)][0] for k in order], count)
        count += len(order)
    return Network(np.vstack(nodes), edges)


def _suits(net: Network, node: int, around: list[int], busy: set[int]) -> bool:
    if len(around) not in {3, 4, 5} or node in busy:
        return False
    here = [net.edges[k] for k in around]
    if any(e.u == e.v or e.bridge or e.oneway for e in here) or sum(e.kind in ROUND_KINDS for e in here) < 3:
        return False
    if any(e.kind in {"primary", "trunk", "motorway_link"} for e in here):
        return False
    angles = np.sort([a for a, _ in _ring_points(net.nodes[node], here, node)])
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    roomy = all(np.hypot(*np.diff(e.points, axis=0).T).sum() > 4 * ROUND_M for e in here)
    return bool(gaps.min() > 0.7) and roomy


def _ring_points(centre: Floats, around: list[Edge], node: int) -> list[tuple[float, Floats]]:
    found = []
    for edge in around:
        points = edge.points if edge.u == node else edge.points[::-1]
        aim = _at_distance(points, ROUND_M) - centre
        angle = float(np.arctan2(aim[1], aim[0]))
        found.append((angle, centre + ROUND_M * np.array([np.cos(angle), np.sin(angle)])))
    return found


def _at_distance(points: Floats, distance_m: float) -> Floats:
    away = np.hypot(*(points - points[0]).T)
    past = int(np.argmax(away > distance_m)) if (away > distance_m).any() else len(points) - 1
    a, b = points[past - 1], points[past]
    span = max(1e-9, away[past] - away[past - 1])
    at: Floats = a + (b - a) * min(1.0, max(0.0, (distance_m - away[past - 1]) / span))
    return at


def _trim(edge: Edge, node: int, new: int, point: Floats) -> None:
    points = edge.points if edge.u == node else edge.points[::-1]
    away = np.hypot(*(points - points[0]).T)
    past = int(np.argmax(away > ROUND_M + 1)) if (away > ROUND_M + 1).any() else len(points) - 1
    trimmed = np.vstack([point, points[past:]])
    if edge.u == node:
        edge.u, edge.points = new, trimmed
    else:
        edge.v, edge.points = new, trimmed[::-1].copy()


def _ring_edges(centre: Floats, angles: list[float], first: int) -> list[Edge]:
    found = []
    for k, angle in enumerate(angles):
        nxt = (k + 1) % len(angles)
        end = angles[nxt] + (2 * np.pi if nxt == 0 else 0.0)
        sweep = np.linspace(angle, end, max(3, int((end - angle) / 0.4) + 2))
        points = centre + ROUND_M * np.column_stack([np.cos(sweep), np.sin(sweep)])
        found.append(Edge(first + k, first + nxt, points, "tertiary", oneway=True, tags={"junction": "roundabout"}))
    return found


def set_oneways(net: Network, streets: list[Street], cast: list[str], rng: np.random.Generator) -> None:
    """Make some narrow streets one-way, then open again any that leave a place without a way in or out."""
    changed: list[int] = []
    for street, character in zip(streets, cast, strict=True):
        share = {"old": 0.45, "grid": 0.45, "terrace": 0.15}.get(character, 0.0)
        if street.kind != "residential" or rng.uniform() > share:
            continue
        flip = bool(rng.uniform() < 0.5)
        for k, forward in zip(street.edges, street.forward, strict=True):
            edge = net.edges[k]
            if edge.kind == "residential" and not edge.oneway:
                if forward == flip:
                    _turn(edge)
                edge.oneway = True
                changed.append(k)
        if flip:
            street.edges.reverse()
            street.forward.reverse()
        street.forward[:] = [
            True if net.edges[k].oneway else f for k, f in zip(street.edges, street.forward, strict=True)
        ]
    _reopen(net, changed)


def _turn(edge: Edge) -> None:
    edge.u, edge.v, edge.points = edge.v, edge.u, edge.points[::-1].copy()


def _reopen(net: Network, changed: list[int]) -> None:
    for round_ in range(8):
        label = components(net)
        main = int(np.argmax(np.bincount(label)))
        cut = [k for k in changed if label[net.edges[k].u] != main or label[net.edges[k].v] != main]
        if not cut:
            return
        for k in changed if round_ == 7 else cut:
            net.edges[k].oneway = False


def components(net: Network) -> Floats:
    """The strongly connected component of every node for cars: one-way streets respected, footpaths left out."""
    roads = [e for e in net.edges if e.kind != "path"]
    u, v = np.array([e.u for e in roads]), np.array([e.v for e in roads])
    two = np.array([not e.oneway for e in roads])
    rows, cols = np.concatenate([u, v[two]]), np.concatenate([v, u[two]])
    graph = coo_matrix((np.ones(len(rows)), (rows, cols)), shape=(len(net.nodes),) * 2)
    label: Floats = connected_components(graph, directed=True, connection="strong")[1]
    return label


def place_signals(net: Network, rng: np.random.Generator) -> dict[int, dict[str, str]]:
    """Signals where main roads cross, pedestrian crossings and stop signs at a few others."""
    found: dict[int, dict[str, str]] = {}
    for node, around in incident(net.edges).items():
        here = [net.edges[k] for k in around]
        if any("junction" in e.tags for e in here):
            continue
        main = sum(e.kind in MAIN for e in here)
        if len(here) >= 3 and (main >= 3 or (main >= 2 and rng.uniform() < 0.12)):
            found[node] = {"highway": "traffic_signals"}
        elif len(here) >= 3 and main >= 2 and rng.uniform() < 0.15:
            found[node] = {"highway": "crossing", "crossing": "marked"}
        elif len(here) == 1 and here[0].kind in {"close", "residential"}:
            found[node] = {"highway": "turning_circle"}
    return found


def forbid_turns(net: Network, signals: dict[int, dict[str, str]], rng: np.random.Generator) -> list[Restriction]:
    """No left turn out of some side streets into a main road, at signals."""
    meet = incident(net.edges)
    found = []
    for node in sorted(signals):
        if signals[node].get("highway") != "traffic_signals" or rng.uniform() > 0.3 or len(meet[node]) != 4:
            continue
        into = [k for k in meet[node] if net.edges[k].kind in MAIN and _may_leave(net.edges[k], node)]
        side = [k for k in meet[node] if _may_enter(net.edges[k], node)]
        pair = next(((a, b) for a in side for b in into if a != b and _is_left(net, node, a, b)), None)
        if pair:
            found.append(Restriction(pair[0], node, pair[1], "no_left_turn"))
    return found


def _may_leave(edge: Edge, node: int) -> bool:
    return edge.u != edge.v and (not edge.oneway or edge.u == node)


def _may_enter(edge: Edge, node: int) -> bool:
    return edge.u != edge.v and (not edge.oneway or edge.v == node)


def _is_left(net: Network, node: int, a: int, b: int) -> bool:
    def aim(k: int) -> Floats:
        edge = net.edges[k]
        points = edge.points if edge.u == node else edge.points[::-1]
        step: Floats = points[1] - points[0]
        return step / max(1e-9, float(np.hypot(*step)))

    coming, leaving = -aim(a), aim(b)
    cross = float(coming[0] * leaving[1] - coming[1] * leaving[0])
    return cross > 0.8
