"""From ways and nodes to pieces and directed edges: the shape of the road graph, before any turn.

A *piece* is a stretch of one way between two junctions (nodes of degree two are swallowed). An *edge* is a piece in one
direction; a two-way piece has two edges that are each other's *twin*. Refuses to know turns, files or searching.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.measure import degrees, distance_m, ranges
from tocsin.geo.osm import NODE_BOLLARD, NODE_GATE, NODE_GIVE_WAY, NODE_SIGNAL, NODE_STOP, NODE_WALL, Nodes, Ways
from tocsin.geo.speeds import FASTEST_KMH, FERRY, PROFILES, Profile

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Pieces:
    """Stretches of way between junctions. `point[ptr[i]:ptr[i + 1]]` are node indices of piece i, along its way."""

    way: Ints  # index into Ways
    ptr: Ints
    point: Ints
    length_m: NDArray[np.float64]
    cum_m: NDArray[np.float64]  # along each piece, one per point

    @property
    def tail(self) -> Ints:
        """Node index each piece starts at."""
        return self.point[self.ptr[:-1]]

    @property
    def head(self) -> Ints:
        """Node index each piece ends at."""
        return self.point[self.ptr[1:] - 1]


@dataclass(slots=True)
class Edges:
    """Directed edges, numbered for good. `time_s` has shape (2, n): NORMAL and SIREN."""

    piece: Ints
    backward: NDArray[np.bool_]
    twin: Ints
    tail: Ints
    head: Ints
    time_s: NDArray[np.float64]


@dataclass(slots=True)
class Broken:
    """Ways whose nodes are missing from the file."""

    ways: int = 0  # with at least one node missing
    left_out: int = 0  # of these, nothing usable remained


def cut(ways: Ways, nodes: Nodes) -> tuple[Pieces, Broken]:
    """Cut the ways at their junctions. Points missing from the file are cut out; what remains is kept."""
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.ptr))
    at = np.searchsorted(nodes.node_id, ways.refs)
    found = nodes.found[at]
    fresh = np.ones(len(at), np.bool_)
    fresh[1:] = (at[1:] != at[:-1]) | (way[1:] != way[:-1])
    way, at, ok = way[fresh], at[fresh], found[fresh]
    joined = np.zeros(len(at), np.bool_)  # joined[i]: points i and i + 1 are a segment
    joined[:-1] = (way[1:] == way[:-1]) & ok[1:] & ok[:-1]
    after = np.zeros_like(joined)
    after[1:] = joined[:-1]
    degree = np.bincount(at[joined], minlength=len(nodes.node_id)) + np.bincount(
        at[after], minlength=len(nodes.node_id)
    )
    junction = (degree != 2) | (nodes.kind == NODE_WALL)
    junction[at[joined != after]] = True  # both ends of every run
    starts = np.flatnonzero(joined & (~after | junction[at]))
    segments = np.flatnonzero(joined)
    counts = np.diff(np.append(np.searchsorted(segments, starts), len(segments)))
    pieces = _measure(way[starts], at, starts, counts + 1, nodes)
    return pieces, _broken(ways, found, way[starts])


def _broken(ways: Ways, found: NDArray[np.bool_], used_way: Ints) -> Broken:
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.ptr))
    bad = np.bincount(way[~found], minlength=len(ways.way_id)) > 0
    kept = np.zeros(len(ways.way_id), np.bool_)
    kept[used_way] = True
    return Broken(int(bad.sum()), int((bad & ~kept).sum()))


def _measure(way: Ints, at: Ints, starts: Ints, counts: Ints, nodes: Nodes) -> Pieces:
    """Lay the pieces out, neighbours on the ground near each other in memory (Morton order), and measure them."""
    order = np.argsort(_morton(nodes.lat_e7[at[starts]], nodes.lon_e7[at[starts]]), kind="stable")
    way, starts, counts = way[order], starts[order], counts[order]
    point = at[ranges(starts, counts)]
    ptr = np.concatenate([[0], np.cumsum(counts)])
    lat, lon = degrees(nodes.lat_e7[point]), degrees(nodes.lon_e7[point])
    step = np.zeros(len(point))
    if len(point):
        step[1:] = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
        step[ptr[:-1]] = 0.0
    cum = np.cumsum(step)
    cum -= np.repeat(cum[ptr[:-1]], counts) if len(point) else 0.0
    return Pieces(way, ptr, point, cum[ptr[1:] - 1], cum)


def _morton(lat_e7: NDArray[np.int32], lon_e7: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Interleave the top bits of both coordinates: a cheap order that keeps neighbours together."""
    code = np.zeros(len(lat_e7), np.uint64)
    for shift, values in ((0, lon_e7.astype(np.int64) + 1_800_000_000), (1, lat_e7.astype(np.int64) + 900_000_000)):
        v = values.astype(np.uint64) >> np.uint64(10)
        for bit in range(22):
            code |= ((v >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return code


def direct(pieces: Pieces, ways: Ways, nodes: Nodes) -> Edges:
    """Make the directed edges of all pieces and time them under both profiles."""
    ahead = np.array([rule.forward_kmh for rule in ways.rules])[pieces.way]
    back = np.array([rule.backward_kmh for rule in ways.rules])[pieces.way]
    kmh = np.stack([ahead, back], axis=1).ravel()
    flat = np.flatnonzero(kmh > 0)
    piece, backward = flat // 2, flat % 2 == 1
    number = np.full(len(kmh), -1)
    number[flat] = np.arange(len(flat))
    return Edges(
        piece=piece,
        backward=backward,
        twin=number[flat ^ 1],
        tail=np.where(backward, pieces.head[piece], pieces.tail[piece]),
        head=np.where(backward, pieces.tail[piece], pieces.head[piece]),
        time_s=_times(pieces, ways, nodes, piece, kmh[flat]),
    )


def _times(pieces: Pieces, ways: Ways, nodes: Nodes, piece: Ints, kmh: NDArray[np.float64]) -> NDArray[np.float64]:
    way = pieces.way[piece]
    siren = np.array([rule.siren_factor for rule in ways.rules])[way]
    wait = np.array([rule.wait_s for rule in ways.rules])[way]
    result = np.empty((2, len(piece)))
    for row, (profile, factor) in enumerate(zip(PROFILES, (np.ones_like(siren), siren), strict=True)):
        driving = pieces.length_m[piece] / (np.minimum(kmh * factor, FASTEST_KMH) / 3.6)
        result[row] = driving + _inner_costs(pieces, nodes, profile)[piece] + wait
    timetable = _timetable(pieces, ways)[piece]
    return np.maximum(np.where(timetable > 0, timetable, result), 0.01)


def _timetable(pieces: Pieces, ways: Ways) -> NDArray[np.float64]:
    """Seconds of each ferry piece by its way's stated duration, shared by length; 0 elsewhere."""
    stated = np.array([rule.duration_s or 0.0 if rule.road_class == FERRY else 0.0 for rule in ways.rules])
    whole = np.bincount(pieces.way, pieces.length_m, minlength=len(stated))
    share = pieces.length_m / np.maximum(whole[pieces.way], 1e-9)
    result: NDArray[np.float64] = stated[pieces.way] * share
    return result


def node_costs_s(profile: Profile) -> NDArray[np.float64]:
    """Seconds lost at each kind of node (indexed by NODE_*) under a profile."""
    costs = np.zeros(NODE_WALL + 1)
    costs[NODE_SIGNAL], costs[NODE_STOP], costs[NODE_GIVE_WAY] = profile.signal_s, profile.stop_s, profile.give_way_s
    costs[NODE_GATE], costs[NODE_BOLLARD] = profile.gate_s, profile.bollard_s
    return costs


def _inner_costs(pieces: Pieces, nodes: Nodes, profile: Profile) -> NDArray[np.float64]:
    """Seconds lost at signals, signs and gates strictly inside each piece (its ends are charged by the turn)."""
    costs = node_costs_s(profile)[nodes.kind[pieces.point]]
    costs[pieces.ptr[:-1]] = 0.0
    costs[pieces.ptr[1:] - 1] = 0.0
    return np.add.reduceat(costs, pieces.ptr[:-1]) if len(costs) else np.zeros(0)
