"""Build the index of places from an OpenStreetMap file. Refuses to know how it will be searched on a given night.

Streets come first, then names that only house numbers know (a village without named streets), then landmarks and
settlements: all are targets with names; house numbers and corners hang on the streets.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.columns import pack, write
from tocsin.geo.places.entries import index_names, town_index
from tocsin.geo.places.harvest import Harvest, House, Named, harvest, is_suffix_type
from tocsin.geo.places.houses import attach, split
from tocsin.geo.places.match import PlacesError
from tocsin.geo.places.names import save_index
from tocsin.geo.places.roadside import hang
from tocsin.geo.places.streets import Street, corners, join_ways
from tocsin.geo.places.towns import Towns
from tocsin.geo.places.words import tokens, words
from tocsin.geo.progress import Progress

STREET, LANDMARK, PLACE = 0, 1, 2
Columns = dict[str, NDArray[Any]]


def build_places(source: Path, out: Path, progress: Progress) -> dict[str, int]:
    """Read the .osm.pbf at `source` and write the search index into the folder `out`.

    Returns how many addresses, streets, intersections and landmarks it holds. Raises PlacesError when the file cannot
    be read.
    """
    found = harvest(source, progress)
    progress.stage("joining streets", None)
    towns = Towns(found.towns, found.settled)
    middles = np.array([w.points[len(w.points) // 2] for w in found.ways]).reshape(-1, 2)
    streets = join_ways(found.ways, towns.numbers(middles[:, 0].tolist(), middles[:, 1].tolist()))
    crossings = corners(streets, found.ways)
    progress.stage("placing house numbers", float(len(found.houses)))
    streets, houses = attach(streets, found.houses)
    progress.advance(float(len(found.houses)))
    progress.stage("writing the index of places", None)
    things = found.landmarks + found.settled
    columns = _targets(streets, things, len(found.landmarks), towns)
    columns |= _entries(streets, things, columns) | _ground(streets, houses, crossings)
    columns |= hang(streets, found.posts)
    try:
        write(out, columns)
    except OSError as error:
        raise PlacesError(f"cannot write the index of places to {out}: {error}") from None
    return _counts(found, streets, houses, crossings)


def _counts(
    found: Harvest, streets: list[Street], houses: list[list[House]], crossings: NDArray[np.float64]
) -> dict[str, int]:
    return {
        "addresses": sum(len(h) for h in houses),
        "streets": sum(1 for s in streets if len(s.segments)),
        "intersections": len(crossings) // 2,
        "landmarks": len(found.landmarks) + len(found.settled),
    }


def _targets(streets: list[Street], things: list[Named], landmarks: int, towns: Towns) -> Columns:
    spots = [s.middle() for s in streets] + [(t.lat, t.lon) for t in things]
    lats, lons = [s[0] for s in spots], [s[1] for s in spots]
    kinds = [STREET] * len(streets) + [LANDMARK] * landmarks + [PLACE] * (len(things) - landmarks)
    radii = [max(30.0, plane.length_m(s.segments) / 2) for s in streets]
    radii += [60.0 if i < landmarks else 700.0 for i in range(len(things))]
    return {
        **pack("label", [s.names[0] for s in streets] + [t.names[0] for t in things]),
        **pack("what", [""] * len(streets) + [t.what for t in things]),
        **pack("detail", towns.names(lats, lons)),
        "target.kind": np.array(kinds, dtype=np.uint8),
        "target.lat": np.array(lats),
        "target.lon": np.array(lons),
        "target.rank": np.array([s.rank for s in streets] + [t.rank for t in things], dtype=np.float32),
        "target.radius": np.array(radii, dtype=np.float32),
        "target.number_first": np.array([is_number_first(s.names[0]) for s in streets], dtype=np.bool_),
    }


def is_number_first(name: str) -> bool:
    """Whether house numbers stand before this street's name: so for English kinds of street, not for Rua, Via, Triq."""
    parts = tokens(name)
    if not parts or (parts[0] in words().types and not is_suffix_type(parts[0])):
        return False
    return is_suffix_type(parts[-1]) or (len(parts) > 1 and is_suffix_type(parts[-2]))


def _entries(streets: list[Street], things: list[Named], columns: Columns) -> Columns:
    rows = [(s.names, "") for s in streets] + [(t.names, t.what) for t in things]
    return {
        **index_names(rows),
        **save_index("towns", town_index(columns, len(columns["target.kind"]))),
    }


def _ground(streets: list[Street], houses: list[list[House]], crossings: NDArray[np.float64]) -> Columns:
    flat = [house for row in houses for house in row]
    pieces = [s.segments for s in streets]
    segments = np.concatenate(pieces) if pieces else np.zeros((0, 4))
    return {
        "segments": segments,
        "segments.start": np.r_[0, np.cumsum([len(s) for s in pieces])].astype(np.int64),
        "segments.by_south": np.minimum(segments[:, 0], segments[:, 2]).argsort().astype(np.int32),
        **pack("house", [h.number for h in flat]),
        "house.number": np.array([split(h.number)[0] for h in flat], dtype=np.int32),
        "house.spot": np.array([(h.lat, h.lon) for h in flat]).reshape(-1, 2),
        "house.row": np.r_[0, np.cumsum([len(row) for row in houses])].astype(np.int64),
        "corner.pair": crossings[:, :2].astype(np.int32),
        "corner.spot": crossings[:, 2:],
    }
