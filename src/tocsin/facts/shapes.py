"""The eight shapes a location can have (RFC 5491 §5.2), as plain structs. Knows nothing of how they are written.

Degrees WGS 84, metres, angles clockwise from north. A shape is where a person may be: its holder marks it PERSONAL.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from tocsin.facts.values import Latitude, Longitude

Length: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Corner: TypeAlias = tuple[Latitude, Longitude]
Ring: TypeAlias = Annotated[tuple[Corner, ...], msgspec.Meta(min_length=3)]
"""Corners in order; the first is not repeated at the end."""


class Point(msgspec.Struct, frozen=True, tag="point"):
    """§5.2.1: no uncertainty was stated, which is not the same as none."""

    lat: Latitude
    lon: Longitude
    alt_m: float | None = None


class Polygon(msgspec.Struct, frozen=True, tag="polygon"):
    """§5.2.2: an area with straight sides."""

    ring: Ring
    alt_m: float | None = None


class Circle(msgspec.Struct, frozen=True, tag="circle"):
    """§5.2.3."""

    lat: Latitude
    lon: Longitude
    radius_m: Length


class Ellipse(msgspec.Struct, frozen=True, tag="ellipse"):
    """§5.2.4: `orientation_deg` is the major axis's bearing."""

    lat: Latitude
    lon: Longitude
    semi_major_m: Length
    semi_minor_m: Length
    orientation_deg: float


class ArcBand(msgspec.Struct, frozen=True, tag="arc_band"):
    """§5.2.5: what a cell with timing advance knows. The centre is the antenna, not the caller."""

    lat: Latitude
    lon: Longitude
    inner_radius_m: Length
    outer_radius_m: Length
    start_angle_deg: float
    opening_angle_deg: float


class Sphere(msgspec.Struct, frozen=True, tag="sphere"):
    """§5.2.6."""

    lat: Latitude
    lon: Longitude
    alt_m: float | None
    radius_m: Length


class Ellipsoid(msgspec.Struct, frozen=True, tag="ellipsoid"):
    """§5.2.7."""

    lat: Latitude
    lon: Longitude
    alt_m: float | None
    semi_major_m: Length
    semi_minor_m: Length
    vertical_m: Length
    orientation_deg: float


class Prism(msgspec.Struct, frozen=True, tag="prism"):
    """§5.2.8: a floor of a building, a polygon with height."""

    ring: Ring
    alt_m: float | None
    height_m: Length


Shape: TypeAlias = Point | Polygon | Circle | Ellipse | ArcBand | Sphere | Ellipsoid | Prism
