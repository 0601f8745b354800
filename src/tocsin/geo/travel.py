"""One search from one point to (or from) many: who can be there when.

Works on snaps. Every thread has a workspace of its own (about 60 bytes a state), stamped instead of cleared, so queries
may run side by side; the graph itself is never written. Refuses to know latitude, names or units.
"""

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tocsin.geo import kernel
from tocsin.geo.graph import F4, I4, Graph
from tocsin.geo.snapping import Floats, Ints, Snaps

BUCKET_S = 2.0
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Times:
    """Travel to or from n points: seconds (inf: no road leads there), metres by road, metres each point was off the road."""

    eta_s: Floats
    length_m: Floats
    snap_m: Floats


@dataclass(slots=True)
class Workspace:
    """One thread's scratch arrays over states."""

    dist: Floats
    walked: Floats
    parent: I4
    stamp: NDArray[np.uint32]
    slot: I4
    before: I4
    after: I4
    heads: I4
    cand_head: I4
    mark: int = 0

    @classmethod
    def for_states(cls, n: int, n_buckets: int) -> "Workspace":
        """Scratch for a graph of n states."""
        ints = [np.zeros(n, np.int32) for _ in range(5)]
        return cls(
            np.zeros(n),
            np.zeros(n),
            ints[0],
            np.zeros(n, np.uint32),
            *ints[1:4],
            np.zeros(n_buckets, np.int32),
            ints[4],
        )

    def next_mark(self) -> int:
        """A stamp never used before; when the numbers run out, start over with clean stamps."""
        if self.mark >= 2**32 - 2:
            self.stamp[:] = 0
            self.mark = 0
        self.mark += 1
        return self.mark


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leaves behind: per-point results and, for a route, the winning candidate and the labels' parents."""

    times: Times
    state: Ints  # the state each point was reached by, -1: none, or on the same edge without a search
    seed_state: Ints
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Side:
    """Arcs and times for one direction of search under one profile."""

    ptr: I4
    neighbour: I4
    cost_s: F4
    time_s: F4


