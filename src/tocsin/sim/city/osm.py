"""A city written down as an ordinary OpenStreetMap file (.osm.pbf or .osm), ids sorted, same city same bytes.

Knows OSM's tags and ordering; decides nothing about the city.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm import mutable

from tocsin.sim.city.model import City, CityError, Floats, House, Street
from tocsin.sim.city.progress import Progress, Silent
from tocsin.sim.city.roadtags import road_tags


class _Sheet:
    """Nodes, ways and relations gathered before writing."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.points: list[Floats] = [city.nodes]
        self.count = len(city.nodes)
        self.node_tags: dict[int, dict[str, str]] = dict(city.signals)
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self.relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = []
        self.way_of_edge: dict[int, int] = {}

    def add_points(self, points: Floats) -> list[int]:
        """New nodes for points (n, 2); their indices."""
        first = self.count
        self.points.append(points)
        self.count += len(points)
        return list(range(first, self.count))

    def add_ring(self, ring: shapely.LinearRing, tags: dict[str, str]) -> int:
        """A closed way; its index among the ways."""
        ids = self.add_points(np.asarray(ring.coords)[:-1])
        self.ways.append(([*ids, ids[0]], tags))
        return len(self.ways) - 1


def write_osm(city: City, path: str | Path, progress: Progress | None = None) -> None:
    """Write the city to `path` (.osm.pbf or .osm). CityError when it cannot be; nothing half-written stays behind."""
    told = progress or Silent()
    target = Path(path)
    if not (target.name.endswith(".osm.pbf") or target.name.endswith(".osm")):
        raise CityError(f"{target.name}: the file name must end in .osm.pbf or .osm")
    if not target.parent.is_dir():
        raise CityError(f"{target.parent}: no such directory")
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise CityError(f"{target}: cannot be written")
    sheet = _gather(city)
    told.stage("writing the map", sheet.count + len(sheet.ways))
    suffix = ".osm.pbf" if target.name.endswith(".osm.pbf") else ".osm"
    part = target.with_name(f".{target.name}.part{suffix}")
    try:
        _write(sheet, part, told)
        part.replace(target)
    except (OSError, RuntimeError) as problem:
        raise CityError(f"{target}: cannot be written: {problem}") from problem
    finally:
        part.unlink(missing_ok=True)


def _gather(city: City) -> _Sheet:
    sheet = _Sheet(city)
    for street in city.streets:
        for run in _same_tags(city, street):
            _add_road(sheet, run)
    for house in city.houses:
        _add_house(sheet, house)
    for spot in city.spots:
        [node] = sheet.add_points(np.array([[spot.x, spot.y]]))
        sheet.node_tags[node] = spot.tags
    coast = shapely.geometry.polygon.orient(city.land, 1.0)
    sheet.add_ring(coast.exterior, {"natural": "coastline"})
    for area in city.areas:
        for part in shapely.get_parts(area.shape):
            _add_area(sheet, part, area.tags)
    for points, tags in city.rails:
        sheet.ways.append((sheet.add_points(points), tags))
    for turn in city.restrictions:
        members = [
            ("w", sheet.way_of_edge[turn.source], "from"),
            ("n", turn.node, "via"),
            ("w", sheet.way_of_edge[turn.target], "to"),
        ]
        sheet.relations.append((members, {"type": "restriction", "restriction": turn.rule}))
    return sheet


def _same_tags(city: City, street: Street) -> Iterator[tuple[list[tuple[int, bool]], dict[str, str]]]:
    """Runs of a street's edges that bear the same tags, cut where a turn restriction meets them."""
    cuts = {turn.node for turn in city.restrictions}
    run: list[tuple[int, bool]] = []
    tags: dict[str, str] = {}
    for k, forward in zip(street.edges, street.forward, strict=True):
        edge = city.edges[k]
        now = road_tags(edge, street)
        start = edge.u if forward else edge.v
        against = edge.oneway and not forward
        if run and (now != tags or start in cuts or against or len(run) > 60):
            yield run, tags
            run = []
        tags = now
        run.append((k, forward))
        if against:
            yield [(k, True)], tags
            run = []
    if run:
        yield run, tags


def _add_road(sheet: _Sheet, run: tuple[list[tuple[int, bool]], dict[str, str]]) -> None:
    pieces, tags = run
    refs: list[int] = []
    for k, forward in pieces:
        edge = sheet.city.edges[k]
        inner = sheet.add_points(edge.points[1:-1]) if len(edge.points) > 2 else []
        whole = [edge.u, *inner, edge.v]
        whole = whole if forward else whole[::-1]
        refs += whole if not refs else whole[1:]
        sheet.way_of_edge[k] = len(sheet.ways)
    sheet.ways.append((refs, tags))


def _add_house(sheet: _Sheet, house: House) -> None:
    c, s = math.cos(house.heading_rad), math.sin(house.heading_rad)
    a, b = house.half_front_m, house.half_depth_m
    corners = np.array([[-a, -b], [a, -b], [a, b], [-a, b]])
    turned = np.column_stack([corners[:, 0] * c - corners[:, 1] * s, corners[:, 0] * s + corners[:, 1] * c])
    ids = sheet.add_points(turned + np.array([house.x, house.y]))
    street = sheet.city.streets[house.street]
    address = {
        "addr:housenumber": house.number,
        "addr:street": street.name,
        "addr:suburb": sheet.city.districts[street.district].name,
        "addr:city": sheet.city.name,
    }
    sheet.ways.append(([*ids, ids[0]], {**house.tags, **address}))


def _add_area(sheet: _Sheet, part: shapely.Polygon, tags: dict[str, str]) -> None:
    if part.is_empty:
        return
    if not part.interiors:
        sheet.add_ring(part.exterior, tags)
        return
    rings = [(sheet.add_ring(part.exterior, {}), "outer")]
    rings += [(sheet.add_ring(hole, {}), "inner") for hole in part.interiors]
    sheet.relations.append(([("w", k, role) for k, role in rings], {"type": "multipolygon", **tags}))


def _write(sheet: _Sheet, path: Path, told: Progress) -> None:
    lonlat = sheet.city.to_lonlat(np.vstack(sheet.points))
    header = osmium.io.Header()
    header.set("generator", "tocsin sim city")
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    header.add_box(osmium.osm.Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    writer = osmium.SimpleWriter(str(path), header=header, overwrite=True)
    try:
        for k, (lon, lat) in enumerate(lonlat.tolist()):
            writer.add_node(mutable.Node(id=k + 1, version=1, location=(lon, lat), tags=sheet.node_tags.get(k)))
            if k % 20_000 == 19_999:
                told.advance(20_000)
        _write_ways(sheet, writer)
        told.advance(len(sheet.ways))
    finally:
        writer.close()


def _write_ways(sheet: _Sheet, writer: Any) -> None:
    for k, (refs, tags) in enumerate(sheet.ways):
        writer.add_way(mutable.Way(id=k + 1, version=1, nodes=[r + 1 for r in refs], tags=tags))
    for k, (members, tags) in enumerate(sheet.relations):
        listed = [(kind, ref + 1, role) for kind, ref, role in members]
        writer.add_relation(mutable.Relation(id=k + 1, version=1, members=listed, tags=tags))
