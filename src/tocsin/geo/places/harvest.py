"""Harvest: what an OpenStreetMap file says about streets, house numbers, landmarks and towns, in two readings.

Refuses to know searching: it only gathers. Tags follow the OSM wiki (Key:addr, Key:name, Key:place, Tag:boundary).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from tocsin.geo.places.match import PlacesError
from tocsin.geo.places.posts import Post, post_of
from tocsin.geo.places.words import words
from tocsin.geo.progress import Progress

STREET_RANK = {
    "motorway": 0.9, "trunk": 0.95, "primary": 1.0, "secondary": 0.9, "tertiary": 0.8, "unclassified": 0.6,
    "residential": 0.7,
    "living_street": 0.65, "pedestrian": 0.65, "road": 0.5, "service": 0.35, "track": 0.25, "footway": 0.25,
    "path": 0.2,
    "steps": 0.35, "cycleway": 0.2, "bridleway": 0.15, "busway": 0.3, "corridor": 0.1,
}  # fmt: skip
_LANDMARK_KEYS = (
    "amenity", "emergency", "healthcare", "aeroway", "railway", "public_transport", "tourism", "leisure", "historic",
    "shop",
    "office", "man_made", "craft", "natural", "landuse", "building", "bridge",
)  # fmt: skip
_IMPORTANT = {
    "hospital": 0.8, "fire_station": 0.75, "police": 0.75, "ambulance_station": 0.7, "aerodrome": 0.8, "station": 0.75,
    "university": 0.65, "school": 0.55, "clinic": 0.55, "fuel": 0.5, "stadium": 0.65, "museum": 0.55, "townhall": 0.6,
    "place_of_worship": 0.45, "attraction": 0.55, "park": 0.55, "theatre": 0.5, "hotel": 0.5, "mall": 0.6,
    "marketplace": 0.55,
    "ferry_terminal": 0.6, "subway_entrance": 0.5, "tram_stop": 0.4, "beach": 0.5, "prison": 0.6, "library": 0.5,
}  # fmt: skip
PLACE_RANK = {
    "city": 1.0, "town": 0.95, "borough": 0.9, "suburb": 0.85, "village": 0.85, "quarter": 0.8, "neighbourhood": 0.8,
    "hamlet": 0.7, "island": 0.7, "islet": 0.5, "locality": 0.5, "square": 0.6, "isolated_dwelling": 0.5, "farm": 0.5,
}  # fmt: skip
_NAME_KEYS = (
    "name",
    "name:en",
    "alt_name",
    "short_name",
    "official_name",
    "loc_name",
    "int_name",
    "old_name",
    "nickname",
    "reg_name",
    "nat_name",
    "operator",
    "brand",
)
_NAMED_IN = ("name:", "alt_name:", "short_name:", "official_name:", "old_name:", "loc_name:")


@dataclass
class Way:
    """One named way: node ids and points in degrees, latitude first."""

    names: list[str]
    refs: NDArray[np.int64]
    points: NDArray[np.float64]
    rank: float


@dataclass
class House:
    """One house number as tagged, with the street (or place) that it names."""

    number: str
    street: str
    lat: float
    lon: float


@dataclass
class Named:
    """A landmark or a settled place: its names (best first), what it is, its point in degrees and its rank 0 to 1."""

    names: list[str]
    what: str
    lat: float
    lon: float
    rank: float


@dataclass
class Town:
    """An administrative area with its outline in degrees (longitude first, as shapely wants)."""

    name: str
    level: int
    outline: Any


@dataclass
class Harvest:
    """Everything that was found in one file."""

    ways: list[Way] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    landmarks: list[Named] = field(default_factory=list)
    settled: list[Named] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)


def harvest(source: Path, progress: Progress) -> Harvest:
    """Read the file. Raises PlacesError when it is missing or is not an OpenStreetMap file."""
    found = Harvest()
    try:
        progress.stage("reading names and addresses", None)
        for thing in _things(source):
            _take(found, thing)
        progress.stage("reading towns and grounds", None)
        for area in _areas(source):
            _take_area(found, area)
    except (RuntimeError, OSError) as error:
        raise PlacesError(f"cannot read {source.name}: {error}") from None
    return found


def _things(source: Path) -> Any:
    keys = osmium.filter.KeyFilter("name", "addr:housenumber", "ref", "operator", "distance", "pk", "junction:ref")
    nodes_and_ways = osmium.osm.NODE | osmium.osm.WAY
    return osmium.FileProcessor(str(source), nodes_and_ways).with_locations("sparse_mem_array").with_filter(keys)


def _areas(source: Path) -> Any:
    wanted = osmium.filter.TagFilter(("type", "multipolygon"), ("type", "boundary"))
    plain = osmium.filter.EntityFilter(osmium.osm.AREA)
    named = osmium.filter.KeyFilter("name")
    return (
        osmium.FileProcessor(str(source))
        .with_locations("sparse_mem_array")
        .with_areas(wanted, named)
        .with_filter(plain)
        .with_filter(named)
    )


def _take(found: Harvest, thing: Any) -> None:
    tags = dict(thing.tags)
    if thing.is_way():
        refs, points = _line(thing)
        if not len(refs):
            return
        rank = STREET_RANK.get(tags.get("highway", ""))
        if rank is not None:
            refs_of_road = [r.strip() for r in tags.get("ref", "").split(";") if r.strip()]
            names = list(dict.fromkeys(names_of(tags) + refs_of_road))[:12]
            if names and len(refs) > 1:
                found.ways.append(Way(names, refs, points, rank))
            return
        lat, lon = (points.min(axis=0) + points.max(axis=0)) / 2
    else:
        if not thing.location.valid():
            return
        lat, lon = thing.location.lat, thing.location.lon
        post = post_of(tags, float(lat), float(lon), int(thing.id)) if "highway" in tags else None
        if post:
            found.posts.append(post)
    _take_point(found, tags, float(lat), float(lon))


def _take_point(found: Harvest, tags: dict[str, str], lat: float, lon: float) -> None:
    street = tags.get("addr:street") or tags.get("addr:place")
    if street and tags.get("addr:housenumber"):
        found.houses.extend(
            House(n.strip(), street, lat, lon) for n in tags["addr:housenumber"].split(";") if n.strip()
        )
    names = names_of(tags)
    if not names:
        return
    if tags.get("place") in PLACE_RANK and "name" in tags:
        found.settled.append(Named(names, tags["place"], lat, lon, PLACE_RANK[tags["place"]]))
        return
    for key in _LANDMARK_KEYS:
        kind = tags.get(key)
        if kind and kind != "no" and not (key == "landuse" and "name" not in tags):
            what = key if kind == "yes" else kind
            found.landmarks.append(Named(names, what.replace("_", " "), lat, lon, _IMPORTANT.get(kind, 0.35)))
            return


def _take_area(found: Harvest, area: Any) -> None:
    if area.from_way():
        return
    tags = dict(area.tags)
    try:
        outline = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    except RuntimeError:
        return
    if tags.get("boundary") == "administrative":
        level = tags.get("admin_level", "")
        if level.isdigit() and 6 <= int(level) <= 11:
            found.towns.append(Town(tags["name"], int(level), outline))
    elif "highway" not in tags:
        inside = outline.representative_point()
        _take_point(found, tags, inside.y, inside.x)


def _line(way: Any) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    known = [(n.ref, n.lat, n.lon) for n in way.nodes if n.location.valid()]
    refs = np.array([k[0] for k in known], dtype=np.int64)
    return refs, np.array([k[1:] for k in known], dtype=np.float64).reshape(-1, 2)


class OldName(str):
    """A name that no longer stands but is still said."""

    __slots__ = ()


def _named(key: str, name: str) -> str:
    return OldName(name) if key.startswith("old_name") else name


def names_of(tags: dict[str, str]) -> list[str]:
    """All names of a thing, the local one first, none twice."""
    keys = [k for k in _NAME_KEYS if k in tags] + [
        k for k in tags if k.startswith(_NAMED_IN) and len(k) - k.find(":") <= 8
    ]
    if "name" not in tags and not any(k.startswith("name:") for k in keys):
        keys = [k for k in keys if k in ("operator", "brand", "alt_name", "short_name", "official_name", "loc_name")]
    parts = (_named(k, part.strip()) for k in keys for part in tags[k].split(";"))
    return list(dict.fromkeys(part for part in parts if part))[:12]


def is_suffix_type(word: str) -> bool:
    """Whether the folded word is an English kind of street, which stands after the name."""
    return word in words().suffix_types
