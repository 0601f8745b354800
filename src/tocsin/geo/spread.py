"""What a shape says on a flat map: best point, the circle that holds it all, outline, area. Refuses to know confidence.

Centroids and containing circles as RFC 7459 §5.1 and §5.2 have them. Ground is flattened around the shape's own centre
(azimuthal equidistant, with the WGS 84 radii there), so poles and the date line need no care.
"""

from __future__ import annotations

import math
from typing import Annotated, TypeAlias

import msgspec

from tocsin.facts.shapes import (
    ArcBand,
    Circle,
    Ellipse,
    Ellipsoid,
    Point,
    Polygon,
    Prism,
    Ring,
    Shape,
    Sphere,
)
from tocsin.facts.values import PERSONAL

Flat: TypeAlias = tuple[float, float]
"""Metres east and north of the origin."""

_AXIS_M = 6_378_137.0
_E2 = 0.006_694_379_990_14
_FEWEST = 8
FURTHEST_M = 20_037_508.0
"""Half way round the Earth: nothing on it is further away, whatever a message says."""


class Spread(msgspec.Struct, frozen=True):
    """A shape's footprint. `radius_m` 0: no uncertainty was stated."""

    lat: Annotated[float, PERSONAL]
    lon: Annotated[float, PERSONAL]
    radius_m: float
    """Circle around (lat, lon) that holds the whole footprint."""
    area_m2: float
    outline: Annotated[tuple[tuple[float, float], ...], PERSONAL]
    """(lat, lon) in order, first not repeated. Longitudes run on past ±180 rather than jump; empty for a point."""


def spread(shape: Shape, points: int = 64) -> Spread:
    """Footprint of `shape`; round edges get about `points` corners (at least 8)."""
    points, shape = max(_FEWEST, points), bounded(shape)
    match shape:
        case Point():
            return Spread(shape.lat, shape.lon, 0.0, 0.0, ())
        case Circle() | Sphere():
            return _oval(shape.lat, shape.lon, shape.radius_m, shape.radius_m, 0.0, points)
        case Ellipse() | Ellipsoid():
            return _oval(shape.lat, shape.lon, shape.semi_major_m, shape.semi_minor_m, shape.orientation_deg, points)
        case ArcBand():
            return _arc_band(shape, points)
        case Polygon() | Prism():
            return _ring(shape)


def bounded(shape: Shape) -> Shape:
    """The same with no length beyond the Earth and no angle that has lost its last turn to rounding: what stands in the
    record may be anything a message said, and is drawn and reckoned with all the same."""
    changed: dict[str, float] = {}
    for name in shape.__struct_fields__:
        value = getattr(shape, name)
        if name.endswith("_m") and name != "alt_m" and not value <= FURTHEST_M:
            changed[name] = FURTHEST_M
        elif name.endswith("_deg") and not abs(value) <= 3_600.0:
            changed[name] = 0.0
    return msgspec.structs.replace(shape, **changed) if changed else shape


def _ring(shape: Polygon | Prism) -> Spread:
    origin = _middle(shape.ring)
    flat = [to_flat(*origin, lat, lon) for lat, lon in shape.ring]
    area_m2, centre = _centroid(flat)
    lat, lon = from_flat(*origin, *centre)
    radius_m = max(math.dist(centre, corner) for corner in flat)
    return Spread(lat, lon, radius_m, area_m2, _run_on(lon, shape.ring))


def _arc_band(shape: ArcBand, points: int) -> Spread:
    inner, outer = sorted((shape.inner_radius_m, shape.outer_radius_m))
    opening = math.radians(min(360.0, abs(shape.opening_angle_deg)))
    half = opening / 2
    start = math.radians(shape.start_angle_deg)
    out_m = _arc_centroid_m(inner, outer, half)
    centre = (out_m * math.sin(start + half), out_m * math.cos(start + half))
    lat, lon = from_flat(shape.lat, shape.lon, *centre)
    corners = [(r * math.sin(start + a), r * math.cos(start + a)) for r, a in _band(inner, outer, opening, points)]
    radius_m = max(math.sqrt(max(0.0, r * r + out_m * out_m - 2 * r * out_m * math.cos(half))) for r in (inner, outer))
    outline = _run_on(lon, [from_flat(shape.lat, shape.lon, *corner) for corner in corners])
    return Spread(lat, lon, radius_m, half * (outer * outer - inner * inner), outline)


def _arc_centroid_m(inner: float, outer: float, half: float) -> float:
    """Distance of the centroid from the antenna, along the middle bearing (RFC 7459 §5.1.1)."""
    sinc = math.sin(half) / half if half > 1e-9 else 1.0
    if inner + outer == 0.0:
        return 0.0
    return 2 / 3 * sinc * (outer * outer + outer * inner + inner * inner) / (outer + inner)


