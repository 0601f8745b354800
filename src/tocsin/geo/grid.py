"""Finding roads near a point: a grid of cells over the map, each listing the segments that may touch it; compiled.

Coordinates in 1e-7 degree, distances in metres on the plane tangent at the point. Refuses to know names and searching.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tocsin.geo.measure import E7, METRES_PER_DEGREE

_M = METRES_PER_DEGREE * E7
_FEWEST = 0.01  # cos of latitudes nearer the poles than any road


class Ground(NamedTuple):
    """The grid's frame and the map's points. `frame` is (south, west, cell height, cell width, rows, cols)."""

    frame: Any
    cell_ptr: Any
    cell_point: Any
    point_lat: Any
    point_lon: Any
    point_cum_m: Any
    point_piece: Any
    piece_main: Any


class Feet(NamedTuple):
    """Where points met their roads: piece (-1: none), metres along it, metres away, latitude and longitude there."""

    piece: Any
    along_m: Any
    away_m: Any
    lat_e7: Any
    lon_e7: Any


@njit(cache=True, nogil=True, error_model="numpy")
def nearest(ground: Any, lat_e7: Any, lon_e7: Any, slack_m: float, feet: Any) -> None:
    """For each point fill in the nearest piece: a main one, unless a stray is nearer by `slack_m`."""
    kept = np.empty((2, 5))  # rows: stray, main; columns: piece, along, away, lat, lon
    for i in range(lat_e7.shape[0]):
        kept[:, 0] = -1.0
        kept[:, 2] = np.inf
        _look(ground, lat_e7[i], lon_e7[i], slack_m, kept)
        kind = 1 if kept[1, 2] <= kept[0, 2] + slack_m else 0
        feet.piece[i] = int(kept[kind, 0])
        if kept[kind, 0] >= 0:
            feet.along_m[i], feet.away_m[i] = kept[kind, 1], kept[kind, 2]
            feet.lat_e7[i], feet.lon_e7[i] = kept[kind, 3], kept[kind, 4]


@njit(cache=True, nogil=True, error_model="numpy")
def _look(ground: Any, lat: float, lon: float, slack_m: float, kept: Any) -> None:
    """Look into rings of cells around a point until no unseen cell can hold anything nearer."""
    south, west, high, wide, rows, cols = ground.frame
    mx = _M * max(_FEWEST, np.cos(lat * E7 * np.pi / 180.0))
    row = min(rows - 1, max(0, int((lat - south) // high)))
    col = min(cols - 1, max(0, int((lon - west) // wide)))
    # Distance to the own cell's nearest border; a point off the grid counts as on its edge, which only looks further.
    up, right = lat - south - row * high, lon - west - col * wide
    inset_m = max(0.0, min(min(up, high - up) * _M, min(right, wide - right) * mx))
    for ring in range(max(rows, cols) + 1):
        seen_m = inset_m + (ring - 1) * min(high * _M, wide * mx) if ring else -1.0
        if min(kept[1, 2], kept[0, 2] + slack_m) <= seen_m:
            return
        for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
            if abs(r - row) == ring:
                for c in range(max(0, col - ring), min(cols - 1, col + ring) + 1):
                    _look_into(ground, r * cols + c, lat, lon, mx, kept)
                continue
            if col - ring >= 0:
                _look_into(ground, r * cols + col - ring, lat, lon, mx, kept)
            if col + ring < cols:
                _look_into(ground, r * cols + col + ring, lat, lon, mx, kept)


@njit(cache=True, nogil=True, error_model="numpy")
def _look_into(ground: Any, cell: int, lat: float, lon: float, mx: float, kept: Any) -> None:
    """Compare all segments of one cell with the nearest so far."""
    for k in range(ground.cell_ptr[cell], ground.cell_ptr[cell + 1]):
        g = ground.cell_point[k]
        share, away = _foot(ground, g, lat, lon, mx)
        kind = ground.piece_main[ground.point_piece[g]]
        if away < kept[kind, 2]:
            cum, lats, lons = ground.point_cum_m, ground.point_lat, ground.point_lon
            kept[kind, 0] = ground.point_piece[g]
            kept[kind, 1] = cum[g] + share * (cum[g + 1] - cum[g])
            kept[kind, 2] = away
            kept[kind, 3] = lats[g] + share * (lats[g + 1] - lats[g])
            kept[kind, 4] = lons[g] + share * (lons[g + 1] - lons[g])


@njit(cache=True, nogil=True, error_model="numpy")
def _foot(ground: Any, g: int, lat: float, lon: float, mx: float) -> Any:
    """Share along the segment that begins at point g, and metres from the given point to it."""
    ay, ax = (ground.point_lat[g] - lat) * _M, (ground.point_lon[g] - lon) * mx
    vy, vx = (ground.point_lat[g + 1] - ground.point_lat[g]) * _M, (ground.point_lon[g + 1] - ground.point_lon[g]) * mx
    square = vx * vx + vy * vy
    share = min(1.0, max(0.0, -(ax * vx + ay * vy) / square)) if square > 0.0 else 0.0
    return share, np.sqrt((ax + share * vx) ** 2 + (ay + share * vy) ** 2)


@njit(cache=True, nogil=True, error_model="numpy")
def pieces_within(ground: Any, lat: float, lon: float, radius_m: float) -> Any:
    """Pieces, with repeats, that pass within the radius of a point."""
    south, west, high, wide, rows, cols = ground.frame
    mx = _M * max(_FEWEST, np.cos(lat * E7 * np.pi / 180.0))
    row0 = max(0, int((lat - radius_m / _M - south) // high))
    row1 = min(rows - 1, int((lat + radius_m / _M - south) // high))
    col0 = max(0, int((lon - radius_m / mx - west) // wide))
    col1 = min(cols - 1, int((lon + radius_m / mx - west) // wide))
    result = [np.int64(0) for _ in range(0)]
    for r in range(row0, row1 + 1 if col0 <= col1 else row0):
        for k in range(ground.cell_ptr[r * cols + col0], ground.cell_ptr[r * cols + col1 + 1]):
            g = ground.cell_point[k]
            if _foot(ground, g, lat, lon, mx)[1] <= radius_m:
                result.append(np.int64(ground.point_piece[g]))
    return np.array(result, np.int64)
