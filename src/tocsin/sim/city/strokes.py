"""Streets out of edges: pieces of road that carry on through a junction without a marked bend are one street.

After the "strokes" of Thomson and Richardson (1999). Knows geometry and road classes; knows no names.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tocsin.sim.city.model import Edge, Floats
from tocsin.sim.city.network import Network

MAX_TURN_COS = -0.78
LIMIT_M = {"primary": 6000.0, "secondary": 4000.0, "tertiary": 2600.0, "perimeter": 3000.0}

Run = tuple[list[int], list[bool]]


def chain(net: Network) -> list[Run]:
    """Runs of edges, each in walking order with True where an edge is walked from u to v."""
    partner = _partners(net)
    seen = [False] * len(net.edges)
    runs: list[Run] = []
    for start in range(len(net.edges)):
        if not seen[start]:
            runs += _cut(net, _walk(partner, start, seen))
    return runs


def _direction(edge: Edge, at_u: bool) -> Floats:
    points = edge.points if at_u else edge.points[::-1]
    step = points[1] - points[0]
    if np.hypot(*step) < 12 and len(points) > 2:
        step = points[2] - points[0]
    unit: Floats = step / max(1e-9, float(np.hypot(*step)))
    return unit


def _alike(a: Edge, b: Edge) -> bool:
    return a.kind == b.kind and a.tags == b.tags


def _partners(net: Network) -> dict[tuple[int, bool], tuple[int, bool]]:
    ends: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for k, edge in enumerate(net.edges):
        ends[edge.u].append((k, True))
        ends[edge.v].append((k, False))
    partner: dict[tuple[int, bool], tuple[int, bool]] = {}
    for here in ends.values():
        aims = [_direction(net.edges[k], at_u) for k, at_u in here]
        pairs = []
        for i in range(len(here)):
            for j in range(i + 1, len(here)):
                if _alike(net.edges[here[i][0]], net.edges[here[j][0]]) and here[i][0] != here[j][0]:
                    pairs.append((float(aims[i] @ aims[j]), i, j))
        used: set[int] = set()
        for cosine, i, j in sorted(pairs):
            straight = MAX_TURN_COS if "junction" not in net.edges[here[i][0]].tags else 1.0
            if cosine < straight and i not in used and j not in used:
                used |= {i, j}
                partner[here[i]], partner[here[j]] = here[j], here[i]
    return partner


def _walk(partner: dict[tuple[int, bool], tuple[int, bool]], start: int, seen: list[bool]) -> Run:
    seen[start] = True
    ahead = _follow(partner, (start, False), seen)
    behind = _follow(partner, (start, True), seen)
    run = [(k, not enter_u) for k, enter_u in reversed(behind)] + [(start, True)] + ahead
    return [k for k, _ in run], [f for _, f in run]


def _follow(
    partner: dict[tuple[int, bool], tuple[int, bool]], leave: tuple[int, bool], seen: list[bool]
) -> list[tuple[int, bool]]:
    found = []
    while leave in partner:
        k, at_u = partner[leave]
        if seen[k]:
            break
        seen[k] = True
        found.append((k, at_u))
        leave = (k, not at_u)
    return found


def _cut(net: Network, run: Run) -> list[Run]:
    limit = LIMIT_M.get(net.edges[run[0][0]].kind, 1500.0)
    runs: list[Run] = []
    edges: list[int] = []
    ways: list[bool] = []
    total = 0.0
    for k, forward in zip(*run, strict=True):
        step = np.diff(net.edges[k].points, axis=0)
        length = float(np.hypot(step[:, 0], step[:, 1]).sum())
        if edges and total + length > limit:
            runs.append((edges, ways))
            edges, ways, total = [], [], 0.0
        edges.append(k)
        ways.append(forward)
        total += length
    runs.append((edges, ways))
    return runs
