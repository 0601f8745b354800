"""Areas of a plan file: corners written out, or a feature of a GeoJSON file (RFC 7946) beside it."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import msgspec

from tocsin.domain.plans import Area, Ring
from tocsin.plans.faults import Faults, meant
from tocsin.plans.lines import Path

SHAPES = ("Polygon", "MultiPolygon")


class RawArea(msgspec.Struct, frozen=True):
    """An area as written."""

    name: str
    ring: tuple[tuple[float, float], ...] = ()
    """Corners as [latitude, longitude]."""
    geojson: str = ""
    """A file beside the plan file."""
    feature: str = ""
    """`name` or id of the feature; empty: everything in the file."""


class _GeoError(Exception):
    """What is wrong with a GeoJSON file."""


def read_area(raw: RawArea, path: Path, folder: pathlib.Path, faults: Faults) -> Area:
    """The area; what is wrong with it goes to `faults`."""
    rings: tuple[Ring, ...] = ()
    if raw.geojson and raw.ring:
        faults.add((*path, "geojson"), "an area has a ring or a GeoJSON file, not both; leave one out")
    elif raw.geojson:
        try:
            rings = tuple(_of_file(folder / raw.geojson, raw.feature))
        except _GeoError as error:
            faults.add((*path, "geojson"), str(error))
    elif raw.ring:
        rings = (raw.ring,)
    else:
        faults.add(path, 'an area needs its ground: ring = [[latitude, longitude], …] or geojson = "FILE"')
    for ring in rings:
        _sound(ring, (*path, "ring" if raw.ring else "geojson"), faults)
    return Area(raw.name, rings)


def _sound(ring: Ring, path: Path, faults: Faults) -> None:
    if len(set(ring)) < 3:
        faults.add(path, f"{len(set(ring))} different corners enclose nothing; at least three are needed")
    for i, (lat, lon) in enumerate(ring):
        if not -90 <= lat <= 90 or not -180 <= lon <= 180:
            hint = "; latitude comes first" if -180 <= lat <= 180 and -90 <= lon <= 90 else ""
            faults.add((*path, i), f"[{lat:g}, {lon:g}] is not [latitude, longitude] in degrees{hint}")
            return


def _of_file(path: pathlib.Path, feature: str) -> Iterator[Ring]:
    try:
        data = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise _GeoError(f"{path} cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        raise _GeoError(f"{path} is not JSON: {error}") from None
    found = list(_features(data))
    chosen = [shape for name, shape in found if not feature or name == feature]
    if not chosen:
        names = [name for name, _ in found if name]
        raise _GeoError(f"{path} has no feature '{feature}'{meant(feature, names)}")
    try:
        for shape in chosen:
            yield from _rings(shape)
    except (TypeError, ValueError, KeyError, IndexError):
        raise _GeoError(f"{path}: a geometry's coordinates are not rings of [longitude, latitude]") from None


def _features(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, geometry) of every feature."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "FeatureCollection":
        for one in data.get("features") or []:
            yield from _features(one)
    elif kind == "Feature" and isinstance(data.get("geometry"), dict):
        told = data.get("properties") or {}
        yield str(told.get("name") or told.get("id") or data.get("id") or ""), data["geometry"]
    elif kind in SHAPES:
        yield "", data
    else:
        raise _GeoError(f"'{kind}' is not GeoJSON with areas; a Feature or FeatureCollection of polygons is")


def _rings(shape: dict[str, Any]) -> Iterator[Ring]:
    if shape.get("type") not in SHAPES:
        raise _GeoError(f"a geometry is a {shape.get('type')}; an area is a Polygon or a MultiPolygon")
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for part in parts:
        for ring in part:
            yield tuple((float(corner[1]), float(corner[0])) for corner in ring)
