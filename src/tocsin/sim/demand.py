"""Invented demand: when something happens, what, where, and who calls. Poisson by the hour, places by the road.

Draws nothing it was not asked for, and knows neither desk nor clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

import msgspec
import numpy as np

from tocsin.facts.values import Instant, Place
from tocsin.geo.region import Region
from tocsin.sim.dice import Dice, lognormal
from tocsin.sim.happening import Caller, Happening
from tocsin.sim.sayings import Question, Saying, Told, sayings, spoken

CALLS_PER_PERSON_YEAR = 1.0
"""About what European and North American 112/911 centres report, everything included."""
BY_HOUR = (0.62, 0.52, 0.45, 0.4, 0.4, 0.46, 0.62, 0.85, 1.02, 1.12, 1.18, 1.22,
           1.24, 1.22, 1.2, 1.22, 1.28, 1.36, 1.4, 1.36, 1.28, 1.14, 0.98, 0.8)  # fmt: skip
"""Share of each local hour against the day's mean; the shape most centres report, quiet before dawn."""
INFORMATION, ABANDONED = 0.10, 0.05
LINES = {"fire": "Fire line", "police": "Police line"}
DENSITY = {
    "residential": 3.0,
    "living_street": 4.0,
    "unclassified": 1.0,
    "tertiary": 2.5,
    "secondary": 2.0,
    "primary": 1.5,
}
"""Weight of a metre of road by class: emergencies happen where people live and drive."""


class Spots:
    """Where things happen: points on roads, by the weight of their class, told by the address nearest to them."""

    def __init__(self, region: Region) -> None:
        from tocsin.geo.speeds import ROAD_CLASSES

        graph = region.roads.graph
        weight_of = np.array([DENSITY.get(row.name, 0.2) for row in ROAD_CLASSES])
        edges = graph.point_cum_m[graph.piece_ptr[1:] - 1][graph.edge_piece] * (graph.piece_main[graph.edge_piece] == 1)
        weights = edges * weight_of[graph.piece_class[graph.edge_piece]]
        self._cumulative = np.cumsum(weights)
        self._region = region

    def draw(self, dice: Random) -> Place:
        """A place, with the words a caller would use."""
        edge = int(np.searchsorted(self._cumulative, dice.random() * self._cumulative[-1]))
        lat, lon = self._region.roads.edge_midpoint(min(edge, len(self._cumulative) - 1))
        known = self._region.places.nearest(lat, lon)
        if known is None:
            return Place(lat, lon, f"{lat:.5f}, {lon:.5f}", "coordinates")
        found = self._region.places.search(known.text, near=(lat, lon), limit=1)
        if found and found[0].kind == "address" and known.kind == "address":
            return Place(found[0].lat, found[0].lon, known.text, "address", found[0].radius_m)
        return Place(lat, lon, known.text, known.kind, known.radius_m)


class Demand:
    """An endless row of happenings from `start`."""

    def __init__(self, spots: Spots, dice: Dice, start: Instant, calls_per_hour: float, zone_h: float = 0.0) -> None:
        self._spots = spots
        self._dice = dice
        self._start = start
        self._rate = calls_per_hour / 3600.0
        self._zone_h = zone_h

    def times(self) -> Iterator[tuple[int, Instant]]:
        """Instants of a Poisson process whose rate follows the hour (thinning; Lewis and Shedler 1979)."""
        dice, at, n = self._dice.of("arrivals"), self._start, 0
        most = max(BY_HOUR)
        while True:
            at += dice.expovariate(self._rate * most)
            hour = int((at / 3600.0 + self._zone_h) % 24)
            if dice.random() * most <= BY_HOUR[hour]:
                n += 1
                yield n, at

    def happening(self, n: int, at: Instant) -> Happening:
        """The n-th happening of this world."""
        dice = self._dice.of("happening", n)
        ending = dice.random()
        place = self._spots.draw(dice)
        if ending < INFORMATION:
            return _question(f"{n}", at, place, dice)
        if ending < INFORMATION + ABANDONED:
            return _silent(f"{n}", at, place, dice)
        return _emergency(f"{n}", at, place, dice, sayings().pick_type(dice))

    def staged(self, name: str, at: Instant, kind: str) -> Happening:
        """One emergency of a type that was asked for."""
        dice = self._dice.of("staged", name, at)
        told = next(told for told in sayings().types if told.type == kind)
        return _emergency(name, at, self._spots.draw(dice), dice, told)

    def crash(self, at: Instant, calls: int, within_s: float = 180.0) -> Happening:
        """A collision that everybody who drives by calls about; their phones say where they are by then."""
        dice = self._dice.of("crash", at)
        told = next(told for told in sayings().types if told.type == "RESCUE-TRAFFIC")
        place, saying = self._spots.draw(dice), dice.choice(told.sayings)
        after = sorted((0.0, *(dice.uniform(0.0, within_s) for _ in range(calls - 1))))
        callers = tuple(_passing(told, place, after_s, dice) for after_s in after)
        return Happening(
            f"crash-{at:.0f}", at, "emergency", told.type, place, callers, summary=saying.summary, patients=2
        )


