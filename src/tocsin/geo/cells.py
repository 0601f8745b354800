"""A region in cells: where demand may be, and the drive from every cell to every other, worked out once and kept.

Where nobody has said more, demand lies where people live and drive: metres of road, weighed by their class. Refuses to
know units, incidents and what a drive is wanted for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.graph import Graph
from tocsin.geo.measure import E7
from tocsin.geo.region import Region
from tocsin.geo.speeds import ROAD_CLASSES

if TYPE_CHECKING:
    from tocsin.geo.roads import Roads
    from tocsin.geo.snapping import Snaps

Floats = NDArray[np.float64]
Drives = NDArray[np.uint16]
"""Whole seconds; FAR where no road leads there within the limit."""

FAR = 65_535
FORMAT = 1
MOST = 1_600
"""So many cells at most: the drives between them are then some five megabytes and some seconds of searching."""
SMALLEST_M = 400.0
LATITUDE_M = 111_195.0
DENSITY = {
    "residential": 3.0,
    "living_street": 4.0,
    "unclassified": 1.0,
    "tertiary": 2.5,
    "secondary": 2.0,
    "primary": 1.5,
}
"""Weight of a metre of road by class."""


@dataclass(frozen=True, slots=True)
class Cells:
    """n cells: the road point that stands for each, its share of the demand (they add up to 1), and the grid they are.

    A cell's square begins at `south` + `row` · `high_deg` and `west` + `col` · `wide_deg`.
    """

    lat_deg: Floats
    lon_deg: Floats
    weight: Floats
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    south_deg: float
    west_deg: float
    high_deg: float
    wide_deg: float

    def __len__(self) -> int:
        return len(self.lat_deg)

    def square(self, cell: int) -> tuple[float, float, float, float]:
        """South, west, north and east of a cell in degrees."""
        south = self.south_deg + float(self.row[cell]) * self.high_deg
        west = self.west_deg + float(self.col[cell]) * self.wide_deg
        return south, west, south + self.high_deg, west + self.wide_deg

    def finder(self) -> Finder:
        """What finds the cell nearest to a point."""
        return Finder(self)


class Finder:
    """Finds the cell whose road point is nearest."""

    def __init__(self, cells: Cells) -> None:
        from scipy.spatial import cKDTree  # here: it takes longer to import than a server to start

        self._wide = float(np.cos(np.radians(cells.lat_deg.mean())))
        self._tree = cKDTree(np.stack([cells.lat_deg, cells.lon_deg * self._wide], axis=1))

    def nearest(self, points_deg: Floats) -> NDArray[np.int64]:
        """The nearest cell of each of (n, 2) points in degrees."""
        if not len(points_deg):
            return np.zeros(0, np.int64)
        at = np.stack([points_deg[:, 0], points_deg[:, 1] * self._wide], axis=1)
        return np.asarray(self._tree.query(at)[1], np.int64)


def cells_of(graph: Graph, most: int = MOST) -> Cells:
    """Cells over all roads of the network, as small as `most` of them allow, square on the ground."""
    lat, lon, weight = _pieces(graph)
    size_m = SMALLEST_M
    while True:
        cells = _gridded(lat, lon, weight, size_m)
        if len(cells) <= most:
            return cells
        size_m *= max(1.05, (len(cells) / most) ** 0.5)


def _pieces(graph: Graph) -> tuple[Floats, Floats, Floats]:
    """Middle point and weight of every piece of road that belongs to the network and can be driven."""
    weight_of = np.array([DENSITY.get(row.name, 0.2) for row in ROAD_CLASSES])
    length_m = graph.point_cum_m[graph.piece_ptr[1:] - 1].astype(np.float64)
    good = (graph.piece_main == 1) & (graph.piece_edges.max(axis=1) >= 0)
    if not good.any():
        good = graph.piece_edges.max(axis=1) >= 0
    middle = ((graph.piece_ptr[:-1] + graph.piece_ptr[1:] - 1) // 2)[good]
    weight = np.maximum(1.0, length_m[good]) * weight_of[graph.piece_class[good]]
    return graph.point_lat[middle] * E7, graph.point_lon[middle] * E7, weight


def _gridded(lat: Floats, lon: Floats, weight: Floats, size_m: float) -> Cells:
    high = size_m / LATITUDE_M
    wide = high / max(0.05, float(np.cos(np.radians(lat.mean()))))
    south, west = float(lat.min()), float(lon.min())
    row, col = ((lat - south) / high).astype(np.int64), ((lon - west) / wide).astype(np.int64)
    key, inverse = np.unique(row * (col.max() + 1) + col, return_inverse=True)
    total = np.bincount(inverse, weight)
    mid = [np.bincount(inverse, weight * at) / total for at in (lat, lon)]
    away = (lat - mid[0][inverse]) ** 2 + ((lon - mid[1][inverse]) * high / wide) ** 2
    order = np.lexsort((away, inverse))
    first = order[np.searchsorted(inverse[order], np.arange(len(key)))]
    return Cells(lat[first], lon[first], total / total.sum(), row[first], col[first], south, west, high, wide)


def drives_between(
    roads: Roads, cells: Cells, limit_s: float, advance: Callable[[int], None] = lambda _done: None
) -> Drives:
    """Seconds under siren from every cell (row) to every other (column), up to `limit_s`; one search a cell."""
    points = np.stack([cells.lat_deg, cells.lon_deg], axis=1)
    snaps = roads.snap_many(points)
    drives = np.full((len(cells), len(cells)), FAR, np.uint16)
    for cell in range(len(cells)):
        drives[:, cell] = _whole(roads.times_to(tuple(points[cell]), snaps, siren=True, limit_s=limit_s).eta_s)
        advance(cell + 1)
    return drives


def drives_from(roads: Roads, point: tuple[float, float], targets: Snaps, limit_s: float) -> Drives:
    """Seconds under siren from a point to every target, up to `limit_s`: one search."""
    return _whole(roads.times_from(point, targets, siren=True, limit_s=limit_s).eta_s)


def _whole(seconds: Floats) -> Drives:
    return np.where(np.isfinite(seconds), np.ceil(np.minimum(seconds, FAR - 1)), FAR).astype(np.uint16)


def kept_drives(
    region: Region, cells: Cells, limit_s: float, folder: Path | None, advance: Callable[[int], None]
) -> Drives:
    """The drives between the cells, read from `folder` where they were kept, else worked out and kept there.

    A file that cannot be read is worked out anew; a folder that cannot be written costs the next start its time only.
    """
    label = region.manifest
    said = f"{FORMAT} {label.source_sha256} {label.built_at} {len(cells)} {cells.high_deg!r} {limit_s!r}"
    file = folder / f"drives-{hashlib.sha256(said.encode()).hexdigest()[:16]}.npy" if folder else None
    known = _read(file, len(cells)) if file else None
    if known is not None:
        advance(len(cells))
        return known
    drives = drives_between(region.roads, cells, limit_s, advance)
    if file:
        _keep(file, drives)
    return drives


def _read(file: Path, n: int) -> Drives | None:
    try:
        kept = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return kept if kept.shape == (n, n) and kept.dtype == np.uint16 else None


def _keep(file: Path, drives: Drives) -> None:
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            np.save(out, drives, allow_pickle=False)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
