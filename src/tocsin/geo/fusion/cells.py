"""Ground cut into squares, small where something sharp is said and large elsewhere, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from tocsin.geo.fusion.regions import Array, Region

Flat: TypeAlias = tuple[float, float]
BEGIN = 8
DEEPEST = 26
MOST = 20_000
HEAVY = 0.008
"""A square that holds more than this is cut again."""


class Cells(msgspec.Struct):
    """Squares by their middle and side, in metres."""

    east: Array
    north: Array
    size: Array

    def cut(self, which: NDArray[np.bool_]) -> Cells:
        """With these squares cut into four."""
        quarter = self.size[which] / 4.0
        parts = [
            (self.east[which] + dx * quarter, self.north[which] + dy * quarter, 2.0 * quarter)
            for dx in (-1.0, 1.0)
            for dy in (-1.0, 1.0)
        ]
        rest = ~which
        return Cells(
            np.concatenate([self.east[rest], *(part[0] for part in parts)]),
            np.concatenate([self.north[rest], *(part[1] for part in parts)]),
            np.concatenate([self.size[rest], *(part[2] for part in parts)]),
        )

    def boxes(self, which: NDArray[np.bool_]) -> NDArray[np.object_]:
        """These squares as polygons."""
        half = self.size[which] / 2.0
        east, north = self.east[which], self.north[which]
        return shapely.box(east - half, north - half, east + half, north + half)  # type: ignore[no-any-return]


def cut_for(regions: Sequence[Region]) -> Cells:
    """Squares over everything the regions reach, as fine as each asks for."""
    west = min(region.middle[0] - region.reach_m for region in regions)
    east = max(region.middle[0] + region.reach_m for region in regions)
    south = min(region.middle[1] - region.reach_m for region in regions)
    north = max(region.middle[1] + region.reach_m for region in regions)
    side = max(east - west, north - south) / BEGIN
    steps = (np.arange(BEGIN) + 0.5) * side
    xs, ys = np.meshgrid((west + east) / 2 - side * BEGIN / 2 + steps, (south + north) / 2 - side * BEGIN / 2 + steps)
    cells = Cells(xs.ravel(), ys.ravel(), np.full(xs.size, side))
    settled = Cells(np.empty(0), np.empty(0), np.empty(0))
    for _ in range(DEEPEST):
        which = np.zeros(cells.east.shape, dtype=np.bool_)
        for region in regions:
            which |= region.coarse(cells.east, cells.north, cells.size)
        rest = ~which
        settled = Cells(*(np.concatenate(pair) for pair in zip(_all(settled), _all(cells, rest), strict=True)))
        if not which.any() or settled.east.size + 4 * which.sum() > MOST:
            return Cells(*(np.concatenate(pair) for pair in zip(_all(settled), _all(cells, which), strict=True)))
        cells = Cells(*_all(cells, which)).cut(np.ones(int(which.sum()), dtype=np.bool_))
    return Cells(*(np.concatenate(pair) for pair in zip(_all(settled), _all(cells), strict=True)))


def refined(cells: Cells, log_density: Callable[[Array, Array], Array], rounds: int = 1) -> tuple[Cells, Array]:
    """Cut what holds much; the squares and the logarithm of their density."""
    logs = log_density(cells.east, cells.north)
    for _ in range(rounds):
        mass = np.exp(logs - logs.max()) * cells.size**2
        which = mass > HEAVY * mass.sum()
        if not which.any():
            break
        fresh = Cells(*_all(cells, which)).cut(np.ones(int(which.sum()), dtype=np.bool_))
        rest = ~which
        logs = np.concatenate([logs[rest], log_density(fresh.east, fresh.north)])
        cells = Cells(*(np.concatenate(pair) for pair in zip(_all(cells, rest), _all(fresh), strict=True)))
    return cells, logs


def _all(cells: Cells, which: NDArray[np.bool_] | None = None) -> tuple[Array, Array, Array]:
    if which is None:
        return cells.east, cells.north, cells.size
    return cells.east[which], cells.north[which], cells.size[which]
