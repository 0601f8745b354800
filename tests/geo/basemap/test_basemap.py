"""The ground map: what is drawn where, the sea, and tiles that decode."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from tocsin.geo import basemap_tiles
from tocsin.geo.basemap import NAME, BasemapError, build_basemap
from tocsin.geo.basemap_rules import area_drawings, boundary_drawing, line_drawings, point_drawings
from tocsin.geo.basemap_sea import sea
from tocsin.geo.progress import Quiet

MALTA = Path(__file__).resolve().parents[4] / "shared" / "regions" / "maps" / "malta_2016.osm.pbf"
FRAME = (0.0, 0.0, 0.1, 0.1)
NO_ROADS = shapely.points(np.zeros((0, 2)))


def written(path: Path, ways: list[tuple[list[tuple[float, float]], dict[str, str]]], points: Any = ()) -> Path:
    """An .osm.pbf of ways and points, each spot (lon, lat) in degrees; equal spots share a node."""
    spots = {spot: 20_000_000_000 + i for i, spot in enumerate(dict.fromkeys(s for line, _ in ways for s in line))}
    with osmium.SimpleWriter(str(path)) as writer:
        for i, (spot, tags) in enumerate(points, 1):
            writer.add_node(osmium.osm.mutable.Node(id=i, location=spot, tags=tags))
        for spot, ref in spots.items():
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=spot))
        for i, (line, tags) in enumerate(ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=i, nodes=[spots[s] for s in line], tags=tags))
    return path


def opened(path: Path) -> tuple[dict[str, Any], dict[str, Any], int, int]:
    """Header, metadata, number of tiles and size of the largest; every tile is unpacked."""
    with path.open("rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        sizes = [len(gzip.decompress(data)) and len(data) for _, data in all_tiles(source)]
        return reader.header(), reader.metadata(), len(sizes), max(sizes)


def layers(metadata: dict[str, Any]) -> set[str]:
    return {layer["id"] for layer in metadata["vector_layers"]}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    road = [(0.01, 0.01), (0.05, 0.05), (0.09, 0.09)]
    park = [(0.02, 0.06), (0.04, 0.06), (0.04, 0.08), (0.02, 0.08), (0.02, 0.06)]
    house = [(0.06, 0.02), (0.0603, 0.02), (0.0603, 0.0203), (0.06, 0.0203), (0.06, 0.02)]
    points = [
        ((0.05, 0.05), {"place": "town", "name": "Midham"}),
        ((0.03, 0.03), {"emergency": "fire_hydrant"}),
        ((0.06, 0.02), {"addr:housenumber": "7", "addr:street": "Main Road"}),
    ]
    ways = [
        (road, {"highway": "primary", "name": "Main Road", "oneway": "yes"}),
        (park, {"leisure": "park", "name": "The Green"}),
        (house, {"building": "yes"}),
    ]
    return written(tmp_path / "town.osm.pbf", ways, points)


def test_a_town_becomes_tiles_and_leaves_nothing_else(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "region"
    counts = build_basemap(town, out, FRAME, Quiet())
    header, metadata, tiles, largest = opened(out / NAME)
    assert layers(metadata) == {"road", "landuse", "building", "place", "poi", "housenumber"}
    assert counts == {"road": 1, "landuse": 1, "building": 1, "place": 1, "poi": 1, "housenumber": 1}
    assert "© OpenStreetMap contributors" in metadata["attribution"]
    assert (header["min_zoom"], header["max_zoom"]) == (4, 15)
    assert 0 <= header["min_lon_e7"] < header["max_lon_e7"] <= 1_000_000
    assert tiles > 10
    assert largest < 500_000
    assert [p.name for p in out.iterdir()] == [NAME]


def test_what_lies_outside_the_bounds_is_cut_away(tmp_path: Path) -> None:
    ferry = [(0.05, 0.05), (3.0, 3.0)]
    source = written(tmp_path / "far.osm.pbf", [(ferry, {"route": "ferry", "name": "Far"})])
    build_basemap(source, tmp_path, FRAME, Quiet())
    assert opened(tmp_path / NAME)[0]["max_lon_e7"] < 1_100_000


def test_a_failing_tippecanoe_is_one_clear_error_and_no_files(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "tippecanoe"
    tool.write_text("#!/bin/sh\necho 'disk on fire' >&2\nexit 3\n")
    tool.chmod(0o755)
    monkeypatch.setattr(basemap_tiles, "_tool", lambda: tool)
    out = tmp_path / "region"
    with pytest.raises(BasemapError, match="disk on fire"):
        build_basemap(town, out, FRAME, Quiet())
    assert list(out.iterdir()) == []


def test_bad_sources_and_bounds_are_one_clear_error(town: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no map at all")
    with pytest.raises(BasemapError, match=r"broken\.osm\.pbf"):
        build_basemap(broken, tmp_path / "out", FRAME, Quiet())
    with pytest.raises(BasemapError, match="not a box"):
        build_basemap(town, tmp_path / "out", (1.0, 0.0, 0.0, 1.0), Quiet())
    empty = written(tmp_path / "empty.osm.pbf", [], [((0.0, 0.0), {"note": "nothing here"})])
    with pytest.raises(BasemapError, match="nothing that a map could show"):
        build_basemap(empty, tmp_path / "out", FRAME, Quiet())


def test_progress_is_told(town: Path, tmp_path: Path) -> None:
    class Heard:
        def __init__(self) -> None:
            self.stages: list[str] = []
            self.done = 0.0

        def stage(self, name: str, total: float | None) -> None:
            self.stages.append(name)

        def advance(self, n: float) -> None:
            self.done += n

    heard = Heard()
    build_basemap(town, tmp_path, FRAME, heard)
    assert heard.stages[-1] == "cutting map tiles"
    assert 90 <= heard.done <= 100.1


ISLAND = [(0.03, 0.03), (0.07, 0.03), (0.07, 0.07), (0.03, 0.07), (0.03, 0.03)]
"""Counter-clockwise: land on the left, so it is an island."""


def covered(faces: list[Any], lon: float, lat: float) -> bool:
    return any(shapely.contains_xy(face, lon, lat) for face in faces)


def test_an_island_is_dry_and_all_around_it_is_sea() -> None:
    wet, bare = sea([shapely.LineString(ISLAND)], FRAME, NO_ROADS)
    assert covered(wet, 0.01, 0.01)
    assert not covered(wet, 0.05, 0.05)
    assert bare == []


def test_a_lagoon_is_wet_and_its_shore_dry() -> None:
    wet, _ = sea([shapely.LineString(ISLAND[::-1])], FRAME, NO_ROADS)
    assert covered(wet, 0.05, 0.05)
    assert not covered(wet, 0.01, 0.01)


def test_a_coast_across_the_frame_has_sea_on_its_right() -> None:
    pieces = [shapely.LineString([(-0.1, 0.05), (0.04, 0.05)]), shapely.LineString([(0.04, 0.05), (0.2, 0.05)])]
    wet, bare = sea(pieces, FRAME, NO_ROADS)
    assert covered(wet, 0.05, 0.02)
    assert not covered(wet, 0.05, 0.08)
    assert bare == []


def test_a_cut_coast_floods_nothing_and_is_drawn() -> None:
    wet, bare = sea([shapely.LineString([(-0.1, 0.05), (0.06, 0.05)])], FRAME, NO_ROADS)
    assert wet == []
    assert len(bare) == 1


def test_a_face_full_of_roads_is_not_sea() -> None:
    streets = shapely.points([(0.001 * i, 0.02) for i in range(1, 90)])
    wet, bare = sea([shapely.LineString([(-0.1, 0.05), (0.2, 0.05)])], FRAME, streets)
    assert wet == []
    assert len(bare) == 1


def test_no_coast_no_sea() -> None:
    assert sea([], FRAME, NO_ROADS) == ([], [])


def test_roads_say_what_the_style_needs() -> None:
    (road,) = line_drawings({"highway": "motorway_link", "name": "Ramp", "oneway": "-1", "bridge": "viaduct"})
    assert road.attributes == {"kind": "motorway", "name": "Ramp", "bridge": 1, "link": 1, "oneway": -1}
    (ring,) = line_drawings({"highway": "residential", "junction": "roundabout", "tunnel": "yes"})
    assert ring.attributes == {"kind": "minor", "tunnel": 1, "oneway": 1}
    assert list(line_drawings({"highway": "proposed"})) == []


def test_smaller_roads_come_later() -> None:
    zooms = [
        next(line_drawings({"highway": kind})).min_zoom
        for kind in ("motorway", "primary", "tertiary", "residential", "service")
    ]
    assert zooms == sorted(zooms)
    assert len(set(zooms)) == 5


def test_hydrants_need_no_name_but_shops_do() -> None:
    assert [d.attributes["kind"] for d in point_drawings({"emergency": "fire_hydrant"})] == ["hydrant"]
    assert list(point_drawings({"shop": "supermarket"})) == []


def test_a_hospital_ground_is_an_area_and_a_mark() -> None:
    tags = {"amenity": "hospital", "building": "yes", "name": "St Luke"}
    assert [d.layer for d in area_drawings(tags)] == ["building", "landuse"]
    assert [d.attributes for d in point_drawings(tags)] == [{"kind": "hospital", "name": "St Luke"}]


def test_only_towns_and_greater_bounds_are_drawn() -> None:
    assert boundary_drawing(2) is not None
    assert boundary_drawing(11) is None


@pytest.mark.skipif(not MALTA.exists(), reason=f"the map of Malta is absent: {MALTA}")
def test_malta_has_sea_and_small_tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap_tiles, "MAX_ZOOM", 12)
    counts = build_basemap(MALTA, tmp_path, (14.40, 35.84, 14.60, 35.95), Quiet())
    _, metadata, _, largest = opened(tmp_path / NAME)
    assert {"water", "road", "building", "place", "poi", "boundary", "landuse"} <= layers(metadata)
    assert counts["road"] > 10_000
    assert any(b"water" in tile and b"sea" in tile for tile in _unpacked(tmp_path / NAME, 11))
    assert largest < 500_000


def _unpacked(path: Path, zoom: int) -> list[bytes]:
    """The bytes of one zoom's tiles: layer names and texts stand in them as they are."""
    with path.open("rb") as file:
        return [gzip.decompress(data) for zxy, data in all_tiles(MmapSource(file)) if zxy[0] == zoom]
