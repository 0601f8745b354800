"""From an OSM file to a road graph: the stages in order. Refuses to know folders, places or the basemap."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.geo.errors import RegionError
from tocsin.geo.graph import Graph, Grid, km_by_class, pack_arcs, pack_rows
from tocsin.geo.measure import degrees
from tocsin.geo.osm import Nodes, Ways, osm_errors, read_nodes, read_restrictions, read_ways
from tocsin.geo.progress import Progress
from tocsin.geo.restrictions import restrict
from tocsin.geo.speeds import FERRY
from tocsin.geo.topology import Broken, Edges, Ints, Pieces, cut, direct
from tocsin.geo.turns import Arcs, make_arcs

_MOSTLY_BROKEN = 0.9
_CELL_E7 = 8_000  # 0.0008 degree, about 90 m of latitude
_MOST_CELLS = 4_000_000
STRAY, MAIN, SCRAP = 0, 1, 2  # an island of some size; the network; what leads nowhere and is no place to stand


@dataclass(frozen=True, slots=True)
class RoadsBuilt:
    """The graph, its bounding box (west, south, east, north, degrees) and what was counted on the way."""

    graph: Graph
    bbox: tuple[float, float, float, float]
    counts: dict[str, int]
    left_out: dict[str, int]
    km_by_class: dict[str, float]


def build_roads(source: Path, progress: Progress) -> RoadsBuilt:
    """Read the source and build the road graph. RegionError for a file that holds no usable roads."""
    with osm_errors(source):
        progress.stage("reading roads", None)
        ways = read_ways(source, progress)
        if not len(ways.way_id):
            raise RegionError(f"{source}: holds no roads that can be driven ({ways.seen} ways looked at)")
        progress.stage("reading junctions", None)
        nodes = read_nodes(source, ways)
        restrictions = read_restrictions(source)
    progress.stage("joining roads", None)
    pieces, broken = cut(ways, nodes)
    _refuse_broken(source, ways, broken)
    edges = direct(pieces, ways, nodes)
    if not len(edges.piece):
        raise RegionError(f"{source}: holds no roads that can be driven (all {len(ways.way_id)} lead nowhere)")
    arcs, state_edge = restrict(restrictions, make_arcs(edges, pieces, ways, nodes), edges, pieces, ways, nodes)
    progress.stage("laying out roads", None)
    graph = _graph(ways, nodes, pieces, edges, arcs, state_edge)
    counts = {
        "ways": len(ways.way_id),
        "edges": len(edges.piece),
        "turns": len(arcs.end),
        "turn_restrictions": len(restrictions.kept) - restrictions.left_out.get("not on our roads", 0),
    }
    bbox = _bbox(source, pieces, nodes)
    return RoadsBuilt(graph, bbox, counts, _left_out(ways, broken, restrictions.left_out), km_by_class(graph))


def _refuse_broken(source: Path, ways: Ways, broken: Broken) -> None:
    total = len(ways.way_id)
    if broken.ways > _MOSTLY_BROKEN * total or broken.left_out == total:
        raise RegionError(
            f"{source}: {broken.ways} of {total} roads point at nodes the file does not hold; "
            "is it cut without its nodes (osmium extract --strategy complete_ways keeps them)?"
        )


def _left_out(ways: Ways, broken: Broken, restrictions: dict[str, int]) -> dict[str, int]:
    told = {
        "roads left out: their nodes are missing": broken.left_out,
        "roads cut short: some of their nodes are missing": broken.ways - broken.left_out,
        "reversible roads left out": ways.reversible,
        "speed limits that could not be read": sum(rule.odd_maxspeed for rule in ways.rules),
        **{f"turn restrictions left out: {why}": n for why, n in restrictions.items()},
    }
    return {why: n for why, n in told.items() if n}


def _bbox(source: Path, pieces: Pieces, nodes: Nodes) -> tuple[float, float, float, float]:
    """Extent of the roads, cut to the box the file's header states when the two overlap."""
    import osmium

    lat, lon = degrees(nodes.lat_e7[pieces.point]), degrees(nodes.lon_e7[pieces.point])
    west, south, east, north = (float(v) for v in (lon.min(), lat.min(), lon.max(), lat.max()))
    with osm_errors(source):
        box = osmium.io.Reader(str(source), osmium.osm.NOTHING).header().box()
    if box.valid() and box.bottom_left.lon < east and box.top_right.lon > west:
        low, high = box.bottom_left, box.top_right
        if low.lat < north and high.lat > south:
            west, south = max(west, low.lon), max(south, low.lat)
            east, north = min(east, high.lon), min(north, high.lat)
    return tuple(round(v, 7) for v in (west, south, east, north))  # type: ignore[return-value]


