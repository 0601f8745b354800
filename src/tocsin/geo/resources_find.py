"""Finding resources in an OSM file: stations and hospitals among nodes, ways and areas.

Apart from `resources`, which a server reads them back with: what reads maps takes long to import.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
import shapely
import shapely.wkb

from tocsin.geo.osm import osm_errors
from tocsin.geo.progress import Progress
from tocsin.geo.resources import KEPT_TAGS, Resource, kind_of, merge


def find_resources(source: Path, progress: Progress) -> list[Resource]:
    """Find them among nodes, ways and multipolygons; areas stand for their centroid; doubles are merged."""
    keys = osmium.filter.KeyFilter("amenity", "emergency", "healthcare")
    found: list[Resource] = []
    with osm_errors(source):
        processor = osmium.FileProcessor(str(source)).with_areas(keys).with_filter(keys)
        for thing in processor:
            found += _resource(thing)
            progress.advance(1)
    return merge(found)


_wkb = osmium.geom.WKBFactory()


def _resource(thing: Any) -> Iterator[Resource]:
    tags = dict(thing.tags)
    kind = kind_of(tags)
    if kind is None:
        return
    place = _place(thing)
    if place is None:
        return
    says = tags.get("emergency")
    yield Resource(
        kind=kind,
        name=tags.get("name") or tags.get("operator") or tags.get("ref") or "",
        lat_deg=round(place[0], 7),
        lon_deg=round(place[1], 7),
        osm=_osm_id(thing),
        emergency={"yes": True, "no": False}.get(says or "") if kind in ("hospital", "clinic") else None,
        tags={key: tags[key] for key in KEPT_TAGS if key in tags},
    )


def _osm_id(thing: Any) -> str:
    if thing.is_area():
        return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    return f"{'n' if thing.is_node() else 'w' if thing.is_way() else 'r'}{thing.id}"


def _place(thing: Any) -> tuple[float, float] | None:
    """Latitude and longitude, or None for what has no whole geometry (or comes again as an area)."""
    if thing.is_node():
        return (thing.lat, thing.lon) if thing.location.valid() else None
    try:
        if thing.is_area():
            shape = shapely.wkb.loads(_wkb.create_multipolygon(thing), hex=True)
        elif thing.is_way() and not thing.is_closed():
            shape = shapely.wkb.loads(_wkb.create_linestring(thing), hex=True)
        else:
            return None
    except (RuntimeError, osmium.InvalidLocationError):
        return None
    centre = shape.centroid
    return centre.y, centre.x