def _passing(told: Told, place: Place, after_s: float, dice: Random) -> Caller:
    caller = _caller(told, dice.choice(told.sayings), place, after_s, dice)
    east, north = dice.gauss(0.0, 90.0), dice.gauss(0.0, 90.0)
    lon = place.lon + east / (111_195 * math.cos(math.radians(place.lat)))
    spot = Place(place.lat + north / 111_195, lon, "", "caller", round(lognormal(dice, 20.0, 0.5)))
    return msgspec.structs.replace(caller, place=spot)


def _number(dice: Random) -> str:
    # Ofcom keeps 01632 960000 to 960999 for drama: no such number is ever given to anybody.
    return f"+44 1632 960{dice.randrange(1000):03d}"


def _question(name: str, at: Instant, place: Place, dice: Random) -> Happening:
    asked: Question = dice.choice(sayings().information)
    caller = Caller(0.0, "112", _number(dice), sayings().pick_name(asked.language, dice), asked.lines)
    return Happening(name, at, "information", "", place, (caller,), summary=asked.text)


def _silent(name: str, at: Instant, place: Place, dice: Random) -> Happening:
    caller = Caller(0.0, "112", _number(dice), patience_s=dice.uniform(3.0, 14.0))
    return Happening(name, at, "abandoned", "", place, (caller,))


def _emergency(name: str, at: Instant, place: Place, dice: Random, told: Told) -> Happening:
    saying = dice.choice(told.sayings)
    callers = [_caller(told, saying, place, 0.0, dice)]
    after_s = 0.0
    while dice.random() < told.calls and len(callers) < 6:
        after_s += lognormal(dice, 50.0, 0.7)
        callers.append(_caller(told, dice.choice(told.sayings), place, after_s, dice))
    return Happening(
        name, at, "emergency", told.type, place, tuple(callers), summary=saying.summary,
        patients=int(dice.random() < told.patients), disposition=_disposition(told.type, dice),
    )  # fmt: skip


def _caller(told: Told, saying: Saying, place: Place, after_s: float, dice: Random) -> Caller:
    group = told.type.split("-")[0]
    line = LINES.get({"FIRE": "fire", "POL": "police"}.get(group, ""), "112") if dice.random() < 0.25 else "112"
    return Caller(
        after_s, line, _number(dice), sayings().pick_name(saying.language, dice), spoken(saying.lines, place.text),
        place=_network_place(place, dice),
    )  # fmt: skip


def _network_place(place: Place, dice: Random) -> Place | None:
    """What a phone's network sends along with two calls in three: a point near, and how near."""
    if dice.random() > 0.66:
        return None
    radius_m = lognormal(dice, 25.0, 0.8)
    turn, far = dice.uniform(0, 2 * math.pi), dice.random() * radius_m / 111_000
    lon = place.lon + far * math.sin(turn) / math.cos(math.radians(place.lat))
    return Place(place.lat + far * math.cos(turn), lon, "", "caller", round(radius_m))


def _disposition(kind: str, dice: Random) -> str:
    if kind == "FIRE-ALARM":
        return dice.choices(("false_alarm", "nothing_found", "handled"), (6, 2, 2))[0]
    return dice.choices(("handled", "nothing_found", "declined", "other_service"), (80, 8, 8, 4))[0]
