"""The gazetteer: what the map itself answers to one reading of a text, each answer with its reasons and doubts.

Refuses to know callers, aliases and phrases that point from one place to another; those are put together in `search`.
"""

from collections.abc import Sequence
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.columns import unpack
from tocsin.geo.places.corners import Corners, Crossing
from tocsin.geo.places.houses import Houses, Spot
from tocsin.geo.places.hundreds import Hundreds
from tocsin.geo.places.match import Doubt, Kind, Match
from tocsin.geo.places.names import OLD_WORTH, Hit, Names
from tocsin.geo.places.reading import Reading
from tocsin.geo.places.roadside import Roadside
from tocsin.geo.places.words import tokens, words

KINDS: tuple[Kind, ...] = ("street", "landmark", "place")
_CLEAR = 0.06
"""A corner of names that fit this much worse than the best names is not put before them without a word."""
_SURE_M = 150.0
"""Own house numbers with less doubt than this are not weighed against guesses."""
_WEIGHED = 4
"""How many of the best streets get a guess from their surroundings; the rest answer by their own numbers."""
_NEARLY = 0.05
"""Streets whose names fit this much worse than the best are not the road of a kilometre post."""
_BEGUN = 0.86
"""A name that fits less well was only begun; one that lacks its kind alone fits better."""
_SHORT_FORM = 3
_NO_STREET = 0.1
"""Who says "Saint Paul's Street" does not mean the church of Saint Paul."""
_NEAR = 0.1
"""What standing beside the caller is worth: more than a number on the map of a namesake in the next village."""
Near = tuple[float, float] | None
_FORGIVEN: dict[Doubt, str] = {
    "mended": "spelling mended",
    "old_name": "by an older name",
    "sounded": "found by its sound",
    "translated": "found in another script",
}


