"""The nearest of some thousand points, at once: the plane is cut into squares, each knows who could be nearest there.

Exact, ties included. Knows only numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_SQUARES = 64


class Nearest:
    """Points by number. A square's candidates are those that no other point beats everywhere in it."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self._xs, self._ys = [float(x) for x in xs], [float(y) for y in ys]
        self._west, self._south = min(self._xs, default=0.0), min(self._ys, default=0.0)
        width = max(self._xs, default=0.0) - self._west
        height = max(self._ys, default=0.0) - self._south
        self._side = max(width, height) / MOST_SQUARES or 1.0
        self._columns, self._rows = int(width / self._side) + 1, int(height / self._side) + 1
        self._known: dict[int, list[int]] = {}

    def to(self, x: float, y: float) -> int:
        """The point nearest to (x, y), the lowest number where two are equally near."""
        column, row = int((x - self._west) // self._side), int((y - self._south) // self._side)
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return self._of(range(len(self._xs)), x, y)
        square = row * self._columns + column
        found = self._known.get(square)
        if found is None:
            found = self._known[square] = self._candidates(column, row)
        return found[0] if len(found) == 1 else self._of(found, x, y)

    def squares(self) -> Squares:
        """Every square with its candidates."""
        found = [self._candidates(column, row) for row in range(self._rows) for column in range(self._columns)]
        first = np.cumsum([0, *map(len, found)])
        point = np.array([i for one in found for i in one], np.int64)
        return Squares(self._west, self._south, self._side, self._columns, self._rows, first, point)

    def _of(self, points: Sequence[int], x: float, y: float) -> int:
        xs, ys = self._xs, self._ys
        best, best_m2 = points[0], float("inf")
        for i in points:
            dx, dy = xs[i] - x, ys[i] - y
            m2 = dx * dx + dy * dy
            if m2 < best_m2:
                best, best_m2 = i, m2
        return best

    def _candidates(self, column: int, row: int) -> list[int]:
        """Points whose least distance to the square is at most the least of all greatest distances, with room to spare
        for rounding."""
        far_x, near_x = _sides(np.array(self._xs), self._west + column * self._side, self._side)
        far_y, near_y = _sides(np.array(self._ys), self._south + row * self._side, self._side)
        least = float((far_x * far_x + far_y * far_y).min())
        close = near_x * near_x + near_y * near_y <= least * (1 + 1e-9) + 1e-9
        return [int(i) for i in np.flatnonzero(close)]


def _sides(at: NDArray[np.float64], low: float, side: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(greatest, least) distance on one axis from each point to the stretch from `low`, `side` long, a hair longer."""
    hair = side * 1e-6
    below, above = at - (low - hair), at - (low + side + hair)
    least = np.maximum(0.0, np.maximum(-below, above))
    return np.maximum(np.abs(below), np.abs(above)), least


class Squares(NamedTuple):
    """Every square's candidates in one array, for compiled code: point[first[s]:first[s + 1]], lowest numbers first."""

    west: float
    south: float
    side: float
    columns: int
    rows: int
    first: NDArray[np.int64]
    point: NDArray[np.int64]


def squares(xs: Sequence[float], ys: Sequence[float]) -> Squares:
    """All squares of `Nearest` at once. A point outside them all is no point between two nodes, and not asked for."""
    return Nearest(xs, ys).squares()
