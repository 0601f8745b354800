"""What the tags of one OSM way mean for an emergency vehicle: class, access, direction, speed.

Pure functions of a tag dictionary. The judgement behind access is written in docs/decisions/0010.
Refuses to know geometry or topology. Tag meanings: wiki.openstreetmap.org, "OSM tags for routing".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.geo.speeds import (
    CLASS_INDEX,
    FASTEST_KMH,
    LIMIT_KEPT,
    ROAD_CLASSES,
    SERVICE_CAP_KMH,
    SLOWEST_KMH,
    SURFACE_CAP_KMH,
    TRACKTYPE_CAP_KMH,
    Access,
)

Tags = Mapping[str, str]

_PATHS = frozenset({"footway", "path", "cycleway", "bridleway"})
_YES = frozenset({"yes", "designated", "official", "permissive", "destination", "1", "true"})
_NO = frozenset({"no", "agricultural", "forestry", "use_sidepath", "dismount"})
_PRIVATE = frozenset({"private", "customers", "delivery", "permit", "residents", "employees", "military", "restricted"})
_MPH, _KNOT = 1.609344, 1.852
_ZONES_KMH = {
    "urban": 50.0,
    "rural": 90.0,
    "motorway": 120.0,
    "trunk": 100.0,
    "living_street": 10.0,
    "bicycle_road": 30.0,
    "nsl_single": 60 * _MPH,
    "nsl_dual": 70 * _MPH,
    "school": 30.0,
    "walk": 7.0,
}
_MAXSPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots|knot)?$")
_ZONE = re.compile(r"^[a-z]{2}(?:-[a-z]+)?:(?:zone:?)?([a-z_]+|\d+)$")


@dataclass(frozen=True, slots=True)
class WayRule:
    """How one way may be driven. Speeds are km/h by direction; 0.0 in a direction means it may not be driven."""

    road_class: int
    access: Access
    forward_kmh: float
    backward_kmh: float
    siren_factor: float
    duration_s: float | None = None  # ferries with a timetable
    wait_s: float = 0.0  # alternating one-lane traffic
    odd_maxspeed: bool = False


def maxspeed_kmh(text: str) -> float | None:
    """Read a `maxspeed` value as km/h; None when it cannot be read. Knows km/h, mph, knots, zones, walk and none."""
    value = text.strip().lower().split(";")[0].strip()
    if value in ("none", "no"):
        return 130.0
    if value == "walk":
        return _ZONES_KMH["walk"]
    if match := _MAXSPEED.match(value):
        factor = {"mph": _MPH, "knots": _KNOT, "knot": _KNOT}.get(match[2] or "", 1.0)
        speed = float(match[1]) * factor
        return speed if 0 < speed <= 400 else None
    if match := _ZONE.match(value):
        return float(match[1]) or None if match[1].isdigit() else _ZONES_KMH.get(match[1])
    return None


def duration_s(text: str) -> float | None:
    """Read a `duration` value: minutes, HH:MM, HH:MM:SS or ISO 8601 `PT1H30M`; None when it cannot be read."""
    value = text.strip().upper()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value) * 60 or None
    if re.fullmatch(r"\d{1,3}:\d{2}(:\d{2})?", value):
        hours, minutes, *seconds = (int(part) for part in value.split(":"))
        return float(hours * 3600 + minutes * 60 + sum(seconds)) or None
    if match := re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", value):
        hours, minutes, seconds_iso = (int(part or 0) for part in match.groups())
        return float(hours * 3600 + minutes * 60 + seconds_iso) or None
    return None


def road_class(tags: Tags) -> str | None:
    """Name the class in the speed table; None for what is not a road (or ferry) at all."""
    highway = tags.get("highway")
    if highway is None:
        return "ferry" if tags.get("route") == "ferry" else None
    if highway in CLASS_INDEX and highway not in ("path", "ferry"):
        return highway
    if highway in _PATHS:
        return "path"
    return "service" if highway in ("services", "rest_area", "emergency_bay", "emergency_access") else None


def access_of(tags: Tags, name: str) -> Access | None:
    """Who may use the way; None when no vehicle can or may, even in an emergency."""
    if tags.get("emergency") in ("yes", "designated", "official"):
        reserved = _motor_value(tags) in _NO or name in ("path", "pedestrian", "busway")
        return Access.RESERVED if reserved else Access.OPEN
    if tags.get("emergency") == "no" or (tags.get("area") == "yes" and name == "path"):
        return None
    if tags.get("highway") == "emergency_access" or tags.get("service") == "emergency_access":
        return Access.RESERVED
    value = _motor_value(tags)
    if name == "path":
        return _path_access(tags)
    if name == "ferry":
        return _ferry_access(tags)
    if value in _PRIVATE:
        return Access.PRIVATE
    if value in _NO:
        return _closed_road_access(tags, name, value)
    if name == "busway":
        return Access.RESERVED
    if name == "pedestrian":
        return Access.OPEN if value in _YES and tags.get("access") != value else Access.RESERVED
    return Access.OPEN


def _motor_value(tags: Tags) -> str | None:
    """The most specific of the access keys that speak of motor vehicles."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key]
    return None


