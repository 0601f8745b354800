"""Putting points onto roads. A snap says which piece of road, how far along it, and how far off the point was.

A point never lands on a stray (a car-park aisle the extract cut off) unless every real road is much further. Refuses to
know searching, closures or units.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.graph import Graph
from tocsin.geo.grid import Feet, Ground, nearest
from tocsin.geo.measure import E7

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRAY_SLACK_M = 400.0  # a stray road wins only when the main ones are this much further


@dataclass(frozen=True, slots=True)
class Snap:
    """One point on a road. `edges` are (forward, backward), -1 where that direction may not be driven."""

    piece: int
    edges: tuple[int, int]
    fraction: float  # along the piece, in the forward edge's direction
    distance_m: float  # from the point to the road
    lat_deg: float
    lon_deg: float
    street: str


@dataclass(frozen=True, slots=True)
class Snaps:
    """Many points on roads: arrays of n; `edges` and `fractions` (n, 2): forward, backward, each from its own start.

    `piece` is -1 (and both edges) for a point that no road is near, which only happens on an empty map.
    """

    piece: Ints
    edges: Ints
    fractions: Floats
    distance_m: Floats
    lat_deg: Floats
    lon_deg: Floats

    def __len__(self) -> int:
        return len(self.piece)

    @staticmethod
    def of(snaps: "list[Snap]") -> "Snaps":
        """Gather single snaps."""
        ahead = np.array([s.fraction for s in snaps], np.float64)
        return Snaps(
            np.array([s.piece for s in snaps], np.int64),
            np.array([s.edges for s in snaps], np.int64).reshape(-1, 2),
            np.stack([ahead, 1.0 - ahead], axis=1),
            np.array([s.distance_m for s in snaps], np.float64),
            np.array([s.lat_deg for s in snaps], np.float64),
            np.array([s.lon_deg for s in snaps], np.float64),
        )


def ground_of(graph: Graph) -> Ground:
    """The graph's points and grid as the compiled look-ups want them."""
    g = graph.grid
    return Ground(
        np.array([g.south, g.west, g.cell_lat, g.cell_lon, g.rows, g.cols], np.int64),
        graph.cell_ptr,
        graph.cell_point,
        graph.point_lat,
        graph.point_lon,
        graph.point_cum_m,
        graph.point_piece,
        graph.piece_main,
    )


def snap_points(graph: Graph, points_deg: Floats) -> Snaps:
    """Snap an (n, 2) array of latitude, longitude in degrees. ValueError when a coordinate is not on earth."""
    points = np.asarray(points_deg, np.float64).reshape(-1, 2)
    if not (np.abs(points[:, 0]) <= 90.0).all() or not (np.abs(points[:, 1]) <= 180.0).all():
        raise ValueError("a latitude must lie within ±90 and a longitude within ±180 degrees")
    n = len(points)
    feet = Feet(np.full(n, -1, np.int64), *(np.full(n, np.nan) for _ in range(4)))
    nearest(ground_of(graph), points[:, 0] / E7, points[:, 1] / E7, STRAY_SLACK_M, feet)
    piece: Ints = feet.piece
    length = graph.point_cum_m[graph.piece_ptr[piece + 1] - 1].astype(np.float64)
    ahead = np.clip(feet.along_m / np.maximum(length, 1e-6), 0.0, 1.0)
    edges = graph.piece_edges[piece].astype(np.int64)
    edges[piece < 0] = -1
    return Snaps(piece, edges, np.stack([ahead, 1.0 - ahead], axis=1), feet.away_m, feet.lat_e7 * E7, feet.lon_e7 * E7)


def one(graph: Graph, snaps: Snaps, i: int) -> Snap:
    """Snap number i, with its street's name."""
    return Snap(
        int(snaps.piece[i]),
        (int(snaps.edges[i, 0]), int(snaps.edges[i, 1])),
        float(snaps.fractions[i, 0]),
        float(snaps.distance_m[i]),
        float(snaps.lat_deg[i]),
        float(snaps.lon_deg[i]),
        graph.names[int(graph.piece_name[snaps.piece[i]])] if snaps.piece[i] >= 0 else "",
    )
