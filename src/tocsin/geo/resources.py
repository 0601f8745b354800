"""Where help stands: stations, hospitals, hydrants and defibrillators as the map knows them.

Refuses to know which of them a centre may send, and what a unit is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from tocsin.geo.errors import RegionError
from tocsin.geo.measure import distance_m

Kind = Literal["fire_station", "ambulance_station", "police_station", "hospital", "clinic", "hydrant", "defibrillator"]

# One hospital mapped as a node and as a building (and again as its grounds) is one hospital when this near.
SAME_PLACE_M: dict[str, float] = {"hydrant": 2.0, "defibrillator": 3.0, "hospital": 250.0, "clinic": 60.0}
_SAME_STATION_M = 120.0
KEPT_TAGS = (
    "operator",
    "phone",
    "contact:phone",
    "website",
    "emergency",
    "addr:street",
    "addr:housenumber",
    "addr:city",
    "beds",
    "healthcare:speciality",
    "fire_hydrant:type",
    "fire_hydrant:diameter",
    "fire_hydrant:position",
    "fire_hydrant:pressure",
    "couplings",
    "flow_rate",
    "water_source",
    "defibrillator:location",
    "indoor",
    "access",
    "opening_hours",
    "level",
)


class Resource(msgspec.Struct, frozen=True):
    """One place of help. `emergency`: whether the map says a hospital takes emergencies, None where it is silent."""

    kind: Kind
    name: str
    lat_deg: float
    lon_deg: float
    osm: str  # n123, w123, r123
    emergency: bool | None = None
    tags: dict[str, str] = {}


def kind_of(tags: Mapping[str, str]) -> Kind | None:
    """What kind of help the tags speak of, if any."""
    emergency, amenity, healthcare = tags.get("emergency"), tags.get("amenity"), tags.get("healthcare")
    if emergency in ("fire_hydrant", "suction_point"):
        return "hydrant"
    if emergency == "defibrillator":
        return "defibrillator"
    if emergency == "ambulance_station" or amenity == "ambulance_station":
        return "ambulance_station"
    if amenity == "fire_station":
        return "fire_station"
    if amenity == "police":
        return "police_station"
    if amenity == "hospital" or healthcare == "hospital":
        return "hospital"
    return "clinic" if amenity == "clinic" and emergency == "yes" else None


def merge(found: list[Resource]) -> list[Resource]:
    """Merge doubles: same kind, near each other, and not of different names. The area's place and fuller tags win."""
    kept: list[Resource] = []
    for kind in dict.fromkeys(one.kind for one in found):
        group = sorted((one for one in found if one.kind == kind), key=_fullness, reverse=True)
        kept += _merge_kind(group, SAME_PLACE_M.get(kind, _SAME_STATION_M))
    return kept


def _fullness(one: Resource) -> tuple[bool, bool, int]:
    return bool(one.name), not one.osm.startswith("n"), len(one.tags)


def _merge_kind(group: list[Resource], near_m: float) -> list[Resource]:
    lat, lon = np.array([one.lat_deg for one in group]), np.array([one.lon_deg for one in group])
    kept: list[int] = []
    merged: dict[int, Resource] = {}
    for i, one in enumerate(group):
        at = np.array(kept, np.int64)
        away = distance_m(lat[at], lon[at], np.full(len(at), one.lat_deg), np.full(len(at), one.lon_deg))
        twins = [j for j in at[away <= near_m].tolist() if _same_name(merged[j].name, one.name)]
        if not twins:
            kept.append(i)
            merged[i] = one
            continue
        first = merged[twins[0]]
        emergency = first.emergency if first.emergency is not None else one.emergency
        merged[twins[0]] = msgspec.structs.replace(first, tags={**one.tags, **first.tags}, emergency=emergency)
    return [merged[i] for i in kept]


def _same_name(a: str, b: str) -> bool:
    a, b = a.casefold(), b.casefold()
    return not a or not b or a in b or b in a


def save_resources(resources: list[Resource], file: Path) -> None:
    """Write them as JSON."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(resources), indent=1))


def load_resources(file: Path) -> list[Resource]:
    """Read them back. RegionError when the file is missing or not what it should be."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Resource])
    except FileNotFoundError as error:
        raise RegionError(f"{file.parent}: not a whole region: {file.name} is missing") from error
    except (OSError, msgspec.DecodeError) as error:
        raise RegionError(f"{file}: cannot be read: {error}") from error
