"""What an invented city is made of, as plain data in local metres.

Knows shapes and words; refuses to know how the shapes were found (layout.py) or how they are written down (osm.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ORIGIN_LAT_DEG = 34.0
ORIGIN_LON_DEG = -28.0
EARTH_RADIUS_M = 6_371_008.8
MIN_PEOPLE = 1_000
MAX_PEOPLE = 2_000_000


class CityError(ValueError):
    """A city cannot be laid out or written; the message is one line for the person who asked."""


@dataclass(slots=True)
class Edge:
    """A piece of road between two nodes; `points` has shape (k, 2) in metres and runs from `u` to `v`."""

    u: int
    v: int
    points: Floats
    kind: str
    face: int = -1
    bridge: bool = False
    oneway: bool = False
    street: int = -1
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Street:
    """A named run of edges in walking order; True in `forward` where the edge is walked from u to v."""

    name: str
    kind: str
    district: int
    edges: list[int]
    forward: list[bool]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class House:
    """One address with its footprint: centre and half sizes in metres, heading in radians."""

    x: float
    y: float
    half_front_m: float
    half_depth_m: float
    heading_rad: float
    number: str
    street: int
    tags: dict[str, str]


@dataclass(slots=True)
class Spot:
    """A thing at a point: a hydrant, a station, a district's name; `x`, `y` in metres."""

    x: float
    y: float
    tags: dict[str, str]


@dataclass(slots=True)
class Area:
    """A thing with a surface: water, park, school ground, landmark building."""

    shape: Polygon | MultiPolygon
    tags: dict[str, str]


@dataclass(slots=True)
class District:
    """A named part of the city; `character` chooses its streets and houses."""

    name: str
    x: float
    y: float
    character: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Restriction:
    """A turn that is not allowed: from edge `source` through `node` into edge `target`."""

    source: int
    node: int
    target: int
    rule: str


@dataclass(slots=True)
class City:
    """The whole city. Coordinates are metres east (x) and north (y) of the origin, an invented place at sea."""

    name: str
    people: int
    seed: int
    radius_m: float
    land: Polygon
    nodes: Floats
    edges: list[Edge]
    streets: list[Street]
    districts: list[District]
    houses: list[House] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    rails: list[tuple[Floats, dict[str, str]]] = field(default_factory=list)
    signals: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    origin_lat_deg: float = ORIGIN_LAT_DEG
    origin_lon_deg: float = ORIGIN_LON_DEG

    def to_lonlat(self, points: Floats) -> Floats:
        """Degrees (n, 2) as lon, lat for local metres (n, 2); equirectangular about the origin."""
        k_lat = math.degrees(1.0 / EARTH_RADIUS_M)
        k_lon = k_lat / math.cos(math.radians(self.origin_lat_deg))
        out: Floats = np.empty_like(points, dtype=np.float64)
        out[:, 0] = self.origin_lon_deg + points[:, 0] * k_lon
        out[:, 1] = self.origin_lat_deg + points[:, 1] * k_lat
        return out
