"""The road graph as it lies on disk and in memory: flat, read-only arrays, opened by mapping them.

Edge numbers, once built, never change within a region. Refuses to know OSM, searching or units.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.errors import RegionError
from tocsin.geo.speeds import ROAD_CLASSES

I4 = NDArray[np.int32]
F4 = NDArray[np.float32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Graph:
    """Arrays over states (S: edges first, then copies of edges), edges (E), pieces (P), points (G), arcs (A).

    Times in seconds, lengths in metres, coordinates in 1e-7 degree. Arcs are kept twice: out (by
    start), in (by end), each packed as the search reads them.
    """

    state_edge: I4  # S: the edge under each state; states below E are the edges themselves
    edge_piece: I4  # E
    edge_backward: NDArray[np.uint8]  # E: 1 when against the order of the piece's points
    edge_twin: I4  # E: the same piece the other way, -1 when one-way
    out_row: I4  # (S + 1) × 4: first arc, then seconds NORMAL, seconds SIREN, metres of the state as float32 bits
    out_arc: I4  # A × 3: state led to, then seconds of the turn NORMAL and SIREN as float32 bits
    in_row: I4  # as out_row, for the arcs by their end …
    in_arc: I4  # … holding the state they come from
    piece_ptr: I4  # P + 1
    piece_way: NDArray[np.int64]  # P: OSM way id
    piece_name: I4  # P: index into names, 0 is "no name"
    piece_class: NDArray[np.uint8]  # P: index into speeds.ROAD_CLASSES
    piece_access: NDArray[np.uint8]  # P: speeds.Access
    piece_main: NDArray[np.uint8]  # P: 1 part of the network, 0 an island of some size, 2 scrap (not in the grid)
    piece_edges: I4  # P × 2: forward and backward edge, -1 where the piece may not be driven that way
    point_lat: I4  # G
    point_lon: I4  # G
    point_cum_m: F4  # G: along the piece
    point_piece: I4  # G
    cell_ptr: I4  # rows × cols + 1
    cell_point: I4  # points at which a segment that touches the cell begins
    names: list[str]
    grid: "Grid"

    def time_s(self, *, siren: bool) -> F4:
        """Seconds each state takes from end to end, S."""
        return self.out_row.view(np.float32)[:-1, 1 + siren]

    @property
    def length_m(self) -> F4:
        """Metres of each state, S."""
        return self.out_row.view(np.float32)[:-1, 3]

    def arcs(self, *, siren: bool) -> tuple[I4, I4, F4]:
        """All turns: from state, to state, seconds; A each, sorted by the state they leave."""
        start = np.repeat(np.arange(len(self.state_edge), dtype=np.int32), np.diff(self.out_row[:, 0]))
        return start, self.out_arc[:, 0], self.out_arc.view(np.float32)[:, 1 + siren]


def pack_rows(ptr: Ints, normal_s: Floats, siren_s: Floats, length_m: Floats) -> I4:
    """Lay what a search needs of each state side by side, so that it is fetched at once."""
    rows = np.zeros((len(ptr), 4), np.int32)
    rows[:, 0] = ptr
    for column, values in enumerate((normal_s, siren_s, length_m), start=1):
        rows.view(np.float32)[:-1, column] = values
    return rows


def pack_arcs(state: Ints, cost_s: Floats) -> I4:
    """Lay arcs out likewise; `cost_s` is (2, A)."""
    arcs = np.zeros((len(state), 3), np.int32)
    arcs[:, 0] = state
    arcs.view(np.float32)[:, 1:] = cost_s.T
    return arcs


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of the snapping grid lie: south-west corner and cell size in 1e-7 degree."""

    south: int
    west: int
    cell_lat: int
    cell_lon: int
    rows: int
    cols: int


_ARRAYS = tuple(f.name for f in fields(Graph) if f.name not in ("names", "grid"))


def save(graph: Graph, folder: Path) -> None:
    """Write the graph into a fresh folder: one .npy an array, one .json for names and grid."""
    folder.mkdir(parents=True)
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(graph, name), allow_pickle=False)
    grid = {f.name: getattr(graph.grid, f.name) for f in fields(Grid)}
    text = json.dumps({"names": graph.names, "grid": grid}, ensure_ascii=False)
    (folder / "roads.json").write_text(text, encoding="utf-8")


def load(folder: Path) -> Graph:
    """Open a saved graph by mapping its arrays into memory. RegionError when a part is missing or damaged."""
    try:
        told: dict[str, Any] = json.loads((folder / "roads.json").read_text(encoding="utf-8"))
        arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS}
        return Graph(**arrays, names=told["names"], grid=Grid(**told["grid"]))
    except FileNotFoundError as error:
        raise RegionError(f"{folder.parent}: not a whole region: {error.filename} is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegionError(f"{folder.parent}: the roads cannot be read: {error}") from error


def km_by_class(graph: Graph) -> dict[str, float]:
    """Kilometres of road by class, each road counted once however it may be driven."""
    length = graph.point_cum_m[graph.piece_ptr[1:] - 1]
    total = np.bincount(graph.piece_class, length / 1000.0, minlength=len(ROAD_CLASSES))
    return {row.name: round(float(km), 1) for row, km in zip(ROAD_CLASSES, total, strict=True) if km > 0}
