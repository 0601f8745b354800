"""The roads of a region: snapping, travel times, routes and closures. The one door to the road graph.

Latitude and longitude come in as degrees in that order, everything else as metres and seconds. All methods may be
called from several threads at once: the graph is never written and each thread searches in its own workspace.
Refuses to know incidents and units: it is handed points.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from tocsin.geo import closures as _closures
from tocsin.geo.graph import Graph, km_by_class, load
from tocsin.geo.measure import distance_m
from tocsin.geo.route import Route, edge_points, find_route
from tocsin.geo.snapping import Ints, Snap, Snaps, one, snap_points
from tocsin.geo.speeds import LINE_DETOUR, LINE_SPEED_KMH
from tocsin.geo.travel import Mask, Searcher, Times

Place = Snap | tuple[float, float]
Closed = Collection[int] | Ints | None

_MANY = np.inf


class Roads:
    """A road graph that answers questions. Open one per region and share it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.searcher = Searcher(graph)
        self._last_closed: tuple[frozenset[int], Mask] | None = None

    @classmethod
    def open(cls, folder: Path) -> "Roads":
        """Open the `roads` folder of a region. RegionError when it is missing or damaged."""
        return cls(load(folder))

    # --- points -------------------------------------------------------------------------------------------------

    def snap(self, lat_deg: float, lon_deg: float) -> Snap:
        """The road nearest to a point."""
        return one(self.graph, self.snap_many([[lat_deg, lon_deg]]), 0)

    def snap_many(self, points_deg: ArrayLike) -> Snaps:
        """The roads nearest to (n, 2) points in degrees."""
        return snap_points(self.graph, np.asarray(points_deg, np.float64))

    # --- times --------------------------------------------------------------------------------------------------

    def times_to(
        self,
        target: Place,
        origins: ArrayLike | Snaps,
        *,
        siren: bool,
        closed: Closed = None,
        limit_s: float | None = None,
    ) -> Times:
        """Travel times from many origins ((n, 2) degrees, or snapped before) to one target, in one search."""
        starts = origins if isinstance(origins, Snaps) else self.snap_many(origins)
        limit = _MANY if limit_s is None else limit_s
        return self.searcher.times_to_one(self._one(target), starts, siren, self._mask(closed), limit)

    def times_from(
        self,
        origin: Place,
        targets: ArrayLike | Snaps,
        *,
        siren: bool,
        closed: Closed = None,
        limit_s: float | None = None,
    ) -> Times:
        """Travel times from one origin to many targets ((n, 2) degrees, or snapped before), in one search."""
        ends = targets if isinstance(targets, Snaps) else self.snap_many(targets)
        limit = _MANY if limit_s is None else limit_s
        return self.searcher.times_from_one(self._one(origin), ends, siren, self._mask(closed), limit)

    def route(self, origin: Place, target: Place, *, siren: bool, closed: Closed = None) -> Route | None:
        """The fastest way between two places; None when no road leads there. Tells the same time as `times_to`."""
        return find_route(self.searcher, self._one(origin), self._one(target), siren, self._mask(closed), _MANY)

    def line_time(self, origin: tuple[float, float], target: tuple[float, float]) -> tuple[float, float]:
        """(seconds, metres) as the crow flies with a detour factor: a guess for where no road is known. Say so."""
        a, b = np.array(origin, np.float64), np.array(target, np.float64)
        metres = float(distance_m(a[:1], a[1:], b[:1], b[1:])[0]) * LINE_DETOUR
        return metres / (LINE_SPEED_KMH / 3.6), metres

    # --- closures -----------------------------------------------------------------------------------------------

    def closed_edges(self, closures: Iterable[tuple[float, float, float]]) -> Ints:
        """Edges that closures (latitude, longitude, radius_m) cover: the nearest road, and all within the radius."""
        return _closures.closed_edges(self.graph, closures)

    def edges_near(self, lat_deg: float, lon_deg: float, radius_m: float) -> Ints:
        """Both directions of all roads that pass within the radius."""
        return _closures.edges_near(self.graph, lat_deg, lon_deg, radius_m)

    def edges_of_street(self, name: str, near: tuple[float, float], within_m: float = 2000.0) -> Ints:
        """Both directions of the named street around a place."""
        return _closures.edges_of_street(self.graph, name, near, within_m)

    def edges_between(self, a: Place, b: Place) -> Ints:
        """Both directions of the stretch between two places: the shorter of the ways there and back; empty if none."""
        ways = [r for r in (self.route(a, b, siren=True), self.route(b, a, siren=True)) if r is not None]
        if not ways:
            return np.zeros(0, np.int64)
        return _closures.with_twins(self.graph, min(ways, key=lambda r: r.length_m).edges)

    # --- edges --------------------------------------------------------------------------------------------------

    def edge_way(self, edge: int) -> int:
        """OSM id of the way under an edge."""
        return int(self.graph.piece_way[self.graph.edge_piece[edge]])

    def edge_street(self, edge: int) -> str:
        """Street name of an edge, or its road number, or empty."""
        return self.graph.names[int(self.graph.piece_name[self.graph.edge_piece[edge]])]

    def edge_midpoint(self, edge: int) -> tuple[float, float]:
        """Latitude and longitude half way along an edge."""
        points, _ = edge_points(self.graph, edge, 0.0, 0.5)
        return float(points[-1, 0]), float(points[-1, 1])

    def km_by_class(self) -> dict[str, float]:
        """Kilometres of road by class, each road counted once."""
        return km_by_class(self.graph)

    # --- readiness ----------------------------------------------------------------------------------------------

    def warm(self) -> None:
        """Compile (or load from the cache) what the first query would wait for: seconds once, then milliseconds."""
        lat, lon = self.edge_midpoint(0)
        self.route((lat, lon), self.edge_midpoint(len(self.graph.edge_piece) - 1), siren=True)
        self.times_to((lat, lon), [[lat, lon]], siren=True, limit_s=1.0)
        self.times_from((lat, lon), [[lat, lon]], siren=False, limit_s=1.0)
        self.edges_near(lat, lon, 1.0)

    def _one(self, place: Place) -> Snaps:
        return Snaps.of([place]) if isinstance(place, Snap) else self.snap_many([place])

    def _mask(self, closed: Closed) -> Mask:
        """The closed mask, remembered for the last set of edges: closures change far less often than units move."""
        if closed is None or len(closed) == 0:
            return self.searcher.closed_mask(np.zeros(0, np.int64))
        key = frozenset(np.asarray(closed).tolist() if isinstance(closed, np.ndarray) else closed)
        last = self._last_closed
        if last is not None and last[0] == key:
            return last[1]
        mask = self.searcher.closed_mask(np.fromiter(key, np.int64, len(key)))
        self._last_closed = (key, mask)
        return mask
