"""Relations on the ground: from a relative phrase and the places it names to a point with its doubt.

Refuses to know how names are found: it is handed a search. Distances are along a named street where one passes the
anchor, else straight; without a direction every way along the street is a choice, none is taken silently.
"""

from collections.abc import Callable, Iterator
from itertools import product
from math import atan2, cos, degrees, hypot, radians, sin

from tocsin.geo.places import plane
from tocsin.geo.places.doubts import weak
from tocsin.geo.places.gazetteer import Gazetteer, Near
from tocsin.geo.places.match import Doubt, Match
from tocsin.geo.places.nearest import Nearest
from tocsin.geo.places.reading import Reading
from tocsin.geo.places.relative import Phrase
from tocsin.geo.places.stretch import Foot, Stretches
from tocsin.geo.places.words import tokens

_ANCHORS = 3
_CLEAR = 0.1
_ACROSS_M, _BEHIND_M = 15.0, 30.0
_RADIUS_M = {"opposite": 50.0, "behind": 60.0, "beside": 50.0, "near": 150.0, "past": 120.0, "before": 120.0}
_SAID = {"beside": "next to", "compass": "from"}
_HEARD = 0.5
"""An anchor that was only found by its sound must score this much: the whole phrase hangs on it."""
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_PARTS: frozenset[Doubt] = frozenset(("no_number", "no_corner"))
Find = Callable[[str, Near], list[Match]]
Spot = tuple[float, float]


