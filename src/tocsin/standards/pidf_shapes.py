"""Geometry of a PIDF-LO, read: GML with the shapes of RFC 5491 §5.2, older points of RFC 4119. Knows no person.

A length that cannot be read costs the area, not the place, wherever the centre is the caller's own; an arc band's
centre is an antenna, so without its outer radius nothing is left. What cannot be placed is left out, with a flaw.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from tocsin.facts.shapes import ArcBand, Circle, Ellipse, Ellipsoid, Point, Polygon, Prism, Shape, Sphere
from tocsin.standards.flaws import Flaws, shown
from tocsin.standards.xml import Element, children, local, text_of

GML = "http://www.opengis.net/gml"
GS = "http://www.opengis.net/pidflo/1.0"
_OLD_GML = "urn:opengis:specification:gml:schema-xsd:feature:v3.0"
GEOMETRY_SPACES = frozenset((GML, GS, _OLD_GML, "http://www.opengis.net/gml/3.2"))
SHAPES = ("Point", "Polygon", "Circle", "Ellipse", "ArcBand", "Sphere", "Ellipsoid", "Prism")
MOST_CORNERS = 1_000

_FLAT = re.compile(r"(?:urn:ogc:def:crs:EPSG:[0-9.]*:|epsg:|https?://www\.opengis\.net/[^ ]{1,60}[/#])4326\Z", re.I)
_SOLID = re.compile(r"(?:urn:ogc:def:crs:EPSG:[0-9.]*:|epsg:|https?://www\.opengis\.net/[^ ]{1,60}[/#])4979\Z", re.I)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?\Z")
_DEGREES = re.compile(r"([0-9]{1,3}):([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]{1,9})?)([NSEW])\Z", re.I)
_METRES = frozenset(("urn:ogc:def:uom:EPSG::9001", "urn:ogc:def:uom:EPSG:9001", "m", "metre", "meter"))
_RADIANS = frozenset(("urn:ogc:def:uom:EPSG::9101", "urn:ogc:def:uom:EPSG:9101", "rad"))
_ANGLES = frozenset(("urn:ogc:def:uom:EPSG::9102", "urn:ogc:def:uom:EPSG:9102", "deg", "degree"))
_FURTHEST_M = 1_000_000.0


def read_shape(element: Element, flaws: Flaws) -> Shape | None:
    """The shape an element holds, or None and a flaw."""
    return _Reader(element, flaws).shape()


class _Reader:
    """One geometry. Namespaces of inner elements are not looked at: senders mix them up, and names do not clash."""

    def __init__(self, element: Element, flaws: Flaws) -> None:
        self._kind = local(element)
        self._flaws = flaws
        self._parts = list(_parts(element, flaws))
        said = element.get("srsName") or next((p.get("srsName") for p in self._parts if p.get("srsName")), None)
        self._srs = (said or "").strip()

    def shape(self) -> Shape | None:
        if not self._srs:
            self._flaws.add(self._kind, "srs_missing", "It names no reference system (srsName); WGS 84 is taken.")
        elif not _FLAT.match(self._srs) and not _SOLID.match(self._srs):
            what = f"srsName {shown(self._srs, 60)} is not WGS 84 (EPSG 4326 or 4979); its numbers cannot be placed."
            self._flaws.add(self._kind, "wrong_srs", what)
            return None
        if self._kind in ("Polygon", "Prism"):
            return self._ringed()
        centre = self._centre()
        return None if centre is None else self._around(*centre)

    def _around(self, lat: float, lon: float, alt_m: float | None) -> Shape | None:
        point = Point(lat, lon, alt_m)
        match self._kind:
            case "Circle":
                radius_m = self._length("radius")
                return point if radius_m is None else Circle(lat, lon, radius_m)
            case "Sphere":
                radius_m = self._length("radius")
                return point if radius_m is None else Sphere(lat, lon, alt_m, radius_m)
            case "Ellipse" | "Ellipsoid":
                return self._oval(point)
            case "ArcBand":
                return self._arc_band(lat, lon)
        return point

    def _oval(self, point: Point) -> Shape:
        major_m, minor_m = self._length("semiMajorAxis"), self._length("semiMinorAxis")
        if major_m is None or minor_m is None:
            longest = max(major_m or 0.0, minor_m or 0.0)
            return Circle(point.lat, point.lon, longest) if longest else point
        turn_deg = self._angle("orientation") or 0.0
        if minor_m > major_m:
            self._flaws.add("semiMinorAxis", "axes_swapped", "It is longer than semiMajorAxis; they are read turned.")
            major_m, minor_m, turn_deg = minor_m, major_m, (turn_deg + 90.0) % 360.0
        if self._kind == "Ellipse":
            return Ellipse(point.lat, point.lon, major_m, minor_m, turn_deg)
        vertical_m = self._length("verticalAxis") or 0.0
        return Ellipsoid(point.lat, point.lon, point.alt_m, major_m, minor_m, vertical_m, turn_deg)

    def _arc_band(self, lat: float, lon: float) -> Shape | None:
        outer_m = self._length("outerRadius")
        inner_m = self._length("innerRadius") or 0.0
        if outer_m is None:
            return None
        if inner_m > outer_m:
            self._flaws.add(
                "innerRadius", "axes_swapped", "It is longer than outerRadius; they are read the other way."
            )
            inner_m, outer_m = outer_m, inner_m
        start, opening = self._angle("startAngle"), self._angle("openingAngle")
        if start is None or opening is None:
            return ArcBand(lat, lon, inner_m, outer_m, 0.0, 360.0)
        return ArcBand(lat, lon, inner_m, outer_m, start, min(360.0, abs(opening)))

    def _ringed(self) -> Shape | None:
        corners = self._corners()
        if corners is None:
            return None
        ring = [corner[:2] for corner in corners]
        if ring[0] == ring[-1]:
            ring.pop()
            short = len(ring) < 3
        else:
            short = len(ring) < 4
            self._flaws.add(self._kind, "ring_open", "Its last corner is not its first; it is closed for you.")
        if short or len(set(ring)) < 3:
            self._flaws.add(self._kind, "ring_short", f"{len(corners)} corners make no area; four close the smallest.")
            return None
        alt_m = corners[0][2]
        if self._kind == "Polygon":
            return Polygon(tuple(ring), alt_m)
        return Prism(tuple(ring), alt_m, self._length("height") or 0.0)

    def _named(self, name: str) -> Iterator[Element]:
        return (part for part in self._parts if local(part) == name)

    def _centre(self) -> tuple[float, float, float | None] | None:
        place = next(self._named("pos"), None)
        if place is None:
            old = next(self._named("coordinates"), None)
            if old is None:
                self._flaws.add(self._kind, "bad_coordinates", "It has no pos.")
                return None
            return self._corner(re.split(r"[ ,]+", text_of(old)), "coordinates")
        return self._corner(text_of(place).split(), "pos")

    def _corners(self) -> list[tuple[float, float, float | None]] | None:
        listed = next(self._named("posList"), None)
        if listed is not None:
            words = "".join(str(piece) for piece in listed.itertext()).split()
            wide = self._width(len(words))
            groups = [words[at : at + wide] for at in range(0, len(words), wide)]
            field = "posList"
        else:
            groups, field = [text_of(place).split() for place in self._named("pos")], "pos"
        if not groups or len(groups) > MOST_CORNERS:
            self._flaws.add(field, "bad_coordinates", f"It has {len(groups)} corners; 4 to {MOST_CORNERS} are read.")
            return None
        found = []
        for group in groups:
            corner = self._corner(group, field)
            if corner is None:
                return None
            found.append(corner)
        return found

    def _width(self, words: int) -> int:
        """Numbers to a corner in a posList: what the reference system says, unless they do not come out even."""
        wanted, other = (3, 2) if _SOLID.match(self._srs) else (2, 3)
        return other if words % wanted and not words % other else wanted

    def _corner(self, words: list[str], field: str) -> tuple[float, float, float | None] | None:
        """Latitude, longitude (in this order: EPSG 4326 and 4979), perhaps altitude."""
        if len(words) not in (2, 3):
            self._flaws.add(field, "bad_coordinates", f"{shown(' '.join(words[:6]))} is not two or three numbers.")
            return None
        numbers = [_coordinate(word, "NS" if place == 0 else "EW") for place, word in enumerate(words)]
        lat, lon = numbers[0], numbers[1]
        if None in numbers or lat is None or lon is None:
            self._flaws.add(field, "bad_coordinates", f"{shown(' '.join(words))} is not two or three numbers.")
            return None
        if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
            self._flaws.add(field, "out_of_range", f"{shown(' '.join(words))} is not a latitude and a longitude.")
            return None
        solid = bool(_SOLID.match(self._srs))
        if self._srs and solid != (len(words) == 3):
            what = f"{len(words)} numbers do not fit srsName {shown(self._srs, 60)}; they are used."
            self._flaws.add(field, "wrong_dimension", what)
        return lat, lon, numbers[2] if len(words) == 3 else None

    def _measure(self, name: str, known: frozenset[str]) -> tuple[float, str] | None:
        part = next(self._named(name), None)
        said = text_of(part, 60)
        if part is None or not said:
            self._flaws.add(name, "bad_length", f"{self._kind} has no {name}.")
            return None
        if not _NUMBER.match(said):
            self._flaws.add(name, "bad_number", f"{shown(said)} is no number.")
            return None
        unit = (part.get("uom") or "").strip()
        if unit and unit not in known:
            self._flaws.add(name, "unknown_unit", f"{shown(unit, 60)} is no unit we know; it is left out.")
            return None
        return float(said), unit

    def _length(self, name: str) -> float | None:
        """Metres (RFC 5491 §5: EPSG 9001)."""
        measured = self._measure(name, _METRES)
        if measured is None:
            return None
        if measured[0] < 0:
            self._flaws.add(name, "negative_length", f"{measured[0]:g} is below zero.")
            return None
        if measured[0] > _FURTHEST_M:
            self._flaws.add(name, "out_of_range", f"{measured[0]:g} m is more than 1,000 km; 1,000 km is used.")
        return min(measured[0], _FURTHEST_M)

    def _angle(self, name: str) -> float | None:
        """Degrees, from degrees (EPSG 9102) or radians (EPSG 9101)."""
        measured = self._measure(name, _ANGLES | _RADIANS)
        if measured is None:
            return None
        degrees = math.degrees(measured[0]) if measured[1] in _RADIANS else measured[0]
        if not -360.0 <= degrees <= 360.0:
            self._flaws.add(name, "out_of_range", f"{measured[0]:g} is more than a full turn; it is turned back.")
            return math.fmod(degrees, 360.0)
        return degrees


def _coordinate(word: str, ends: str) -> float | None:
    """Degrees, or degrees:minutes:seconds and a letter as in RFC 4119's own example."""
    if _NUMBER.match(word):
        return float(word)
    old = _DEGREES.match(word)
    if old is None or old.group(4).upper() not in ends or int(old.group(2)) > 59 or float(old.group(3)) >= 60:
        return None
    degrees = int(old.group(1)) + int(old.group(2)) / 60 + float(old.group(3)) / 3600
    return -degrees if old.group(4).upper() in "SW" else degrees


def _parts(element: Element, flaws: Flaws) -> Iterator[Element]:
    """Everything inside but holes: RFC 5491 knows none, and their corners are not the outline's."""
    for part in children(element):
        if local(part) == "interior":
            flaws.add("interior", "unknown_element", "A hole in an area is not read.")
        else:
            yield part
            yield from _parts(part, flaws)


def geometries(holder: Element) -> Iterator[Element]:
    """Outermost geometry elements inside `gml:location` and the like."""
    for part in children(holder):
        if local(part) in SHAPES:
            yield part
        else:
            yield from geometries(part)
