"""Which mapped things are drawn on the ground map, on which layer, and from which zoom.

Refuses to know files and tiles: tags in, drawings out. A dispatcher's map shows roads first, then what crews look for
(hospitals, stations, hydrants, defibrillators, house numbers), then the calm ground under them. Tags: OSM wiki.
"""

from collections.abc import Iterator
from typing import NamedTuple

LAYERS = (
    "water", "waterway", "landuse", "building", "road", "rail", "ferry", "boundary", "place", "poi", "housenumber",
)  # fmt: skip
KEYS = (
    "highway", "railway", "aeroway", "waterway", "natural", "landuse", "leisure", "amenity", "building", "boundary",
    "place",
    "emergency", "addr:housenumber", "man_made", "route", "tourism", "shop", "healthcare", "public_transport",
)  # fmt: skip
"""Things without any of these keys are never drawn."""

_ROADS = {
    "motorway": ("motorway", 5), "trunk": ("trunk", 6), "primary": ("primary", 8), "secondary": ("secondary", 10),
    "tertiary": ("tertiary", 11), "unclassified": ("minor", 12), "residential": ("minor", 12),
    "living_street": ("minor", 12),
    "road": ("minor", 12), "service": ("service", 14), "busway": ("service", 14), "pedestrian": ("pedestrian", 13),
    "track": ("track", 13), "footway": ("path", 15), "path": ("path", 14), "cycleway": ("path", 14),
    "bridleway": ("path", 14),
    "steps": ("steps", 15), "raceway": ("service", 14),
}  # fmt: skip
_RAILS = {
    "rail": 9, "light_rail": 11, "subway": 12, "tram": 12, "narrow_gauge": 11, "funicular": 12, "monorail": 12,
    "preserved": 12,
}  # fmt: skip
_GROUND = {
    ("natural", "water"): ("water", "lake", 7), ("waterway", "riverbank"): ("water", "river", 7),
    ("waterway", "dock"): ("water", "dock", 11), ("landuse", "reservoir"): ("water", "lake", 8),
    ("landuse", "basin"): ("water", "basin", 11), ("leisure", "swimming_pool"): ("water", "pool", 15),
    ("natural", "wood"): ("landuse", "wood", 8), ("landuse", "forest"): ("landuse", "wood", 8),
    ("leisure", "park"): ("landuse", "park", 10), ("leisure", "garden"): ("landuse", "park", 13),
    ("leisure", "golf_course"): ("landuse", "park", 11), ("leisure", "nature_reserve"): ("landuse", "reserve", 10),
    ("leisure", "common"): ("landuse", "park", 12), ("landuse", "recreation_ground"): ("landuse", "park", 12),
    ("landuse", "village_green"): ("landuse", "park", 12), ("leisure", "playground"): ("landuse", "pitch", 15),
    ("leisure", "pitch"): ("landuse", "pitch", 14), ("leisure", "track"): ("landuse", "pitch", 14),
    ("leisure", "stadium"): ("landuse", "pitch", 13), ("landuse", "grass"): ("landuse", "grass", 13),
    ("landuse", "meadow"): ("landuse", "grass", 11), ("natural", "grassland"): ("landuse", "grass", 11),
    ("natural", "scrub"): ("landuse", "scrub", 11), ("natural", "heath"): ("landuse", "scrub", 11),
    ("natural", "wetland"): ("landuse", "wetland", 10), ("landuse", "orchard"): ("landuse", "farm", 11),
    ("landuse", "vineyard"): ("landuse", "farm", 11), ("landuse", "farmland"): ("landuse", "farm", 10),
    ("landuse", "farm"): ("landuse", "farm", 10), ("landuse", "allotments"): ("landuse", "farm", 12),
    ("natural", "beach"): ("landuse", "sand", 11), ("natural", "sand"): ("landuse", "sand", 11),
    ("natural", "bare_rock"): ("landuse", "rock", 11), ("landuse", "quarry"): ("landuse", "rock", 11),
    ("landuse", "residential"): ("landuse", "residential", 8), ("landuse", "industrial"): ("landuse", "industrial", 9),
    ("landuse", "commercial"): ("landuse", "commercial", 10), ("landuse", "retail"): ("landuse", "commercial", 11),
    ("landuse", "railway"): ("landuse", "industrial", 11), ("landuse", "cemetery"): ("landuse", "cemetery", 11),
    ("amenity", "grave_yard"): ("landuse", "cemetery", 13), ("landuse", "military"): ("landuse", "military", 10),
    ("amenity", "hospital"): ("landuse", "hospital", 12), ("amenity", "school"): ("landuse", "school", 13),
    ("amenity", "university"): ("landuse", "school", 12), ("amenity", "college"): ("landuse", "school", 13),
    ("amenity", "parking"): ("landuse", "parking", 14), ("aeroway", "aerodrome"): ("landuse", "airport", 9),
    ("aeroway", "apron"): ("landuse", "apron", 11), ("aeroway", "runway"): ("landuse", "apron", 10),
    ("man_made", "pier"): ("landuse", "pier", 12), ("man_made", "breakwater"): ("landuse", "pier", 12),
    ("place", "square"): ("landuse", "square", 14), ("highway", "pedestrian"): ("landuse", "square", 13),
}  # fmt: skip
_WATERWAYS = {"river": 8, "canal": 10, "stream": 13, "drain": 14, "ditch": 14}
_PLACES = {
    "country": (4, 0), "state": (5, 1), "city": (5, 2), "island": (8, 5), "town": (8, 3), "village": (10, 4),
    "borough": (11, 4),
    "suburb": (11, 5), "hamlet": (12, 6), "quarter": (13, 6), "neighbourhood": (13, 7), "square": (15, 8),
    "locality": (14, 8),
    "islet": (13, 8),
}  # fmt: skip
_POIS = {
    ("amenity", "hospital"): ("hospital", 11), ("amenity", "fire_station"): ("fire_station", 11),
    ("emergency", "ambulance_station"): ("ambulance_station", 11), ("amenity", "police"): ("police", 12),
    ("aeroway", "aerodrome"): ("airport", 9), ("aeroway", "helipad"): ("helipad", 13),
    ("railway", "station"): ("station", 12),
    ("railway", "subway_entrance"): ("subway_entrance", 15), ("amenity", "ferry_terminal"): ("ferry_terminal", 13),
    ("amenity", "clinic"): ("clinic", 13), ("amenity", "university"): ("school", 13),
    ("amenity", "school"): ("school", 14),
    ("amenity", "kindergarten"): ("school", 15), ("amenity", "nursing_home"): ("nursing_home", 14),
    ("amenity", "fuel"): ("fuel", 14), ("amenity", "pharmacy"): ("pharmacy", 15), ("amenity", "prison"): ("prison", 13),
    ("amenity", "townhall"): ("townhall", 14), ("amenity", "place_of_worship"): ("worship", 15),
    ("emergency", "fire_hydrant"): ("hydrant", 15), ("emergency", "defibrillator"): ("defibrillator", 15),
    ("emergency", "water_tank"): ("water_tank", 15), ("emergency", "suction_point"): ("water_tank", 15),
    ("emergency", "assembly_point"): ("assembly_point", 15), ("emergency", "phone"): ("emergency_phone", 15),
    ("tourism", "hotel"): ("hotel", 15), ("tourism", "museum"): ("museum", 15),
    ("tourism", "attraction"): ("attraction", 15),
    ("shop", "mall"): ("mall", 14), ("shop", "supermarket"): ("shop", 15), ("natural", "peak"): ("peak", 12),
}  # fmt: skip
_ALWAYS = {
    "hydrant",
    "defibrillator",
    "water_tank",
    "hospital",
    "fire_station",
    "police",
    "ambulance_station",
    "emergency_phone",
}
_TUNNELS = {"yes", "building_passage", "culvert", "covered"}