def _graph(ways: Ways, nodes: Nodes, pieces: Pieces, edges: Edges, arcs: Arcs, state_edge: Ints) -> Graph:
    n_states, n_pieces = len(state_edge), len(pieces.way)
    names = ["", *sorted(set(ways.names) - {""})]
    number = {name: i for i, name in enumerate(names)}
    order = np.argsort(arcs.end, kind="stable")
    in_ptr = np.concatenate([[0], np.cumsum(np.bincount(arcs.end, minlength=n_states))])
    measures = (*edges.time_s[:, state_edge], pieces.length_m[edges.piece[state_edge]])
    both = np.full((n_pieces, 2), -1, np.int32)
    both[edges.piece, edges.backward.astype(int)] = np.arange(len(edges.piece))
    classes = np.array([rule.road_class for rule in ways.rules])[pieces.way]
    lat, lon = nodes.lat_e7[pieces.point], nodes.lon_e7[pieces.point]
    point_piece = np.repeat(np.arange(n_pieces), np.diff(pieces.ptr))
    rank = _main_pieces(arcs, edges, n_states, n_pieces)
    grid, cell_ptr, cell_point = lay_grid(lat, lon, point_piece, (classes == FERRY) | (rank == SCRAP))
    return Graph(
        state_edge=_i4(state_edge),
        edge_piece=_i4(edges.piece),
        edge_backward=edges.backward.astype(np.uint8),
        edge_twin=_i4(edges.twin),
        out_row=pack_rows(arcs.ptr, *measures),
        out_arc=pack_arcs(arcs.end, arcs.cost_s),
        in_row=pack_rows(in_ptr, *measures),
        in_arc=pack_arcs(arcs.start[order], arcs.cost_s[:, order]),
        piece_ptr=_i4(pieces.ptr),
        piece_way=ways.way_id[pieces.way],
        piece_name=_i4(np.array([number[name] for name in ways.names])[pieces.way]),
        piece_class=classes.astype(np.uint8),
        piece_access=np.array([rule.access for rule in ways.rules])[pieces.way].astype(np.uint8),
        piece_main=rank,
        piece_edges=both,
        point_lat=np.ascontiguousarray(lat),
        point_lon=np.ascontiguousarray(lon),
        point_cum_m=pieces.cum_m.astype(np.float32),
        point_piece=_i4(point_piece),
        cell_ptr=_i4(cell_ptr),
        cell_point=_i4(cell_point),
        names=names,
        grid=grid,
    )


def _i4(values: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.ascontiguousarray(values, np.int32)


def _main_pieces(arcs: Arcs, edges: Edges, n_states: int, n_pieces: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Mark pieces from which, and to which, a good part of the map can be driven.

    An island of its own (Gozo without its ferry) counts; a car-park aisle that the extract cut off does not. Returns
    MAIN, STRAY or SCRAP for each piece.
    """
    matrix = csr_matrix((np.ones(len(arcs.end), np.int8), (arcs.start, arcs.end)), shape=(n_states, n_states))
    _, label = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(label)
    mine = size[label[: len(edges.piece)]]
    rank = np.full(len(edges.piece), SCRAP, np.uint8)
    rank[mine >= min(20.0, size.max() / 4)] = STRAY
    rank[mine > min(300.0, size.max() / 2)] = MAIN
    result = np.full(n_pieces, SCRAP, np.uint8)
    for value in (STRAY, MAIN):  # the better direction decides
        result[edges.piece[rank == value]] = value
    return result


def lay_grid(lat: np.ndarray, lon: np.ndarray, point_piece: np.ndarray, unfit: np.ndarray) -> tuple[Grid, Ints, Ints]:
    """List, for each cell of a grid over the map, the segments whose box touches it. Unfit pieces are left out."""
    segment = np.flatnonzero(point_piece[1:] == point_piece[:-1])
    segment = segment[~unfit[point_piece[segment]]]
    if not len(segment):
        raise RegionError("the file holds ferries but no roads that can be driven")
    ends = np.stack([segment, segment + 1])
    south, west = int(lat[ends].min()), int(lon[ends].min())
    height, width = int(lat[ends].max()) - south + 1, int(lon[ends].max()) - west + 1
    cell = _CELL_E7
    while (height // cell + 1) * (width // cell + 1) > _MOST_CELLS:
        cell *= 2
    grid = Grid(south, west, cell, cell, height // cell + 1, width // cell + 1)
    # In 64 bits: a country on both sides of the 180th meridian is wider than 32 hold.
    row, col = (lat[ends].astype(np.int64) - south) // cell, (lon[ends].astype(np.int64) - west) // cell
    row0, row1, col0, col1 = row.min(0), row.max(0), col.min(0), col.max(0)
    spans = (row1 - row0 + 1).astype(np.int64) * (col1 - col0 + 1)
    which = np.repeat(np.arange(len(segment)), spans)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(spans) - spans, spans)
    wide = (col1 - col0 + 1)[which]
    cells = (row0[which] + nth // wide) * grid.cols + col0[which] + nth % wide
    order = np.argsort(cells, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=grid.rows * grid.cols))])
    return grid, ptr, segment[which[order]]
