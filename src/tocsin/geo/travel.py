"""One search from one point to (or from) many: who can be there when.

Works on snaps. Every thread has a workspace of its own (about 60 bytes a state), stamped instead of cleared, so queries
may run side by side; the graph itself is never written. Refuses to know latitude, names or units.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.core import Core, TooWinding, core_of, search_core
from tocsin.geo.graph import I4, Graph
from tocsin.geo.kernel import ROW_METRES, STAMP, Answer, Ends, Net, Scratch, search
from tocsin.geo.snapping import Floats, Ints, Snaps

BUCKET_S = 2.0
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Times:
    """Travel to or from n points: seconds (inf: no road), metres by road, metres each point lay off the road."""

    eta_s: Floats
    length_m: Floats
    snap_m: Floats


@dataclass(slots=True)
class Workspace:
    """One thread's scratch memory and the stamp of its last search."""

    scratch: Scratch
    mark: int = 0

    def next_mark(self) -> int:
        """A stamp never used before; when the numbers run out, start over with clean stamps."""
        if self.mark >= 2**31 - 2:
            self.scratch.link[:, STAMP] = 0
            self.mark = 0
        self.mark += 1
        return self.mark


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leaves behind: times and, for a route, the states the points were reached by and all parents."""

    times: Times
    state: Ints  # the state each point was reached by, -1: none, or on the same edge without a search
    seed_state: Ints
    workspace: Workspace


@dataclass(slots=True)
class Searcher:
    """Searches over one graph; safe to share between threads."""

    graph: Graph
    _local: threading.local = field(default_factory=threading.local)
    _copy_edge: I4 = field(init=False)  # sorted edges that have copies …
    _copy_state: Ints = field(init=False)  # … and the copies, in the same order
    _n_buckets: int = field(init=False)
    _open: Mask = field(init=False)
    _cores: dict[tuple[bool, int], Core] = field(default_factory=dict)

    def __post_init__(self) -> None:
        g = self.graph
        n_edges = len(g.edge_piece)
        order = np.argsort(g.state_edge[n_edges:], kind="stable")
        self._copy_edge = g.state_edge[n_edges:][order]
        self._copy_state = order + n_edges
        longest = max(
            float(g.time_s(siren=siren).max(initial=0.0)) + float(g.arcs(siren=siren)[2].max(initial=0.0))
            for siren in (False, True)
        )
        self._n_buckets = int(longest / BUCKET_S) + 3
        self._open = np.zeros(len(g.state_edge), np.uint8)

    def net(self, *, reverse: bool, siren: bool, closed: Mask) -> Net:
        """The arrays to search: against the arrows towards one target, or along them from one origin."""
        g = self.graph
        row, arc = (g.in_row, g.in_arc) if reverse else (g.out_row, g.out_arc)
        return Net(row, row.view(np.float32), arc, arc.view(np.float32), 1 + siren, closed)

    def closed_mask(self, edges: Ints) -> Mask:
        """1 for every state on a closed edge. A state stands for its edge, copies included."""
        if not len(edges):
            return self._open
        by_edge = np.zeros(len(self.graph.edge_piece), np.uint8)
        by_edge[edges] = 1
        return by_edge[self.graph.state_edge]

    def to_one(self, target: Snaps, origins: Snaps, siren: bool, closed: Mask, limit_s: float) -> Found:
        """From every origin to one target (a Snaps of length 1)."""
        net = self.net(reverse=True, siren=siren, closed=closed)
        seeds = _ends(net, *self._with_copies(*_directions(target)), rest=False)
        points = _ends(net, *_directions(origins), rest=True)
        return self._run(net, seeds, points, _direct(net, origins, target), limit_s, origins.distance_m)

    def from_one(self, origin: Snaps, targets: Snaps, siren: bool, closed: Mask, limit_s: float) -> Found:
        """From one origin (a Snaps of length 1) to every target."""
        net = self.net(reverse=False, siren=siren, closed=closed)
        seeds = _ends(net, *_directions(origin), rest=True)
        points = _ends(net, *self._with_copies(*_directions(targets)), rest=False)
        return self._run(net, seeds, points, _direct(net, origin, targets), limit_s, targets.distance_m)

    def times_to_one(self, target: Snaps, origins: Snaps, siren: bool, closed: Mask, limit_s: float) -> Times:
        """The times of `to_one`, sooner while no road is closed."""
        net = self.net(reverse=True, siren=siren, closed=closed)
        seeds = _ends(net, *self._with_copies(*_directions(target)), rest=False)
        points = _ends(net, *_directions(origins), rest=True)
        answer = _direct(net, origins, target)
        if closed is self._open:
            back = self.net(reverse=False, siren=siren, closed=closed)
            with suppress(TooWinding):
                return self._quick(net, back, seeds, points, answer, limit_s, origins.distance_m)
            answer = _direct(net, origins, target)
        return self._run(net, seeds, points, answer, limit_s, origins.distance_m).times

    def times_from_one(self, origin: Snaps, targets: Snaps, siren: bool, closed: Mask, limit_s: float) -> Times:
        """The times of `from_one`, sooner while no road is closed."""
        net = self.net(reverse=False, siren=siren, closed=closed)
        seeds = _ends(net, *_directions(origin), rest=True)
        points = _ends(net, *self._with_copies(*_directions(targets)), rest=False)
        answer = _direct(net, origin, targets)
        if closed is self._open:
            back = self.net(reverse=True, siren=siren, closed=closed)
            with suppress(TooWinding):
                return self._quick(net, back, seeds, points, answer, limit_s, targets.distance_m)
            answer = _direct(net, origin, targets)
        return self._run(net, seeds, points, answer, limit_s, targets.distance_m).times

    def _quick(
        self, net: Net, back: Net, seeds: Ends, points: Ends, answer: Answer, limit_s: float, snap_m: Floats
    ) -> Times:
        key = (net.row_i is self.graph.in_row, net.profile)
        core = self._cores.get(key)
        if core is None:  # two threads may make it at once: they make the same
            core = self._cores[key] = core_of(net, back)
        spaces: dict[tuple[bool, int], Workspace] | None = getattr(self._local, "cores", None)
        if spaces is None:
            spaces = self._local.cores = {}
        ws = spaces.get(key)
        if ws is None:
            ws = spaces[key] = Workspace(core.scratch(1.0 / BUCKET_S))
        search_core(core, seeds, points, answer, ws.scratch, ws.next_mark(), limit_s, 1.0 / BUCKET_S)
        late = answer.seconds > limit_s
        answer.seconds[late], answer.metres[late] = np.inf, np.inf
        return Times(answer.seconds, answer.metres, snap_m)

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

    def _run(self, net: Net, seeds: Ends, points: Ends, answer: Answer, limit_s: float, snap_m: Floats) -> Found:
        ws = self._workspace()
        search(net, seeds, points, answer, ws.scratch, ws.next_mark(), limit_s, 1.0 / BUCKET_S)
        late = answer.seconds > limit_s
        answer.seconds[late], answer.metres[late], answer.best[late] = np.inf, np.inf, -1
        state = np.where(answer.best >= 0, points.state[answer.best], -1) if len(points.state) else answer.best
        return Found(Times(answer.seconds, answer.metres, snap_m), state, seeds.state, ws)

    def _workspace(self) -> Workspace:
        ws: Workspace | None = getattr(self._local, "workspace", None)
        if ws is None:
            ws = Workspace(Scratch.sized(len(self.graph.state_edge), len(self.graph.out_arc), self._n_buckets))
            self._local.workspace = ws
        return ws


def _directions(snaps: Snaps) -> tuple[Ints, Ints, Floats]:
    """Flat (edge, point number, fraction from the edge's start) over the directions each point's road can be driven."""
    drivable = snaps.edges >= 0
    point = np.ascontiguousarray(np.nonzero(drivable)[0])  # one layout, one compilation
    return snaps.edges[drivable], point, snaps.fractions[drivable]


def _ends(net: Net, state: Ints, point: Ints, fraction: Floats, *, rest: bool) -> Ends:
    """Offsets on each end's own edge: what lies before the point, or (`rest`) what remains after it."""
    share = 1.0 - fraction if rest else fraction
    return Ends(state, point, share * net.row_f[state, net.profile], share * net.row_f[state, ROW_METRES])


def _direct(net: Net, starts: Snaps, ends: Snaps) -> Answer:
    """What needs no search: pairs on one edge with the end ahead (inf elsewhere). One side has length 1."""
    same = (starts.edges == ends.edges) & (starts.edges >= 0) & (starts.fractions <= ends.fractions)
    edge = np.where(same, np.maximum(starts.edges, ends.edges), 0)
    ahead = np.where(same, ends.fractions - starts.fractions, np.inf)
    seconds = (ahead * net.row_f[edge, net.profile]).min(axis=1, initial=np.inf)
    metres = np.where(same, ahead * net.row_f[edge, ROW_METRES], np.inf).min(axis=1, initial=np.inf)
    return Answer(seconds, metres, np.full(len(seconds), -1, np.int64))
