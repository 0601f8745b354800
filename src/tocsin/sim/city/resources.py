"""Stations, hospitals, landmarks, hydrants and defibrillators, set where people live and where a street reaches them.

Knows houses and streets; counts follow the number of people.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree

from tocsin.sim.city import words
from tocsin.sim.city.model import District, Edge, Floats, House, Spot, Street
from tocsin.sim.city.plan import Plan

# what, people served by one, least number, half front m, half depth m, tags, words after the district's name
SERVICES: tuple[tuple[str, float, int, float, float, dict[str, str], str], ...] = (
    ("hospital", 120_000, 1, 45, 32, {"amenity": "hospital", "emergency": "yes", "building": "hospital"}, "Hospital"),
    ("fire", 32_000, 1, 18, 14, {"amenity": "fire_station", "building": "fire_station"}, "Fire Station"),
    ("ambulance", 40_000, 1, 14, 11, {"emergency": "ambulance_station", "building": "yes"}, "Ambulance Post"),
    ("police", 60_000, 1, 16, 13, {"amenity": "police", "building": "public"}, "Police Station"),
)
LANDMARKS: tuple[tuple[str, float, int, float, float, dict[str, str], str], ...] = (
    ("station", 5_000_000, 1, 48, 15, {"railway": "station", "building": "train_station"}, "Station"),
    ("townhall", 900_000, 1, 28, 20, {"amenity": "townhall", "building": "public"}, "Town Hall"),
    ("stadium", 400_000, 0, 75, 58, {"leisure": "stadium", "building": "stadium", "sport": "soccer"}, "Stadium"),
    ("market", 90_000, 1, 30, 22, {"amenity": "marketplace", "building": "retail"}, "Market"),
    ("library", 60_000, 1, 20, 14, {"amenity": "library", "building": "public"}, "Library"),
    ("school", 7_000, 1, 30, 13, {"amenity": "school", "building": "school"}, "School"),
    (
        "church",
        12_000,
        1,
        16,
        9,
        {"amenity": "place_of_worship", "religion": "christian", "building": "church"},
        "Church",
    ),
    (
        "mosque",
        120_000,
        0,
        14,
        14,
        {"amenity": "place_of_worship", "religion": "muslim", "building": "mosque"},
        "Mosque",
    ),
    (
        "temple",
        200_000,
        0,
        14,
        12,
        {"amenity": "place_of_worship", "religion": "buddhist", "building": "temple"},
        "Temple",
    ),
    ("fuel", 14_000, 1, 13, 9, {"amenity": "fuel", "building": "roof"}, "Fuel"),
    ("pharmacy", 6_000, 1, 8, 6, {"amenity": "pharmacy", "building": "retail"}, "Pharmacy"),
    ("supermarket", 9_000, 1, 20, 16, {"shop": "supermarket", "building": "supermarket"}, "Supermarket"),
    ("nursing", 30_000, 1, 22, 12, {"amenity": "social_facility", "social_facility": "nursing_home"}, "Care Home"),
    ("hotel", 15_000, 1, 18, 12, {"tourism": "hotel", "building": "hotel"}, "Hotel"),
    ("cinema", 120_000, 0, 22, 18, {"amenity": "cinema", "building": "yes"}, "Cinema"),
)
BIG_ROADS = {"primary", "secondary", "tertiary"}
DRY_KINDS = {"motorway", "motorway_link", "path", "trunk"}


def place_services(
    plan: Plan, houses: list[House], streets: list[Street], districts: list[District], rng: np.random.Generator
) -> list[House]:
    """Turn well spread houses into stations, hospitals and landmarks; those they need room from are taken away."""
    points = np.array([[h.x, h.y] for h in houses])
    on_big = np.array([streets[h.street].kind in BIG_ROADS for h in houses])
    taken = np.zeros(len(houses), dtype=bool)
    gone = np.zeros(len(houses), dtype=bool)
    tree = cKDTree(points)
    used: dict[str, int] = {}
    for what, per, least, front, depth, tags, word in (*SERVICES, *LANDMARKS):
        count = plan.count(per, least)
        for target in _spread(points, count, what, rng) if count else []:
            k = _choose(tree, target, on_big, taken | gone, what)
            if k is None:
                continue
            house = houses[k]
            home = districts[streets[house.street].district]
            _claim(house, front, depth, tags, _title(home.name, word, used), home)
            taken[k] = True
            reach = float(np.hypot(house.half_front_m, house.half_depth_m)) + 7.0
            for other in tree.query_ball_point(points[k], reach):
                gone[other] |= not taken[other]
    return [h for h, lost in zip(houses, gone, strict=True) if not lost]


def _spread(points: Floats, count: int, what: str, rng: np.random.Generator) -> list[Floats]:
    if what in {"townhall", "station"} and count == 1:
        return [np.zeros(2) if what == "townhall" else points.mean(axis=0) * 0.25]
    sample = points[rng.permutation(len(points))[:20_000]]
    count = min(count, len(sample))
    if count > 60 or count == len(sample):
        return list(sample[:count])
    centres, _ = kmeans2(sample, sample[:count].copy(), iter=12, minit="matrix", missing="warn")
    return list(centres)


def _choose(
    tree: cKDTree, target: Floats, on_big: NDArray[np.bool_], closed: NDArray[np.bool_], what: str
) -> int | None:
    _, near = tree.query(target, k=min(160, tree.n))
    free = [int(k) for k in np.atleast_1d(near) if not closed[k]]
    if not free:
        return None
    big = [k for k in free if on_big[k]]
    wants_big = what not in {"school", "church", "nursing", "pharmacy"}
    return big[0] if big and wants_big else free[0]


def _title(home: str, word: str, used: dict[str, int]) -> str:
    name = f"{home} {word}"
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name} {used[name]}"


def _claim(house: House, front: float, depth: float, tags: dict[str, str], name: str, home: District) -> None:
    grow = max(0.0, depth - house.half_depth_m)
    house.half_front_m = max(4.0, min(front, house.half_front_m * 2.4))
    house.half_depth_m = max(4.0, min(depth, house.half_depth_m + min(grow, 6.0)))
    house.tags = {**tags, "building": tags.get("building", "yes"), "name": name}
    arabic, chinese = words.OTHER_SCRIPTS[sum(map(ord, home.name)) % len(words.OTHER_SCRIPTS)]
    if tags.get("religion") == "muslim":
        house.tags["name:ar"] = f"مسجد {arabic}"
    elif tags.get("religion") == "buddhist":
        house.tags["name:zh"] = f"{chinese}寺"


def place_hydrants(edges: list[Edge], streets: list[Street], spacing_m: float = 150.0) -> list[Spot]:
    """A hydrant about every `spacing_m` along built streets, 3 to 6 m beside the road."""
    spots: list[Spot] = []
    for street in streets:
        left = spacing_m * 0.3
        for k, forward in zip(street.edges, street.forward, strict=True):
            edge = edges[k]
            if edge.kind in DRY_KINDS or edge.bridge:
                continue
            points = edge.points if forward else edge.points[::-1]
            left = _hydrants_on(points, left, spacing_m, 6.5 if edge.kind in BIG_ROADS else 4.0, spots)
    for number, spot in enumerate(spots):
        spot.tags = {
            "emergency": "fire_hydrant",
            "fire_hydrant:type": "pillar" if number % 3 else "underground",
            "ref": f"H{number + 1:05d}",
        }
    return spots


def _hydrants_on(points: Floats, left: float, spacing_m: float, beside_m: float, spots: list[Spot]) -> float:
    for a, b in itertools.pairwise(points):
        step = b - a
        length = float(np.hypot(*step))
        while left <= length:
            unit = step / max(length, 1e-9)
            here = a + unit * left + np.array([unit[1], -unit[0]]) * beside_m
            spots.append(Spot(float(here[0]), float(here[1]), {}))
            left += spacing_m
        left -= length
    return left


def place_defibrillators(plan: Plan, houses: list[House], rng: np.random.Generator) -> list[Spot]:
    """Defibrillators on the walls of public buildings first, then of any, one for about 1,500 people."""
    public = [h for h in houses if "name" in h.tags]
    others = [h for h in houses if "name" not in h.tags]
    wanted = plan.count(1_500, 2)
    chosen = [public[int(k)] for k in rng.permutation(len(public))[:wanted]]
    chosen += [others[int(k)] for k in rng.permutation(len(others))[: wanted - len(chosen)]]
    return [
        Spot(
            h.x + 0.5 * h.half_front_m,
            h.y,
            {
                "emergency": "defibrillator",
                "indoor": "yes" if k % 2 else "no",
                "defibrillator:location": h.tags.get("name", "entrance"),
            },
        )
        for k, h in enumerate(chosen)
    ]
