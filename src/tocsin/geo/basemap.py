"""The ground map of a region as vector tiles, drawn from an OpenStreetMap file. Refuses to know colours and screens.

One reading of the file writes GeoJSON lines for each layer into a folder that goes away afterwards; tippecanoe cuts
them into `basemap.pmtiles`. What is drawn from which zoom is in `basemap_rules`, the sea in `basemap_sea`.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import osmium
import shapely

from tocsin.geo.basemap_rules import (
    KEYS,
    LAYERS,
    Drawing,
    area_drawings,
    boundary_drawing,
    line_drawings,
    point_drawings,
)
from tocsin.geo.basemap_sea import sea
from tocsin.geo.basemap_tiles import BasemapError, cut_tiles
from tocsin.geo.progress import Progress

__all__ = ["BasemapError", "build_basemap"]

NAME = "basemap.pmtiles"
_MARGIN = 0.02
_SEA_MARGIN = 0.3
_SEA_MARGIN_DEG = 0.12
Frame = tuple[float, float, float, float]


def build_basemap(source: Path, out: Path, bbox: Frame, progress: Progress) -> dict[str, int]:
    """Write `out/basemap.pmtiles` from the .osm.pbf at `source`; `bbox` is (west, south, east, north) in degrees.

    Returns how many drawings each layer holds. Raises BasemapError, in one line, when the file cannot be read or the
    tiles cannot be cut; nothing is left behind then.
    """
    out.mkdir(parents=True, exist_ok=True)
    frame = _framed(bbox)
    with tempfile.TemporaryDirectory(prefix="basemap-", dir=out) as folder:
        paths = {layer: Path(folder) / f"{layer}.geojsonl" for layer in LAYERS}
        with ExitStack() as open_files:
            files = {layer: open_files.enter_context(path.open("w", encoding="utf-8")) for layer, path in paths.items()}
            sketch = _Sketch(files, frame)
            try:
                sketch.draw(source, progress)
            except (RuntimeError, OSError) as error:
                raise BasemapError(f"cannot draw a map from {source.name}: {error}") from None
        drawn = {layer: path for layer, path in paths.items() if sketch.counts[layer]}
        if not drawn:
            raise BasemapError(f"{source.name} holds nothing that a map could show")
        half = Path(folder) / NAME
        cut_tiles(drawn, half, sketch.frame, progress)
        half.replace(out / NAME)
    return dict(sketch.counts)


def _framed(bbox: Frame, margin: float = _MARGIN, least_deg: float = 0.0) -> Frame:
    """The box with a margin on each side, as a share of its size, at least so many degrees."""
    west, south, east, north = bbox
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BasemapError(f"the region's bounds are not a box on the earth: {bbox}")
    wide, high = max((east - west) * margin, least_deg), max((north - south) * margin, least_deg)
    return max(-180, west - wide), max(-85, south - high), min(180, east + wide), min(85, north + high)


class _Sketch:
    """Writes one line a drawing, and keeps what the sea needs until all has been read."""

    def __init__(self, files: Mapping[str, TextIO], frame: Frame):
        self.files = files
        self.frame = frame
        self.counts: Counter[str] = Counter()
        self._levels: dict[int, int] = {}
        self._coast: list[Any] = []
        self._roads: list[tuple[float, float]] = []
        self._json = osmium.geom.GeoJSONFactory()
        self._wkb = osmium.geom.WKBFactory()

    def draw(self, source: Path, progress: Progress) -> None:
        """Read the file and write every drawing."""
        progress.stage("reading boundaries", None)
        self._read_levels(source)
        progress.stage("drawing the map", None)
        keys = osmium.filter.KeyFilter(*KEYS)
        things: Any = (
            osmium.FileProcessor(str(source)).with_locations("sparse_mem_array").with_areas(keys).with_filter(keys)
        )
        for thing in things:
            tags = dict(thing.tags)
            if thing.is_node():
                self._point(tags, thing)
            elif thing.is_way():
                self._line(tags, thing)
            elif thing.is_area():
                self._area(tags, thing)
        progress.stage("drawing the sea", None)
        self._sea()

    def _read_levels(self, source: Path) -> None:
        administrative = osmium.filter.TagFilter(("boundary", "administrative"))
        relations: Any = osmium.FileProcessor(str(source), osmium.osm.RELATION).with_filter(administrative)
        for relation in relations:
            level = relation.tags.get("admin_level", "")
            if level.isdigit():
                for member in relation.members:
                    if member.type == "w":
                        self._levels[member.ref] = min(int(level), self._levels.get(member.ref, 99))

    def _write(self, drawing: Drawing, geometry: str) -> None:
        head = json.dumps({"minzoom": drawing.min_zoom})
        body = json.dumps(drawing.attributes, ensure_ascii=False)
        self.files[drawing.layer].write(
            f'{{"type":"Feature","tippecanoe":{head},"properties":{body},"geometry":{geometry}}}\n'
        )
        self.counts[drawing.layer] += 1

    def _point(self, tags: dict[str, str], node: Any) -> None:
        if node.location.valid():
            geometry = f'{{"type":"Point","coordinates":[{node.location.lon:.7f},{node.location.lat:.7f}]}}'
            for drawing in point_drawings(tags):
                self._write(drawing, geometry)

    def _line(self, tags: dict[str, str], way: Any) -> None:
        drawings = list(line_drawings(tags))
        if tags.get("boundary") == "administrative" or way.id in self._levels:
            level = tags.get("admin_level", "")
            lowest = min(int(level) if level.isdigit() else 99, self._levels.get(way.id, 99))
            drawings += [d for d in [boundary_drawing(lowest)] if d and tags.get("natural") != "coastline"]
        coast = tags.get("natural") == "coastline"
        if not drawings and not coast:
            return
        spots = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
        if len(spots) < 2:
            return
        if coast:
            self._coast.append(shapely.LineString(spots))
        if "highway" in tags and not {"bridge", "tunnel"} & tags.keys():
            self._roads.append(spots[len(spots) // 2])
        points = ",".join(f"[{lon:.7f},{lat:.7f}]" for lon, lat in spots)
        for drawing in drawings:
            self._write(drawing, f'{{"type":"LineString","coordinates":[{points}]}}')

    def _area(self, tags: dict[str, str], area: Any) -> None:
        drawings, points = list(area_drawings(tags)), list(point_drawings(tags))
        try:
            if drawings:
                shape = self._json.create_multipolygon(area)
                for drawing in drawings:
                    self._write(drawing, shape)
            if points:
                middle = shapely.from_wkb(self._wkb.create_multipolygon(area)).representative_point()
                for drawing in points:
                    self._write(drawing, shapely.to_geojson(middle))
        except RuntimeError:
            self.counts["broken_areas"] += 1

    def _sea(self) -> None:
        spots = shapely.points(np.array(self._roads).reshape(-1, 2))
        wide = _framed(self.frame, _SEA_MARGIN, _SEA_MARGIN_DEG)
        wet, bare = sea(self._coast, wide, spots)
        if wet:
            self.frame = wide
        for face in wet:
            self._write(Drawing("water", {"kind": "sea"}, 4), shapely.to_geojson(face))
        for line in bare:
            self._write(Drawing("waterway", {"kind": "coast"}, 4), shapely.to_geojson(line))