class Relations:
    """Answers relative phrases over one region."""

    def __init__(self, known: Gazetteer, nearest: Nearest, find: Find):
        self._known = known
        self._find = find
        self._stretches = Stretches(known.houses, nearest)

    def places(self, phrase: Phrase, near: Near) -> list[Match]:
        """Where the phrase may point, unsorted; empty when an anchor is not on the map."""
        if phrase.relation == "between":
            return self._between(phrase, near)
        toward = next(iter(self._anchors(phrase.toward, near)), None) if phrase.toward else None
        streets = self._streets(phrase.street)
        return [
            match
            for anchor in self._anchors(phrase.anchors[0], near)
            for match in self._from(phrase, anchor, toward, streets)
        ]

    def _anchors(self, text: str, near: Near) -> list[Match]:
        found = sorted(self._find(text, near), key=lambda m: -m.score)
        found = [
            m for m in found if not _PARTS.intersection(m.doubts) and (m.score >= _HEARD or "sounded" not in m.doubts)
        ]
        return [weak(m) for m in found if m.score >= found[0].score - _CLEAR][:_ANCHORS]

    def _streets(self, text: str) -> list[int]:
        words = tuple(tokens(text))
        return [hit.target for hit in self._known.names.find(words, only_streets=True, limit=6)] if words else []

    def _from(self, phrase: Phrase, anchor: Match, toward: Match | None, streets: list[int]) -> Iterator[Match]:
        reach_m = phrase.distance_m or 0.0
        if phrase.relation == "compass" and phrase.bearing_deg is not None:
            away_m = reach_m or 200.0
            spot = _moved((anchor.lat, anchor.lon), phrase.bearing_deg, away_m)
            yield self._match(phrase, anchor, spot, 0.35 * away_m + (60.0 if reach_m else 250.0), "straight")
        elif (phrase.relation == "from" and toward is None) or not (reach_m or toward):
            yield self._about(phrase, anchor, streets)
        else:
            yield from self._along(phrase, anchor, toward, streets)

    def _about(self, phrase: Phrase, anchor: Match, streets: list[int]) -> Match:
        """No distance or no direction: at the anchor, on the side that was said."""
        here = (anchor.lat, anchor.lon)
        if phrase.distance_m:
            return self._match(phrase, anchor, here, 1.2 * phrase.distance_m + 30, "every direction", "two_ways")
        foot = self._stretches.foot(here, streets)
        radius = _RADIUS_M.get(phrase.relation, 150.0)
        if foot is None or phrase.relation not in ("opposite", "behind"):
            return self._match(phrase, anchor, here, radius, "beside it")
        out = foot.bearing_deg
        spot = _moved(here, out, foot.away_m + _ACROSS_M) if phrase.relation == "opposite" else None
        spot = spot or _moved(here, (out + 180) % 360, _BEHIND_M)
        return self._match(phrase, anchor, spot, radius, f"seen from {self._known.label[foot.street]}")

    def _along(self, phrase: Phrase, anchor: Match, toward: Match | None, streets: list[int]) -> Iterator[Match]:
        """Down the street from the anchor; toward a place when one was said, else each way is a choice."""
        here, reach_m = (anchor.lat, anchor.lon), phrase.distance_m or 60.0
        feet = self._stretches.feet(here, streets)
        ways = [(foot, spot) for foot in feet for spot in self._stretches.at(foot, reach_m)]
        radius = 40.0 + (0.35 if phrase.distance_m else 1.0) * reach_m
        if toward is not None:
            aim = _bearing(here, (toward.lat, toward.lon)) + (180.0 if phrase.relation == "before" else 0.0)
            ahead = [(cos(radians(_bearing(here, spot) - aim)), foot, spot) for foot, spot in ways]
            best = max(ahead, key=lambda way: way[0], default=None)
            if best and best[0] > 0.3:
                how = f"along {self._known.label[best[1].street]} toward {toward.text}"
                yield self._match(phrase, anchor, best[2], radius, how)
            else:
                how = f"straight toward {toward.text}"
                yield self._match(phrase, anchor, _moved(here, aim, reach_m), radius + 0.3 * reach_m, how)
            return
        if not ways:
            yield self._match(phrase, anchor, here, reach_m + 60.0, "every direction", "two_ways")
        for foot, spot in _apart(ways, reach_m / 2):
            wind = _WINDS[round(_bearing(here, spot) / 45) % 8]
            how = f"{wind} along {self._known.label[foot.street]}"
            yield self._match(phrase, anchor, spot, radius, how, "two_ways")

    def _between(self, phrase: Phrase, near: Near) -> list[Match]:
        if phrase.street:
            found = self._between_corners(phrase)
            if found:
                return found
        sides = [self._anchors(text, near) for text in phrase.anchors]
        pairs = [(a, b, plane.apart_m(a.lat, a.lon, b.lat, b.lon)) for a, b in product(*sides)]
        if not pairs:
            return []
        a, b, away_m = min(pairs, key=lambda pair: pair[2] - 2000 * (pair[0].score + pair[1].score))
        spot = ((a.lat + b.lat) / 2, (a.lon + b.lon) / 2)
        radius = away_m / 2 + min(a.radius_m, b.radius_m, 100.0)
        weaker = min(a, b, key=lambda m: m.score)
        return [self._match(phrase, weaker, spot, radius, f"halfway between {a.text} and {b.text}")]

    def _between_corners(self, phrase: Phrase) -> list[Match]:
        """ "Clay between Taylor and Jones": the stretch of the one street between its corners with the two others."""
        street = tuple(tokens(phrase.street))
        sides = [self._known.crossing(Reading("corner", street, tuple(tokens(text)))) for text in phrase.anchors]
        corners = [[m for m in side if m.kind == "intersection"] for side in sides]
        pairs = [
            (a, b, plane.apart_m(a.lat, a.lon, b.lat, b.lon))
            for a, b in product(*corners)
            if a.text.split(" / ")[0] == b.text.split(" / ")[0]
        ]
        if not pairs:
            return []
        a, b, away_m = min(pairs, key=lambda pair: pair[2] - 1000 * (pair[0].score + pair[1].score))
        spot = ((a.lat + b.lat) / 2, (a.lon + b.lon) / 2)
        how = f"halfway between {a.text} and {b.text}"
        return [self._match(phrase, min(a, b, key=lambda m: m.score), spot, away_m / 2 + 25.0, how)]

    def _match(
        self, phrase: Phrase, anchor: Match, spot: Spot, radius_m: float, how: str, doubt: Doubt | None = None
    ) -> Match:
        loose_m = min(anchor.radius_m, 400.0) if anchor.kind in ("street", "place") else 0.0
        doubts = tuple(d for d in (*anchor.doubts, doubt) if d)
        where = ", ".join(p for p in (anchor.text, anchor.detail) if p)
        return Match(
            text=phrase.said[:120],
            detail=f"{where}; {how}",
            kind="relative",
            lat=max(-90.0, min(90.0, spot[0])),
            lon=(spot[1] + 180) % 360 - 180,
            radius_m=radius_m + loose_m,
            score=0.05 + 0.9 * anchor.score - (0.02 if doubt else 0.0),
            how=f"{_SAID.get(phrase.relation, phrase.relation)} {anchor.text}: {how}",
            doubts=doubts,
        )


def _apart(ways: list[tuple[Foot, Spot]], least_m: float) -> list[tuple[Foot, Spot]]:
    kept: list[tuple[Foot, Spot]] = []
    for foot, spot in ways:
        if all(plane.apart_m(*spot, *other) > least_m for _, other in kept):
            kept.append((foot, spot))
    return kept[:4]


def _moved(spot: Spot, bearing_deg: float, away_m: float) -> Spot:
    north, east = away_m * cos(radians(bearing_deg)), away_m * sin(radians(bearing_deg))
    lat = spot[0] + north / plane.METRES_A_DEGREE
    return lat, spot[1] + east / (plane.METRES_A_DEGREE * max(0.01, cos(radians(spot[0]))))


def _bearing(a: Spot, b: Spot) -> float:
    east = (b[1] - a[1]) * cos(radians(a[0]))
    north = b[0] - a[0]
    return degrees(atan2(east, north)) % 360 if hypot(east, north) else 0.0
