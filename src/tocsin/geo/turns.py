"""Turns: which edge may follow which, and what the turn costs under each profile.

Edge-based: an *arc* leads from one edge to the next at a junction. Refuses to know restrictions (see `restrictions`),
files or searching.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.measure import bearing_deg, degrees, ranges
from tocsin.geo.osm import NODE_WALL, Nodes, Ways
from tocsin.geo.speeds import FERRY, PROFILES, Access, Profile
from tocsin.geo.topology import Edges, Ints, Pieces, node_costs_s


@dataclass(slots=True)
class Arcs:
    """Allowed turns, sorted by `start`: arcs of edge e are `ptr[e]:ptr[e + 1]`. `cost_s` is (2, n)."""

    ptr: Ints
    start: Ints
    end: Ints
    cost_s: NDArray[np.float64]
    angle_deg: NDArray[np.float64]  # positive to the right, ±180 is turning round


def make_arcs(edges: Edges, pieces: Pieces, ways: Ways, nodes: Nodes) -> Arcs:
    """All turns the ground allows, with their costs."""
    n_nodes = len(nodes.node_id)
    by_tail = np.argsort(edges.tail, kind="stable")
    out_count = np.bincount(edges.tail, minlength=n_nodes)
    out_start = np.cumsum(out_count) - out_count
    counts = out_count[edges.head]
    start = np.repeat(np.arange(len(edges.piece)), counts)
    end = by_tail[ranges(out_start[edges.head], counts)]
    arms = np.bincount(pieces.tail, minlength=n_nodes) + np.bincount(pieces.head, minlength=n_nodes)
    at = edges.head[start]
    u_turn = end == edges.twin[start]
    # A vehicle may start and arrive facing either way, so turning round on the way helps only where the road ends.
    pointless = u_turn & (arms[at] > 1) & (out_count[at] > 1) & (nodes.kind[at] != NODE_WALL)
    keep = ~pointless & ((nodes.kind[at] != NODE_WALL) | u_turn)
    start, end, u_turn, at = start[keep], end[keep], u_turn[keep], at[keep]
    angle = _angles(edges, pieces, nodes, start, end)
    cost = np.stack([_cost(p, edges, pieces, ways, nodes, start, end, angle, u_turn, arms) for p in PROFILES])
    ptr = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(edges.piece)))])
    return Arcs(ptr, start, end, cost, angle)


def _angles(edges: Edges, pieces: Pieces, nodes: Nodes, start: Ints, end: Ints) -> NDArray[np.float64]:
    first, last = pieces.ptr[edges.piece], pieces.ptr[edges.piece + 1] - 1
    leave_a, leave_b = np.where(edges.backward, last, first), np.where(edges.backward, last - 1, first + 1)
    come_a, come_b = np.where(edges.backward, first + 1, last - 1), np.where(edges.backward, first, last)
    lat, lon = degrees(nodes.lat_e7[pieces.point]), degrees(nodes.lon_e7[pieces.point])
    leaving = bearing_deg(lat[leave_a], lon[leave_a], lat[leave_b], lon[leave_b])
    coming = bearing_deg(lat[come_a], lon[come_a], lat[come_b], lon[come_b])
    result: NDArray[np.float64] = (leaving[end] - coming[start] + 540.0) % 360.0 - 180.0
    return result


def _cost(
    profile: Profile,
    edges: Edges,
    pieces: Pieces,
    ways: Ways,
    nodes: Nodes,
    start: Ints,
    end: Ints,
    angle: NDArray[np.float64],
    u_turn: NDArray[np.bool_],
    arms: Ints,
) -> NDArray[np.float64]:
    at = edges.head[start]
    cost = np.where(arms[at] > 2, profile.turn_s * (np.abs(angle) / 90.0) ** 2, 0.0)
    cost += node_costs_s(profile)[nodes.kind[at]]
    cost = np.where(u_turn, np.where(arms[at] == 1, profile.dead_end_turn_s, profile.u_turn_s), cost)
    way_access = np.array([rule.access for rule in ways.rules])[pieces.way[edges.piece]]
    for kind, entry_s in ((Access.PRIVATE, profile.private_entry_s), (Access.RESERVED, profile.reserved_entry_s)):
        cost += np.where((way_access[end] == kind) & (way_access[start] != kind), entry_s, 0.0)
    ferry = np.array([rule.road_class == FERRY for rule in ways.rules])[pieces.way[edges.piece]]
    cost += np.where(ferry[end] & ~ferry[start], profile.ferry_boarding_s, 0.0)
    return cost
