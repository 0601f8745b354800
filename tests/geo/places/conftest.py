"""A town drawn by hand: each street and house stands where a test can say what must be found."""

from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from tocsin.geo.places import Places
from tocsin.geo.places.build import build_places
from tocsin.geo.progress import Quiet

Spot = tuple[float, float]
STEP = 0.001
"""About 111 m of latitude; towns here lie on the equator so that longitude is as long."""


class Sketch:
    """Writes a small .osm.pbf: points and lines in (lat, lon) steps of STEP degrees; equal spots share one node."""

    def __init__(self) -> None:
        self.nodes: dict[Spot, int] = {}
        self.points: list[tuple[Spot, dict[str, str]]] = []
        self.lines: list[tuple[list[int], dict[str, str]]] = []
        self.relations: list[tuple[int, dict[str, str]]] = []

    def node(self, spot: Spot) -> int:
        return self.nodes.setdefault(spot, len(self.nodes) + 30_000_000_000)

    def line(self, spots: list[Spot], **tags: str) -> int:
        self.lines.append(([self.node(s) for s in spots], _tags(tags)))
        return len(self.lines)

    def street(self, name: str, *spots: Spot, **tags: str) -> int:
        return self.line(list(spots), **{"highway": "residential", "name": name, **tags})

    def point(self, spot: Spot, **tags: str) -> None:
        self.points.append((spot, _tags(tags)))

    def house(self, spot: Spot, number: str, street: str) -> None:
        self.point(spot, addr__housenumber=number, addr__street=street)

    def town(self, name: str, south_west: Spot, north_east: Spot, level: str = "8") -> None:
        (s, w), (n, e) = south_west, north_east
        way = self.line([(s, w), (s, e), (n, e), (n, w), (s, w)])
        self.relations.append(
            (way, {"type": "boundary", "boundary": "administrative", "admin_level": level, "name": name})
        )

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for i, (spot, tags) in enumerate(self.points, 1):
                writer.add_node(osmium.osm.mutable.Node(id=i, location=_degrees(spot), tags=tags))
            for spot, ref in self.nodes.items():
                writer.add_node(osmium.osm.mutable.Node(id=ref, location=_degrees(spot)))
            for i, (refs, tags) in enumerate(self.lines, 1):
                writer.add_way(osmium.osm.mutable.Way(id=i, nodes=refs, tags=tags))
            for i, (way, tags) in enumerate(self.relations, 1):
                member = osmium.osm.mutable.Relation(id=i, members=[("w", way, "outer")], tags=tags)
                writer.add_relation(member)
        return path


def _tags(tags: dict[str, str]) -> dict[str, str]:
    return {key.replace("__", ":"): value for key, value in tags.items()}


def _degrees(spot: Spot) -> Spot:
    return spot[1] * STEP, spot[0] * STEP


@pytest.fixture
def sketch() -> Sketch:
    return Sketch()


@pytest.fixture
def places_of(tmp_path: Path) -> Callable[[Sketch], Places]:
    """Builds the sketch and opens its index."""

    def opened(drawn: Sketch) -> Places:
        build_places(drawn.write(tmp_path / "town.osm.pbf"), tmp_path / "index", Quiet())
        return Places.open(tmp_path / "index")

    return opened
