"""Turn restrictions laid over the arcs: bans at a node, bans along ways, mandatory turns.

A ban along ways ("from A by way of B never into C") needs memory: edges of B are copied, the copy is entered only
from A, and only the copy lacks the turn into C. Copies are *states* beyond the edges, with the same ground under them.
Source: wiki.openstreetmap.org, Relation:restriction. Refuses to know tags, files or seconds.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from tocsin.geo.osm import Nodes, Restriction, Restrictions, Ways
from tocsin.geo.topology import Edges, Ints, Pieces
from tocsin.geo.turns import Arcs

_WANTED_DEG = {"left_turn": -90.0, "right_turn": 90.0, "straight_on": 0.0, "u_turn": 180.0}
_LONGEST_VIA = 40  # edges

Arc = tuple[int, float, float]  # end state, NORMAL cost, SIREN cost


@dataclass(slots=True)
class Turns:
    """The arcs while restrictions are laid on: `changed` overrides the arcs of a state; `base` names copies' edges."""

    arcs: Arcs
    edges: Edges
    way_id: Ints  # of each edge
    changed: dict[int, list[Arc]] = field(default_factory=dict)
    base: list[int] = field(default_factory=list)
    copies: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def edge(self, state: int) -> int:
        """The edge under a state."""
        n = len(self.edges.piece)
        return state if state < n else self.base[state - n]

    def after(self, state: int) -> list[Arc]:
        """Arcs leaving a state, as they stand now."""
        if state in self.changed:
            return self.changed[state]
        part = slice(int(self.arcs.ptr[state]), int(self.arcs.ptr[state + 1]))
        cost = self.arcs.cost_s[:, part]
        return list(zip(self.arcs.end[part].tolist(), cost[0].tolist(), cost[1].tolist(), strict=True))

    def states(self, edge: int) -> list[int]:
        """The edge's own state and its copies."""
        return [edge, *self.copies.get(edge, [])]

    def copy(self, state: int) -> int:
        """A new state on the same edge with the same arcs."""
        edge = self.edge(state)
        new = len(self.edges.piece) + len(self.base)
        self.base.append(edge)
        self.changed[new] = list(self.after(state))
        self.copies[edge].append(new)
        return new


def restrict(
    found: Restrictions, arcs: Arcs, edges: Edges, pieces: Pieces, ways: Ways, nodes: Nodes
) -> tuple[Arcs, Ints]:
    """Lay the restrictions on. Returns the new arcs (over edges and copies) and the edge under each state."""
    turns = Turns(arcs, edges, ways.way_id[pieces.way[edges.piece]])
    by_way: dict[int, list[int]] = defaultdict(list)
    wanted = {r.from_way for r in found.kept}
    for edge in np.flatnonzero(np.isin(turns.way_id, list(wanted))).tolist():
        by_way[int(turns.way_id[edge])].append(edge)
    for one in found.kept:
        laid = _along_ways(one, turns, by_way) if one.via_node is None else _at_node(one, turns, by_way, nodes)
        if not laid:
            found.skip("not on our roads")
    return _rebuild(turns)


def _at_node(one: Restriction, turns: Turns, by_way: dict[int, list[int]], nodes: Nodes) -> bool:
    """Ban (or make mandatory) a turn at one node. False when the map holds no such turn."""
    at = int(np.searchsorted(nodes.node_id, one.via_node or 0))
    if at >= len(nodes.node_id) or nodes.node_id[at] != one.via_node:
        return False
    done = False
    for start in by_way.get(one.from_way, ()):
        if turns.edges.head[start] != at:
            continue
        targets = _targets(one, turns, start)
        for state in turns.states(start) if targets else ():
            turns.changed[state] = [arc for arc in turns.after(state) if (turns.edge(arc[0]) in targets) == one.only]
            done = True
    return done


def _targets(one: Restriction, turns: Turns, start: int) -> set[int]:
    """Edges of the `to` way that the restriction speaks of, when entered from `start`.

    A `to` way that runs on through the junction offers two; the sign's direction tells which is meant.
    """
    part = slice(int(turns.arcs.ptr[start]), int(turns.arcs.ptr[start + 1]))
    ends = turns.arcs.end[part]
    mine = turns.way_id[ends] == one.to_way
    if one.turn == "u_turn" and one.to_way == one.from_way:
        return {int(e) for e in ends[mine] if e == turns.edges.twin[start]}
    if mine.sum() <= 1 or one.turn not in _WANTED_DEG:
        return {int(e) for e in ends[mine]}
    off = np.abs((turns.arcs.angle_deg[part] - _WANTED_DEG[one.turn] + 540.0) % 360.0 - 180.0)
    return {int(ends[mine][np.argmin(off[mine])])}


def _along_ways(one: Restriction, turns: Turns, by_way: dict[int, list[int]]) -> bool:
    """Ban (or make mandatory) a turn after a stretch of ways. False when the map holds no such stretch."""
    done = False
    for start in by_way.get(one.from_way, ()):
        path = _via_path(one, turns, start)
        if path is not None:
            _forbid_path(path, one.only, turns)
            done = True
    return done


def _via_path(one: Restriction, turns: Turns, start: int) -> list[int] | None:
    """Edges from `start` over all via ways, in order, to the first edge of the `to` way; None when there is none."""
    order = (*one.via_ways, one.to_way)
    trail: list[tuple[list[int], int]] = [([start], -1)]  # edges so far, index in `order` of the last
    while trail:
        path, step = trail.pop(0)
        if step == len(order) - 1:
            return path
        if len(path) > _LONGEST_VIA:
            continue
        for end, _, _ in turns.after(path[-1]):
            edge = turns.edge(end)
            way = int(turns.way_id[edge])
            if edge in path or (edge == turns.edges.twin[path[-1]] and way != one.to_way):
                continue
            if way == order[step + 1]:
                trail.append(([*path, edge], step + 1))
            elif step >= 0 and way == order[step]:
                trail.append(([*path, edge], step))
    return None


def _forbid_path(path: list[int], only: bool, turns: Turns) -> None:
    """Copy the via edges so that coming from `path[0]` is remembered, then ban (or force) the last turn."""
    current = turns.states(path[0])
    for edge in path[1:-1]:
        following: list[int] = []
        for state in current:
            arcs = []
            for end, normal_s, siren_s in turns.after(state):
                if turns.edge(end) != edge:
                    arcs.append((end, normal_s, siren_s))
                    continue
                new = turns.copy(end)
                following.append(new)
                arcs.append((new, normal_s, siren_s))
            turns.changed[state] = arcs
        current = following
    for state in current:
        turns.changed[state] = [arc for arc in turns.after(state) if (turns.edge(arc[0]) == path[-1]) == only]


def _rebuild(turns: Turns) -> tuple[Arcs, Ints]:
    n = len(turns.edges.piece)
    state_edge = np.concatenate([np.arange(n), np.array(turns.base, np.int64)])
    keep = ~np.isin(turns.arcs.start, np.fromiter(turns.changed, np.int64, len(turns.changed)))
    new = [(state, *arc) for state, arcs in turns.changed.items() for arc in arcs]
    added = np.array(new, np.float64).reshape(-1, 4)
    start = np.concatenate([turns.arcs.start[keep], added[:, 0].astype(np.int64)])
    end = np.concatenate([turns.arcs.end[keep], added[:, 1].astype(np.int64)])
    cost = np.concatenate([turns.arcs.cost_s[:, keep], added[:, 2:].T], axis=1)
    order = np.argsort(start, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(state_edge)))])
    return Arcs(ptr, start[order], end[order], cost[:, order], np.zeros(len(order))), state_edge