def _path_access(tags: Tags) -> Access | None:
    for key in ("motorcar", "motor_vehicle", "vehicle"):
        if key in tags:
            if tags[key] in _YES:
                return Access.RESERVED
            return Access.PRIVATE if tags[key] in _PRIVATE else None
    return None


def _ferry_access(tags: Tags) -> Access | None:
    value = _motor_value(tags)
    if value is not None:
        return Access.OPEN if value in _YES else None
    if tags.get("hgv") in _YES:
        return Access.OPEN
    # Without a word on vehicles: a named timetable is kept, a line that lists only walkers is not.
    return None if tags.get("foot") in _YES or tags.get("passenger") == "yes" else Access.OPEN


def _closed_road_access(tags: Tags, name: str, value: str) -> Access | None:
    """A real road closed to traffic: the law lets a crew in where buses, walkers or farmers may go; a wall does not."""
    if value in ("agricultural", "forestry"):
        return Access.PRIVATE
    if any(tags.get(key) in _YES for key in ("psv", "bus", "taxi", "foot", "bicycle")):
        return Access.RESERVED
    if name in ("track", "service") or tags.get("access") == "no":
        return None
    return Access.RESERVED


def directions(tags: Tags, name: str) -> tuple[bool, bool, bool]:
    """(forward, backward, alternating). Reversible lanes may be driven neither way: nobody can know which."""
    oneway = tags.get("oneway")
    for key in ("oneway:motor_vehicle", "oneway:vehicle"):
        oneway = tags.get(key, oneway)
    if tags.get("oneway:emergency") == "no":
        return True, True, False
    if oneway is None and (name == "motorway" or tags.get("junction") in ("roundabout", "circular")):
        oneway = "yes"
    if oneway in ("yes", "true", "1"):
        return True, False, False
    if oneway in ("-1", "reverse"):
        return False, True, False
    if oneway == "reversible":
        return False, False, False
    return True, True, oneway == "alternating"


def read_way(tags: Tags) -> WayRule | None:
    """How the way may be driven, or None when it is no road for us."""
    name = road_class(tags)
    if name is None or (access := access_of(tags, name)) is None:
        return None
    forward, backward, alternating = directions(tags, name)
    if not (forward or backward):
        return None
    ahead, odd_ahead = _speed(tags, name, "forward")
    back, odd_back = _speed(tags, name, "backward")
    return WayRule(
        road_class=CLASS_INDEX[name],
        access=access,
        forward_kmh=ahead if forward else 0.0,
        backward_kmh=back if backward else 0.0,
        siren_factor=1.0 if name == "ferry" else ROAD_CLASSES[CLASS_INDEX[name]].siren_factor,
        duration_s=duration_s(tags.get("duration", "")) if name == "ferry" else None,
        wait_s=30.0 if alternating else 0.0,
        odd_maxspeed=odd_ahead or odd_back,
    )


def _speed(tags: Tags, name: str, direction: str) -> tuple[float, bool]:
    """Speed kept up in one direction, km/h, and whether a `maxspeed` could not be read."""
    speed, odd = ROAD_CLASSES[CLASS_INDEX[name]].speed_kmh, False
    if name == "ferry":
        return speed, odd
    text = tags.get(f"maxspeed:{direction}", tags.get("maxspeed"))
    if text is not None:
        limit = maxspeed_kmh(text)
        odd = limit is None
        if limit is not None:
            # A sign may slow any road, but it speeds up a lane or a yard only so far.
            speed = min(limit * LIMIT_KEPT, speed * 1.3)
    for key, caps in (("surface", SURFACE_CAP_KMH), ("tracktype", TRACKTYPE_CAP_KMH), ("service", SERVICE_CAP_KMH)):
        speed = min(speed, caps.get(tags.get(key, ""), FASTEST_KMH))
    return max(SLOWEST_KMH, min(speed, FASTEST_KMH)), odd
