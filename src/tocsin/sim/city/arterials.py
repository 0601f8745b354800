"""Arterial roads as streamlines of the direction field, evenly spaced (Jobard and Lefer, 1997).

Knows the field and nothing of water, bridges or names.
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from tocsin.sim.city.fieldmap import FieldMap

Point = tuple[float, float]


class _Family:
    """The lines of one direction, with a hash of their points for distance checks."""

    def __init__(self, size_m: float) -> None:
        self.size_m = size_m
        self.bins: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
        self.lines: list[list[Point]] = []

    def near(self, x: float, y: float, reach_m: float) -> bool:
        """True when another line of the family is closer than `reach_m` (at most the bin size)."""
        i, j = int(x // self.size_m), int(y // self.size_m)
        limit = reach_m * reach_m
        for a in (i - 1, i, i + 1):
            for b in (j - 1, j, j + 1):
                for px, py, _ in self.bins.get((a, b), ()):
                    if (px - x) ** 2 + (py - y) ** 2 < limit:
                        return True
        return False

    def add(self, line: list[Point]) -> None:
        """Keep a traced line."""
        number = len(self.lines)
        self.lines.append(line)
        for x, y in line:
            self.bins[int(x // self.size_m), int(y // self.size_m)].append((x, y, number))


def trace_arterials(field: FieldMap, rng: np.random.Generator) -> list[LineString]:
    """Lines of both families over the urban cells; each at least two gaps long, both crossing the other family."""
    families = [_Family(float(field.gap_m.max())) for _ in range(2)]
    for x, y in _seeds(field, rng):
        gap = field.gap_m[field.cell(x, y)]
        for turn, family in enumerate(families):
            if not family.near(x, y, gap * rng.uniform(0.9, 1.3)):
                line = _trace(field, family, x, y, turn)
                if len(line) * _step(field) > 0.9 * gap:
                    family.add(line)
    lines = [LineString(line).simplify(3) for family in families for line in family.lines]
    return _reach_out(field, lines)


def _reach_out(field: FieldMap, lines: list[LineString]) -> list[LineString]:
    """Carry each loose end on, straight, to the next line within reach, so that few arterials end nowhere."""
    tree = shapely.STRtree(lines)
    out = []
    for k, line in enumerate(lines):
        points = np.asarray(line.coords)
        tail = _carry_on(field, lines, tree, k, points[-2:])
        head = _carry_on(field, lines, tree, k, points[1::-1])
        out.append(LineString(np.vstack([*head, points, *tail])))
    return out


def _carry_on(
    field: FieldMap, lines: list[LineString], tree: shapely.STRtree, k: int, last: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    end, step = last[1], last[1] - last[0]
    step = step / max(1e-9, float(np.hypot(*step)))
    reach = 1.4 * float(field.gap_m[field.cell(end[0], end[1])])
    ray = LineString([end + step, end + step * reach])
    best: float | None = None
    for other in sorted(int(o) for o in tree.query(ray, predicate="intersects")):
        if other != k:
            away = float(shapely.Point(end).distance(ray.intersection(lines[other])))
            best = away if best is None else min(best, away)
    return [] if best is None else [(end + step * (best + 6.0))[None, :]]


def _seeds(field: FieldMap, rng: np.random.Generator) -> list[Point]:
    rows, cols = np.nonzero(field.urban)
    every = max(1, int(len(rows) / 12_000))
    pick = rng.permutation(len(rows))[::every]
    pick = pick[np.argsort(-field.density[rows[pick], cols[pick]] + rng.uniform(0, 0.25, len(pick)))]
    found = [(0.0, 0.0)]
    found += [
        (field.x0 + (cols[k] + rng.uniform()) * field.cell_m, field.y0 + (rows[k] + rng.uniform()) * field.cell_m)
        for k in pick
    ]
    return found


def _step(field: FieldMap) -> float:
    return min(30.0, float(field.gap_m.min()) / 9)


def _trace(field: FieldMap, family: _Family, x: float, y: float, turn: int) -> list[Point]:
    ahead = _walk(field, family, x, y, turn, 0.0)
    back = _walk(field, family, x, y, turn, math.pi)
    return [*reversed(back), (x, y), *ahead]


def _walk(field: FieldMap, family: _Family, x: float, y: float, turn: int, flip: float) -> list[Point]:
    step = _step(field)
    row, col = field.cell(x, y)
    heading = float(field.angle[row, col]) + turn * math.pi / 2 + flip
    path: list[Point] = []
    outside = 0
    for count in range(4000):
        row, col = field.cell(x, y)
        outside = 0 if field.urban[row, col] else outside + 1
        if outside * step > 420:
            break
        want = _smooth_angle(field, x, y) + turn * math.pi / 2
        delta = (want - heading + math.pi / 2) % math.pi - math.pi / 2
        heading += max(-0.22, min(0.22, delta))
        x, y = x + step * math.cos(heading), y + step * math.sin(heading)
        gap = float(field.gap_m[row, col])
        if family.near(x, y, 0.55 * gap) or _returns(path, x, y, gap, step):
            path.append((x, y))
            break
        path.append((x, y))
        if count and count % 1000 == 0 and outside:
            break
    return path


def _returns(path: list[Point], x: float, y: float, gap: float, step: float) -> bool:
    skip = int(1.6 * gap / step)
    limit = (0.5 * gap) ** 2
    return any((px - x) ** 2 + (py - y) ** 2 < limit for px, py in path[: max(0, len(path) - skip) : 4])


def _smooth_angle(field: FieldMap, x: float, y: float) -> float:
    fx, fy = (x - field.x0) / field.cell_m - 0.5, (y - field.y0) / field.cell_m - 0.5
    rows, cols = field.angle.shape
    i, j = min(rows - 2, max(0, int(fy))), min(cols - 2, max(0, int(fx)))
    tx, ty = min(1.0, max(0.0, fx - j)), min(1.0, max(0.0, fy - i))
    c = s = 0.0
    for di, dj, w in ((0, 0, (1 - tx) * (1 - ty)), (0, 1, tx * (1 - ty)), (1, 0, (1 - tx) * ty), (1, 1, tx * ty)):
        a = 2 * float(field.angle[i + di, j + dj])
        c, s = c + w * math.cos(a), s + w * math.sin(a)
    return 0.5 * math.atan2(s, c)
