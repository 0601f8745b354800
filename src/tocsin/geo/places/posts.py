"""Posts: what the map says of kilometre posts and numbered exits, one node each. Refuses to know the roads.

Tags follow the OSM wiki: Tag:highway=milestone (`distance`, `pk`) and Tag:highway=motorway_junction (`ref`).
"""

import re
from dataclasses import dataclass

_DISTANCE = re.compile(r"(\d{1,4})(?:[.,+](\d{1,3}))?\s*(mi\b)?")
_MILE_KM = 1.609344


@dataclass
class Post:
    """One post or exit as tagged: `text` is what stands on it, `km` its distance (exits: -1), degrees, its node."""

    text: str
    km: float
    lat: float
    lon: float
    node: int


def post_of(tags: dict[str, str], lat: float, lon: float, node: int) -> Post | None:
    """The post or exit that a node's tags describe, or None."""
    if tags.get("highway") == "milestone":
        text = tags.get("distance") or tags.get("pk") or tags.get("railway:position") or ""
        km = kilometres(text)
        return Post(text, km, lat, lon, node) if km is not None else None
    if tags.get("highway") == "motorway_junction":
        text = tags.get("ref") or tags.get("junction:ref") or ""
        return Post(text, -1.0, lat, lon, node) if text else None
    return None


def kilometres(text: str) -> float | None:
    """A distance as written on a post, in kilometres: "12", "12.4", "12+400", "7 mi"."""
    found = _DISTANCE.match(text.strip())
    if not found:
        return None
    km = float(f"{found.group(1)}.{found.group(2) or 0}")
    return km * _MILE_KM if found.group(3) else km
