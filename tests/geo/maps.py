"""Tiny hand-made maps for the tests: nodes on a metre grid, ways and relations, written as real OSM files."""

from pathlib import Path

import osmium
from osmium.osm import mutable

from tocsin.geo.assemble import RoadsBuilt, build_roads
from tocsin.geo.progress import Quiet
from tocsin.geo.roads import Roads

ORIGIN = (45.0, 9.0)
_LAT_M, _LON_M = 1 / 111_195.0, 1 / (111_195.0 * 0.70710678)


def place(x_m: float, y_m: float) -> tuple[float, float]:
    """Latitude and longitude of a point so many metres east and north of the origin."""
    return ORIGIN[0] + y_m * _LAT_M, ORIGIN[1] + x_m * _LON_M


class Map:
    """A map under construction. Node ids are the caller's; way ids count from 101."""

    def __init__(self, nodes: dict[int, tuple[float, float]]) -> None:
        self.nodes = nodes
        self.node_tags: dict[int, dict[str, str]] = {}
        self.absent: set[int] = set()
        self.ways: list[tuple[int, list[int], dict[str, str]]] = []
        self.relations: list[tuple[int, list[tuple[str, int, str]], dict[str, str]]] = []

    def way(self, *refs: int, **tags: str) -> int:
        """Add a way (a residential street unless told otherwise); `__` in a key stands for a colon."""
        told = {"highway": "residential", **{key.replace("__", ":"): value for key, value in tags.items()}}
        number = 101 + len(self.ways)
        self.ways.append((number, list(refs), {key: value for key, value in told.items() if value}))
        return number

    def restrict(self, kind: str, start: int, via: int | list[int], end: int, **tags: str) -> None:
        """Add a turn restriction; `via` is a node, or a list of ways."""
        middle = [("n", via, "via")] if isinstance(via, int) else [("w", way, "via") for way in via]
        members = [("w", start, "from"), *middle, ("w", end, "to")]
        self.relations.append((len(self.relations) + 1, members, {"type": "restriction", "restriction": kind, **tags}))

    def write(self, file: Path) -> Path:
        """Write the map."""
        writer = osmium.SimpleWriter(str(file), overwrite=True)
        for ref, (x, y) in sorted(self.nodes.items()):
            if ref not in self.absent:
                lat, lon = place(x, y)
                writer.add_node(mutable.Node(id=ref, location=(lon, lat), tags=self.node_tags.get(ref, {}), version=1))
        for number, refs, tags in self.ways:
            writer.add_way(mutable.Way(id=number, nodes=refs, tags=tags, version=1))
        for number, members, tags in self.relations:
            writer.add_relation(mutable.Relation(id=number, members=members, tags=tags, version=1))
        writer.close()
        return file

    def built(self, folder: Path) -> RoadsBuilt:
        """Write the map and build its roads."""
        return build_roads(self.write(folder / "map.osm.pbf"), Quiet())

    def roads(self, folder: Path) -> Roads:
        """Write the map, build its roads and open them."""
        return Roads(self.built(folder).graph)


def cross() -> Map:
    """A crossing: node 1 in the middle, 2 west, 3 east, 4 south, 5 north, 100 m away each; ways 101 … 104 in to out."""
    made = Map({1: (0, 0), 2: (-100, 0), 3: (100, 0), 4: (0, -100), 5: (0, 100)})
    for name, end in (("West", 2), ("East", 3), ("South", 4), ("North", 5)):
        made.way(end, 1, name=name)
    return made


def streets(roads: Roads, start: tuple[float, float], end: tuple[float, float], *, siren: bool = True) -> list[str]:
    """Names of the streets driven between two points given in metres; empty when there is no way."""
    route = roads.route(place(*start), place(*end), siren=siren)
    return list(route.streets) if route else []