def _band(inner: float, outer: float, opening: float, points: int) -> list[tuple[float, float]]:
    """Radius and angle past the start of each corner: out along the outer arc, back along the inner."""
    count = max(2, points // 2)
    angles = [opening * step / (count - 1) for step in range(count)]
    back = [(inner, angle) for angle in reversed(angles)] if inner > 0 else [(0.0, 0.0)]
    return [(outer, angle) for angle in angles] + back


def _oval(lat: float, lon: float, major_m: float, minor_m: float, orientation_deg: float, points: int) -> Spread:
    turn = math.radians(orientation_deg)
    corners = []
    for step in range(points):
        angle = 2 * math.pi * step / points
        along, across = major_m * math.cos(angle), minor_m * math.sin(angle)
        east = along * math.sin(turn) + across * math.cos(turn)
        corners.append(from_flat(lat, lon, east, along * math.cos(turn) - across * math.sin(turn)))
    return Spread(lat, lon, max(major_m, minor_m), math.pi * major_m * minor_m, _run_on(lon, corners))


def _centroid(flat: list[Flat]) -> tuple[float, Flat]:
    """Area and centre of area; corners in a line have no area, and their mean is as good as any."""
    twice, east, north = 0.0, 0.0, 0.0
    for (ax, ay), (bx, by) in zip(flat, [*flat[1:], flat[0]], strict=True):
        cross = ax * by - bx * ay
        twice, east, north = twice + cross, east + (ax + bx) * cross, north + (ay + by) * cross
    width = max(math.hypot(*corner) for corner in flat)
    if abs(twice) <= 1e-9 * width * width:
        return 0.0, (math.fsum(x for x, _ in flat) / len(flat), math.fsum(y for _, y in flat) / len(flat))
    return abs(twice) / 2, (east / (3 * twice), north / (3 * twice))


def _middle(ring: Ring) -> tuple[float, float]:
    """Mean of the corners as directions from the Earth's centre: no seam at the date line."""
    x = math.fsum(math.cos(math.radians(lat)) * math.cos(math.radians(lon)) for lat, lon in ring)
    y = math.fsum(math.cos(math.radians(lat)) * math.sin(math.radians(lon)) for lat, lon in ring)
    z = math.fsum(math.sin(math.radians(lat)) for lat, _ in ring)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _radii_m(lat: float) -> tuple[float, float]:
    """Radius of curvature east-west and north-south of the WGS 84 ellipsoid."""
    bend = 1.0 - _E2 * math.sin(math.radians(lat)) ** 2
    return _AXIS_M / math.sqrt(bend), _AXIS_M * (1.0 - _E2) / bend**1.5


def from_flat(lat: float, lon: float, east_m: float, north_m: float) -> tuple[float, float]:
    """(lat, lon) of a place given in metres from an origin."""
    across_m, along_m = _radii_m(lat)
    east, north = east_m / across_m, north_m / along_m
    angle, bearing, phi = math.hypot(east, north), math.atan2(east, north), math.radians(lat)
    up = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    side = math.sin(bearing) * math.sin(angle) * math.cos(phi)
    phi_b = math.asin(max(-1.0, min(1.0, up)))
    turned = lon + math.degrees(math.atan2(side, math.cos(angle) - math.sin(phi) * up))
    return math.degrees(phi_b), _wrapped(turned)


def to_flat(lat: float, lon: float, lat_b: float, lon_b: float) -> Flat:
    """Metres east and north of the first place at which the second one lies."""
    across_m, along_m = _radii_m(lat)
    phi, phi_b, turn = math.radians(lat), math.radians(lat_b), math.radians(lon_b - lon)
    side = math.cos(phi_b) * math.sin(turn)
    ahead = math.cos(phi) * math.sin(phi_b) - math.sin(phi) * math.cos(phi_b) * math.cos(turn)
    below = math.sin(phi) * math.sin(phi_b) + math.cos(phi) * math.cos(phi_b) * math.cos(turn)
    reach = math.hypot(side, ahead)
    scale = math.atan2(reach, below) / reach if reach > 0 else 1.0
    return side * scale * across_m, ahead * scale * along_m


def _wrapped(lon: float) -> float:
    return lon if -180.0 <= lon <= 180.0 else (lon + 180.0) % 360.0 - 180.0


def _run_on(lon: float, corners: Ring | list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Longitudes within half a turn of `lon`, so that a shape across the date line stays in one piece."""
    return tuple((lat, lon + ((corner - lon + 180.0) % 360.0 - 180.0)) for lat, corner in corners)
