"""Buildings along streets, and their numbers: odd on one side, even on the other, rising along the street.

Knows streets and ground; knows nothing of who lives there or what a building is used for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from tocsin.sim.city.model import Edge, Floats, House, Ints, Street

# frontage, depth, gap from the road's centre line (m), levels low and high, what the building is
STYLES: dict[str, tuple[float, float, float, int, int, str]] = {
    "old": (13.0, 11.0, 4.5, 2, 5, "residential"),
    "grid": (27.0, 17.0, 9.0, 4, 9, "apartments"),
    "terrace": (21.0, 13.0, 8.0, 2, 5, "residential"),
    "suburb": (24.0, 11.0, 11.0, 1, 2, "house"),
    "garden": (23.0, 11.0, 11.0, 1, 2, "detached"),
    "works": (58.0, 34.0, 16.0, 1, 3, "industrial"),
    "campus": (55.0, 22.0, 14.0, 2, 6, "university"),
    "park": (0.0, 0.0, 0.0, 0, 0, ""),
}
WIDE_M = {"trunk": 7.0, "primary": 7.0, "secondary": 4.0, "tertiary": 2.0}
BARE = {"motorway", "motorway_link", "path", "trunk"}
END_M = 13.0


@dataclass(slots=True)
class _Sites:
    """Candidate houses as columns: (n, 7) x, y, heading, half front, half depth, set back, walked; and (n, 4) keys."""

    numbers: Floats
    keys: Ints


def build_houses(
    edges: list[Edge],
    streets: list[Street],
    cast: list[str],
    face_cast: list[str],
    clear: shapely.Geometry,
    rng: np.random.Generator,
) -> list[House]:
    """Houses for every street; `clear` is ground that may be built on; `face_cast` the character by face."""
    sites = _sites(edges, streets, cast, face_cast, rng)
    if not len(sites.numbers):
        return []
    keep = _buildable(sites, edges, clear)
    keep[keep] = _apart(sites.numbers[keep])
    return _numbered(sites.numbers[keep], sites.keys[keep], streets, cast, rng)


def _sites(
    edges: list[Edge], streets: list[Street], cast: list[str], face_cast: list[str], rng: np.random.Generator
) -> _Sites:
    numbers, keys = [], []
    for s, street in enumerate(streets):
        walked = 0.0
        for place, (k, forward) in enumerate(zip(street.edges, street.forward, strict=True)):
            edge = edges[k]
            points = edge.points if forward else edge.points[::-1]
            style = face_cast[edge.face] if edge.face >= 0 else cast[s]
            if edge.kind not in BARE and not edge.bridge and style != "park":
                for side in (1, -1):
                    rows = _along(points, edge.kind, style, side, walked, rng)
                    numbers.append(rows)
                    keys.append(np.column_stack([np.full((len(rows), 1), v) for v in (s, side, k, place)]))
            walked += _length(points)
    if not numbers:
        return _Sites(np.zeros((0, 7)), np.zeros((0, 4), dtype=np.int64))
    return _Sites(np.vstack(numbers), np.vstack(keys).astype(np.int64))


def _length(points: Floats) -> float:
    step = np.diff(points, axis=0)
    return float(np.hypot(step[:, 0], step[:, 1]).sum())


def _along(points: Floats, kind: str, style: str, side: int, walked: float, rng: np.random.Generator) -> Floats:
    front, depth, gap, _, _, _ = STYLES[style]
    step = np.diff(points, axis=0)
    pieces = np.hypot(step[:, 0], step[:, 1])
    ends = np.concatenate([[0.0], np.cumsum(pieces)])
    low, high = END_M + front / 2 - 4, ends[-1] - END_M - front / 2 + 4
    if high < low:
        return np.zeros((0, 7))
    count = max(1, int((high - low) / front) + 1)
    at = np.linspace(low, high, count) if count > 1 else np.array([(low + high) / 2])
    at = at + rng.uniform(-0.04, 0.04, count) * front
    piece = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, len(pieces) - 1)
    unit = step[piece] / np.maximum(pieces[piece], 1e-9)[:, None]
    here = points[piece] + unit * (at - ends[piece])[:, None]
    half_depth = depth / 2 * rng.uniform(0.8, 1.15, count)
    back = gap + WIDE_M.get(kind, 0.0) + half_depth + rng.uniform(0, 0.12 * gap, count)
    normal = np.column_stack([-unit[:, 1], unit[:, 0]]) * side
    place = here + normal * back[:, None]
    half_front = front / 2 * rng.uniform(0.74, 0.95, count)
    heading = np.arctan2(unit[:, 1], unit[:, 0])
    return np.column_stack([place, heading, half_front, half_depth, back, at + walked])


def _buildable(sites: _Sites, edges: list[Edge], clear: shapely.Geometry) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    rows = sites.numbers
    shapely.prepare(clear)
    inside = shapely.contains_xy(clear, rows[:, 0], rows[:, 1])
    lines = shapely.linestrings(
        np.vstack([e.points for e in edges]), indices=np.repeat(np.arange(len(edges)), [len(e.points) for e in edges])
    )
    tree = shapely.STRtree(lines)
    index, away = tree.query_nearest(shapely.points(rows[:, :2]), all_matches=False, return_distance=True)
    nearest = np.full(len(rows), 0.0)
    nearest[index[0]] = away
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = inside & (nearest > rows[:, 5] - 2.5)
    return found


def _apart(rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of two houses that would stand in each other, keep the earlier."""
    keep = np.ones(len(rows), dtype=bool)
    size = np.minimum(rows[:, 3], rows[:, 4])
    tree = cKDTree(rows[:, :2])
    pairs = tree.query_pairs(float(np.quantile(size, 0.98)) * 2.3, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    away = np.hypot(*(rows[pairs[:, 0], :2] - rows[pairs[:, 1], :2]).T)
    turn = np.abs(np.sin(rows[pairs[:, 0], 2] - rows[pairs[:, 1], 2]))
    need = (size[pairs[:, 0]] + size[pairs[:, 1]]) * (1.0 + 0.25 * turn)
    for a, b in pairs[away < need]:
        if keep[a]:
            keep[b] = False
    return keep


def _numbered(
    rows: Floats, keys: Ints, streets: list[Street], cast: list[str], rng: np.random.Generator
) -> list[House]:
    order = np.lexsort((rows[:, 6], keys[:, 1], keys[:, 0]))
    found: list[House] = []
    last: tuple[int, int] = (-1, 0)
    number, block = 0, -1
    for k in order:
        street, side, place = int(keys[k, 0]), int(keys[k, 1]), int(keys[k, 3])
        hundreds = cast[street] == "grid" and len(streets[street].edges) > 3
        if (street, side) != last:
            last, number, block = (street, side), (0 if side > 0 else -1), -1
        if hundreds and place != block:
            block, number = place, 100 * (place + 1) + (0 if side > 0 else -1)
        number += 2
        found.append(_house(rows[k], street, number, cast[street], rng))
    return found


def _house(row: Floats, street: int, number: int, style: str, rng: np.random.Generator) -> House:
    low, high, what = STYLES[style][3], STYLES[style][4], STYLES[style][5]
    tags = {"building": what or "yes", "building:levels": str(int(rng.integers(low, high + 1)) if high else 1)}
    return House(float(row[0]), float(row[1]), float(row[3]), float(row[4]), float(row[2]), str(number), street, tags)
