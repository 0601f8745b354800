"""Speeds and costs by road class: the one table a fire chief would want to argue with.

Speeds are what a heavy vehicle keeps up between junctions, not what a sign allows: signs are scaled by `LIMIT_KEPT`.
Two profiles: NORMAL (no lights, ordinary rules) and SIREN. Sources: the class speeds and the sign factor follow OSRM's
car profile (project-osrm/osrm-backend, profiles/car.lua), lowered in side streets for a ten-tonne truck; the siren
multipliers follow measured light-and-siren savings of 1.1 to 1.3 in towns (Ho & Lindquist 2001, Brown et al. 2000).
Refuses to read OSM tags: `rules` does that.
"""

from dataclasses import dataclass
from enum import IntEnum


class Access(IntEnum):
    """Who may use a way, as far as an emergency vehicle cares."""

    OPEN = 0
    PRIVATE = 1  # gates, yards, drives: passable for the last metres
    RESERVED = 2  # bus-only, pedestrian, emergency-only: freely under siren only


@dataclass(frozen=True, slots=True)
class RoadClass:
    """One row: a class of road, its undisturbed speed, its legal default where none is signed, its siren multiplier."""

    name: str
    speed_kmh: float
    siren_factor: float


ROAD_CLASSES: tuple[RoadClass, ...] = (
    RoadClass("motorway", 95.0, 1.15),
    RoadClass("motorway_link", 50.0, 1.10),
    RoadClass("trunk", 80.0, 1.20),
    RoadClass("trunk_link", 45.0, 1.10),
    RoadClass("primary", 60.0, 1.25),
    RoadClass("primary_link", 35.0, 1.15),
    RoadClass("secondary", 50.0, 1.25),
    RoadClass("secondary_link", 30.0, 1.15),
    RoadClass("tertiary", 40.0, 1.20),
    RoadClass("tertiary_link", 28.0, 1.15),
    RoadClass("unclassified", 32.0, 1.15),
    RoadClass("residential", 28.0, 1.15),
    RoadClass("living_street", 12.0, 1.20),
    RoadClass("road", 25.0, 1.10),
    RoadClass("service", 14.0, 1.10),
    RoadClass("track", 12.0, 1.00),
    RoadClass("busway", 35.0, 1.20),
    RoadClass("pedestrian", 8.0, 1.10),
    RoadClass("path", 7.0, 1.00),  # footways and the like, only where tags let vehicles in
    RoadClass("ferry", 15.0, 1.00),
)
CLASS_INDEX: dict[str, int] = {row.name: i for i, row in enumerate(ROAD_CLASSES)}
FERRY = CLASS_INDEX["ferry"]

LIMIT_KEPT = 0.85  # share of a signed limit that is kept up between junctions
SLOWEST_KMH, FASTEST_KMH = 4.0, 120.0  # a truck is slower than a car at the top; nothing is slower than walking

# Caps by surface, km/h: what a fire truck dares.
SURFACE_CAP_KMH: dict[str, float] = {
    "cobblestone": 25.0,
    "unhewn_cobblestone": 20.0,
    "sett": 35.0,
    "compacted": 45.0,
    "fine_gravel": 40.0,
    "gravel": 30.0,
    "unpaved": 30.0,
    "dirt": 20.0,
    "earth": 20.0,
    "ground": 20.0,
    "grass": 12.0,
    "sand": 10.0,
    "mud": 8.0,
}
TRACKTYPE_CAP_KMH: dict[str, float] = {"grade1": 35.0, "grade2": 25.0, "grade3": 15.0, "grade4": 10.0, "grade5": 7.0}
SERVICE_CAP_KMH: dict[str, float] = {"driveway": 10.0, "parking_aisle": 10.0, "drive-through": 8.0, "alley": 12.0}


@dataclass(frozen=True, slots=True)
class Profile:
    """What turning, waiting and entering cost in seconds, for one way of driving."""

    turn_s: float  # at a right angle, scaled by (angle / 90°)² up to 180°
    u_turn_s: float  # turning round at a junction
    dead_end_turn_s: float
    signal_s: float
    stop_s: float
    give_way_s: float
    private_entry_s: float  # each time a private way is entered from a road that is not
    reserved_entry_s: float
    ferry_boarding_s: float
    gate_s: float
    bollard_s: float


NORMAL = Profile(
    turn_s=4.0,
    u_turn_s=30.0,
    dead_end_turn_s=15.0,
    signal_s=8.0,
    stop_s=4.0,
    give_way_s=1.5,
    private_entry_s=45.0,
    reserved_entry_s=120.0,
    ferry_boarding_s=900.0,
    gate_s=25.0,
    bollard_s=60.0,
)
SIREN = Profile(
    turn_s=3.0,
    u_turn_s=15.0,
    dead_end_turn_s=12.0,
    signal_s=3.0,
    stop_s=2.0,
    give_way_s=1.0,
    private_entry_s=30.0,
    reserved_entry_s=5.0,
    ferry_boarding_s=600.0,
    gate_s=25.0,
    bollard_s=60.0,
)
PROFILES: tuple[Profile, Profile] = (NORMAL, SIREN)

# A straight line is not a road: used only by `line_time`, always marked as such by its caller.
LINE_DETOUR = 1.35
LINE_SPEED_KMH = 30.0