@dataclass(slots=True)
class Searcher:
    """Searches over one graph; safe to share between threads."""

    graph: Graph
    _local: threading.local = field(default_factory=threading.local)
    _copy_edge: I4 = field(init=False)  # sorted edges that have copies …
    _copy_state: Ints = field(init=False)  # … and the copies, in the same order
    _n_buckets: int = field(init=False)
    _open: Mask = field(init=False)

    def __post_init__(self) -> None:
        g = self.graph
        n_edges = len(g.edge_piece)
        order = np.argsort(g.state_edge[n_edges:], kind="stable")
        self._copy_edge = g.state_edge[n_edges:][order]
        self._copy_state = order + n_edges
        longest = max(
            float(time.max(initial=0.0)) + float(cost.max(initial=0.0))
            for time, cost in ((g.state_normal_s, g.out_normal_s), (g.state_siren_s, g.out_siren_s))
        )
        self._n_buckets = int(longest / BUCKET_S) + 3
        self._open = np.zeros(len(g.state_edge), np.uint8)

    def side(self, *, reverse: bool, siren: bool) -> Side:
        """The arrays to search: against the arrows towards one target, or along them from one origin."""
        g = self.graph
        time = g.state_siren_s if siren else g.state_normal_s
        if reverse:
            return Side(g.in_ptr, g.in_state, g.in_siren_s if siren else g.in_normal_s, time)
        return Side(g.out_ptr, g.out_state, g.out_siren_s if siren else g.out_normal_s, time)

    def closed_mask(self, edges: Ints) -> Mask:
        """1 for every state on a closed edge. A state stands for its edge, copies included."""
        if not len(edges):
            return self._open
        by_edge = np.zeros(len(self.graph.edge_piece), np.uint8)
        by_edge[edges] = 1
        return by_edge[self.graph.state_edge]

    def to_one(self, target: Snaps, origins: Snaps, siren: bool, closed: Mask, limit_s: float) -> Found:
        """From every origin to one target (a Snaps of length 1)."""
        side = self.side(reverse=True, siren=siren)
        seeds = self._with_copies(*_directions(target))
        starts = _directions(origins)
        return self._run(
            side,
            seeds,
            starts,
            False,
            True,
            closed,
            limit_s,
            _direct(side, self.graph.state_length_m, origins, target),
            origins,
        )

    def from_one(self, origin: Snaps, targets: Snaps, siren: bool, closed: Mask, limit_s: float) -> Found:
        """From one origin (a Snaps of length 1) to every target."""
        side = self.side(reverse=False, siren=siren)
        ends = self._with_copies(*_directions(targets))
        direct = _direct(side, self.graph.state_length_m, origin, targets)
        return self._run(side, _directions(origin), ends, True, False, closed, limit_s, direct, targets)

    def _with_copies(self, state: Ints, point: Ints, fraction: Floats) -> tuple[Ints, Ints, Floats]:
        """Add the copies of each edge: an end on an edge is reached however the edge was entered."""
        low = np.searchsorted(self._copy_edge, state, "left")
        many = np.searchsorted(self._copy_edge, state, "right") - low
        if not many.any():
            return state, point, fraction
        which = np.repeat(np.arange(len(state)), many)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
        copies = self._copy_state[low[which] + nth]
        return (
            np.concatenate([state, copies]),
            np.concatenate([point, point[which]]),
            np.concatenate([fraction, fraction[which]]),
        )

    def _run(
        self,
        side: Side,
        seeds: tuple[Ints, Ints, Floats],
        cands: tuple[Ints, Ints, Floats],
        seed_rest: bool,
        cand_rest: bool,
        closed: Mask,
        limit_s: float,
        direct: tuple[Floats, Floats],
        points: Snaps,
    ) -> Found:
        """`*_rest`: the offset is what remains of the edge after the point, not what lies before it."""
        ws = self._workspace()
        length = self.graph.state_length_m
        seed_share = 1.0 - seeds[2] if seed_rest else seeds[2]
        cand_share = 1.0 - cands[2] if cand_rest else cands[2]
        eta_s, metres = direct[0].copy(), direct[1].copy()
        best = np.full(len(points), -1, np.int64)
        kernel.search(
            side.ptr,
            side.neighbour,
            side.cost_s,
            side.time_s,
            length,
            closed,
            seeds[0],
            seed_share * side.time_s[seeds[0]],
            seed_share * length[seeds[0]],
            cands[0],
            cands[1],
            cand_share * side.time_s[cands[0]],
            cand_share * length[cands[0]],
            eta_s,
            metres,
            best,
            limit_s,
            BUCKET_S,
            ws.dist,
            ws.walked,
            ws.parent,
            ws.stamp,
            ws.next_mark(),
            ws.slot,
            ws.before,
            ws.after,
            ws.heads,
            ws.cand_head,
            np.empty(len(cands[0]), np.int32),
        )
        late = eta_s > limit_s
        eta_s[late], metres[late], best[late] = np.inf, np.inf, -1
        state = np.where(best >= 0, cands[0][best], -1) if len(cands[0]) else best
        return Found(Times(eta_s, metres, points.distance_m), state, seeds[0], ws)

    def _workspace(self) -> Workspace:
        ws: Workspace | None = getattr(self._local, "workspace", None)
        if ws is None:
            ws = Workspace.for_states(len(self.graph.state_edge), self._n_buckets)
            self._local.workspace = ws
        return ws


def _directions(snaps: Snaps) -> tuple[Ints, Ints, Floats]:
    """Flat (edge, point number, fraction from the edge's start) over the directions each point's road can be driven."""
    drivable = snaps.edges >= 0
    return snaps.edges[drivable], np.nonzero(drivable)[0], snaps.fractions[drivable]


def _direct(side: Side, length_m: F4, starts: Snaps, ends: Snaps) -> tuple[Floats, Floats]:
    """Seconds and metres for pairs on one edge with the end ahead (inf elsewhere). One side has length 1."""
    same = (starts.edges == ends.edges) & (starts.edges >= 0) & (starts.fractions <= ends.fractions)
    edge = np.where(same, np.maximum(starts.edges, ends.edges), 0)
    ahead = np.where(same, ends.fractions - starts.fractions, np.inf)
    seconds, metres = ahead * side.time_s[edge], ahead * length_m[edge]
    return seconds.min(axis=1, initial=np.inf), metres.min(axis=1, initial=np.inf)
