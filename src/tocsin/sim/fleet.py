"""The fleet a region can believe: how many units of each kind its people need, and at which stations they stand.

Where the map knows too few stations, units stand at hospitals or at points spread over the roads, and a note says so.
Refuses to know what the units do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from tocsin.facts.values import Instant, Place
from tocsin.geo.region import Region
from tocsin.geo.resources import Resource
from tocsin.geo.straight import distance_m


class PlannedUnit(msgspec.Struct, frozen=True):
    """A unit as it will be registered, and its crew."""

    id: str
    unit_kind: str
    agency: str
    capabilities: tuple[str, ...]
    home: Place
    crew_min: int
    crew_count: int
    station: str


class Absence(msgspec.Struct, frozen=True):
    """A unit that is not there from one instant to another: before its shift, after it, or busy beyond the map."""

    unit: str
    since: Instant
    until: Instant


class Fleet(msgspec.Struct, frozen=True):
    """Units, and what had to be assumed to place them, in sentences."""

    units: tuple[PlannedUnit, ...]
    notes: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    """Not overlapping for one unit, oldest first."""


class _Rule(msgspec.Struct, frozen=True):
    unit_kind: str
    letter: str
    agency: str
    people_per_unit: float
    at_least: int
    stations: tuple[str, ...]
    capabilities: tuple[str, ...]
    crew_min: int
    crew: int
    also_every: int = 0
    also: str = ""


RULES: tuple[_Rule, ...] = (
    _Rule("engine", "E", "fire", 22_000, 2, ("fire_station",), ("engine",), 3, 4, 3, "als"),
    _Rule("ladder", "T", "fire", 75_000, 1, ("fire_station",), ("ladder",), 3, 4),
    _Rule("chief", "B", "fire", 150_000, 1, ("fire_station",), ("chief",), 1, 2),
    _Rule("rescue", "R", "fire", 150_000, 1, ("fire_station",), ("rescue",), 3, 4),
    _Rule("hazmat", "H", "fire", 300_000, 1, ("fire_station",), ("hazmat",), 2, 3),
    _Rule("ambulance", "M", "ambulance", 17_000, 3, ("ambulance_station", "hospital"), ("ambulance",), 2, 2, 2, "als"),
    _Rule("patrol", "P", "police", 20_000, 2, ("police_station",), ("police",), 1, 2),
)
"""Shares of a mid-sized European or American city: about one engine to 22,000 people, one ambulance to 17,000."""


def plan_fleet(region: Region, people: int, units: int | None = None) -> Fleet:
    """A fleet for so many people; `units` asks for about so many in all instead."""
    wanted = {rule.letter: max(rule.at_least, round(people / rule.people_per_unit)) for rule in RULES}
    if units is not None:
        share = units / sum(wanted.values())
        wanted = {letter: max(1, round(count * share)) for letter, count in wanted.items()}
    notes: dict[tuple[str, str], list[str]] = {}
    planned: list[PlannedUnit] = []
    for rule in RULES:
        posts = _posts(region, rule, wanted[rule.letter], notes)
        planned += [_unit(rule, n, post) for n, post in enumerate(posts, 1)]
    said = [
        f"the map has no {_words(station)}: {', '.join(kinds)} units stand at {where}"
        for (station, where), kinds in notes.items()
    ]
    return Fleet(tuple(planned), tuple(said))


def count_kinds(fleet: Fleet) -> str:
    """The fleet in one line."""
    kinds = Counter(unit.unit_kind for unit in fleet.units)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def _unit(rule: _Rule, n: int, post: Place) -> PlannedUnit:
    also = (rule.also,) if rule.also and n % rule.also_every == 1 % rule.also_every else ()
    # One crew in fifteen is a hand short, so that the desk has somebody to pass over and say why.
    short = n % 15 == 14
    crew = rule.crew_min - 1 if short else rule.crew
    caps = (*rule.capabilities, *also)
    return PlannedUnit(f"{rule.letter}{n}", rule.unit_kind, rule.agency, caps, post, rule.crew_min, crew, post.text)


def _posts(region: Region, rule: _Rule, count: int, notes: dict[tuple[str, str], list[str]]) -> list[Place]:
    """Where `count` units of a kind stand: stations in turn, the best spread ones first."""

    def note(where: str) -> None:
        notes.setdefault((rule.stations[0], where), []).append(rule.unit_kind)

    for kind in rule.stations:
        stations = [_station(one) for one in region.resources if one.kind == kind]
        if stations:
            if kind != rule.stations[0]:
                note(f"{_words(kind)}s")
            order = spread(stations, count)
            return [order[i % len(order)] for i in range(count)]
    hospitals = [_station(one) for one in region.resources if one.kind == "hospital"]
    if hospitals and rule.unit_kind != "patrol":
        note("hospitals")
        order = spread(hospitals, count)
        return [order[i % len(order)] for i in range(count)]
    note("points spread over its roads")
    return road_posts(region, count, rule.unit_kind)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _station(one: Resource) -> Place:
    return Place(one.lat_deg, one.lon_deg, one.name or _words(one.kind).capitalize(), "landmark")


def spread(places: Sequence[Place], count: int) -> list[Place]:
    """Up to `count` of the places, each as far from those before it as can be; the most central comes first."""
    lat = sorted(p.lat for p in places)[len(places) // 2]
    lon = sorted(p.lon for p in places)[len(places) // 2]
    left = sorted(places, key=lambda p: (distance_m((p.lat, p.lon), (lat, lon)), p.text))
    chosen = [left.pop(0)]
    away = [_apart(p, chosen[0]) for p in left]
    while left and len(chosen) < count:
        i = max(range(len(left)), key=away.__getitem__)
        chosen.append(left.pop(i))
        away.pop(i)
        away = [min(far, _apart(p, chosen[-1])) for far, p in zip(away, left, strict=True)]
    return chosen


def _apart(a: Place, b: Place) -> float:
    return distance_m((a.lat, a.lon), (b.lat, b.lon))


def road_posts(region: Region, count: int, what: str) -> list[Place]:
    """Points spread over the roads, for units without a station."""
    graph = region.roads.graph
    weights = graph.point_cum_m[graph.piece_ptr[1:] - 1][graph.edge_piece] * (graph.piece_main[graph.edge_piece] == 1)
    dice = np.random.default_rng(1)
    edges = dice.choice(len(weights), size=min(400, 40 * count), p=weights / weights.sum())
    points = [region.roads.edge_midpoint(int(edge)) for edge in edges]
    streets = [region.roads.edge_street(int(edge)) or what for edge in edges]
    named = [Place(lat, lon, street) for street, (lat, lon) in zip(streets, points, strict=True)]
    order = spread(named, count)
    return [Place(p.lat, p.lon, f"Post {p.text}") for p in (order[i % len(order)] for i in range(count))]


def people_by_roads(region: Region) -> int:
    """A guess at how many live here, 200 to a kilometre of residential street, for maps that do not say."""
    km = sum(length for name, length in region.manifest.road_km.items() if name in ("residential", "living_street"))
    return max(5_000, int(round(km * 200, -3)))
