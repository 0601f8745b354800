"""The way itself: geometry, length, seconds at each point and street names of one fastest route.

Read off the same search as the travel times, so that both tell the same time. Refuses to know units or drawing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.graph import Graph
from tocsin.geo.kernel import PARENT
from tocsin.geo.measure import E7
from tocsin.geo.snapping import Floats, Ints, Snaps
from tocsin.geo.travel import Found, Mask, Searcher


@dataclass(frozen=True, slots=True)
class Route:
    """A way to drive. `points_deg` is (k, 2) latitude, longitude; `at_s` (k,) seconds from the start at each point.

    Where a turn costs time its point stands twice, before and after the wait. `edges` are driven in order; `streets`
    are their names, unnamed stretches left out, neighbours merged.
    """

    points_deg: Floats
    at_s: Floats
    length_m: float
    eta_s: float
    edges: Ints
    streets: tuple[str, ...]


def find_route(
    searcher: Searcher, origin: Snaps, target: Snaps, siren: bool, closed: Mask, limit_s: float
) -> Route | None:
    """The fastest route between two snaps (each a Snaps of length 1), or None when no road leads there."""
    found = searcher.to_one(target, origin, siren, closed, limit_s)
    if not np.isfinite(found.times.eta_s[0]):
        return None
    states = _states(found, origin, target)
    return _draw(searcher, states, origin, target, siren, found)


def _states(found: Found, origin: Snaps, target: Snaps) -> list[int]:
    """Driven states, first to last."""
    state = int(found.state[0])
    if state < 0:
        same = (origin.edges[0] == target.edges[0]) & (origin.fractions[0] <= target.fractions[0])
        return [int(origin.edges[0][same & (origin.edges[0] >= 0)][0])]
    states = [state]
    while state >= 0:
        state = int(found.workspace.scratch.link[state, PARENT])
        states.append(state if state >= 0 else int(found.seed_state[-1 - state]))
    return states


def _draw(searcher: Searcher, states: list[int], origin: Snaps, target: Snaps, siren: bool, found: Found) -> Route:
    graph = searcher.graph
    time_s = graph.time_s(siren=siren)
    points: list[Floats] = []
    seconds: list[Floats] = []
    clock = 0.0
    last = len(states) - 1
    for i, state in enumerate(states):
        edge = int(graph.state_edge[state])
        begin = _fraction(origin, edge) if i == 0 else 0.0
        end = _fraction(target, edge) if i == last else 1.0
        clock += _turn_s(searcher, states[i - 1], state, siren) if i else 0.0
        place, share = edge_points(graph, edge, begin, end)
        whole = float(time_s[state])
        points.append(place)
        seconds.append(clock + (share - begin) * whole)
        clock += (end - begin) * whole
    at, when = _merge(np.concatenate(points), np.concatenate(seconds))
    edges = graph.state_edge[states].astype(np.int64)
    times = found.times
    return Route(at, when, float(times.length_m[0]), float(times.eta_s[0]), edges, _streets(graph, edges))


def _fraction(snaps: Snaps, edge: int) -> float:
    return float(snaps.fractions[0][snaps.edges[0] == edge][0])


def _turn_s(searcher: Searcher, before: int, after: int, siren: bool) -> float:
    graph = searcher.graph
    part = slice(int(graph.out_row[before, 0]), int(graph.out_row[before + 1, 0]))
    cost_s = graph.out_arc.view(np.float32)[part, 1 + siren]
    return float(cost_s[graph.out_arc[part, 0] == after].min())


def edge_points(graph: Graph, edge: int, begin: float, end: float) -> tuple[Floats, Floats]:
    """Points of an edge between two fractions, (k, 2) degrees with k ≥ 2, and the fraction at each."""
    piece = int(graph.edge_piece[edge])
    part = slice(int(graph.piece_ptr[piece]), int(graph.piece_ptr[piece + 1]))
    lat, lon = graph.point_lat[part] * E7, graph.point_lon[part] * E7
    cum = graph.point_cum_m[part].astype(np.float64)
    share = cum / cum[-1] if cum[-1] > 0 else np.linspace(0.0, 1.0, len(cum))
    if graph.edge_backward[edge]:
        lat, lon, share = lat[::-1], lon[::-1], 1.0 - share[::-1]
    inner = share[(share > begin) & (share < end)]
    at = np.concatenate([[begin], inner, [end]])
    return np.stack([np.interp(at, share, lat), np.interp(at, share, lon)], axis=1), at


def _merge(points: Floats, at_s: Floats) -> tuple[Floats, Floats]:
    """Drop a point that repeats the one before in place and (within a microsecond) in time."""
    keep: NDArray[np.bool_] = np.ones(len(points), np.bool_)
    keep[1:] = (np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-9) | (np.diff(at_s) > 1e-6)
    return points[keep], at_s[keep]


def _streets(graph: Graph, edges: Ints) -> tuple[str, ...]:
    names = [graph.names[int(n)] for n in graph.piece_name[graph.edge_piece[edges]]]
    named = [name for name in names if name]
    return tuple(name for i, name in enumerate(named) if i == 0 or name != named[i - 1])