Tags = dict[str, str]


class Drawing(NamedTuple):
    """One drawing of a thing: its layer, the attributes that the style sees, and the first zoom that shows it."""

    layer: str
    attributes: dict[str, str | int]
    min_zoom: int


def line_drawings(tags: Tags) -> Iterator[Drawing]:
    """How an open or closed way is drawn as a line."""
    if tags.get("area") == "yes":
        return
    if "highway" in tags:
        yield from _road(tags)
    rail = _RAILS.get(tags.get("railway", ""))
    if rail and tags.get("service") not in ("spur", "siding"):
        yield Drawing("rail", {"kind": tags["railway"], **_levels(tags)}, rail)
    elif rail:
        yield Drawing("rail", {"kind": "yard", **_levels(tags)}, 14)
    if tags.get("waterway") in _WATERWAYS and tags.get("tunnel") not in _TUNNELS:
        yield Drawing("waterway", {"kind": tags["waterway"], **_name(tags)}, _WATERWAYS[tags["waterway"]])
    if tags.get("route") == "ferry":
        yield Drawing("ferry", _name(tags), 9)
    if tags.get("aeroway") in ("runway", "taxiway"):
        yield Drawing("road", {"kind": tags["aeroway"]}, 11 if tags["aeroway"] == "runway" else 13)
    if tags.get("man_made") in ("pier", "breakwater", "groyne"):
        yield Drawing("road", {"kind": "pier"}, 13)


