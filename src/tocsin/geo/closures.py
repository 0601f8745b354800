"""Which edges a closed road means. A closure is recorded outside as a point and a radius; edge numbers are found anew.

Refuses to know why a road is closed or since when.
"""

from collections.abc import Iterable

import numpy as np

from tocsin.geo.graph import Graph
from tocsin.geo.grid import pieces_within
from tocsin.geo.measure import E7, degrees, distance_m
from tocsin.geo.snapping import Ints, ground_of, snap_points


def edges_near(graph: Graph, lat_deg: float, lon_deg: float, radius_m: float) -> Ints:
    """Both directions of every road that passes within the radius, sorted."""
    pieces = pieces_within(ground_of(graph), lat_deg / E7, lon_deg / E7, float(radius_m))
    return _edges_of(graph, np.unique(pieces))


def closed_edges(graph: Graph, closures: Iterable[tuple[float, float, float]]) -> Ints:
    """Edges covered by closures (latitude, longitude, radius in metres), sorted.

    A closure always covers the road nearest to its point, in both directions; a radius above zero adds every road that
    passes within it.
    """
    found = [np.zeros(0, np.int64)]
    for lat_deg, lon_deg, radius_m in closures:
        found.append(_edges_of(graph, snap_points(graph, np.array([[lat_deg, lon_deg]])).piece))
        if radius_m > 0:
            found.append(edges_near(graph, lat_deg, lon_deg, radius_m))
    return np.unique(np.concatenate(found))


def edges_of_street(graph: Graph, name: str, near: tuple[float, float], within_m: float) -> Ints:
    """Both directions of every piece of the named street (case ignored) that has a point within reach of `near`."""
    wanted = [i for i, known in enumerate(graph.names) if known and known.casefold() == name.casefold()]
    pieces = np.flatnonzero(np.isin(graph.piece_name, wanted))
    points = np.flatnonzero(np.isin(graph.point_piece, pieces))
    lat, lon = degrees(graph.point_lat[points]), degrees(graph.point_lon[points])
    reach = distance_m(lat, lon, np.full(len(lat), near[0]), np.full(len(lon), near[1])) <= within_m
    return _edges_of(graph, np.unique(graph.point_piece[points[reach]]))


def with_twins(graph: Graph, edges: Ints) -> Ints:
    """The edges and their other directions, sorted."""
    return _edges_of(graph, np.unique(graph.edge_piece[edges]))


def _edges_of(graph: Graph, pieces: Ints) -> Ints:
    edges = graph.piece_edges[pieces[pieces >= 0]].ravel().astype(np.int64)
    return np.unique(edges[edges >= 0])