class Gazetteer:
    """All named places of one region as columns, and the answers they give."""

    def __init__(self, columns: dict[str, NDArray[Any]]):
        self.label = unpack(columns, "label")
        self.detail = unpack(columns, "detail")
        self._what = unpack(columns, "what")
        self.kind: NDArray[np.uint8] = columns["target.kind"]
        self.lat: NDArray[np.float64] = columns["target.lat"]
        self.lon: NDArray[np.float64] = columns["target.lon"]
        self._rank: NDArray[np.float32] = columns["target.rank"]
        self._radius: NDArray[np.float32] = columns["target.radius"]
        self._number_first: NDArray[np.bool_] = columns["target.number_first"]
        self.names = Names(columns, len(self.kind))
        self.houses = Houses(columns)
        self._hundreds = Hundreds(columns, self.houses)
        self.corners = Corners(columns, self.houses)
        self._roadside = Roadside(columns)

    def answer(self, reading: Reading, near: Near) -> list[Match]:
        """What the map holds for one reading, unsorted."""
        if reading.kind == "corner":
            return self.crossing(reading)
        if reading.kind in ("km", "exit"):
            return self._along(reading, near)
        only_streets = reading.kind in ("number", "block")
        hits = self.names.find(reading.words, only_streets=only_streets)
        matches = [self._match(hit, reading, near, weigh=rank < _WEIGHED) for rank, hit in enumerate(hits)]
        return [match for match in matches if match]

    def settled(self, words: tuple[str, ...], near: Near) -> list[Match]:
        """Where nothing else answers, the towns and quarters whose whole name is among the words."""
        found: dict[int, Match] = {}
        how = "only the place; the rest is not on the map"
        for size in (3, 2, 1):
            for at in range(len(words) - size + 1):
                for hit in self.names.as_typed(words[at : at + size]):
                    if KINDS[int(self.kind[hit.target])] == "place":
                        found.setdefault(hit.target, self._plain(hit, self._score(hit, near) - 0.2, how, "part"))
        return list(found.values())

    def _match(self, hit: Hit, reading: Reading, near: Near, *, weigh: bool) -> Match | None:
        score = self._score(hit, near)
        if reading.kind == "name":
            return self._plain(hit, score - (_NO_STREET if self._is_no_street(hit.target, reading.words) else 0.0))
        spot = self._spot(hit.target, reading, weigh=weigh)
        if spot is None:
            how = f"the street; the map does not say where number {reading.number} is"
            return self._plain(hit, score - 0.12, how, "no_number")
        kind: Kind = "block" if reading.kind == "block" else "address" if spot.exact else "interpolated"
        return self._numbered(hit, spot, kind, score)

    def _is_no_street(self, target: int, typed: Sequence[str]) -> bool:
        """Whether a kind of street was typed in full, and this is a building whose name has none."""
        said = [word for word in typed if len(word) > _SHORT_FORM and word in words().types]
        if not said or self.kind[target] != 1:
            return False
        own = [word for word in tokens(self.label[target]) if len(word) > _SHORT_FORM]
        return not any(words().types[word].intersection(own) for word in said)

    def _along(self, reading: Reading, near: Near) -> list[Match]:
        hits = self.names.find(reading.words, only_streets=True, limit=40)
        hits = [h for h in hits if h.fit >= max(each.fit for each in hits) - _NEARLY]
        streets = {h.target: h for h in hits}
        spots: Sequence[tuple[int, Spot]]
        if reading.kind == "km":
            at = self._roadside.at_km(list(streets), reading.km)
            spots = [at] if at else []
        else:
            spots = self._roadside.exit(list(streets), reading.letter)
        kind: Kind = "milestone" if reading.kind == "km" else "exit"
        found = [self._numbered(streets[s], spot, kind, self._score(streets[s], near)) for s, spot in spots]
        how = "the road; the map does not say where this stands on it"
        return found or [self._plain(h, self._score(h, near) - 0.12, how, "no_number") for h in hits[:3]]

    def _spot(self, street: int, reading: Reading, *, weigh: bool) -> Spot | None:
        """The best place for the number or block: as the street's own houses say, else as its surroundings suggest."""
        if reading.kind == "block":
            known = self.houses.block(street, reading.number)
            low = reading.number - reading.number % 100
            high, label = low + 99, f"{reading.number} block"
        else:
            known = self.houses.locate(street, reading.number, reading.letter)
            low, high = max(1, reading.number - 25), reading.number + 25
            label = f"{reading.number}{reading.letter.upper()}"
        if not weigh or (known and known.radius_m <= _SURE_M):
            return known
        guess = self._hundreds.guess(street, low, high, label)
        return min((s for s in (known, guess) if s), key=lambda s: s.radius_m, default=None)

    def _score(self, hit: Hit, near: Near) -> float:
        score = 0.85 * hit.fit + 0.1 * float(self._rank[hit.target]) - _cost(hit)
        if near:
            away_m = plane.apart_m(near[0], near[1], float(self.lat[hit.target]), float(self.lon[hit.target]))
            score += _NEAR * exp(-away_m / 2000)
        return score

    def _numbered(self, hit: Hit, spot: Spot, kind: Kind, score: float) -> Match:
        name = self.label[hit.target]
        text = f"{spot.label} of {name}" if kind == "block" else self.address(hit.target, spot.label)
        if kind in ("milestone", "exit"):
            text = f"{name} {spot.label}"
        return Match(
            text=text,
            detail=self.detail[hit.target],
            kind=kind,
            lat=float(spot.lat),
            lon=float(spot.lon),
            radius_m=float(spot.radius_m),
            score=score + (0.06 if spot.exact else 0.02),
            how=_said(spot.how, hit),
            doubts=_doubts(hit, () if spot.exact else ("estimated",)),
        )

    def address(self, street: int, number: str) -> str:
        """Number and street in the order of the street's language."""
        name = self.label[street]
        return f"{number} {name}" if self._number_first[street] else f"{name} {number}"

    def _plain(self, hit: Hit, score: float, how: str = "", doubt: Doubt | None = None) -> Match:
        target = hit.target
        what, detail = self._what[target], self.detail[target]
        return Match(
            text=self.label[target],
            detail=", ".join(p for p in (what, detail) if p),
            kind=KINDS[int(self.kind[target])],
            lat=float(self.lat[target]),
            lon=float(self.lon[target]),
            radius_m=float(self._radius[target]),
            score=score,
            how=_said(how or ("middle of the street" if self.kind[target] == 0 else "name on the map"), hit),
            doubts=_doubts(hit, (doubt,) if doubt else ()),
        )

    def crossing(self, reading: Reading, *, strict: bool = False) -> list[Match]:
        """Corners of the two names; unless `strict`, also near misses and, failing all, the streets themselves."""
        sides = [self.names.find(words, only_streets=True, limit=24) for words in (reading.words, reading.other)]
        crossings = self.corners.between(sides[0], sides[1], near_misses=not strict)
        found = [self._corner(crossing) for crossing in crossings]
        if strict:
            return found
        best = max((_together(*map(_as_said, c.hits)) for c in crossings), default=0.0)
        wanted = _together(sides[0][0], sides[1][0]) if all(sides) else 1.0
        if best < wanted - _CLEAR:
            score = max((m.score for m in found), default=0.5) + 0.01
            plain = [h for side in sides for h in side[: 2 if found else 3]]
            how = "one street of the corner; the map has no such corner"
            found += [self._plain(h, score + h.fit / 1000, how, "no_corner") for h in plain]
        return found

    def _corner(self, crossing: Crossing) -> Match:
        a, b = crossing.hits
        mended = a if a.mended else b
        score = (
            0.1
            + 0.9 * _together(a, b)
            - (0.1 if mended.mended and mended.doubt != "old_name" else 0.0)
            - crossing.radius_m / 2000
        )
        return Match(
            text=self.crossing_label(a.target, b.target),
            detail=self.detail[a.target],
            kind="intersection",
            lat=crossing.lat,
            lon=crossing.lon,
            radius_m=crossing.radius_m,
            score=score,
            how=_said(crossing.how, mended),
            doubts=_doubts(mended, () if crossing.shared else ("apart",)),
        )

    def crossing_label(self, a: int, b: int) -> str:
        """The name of a corner."""
        return f"{self.label[a]} / {self.label[b]}"


def _together(a: Hit, b: Hit) -> float:
    """How well two names fit as a pair."""
    return float((a.fit * b.fit) ** 0.5)


def _as_said(hit: Hit) -> Hit:
    """An older name is said in earnest: a corner of it is a corner."""
    return hit._replace(fit=min(1.0, hit.fit / OLD_WORTH)) if hit.doubt == "old_name" else hit


def _cost(hit: Hit) -> float:
    return 0.0 if hit.doubt in (None, "old_name") else 0.1


def _said(how: str, hit: Hit) -> str:
    return f"{how}; {_FORGIVEN[hit.doubt]}" if hit.doubt else how


def _doubts(hit: Hit, more: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
    mine: Doubt | None = hit.doubt or ("begun" if hit.fit < _BEGUN else None)
    return (mine, *more) if mine else more