def _road(tags: Tags) -> Iterator[Drawing]:
    base = tags["highway"].removesuffix("_link")
    if base not in _ROADS:
        return
    kind, zoom = _ROADS[base]
    more: dict[str, str | int] = {"kind": kind, **_name(tags), **_levels(tags)}
    if base != tags["highway"]:
        more["link"], zoom = 1, max(zoom, 11)
    if "ref" in tags and kind in ("motorway", "trunk", "primary"):
        more["ref"] = tags["ref"].split(";")[0]
    if kind == "service" and tags.get("service") in ("parking_aisle", "driveway", "drive-through"):
        more["kind"], zoom = "aisle", 15
    if kind == "path" and tags.get("footway") in ("sidewalk", "crossing"):
        more["kind"] = "sidewalk"
    oneway = {"yes": 1, "1": 1, "true": 1, "-1": -1}.get(
        tags.get("oneway", ""), 1 if tags.get("junction") == "roundabout" else 0
    )
    if oneway:
        more["oneway"] = oneway
    yield Drawing("road", more, zoom)


def _levels(tags: Tags) -> dict[str, str | int]:
    if tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes":
        return {"tunnel": 1}
    return {"bridge": 1} if tags.get("bridge", "no") != "no" else {}


def _name(tags: Tags) -> dict[str, str | int]:
    name = tags.get("name") or tags.get("name:en")
    return {"name": name} if name else {}


def area_drawings(tags: Tags) -> Iterator[Drawing]:
    """How a closed way or a multipolygon is drawn as an area."""
    if tags.get("building", "no") != "no":
        yield Drawing("building", {}, 13)
    for key in ("natural", "waterway", "leisure", "landuse", "amenity", "aeroway", "man_made", "place", "highway"):
        ground = _GROUND.get((key, tags.get(key, "")))
        if ground and (key != "highway" or tags.get("area") == "yes"):
            layer, kind, zoom = ground
            yield Drawing(layer, {"kind": kind, **_name(tags)}, zoom)
            return


def point_drawings(tags: Tags) -> Iterator[Drawing]:
    """What is drawn at a node, or at the middle of an area."""
    place = _PLACES.get(tags.get("place", ""))
    if place and _name(tags):
        more = {"capital": 1} if tags.get("capital") in ("yes", "4") else {}
        yield Drawing("place", {"kind": tags["place"], "rank": place[1], **_name(tags), **more}, place[0])
    for key in ("emergency", "amenity", "aeroway", "railway", "tourism", "shop", "natural"):
        poi = _POIS.get((key, tags.get(key, "")))
        if poi and (poi[0] in _ALWAYS or _name(tags)):
            yield Drawing("poi", {"kind": poi[0], **_name(tags)}, poi[1])
            break
    if tags.get("addr:housenumber"):
        yield Drawing("housenumber", {"number": tags["addr:housenumber"][:16]}, 15)


def boundary_drawing(level: int) -> Drawing | None:
    """How a piece of an administrative boundary is drawn; `level` is the lowest admin_level that it bounds."""
    first = {2: 4, 3: 5, 4: 5, 5: 7, 6: 8, 7: 9, 8: 10}.get(level)
    return Drawing("boundary", {"level": level}, first) if first else None
