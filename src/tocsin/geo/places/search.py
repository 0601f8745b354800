"""The search itself: readings of a text, names that fit, and the answers they give, best first.

Refuses to know callers, incidents and screens. Everything is read-only after opening, so any number of threads may
search at once. Work is bounded for any text: at most 300 characters and 14 words are looked at.
"""

from collections.abc import Iterable
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.columns import read as read_columns
from tocsin.geo.places.columns import unpack
from tocsin.geo.places.coordinates import coordinates
from tocsin.geo.places.corners import Corners, Crossing
from tocsin.geo.places.houses import Houses, Spot
from tocsin.geo.places.hundreds import Hundreds
from tocsin.geo.places.match import Kind, Match, PlacesError
from tocsin.geo.places.names import Hit, Names
from tocsin.geo.places.nearest import Nearest
from tocsin.geo.places.reading import Reading, apart, read

_KINDS: tuple[Kind, ...] = ("street", "landmark", "place")
_CLEAR = 0.06
"""A corner of names that fit this much worse than the best names is not put before them without a word."""
_SURE_M = 150.0
"""Own house numbers with less doubt than this are not weighed against guesses."""
_WEIGHED = 4
"""How many of the best streets get a guess from their surroundings; the rest answer by their own numbers."""
Near = tuple[float, float] | None


class Places:
    """All named places of one region. Make it with `Places.open`."""

    def __init__(self, columns: dict[str, NDArray[Any]]):
        self._label = unpack(columns, "label")
        self._detail = unpack(columns, "detail")
        self._what = unpack(columns, "what")
        self._kind: NDArray[np.uint8] = columns["target.kind"]
        self._lat: NDArray[np.float64] = columns["target.lat"]
        self._lon: NDArray[np.float64] = columns["target.lon"]
        self._rank: NDArray[np.float32] = columns["target.rank"]
        self._radius: NDArray[np.float32] = columns["target.radius"]
        self._number_first: NDArray[np.bool_] = columns["target.number_first"]
        self._names = Names(columns, len(self._kind))
        self._houses = Houses(columns)
        self._hundreds = Hundreds(columns, self._houses)
        self._corners = Corners(columns, self._houses)
        self._nearest = Nearest(columns)
        self._middle = (float(np.median(self._lat)), float(np.median(self._lon))) if len(self._lat) else None

    @classmethod
    def open(cls, folder: Path) -> "Places":
        """Open the index in a region's folder. Raises PlacesError, in one line, when it is absent or damaged."""
        columns = read_columns(folder)
        try:
            return cls(columns)
        except (KeyError, IndexError, ValueError) as error:
            raise PlacesError(f"the index of places in {folder} is damaged ({error}): build the region again") from None

    def search(self, text: str, *, near: Near = None, limit: int = 8) -> list[Match]:
        """Places that the text may mean, best first, at most `limit`; never raises, whatever the text.

        `near` is a point (latitude, longitude in degrees) that breaks ties between namesakes.
        """
        if limit < 1:
            return []
        typed = coordinates(text, near or self._middle)
        if typed:
            return [self._coordinates(typed)]
        readings = read(text)
        found = [match for reading in readings for match in self._answer(reading, near)]
        if not found and readings and 1 < len(readings[-1].words) <= 8:
            found = [m for reading in apart(readings[-1].words) for m in self._crossing(reading, strict=True)]
        return _best(found, limit)

    def nearest(self, lat: float, lon: float) -> Match | None:
        """Words for a point placed on the map: the nearest address, corner, street or settled place, or None."""
        house, corner, street = (
            self._nearest.house(lat, lon),
            self._nearest.corner(lat, lon),
            self._nearest.street(lat, lon),
        )
        if house and house[1] <= 60:
            row = self._houses.street_of(house[0])
            text = self._address(row, self._houses.labels[house[0]])
            return self._beside(text, row, "address", lat, lon, house[1])
        if corner and corner[1] <= 40:
            a, b = self._corners.pair(corner[0])
            return self._beside(self._crossing_label(a, b), a, "intersection", lat, lon, corner[1])
        if street and street[1] <= 300:
            return self._beside(self._label[street[0]], street[0], "street", lat, lon, street[1])
        return self._nearest_named(lat, lon)

    def _nearest_named(self, lat: float, lon: float) -> Match | None:
        named = self._nearest.named(lat, lon)
        if not named or named[1] > 20_000:
            return None
        return self._beside(self._label[named[0]], named[0], _KINDS[int(self._kind[named[0]])], lat, lon, named[1])

    def _beside(self, text: str, target: int, kind: Kind, lat: float, lon: float, away_m: float) -> Match:
        how = f"near {text}, {away_m:.0f} m away" if away_m < 1000 else f"{away_m / 1000:.1f} km from {text}"
        return Match(
            text=text,
            detail=self._detail[target],
            kind=kind,
            lat=lat,
            lon=lon,
            radius_m=max(10.0, away_m),
            score=1.0,
            how=how,
        )

    def _answer(self, reading: Reading, near: Near) -> list[Match]:
        if reading.kind == "corner":
            return self._crossing(reading)
        only_streets = reading.kind in ("number", "block")
        hits = self._names.find(reading.words, only_streets=only_streets)
        matches = [self._match(hit, reading, near, weigh=rank < _WEIGHED) for rank, hit in enumerate(hits)]
        return [match for match in matches if match]

    def _match(self, hit: Hit, reading: Reading, near: Near, *, weigh: bool) -> Match | None:
        score = self._score(hit, near)
        if reading.kind == "name":
            return self._plain(hit, score)
        spot = self._spot(hit.target, reading, weigh=weigh)
        if spot is None:
            how = f"the street; the map does not say where number {reading.number} is"
            return self._plain(hit, score - 0.12, how)
        kind: Kind = "block" if reading.kind == "block" else "address" if spot.exact else "interpolated"
        return self._numbered(hit, spot, kind, score)

    def _spot(self, street: int, reading: Reading, *, weigh: bool) -> Spot | None:
        """The best place for the number or block: as the street's own houses say, else as its surroundings suggest."""
        if reading.kind == "block":
            known = self._houses.block(street, reading.number)
            low = reading.number - reading.number % 100
            high, label = low + 99, f"{reading.number} block"
        else:
            known = self._houses.locate(street, reading.number, reading.letter)
            low, high = max(1, reading.number - 25), reading.number + 25
            label = f"{reading.number}{reading.letter.upper()}"
        if not weigh or (known and known.radius_m <= _SURE_M):
            return known
        guess = self._hundreds.guess(street, low, high, label)
        return min((s for s in (known, guess) if s), key=lambda s: s.radius_m, default=None)

    def _score(self, hit: Hit, near: Near) -> float:
        score = 0.85 * hit.fit + 0.1 * float(self._rank[hit.target]) - (0.1 if hit.mended else 0.0)
        if near:
            away_m = plane.apart_m(near[0], near[1], float(self._lat[hit.target]), float(self._lon[hit.target]))
            score += 0.05 * exp(-away_m / 2000)
        return score

    def _numbered(self, hit: Hit, spot: Spot, kind: Kind, score: float) -> Match:
        name = self._label[hit.target]
        text = f"{spot.label} of {name}" if kind == "block" else self._address(hit.target, spot.label)
        return Match(
            text=text,
            detail=self._detail[hit.target],
            kind=kind,
            lat=spot.lat,
            lon=spot.lon,
            radius_m=spot.radius_m,
            score=score + (0.06 if spot.exact else 0.02),
            how=_mended(spot.how, hit),
        )

    def _address(self, street: int, number: str) -> str:
        name = self._label[street]
        return f"{number} {name}" if self._number_first[street] else f"{name} {number}"

    def _plain(self, hit: Hit, score: float, how: str = "") -> Match:
        target = hit.target
        what, detail = self._what[target], self._detail[target]
        return Match(
            text=self._label[target],
            detail=", ".join(p for p in (what, detail) if p),
            kind=_KINDS[int(self._kind[target])],
            lat=float(self._lat[target]),
            lon=float(self._lon[target]),
            radius_m=float(self._radius[target]),
            score=score,
            how=_mended(how or ("middle of the street" if self._kind[target] == 0 else "name on the map"), hit),
        )

    def _crossing(self, reading: Reading, *, strict: bool = False) -> list[Match]:
        sides = [self._names.find(words, only_streets=True, limit=24) for words in (reading.words, reading.other)]
        crossings = self._corners.between(sides[0], sides[1], near_misses=not strict)
        found = [self._corner(crossing) for crossing in crossings]
        if strict:
            return found
        best = max((_together(*c.hits) for c in crossings), default=0.0)
        wanted = _together(sides[0][0], sides[1][0]) if all(sides) else 1.0
        if best < wanted - _CLEAR:
            score = max((m.score for m in found), default=0.5) + 0.01
            plain = [h for side in sides for h in side[: 2 if found else 3]]
            how = "one street of the corner; the map has no such corner"
            found += [self._plain(h, score + h.fit / 1000, how) for h in plain]
        return found

    def _corner(self, crossing: Crossing) -> Match:
        a, b = crossing.hits
        mended = a if a.mended else b
        score = 0.1 + 0.9 * _together(a, b) - (0.1 if mended.mended else 0.0) - crossing.radius_m / 2000
        return Match(
            text=self._crossing_label(a.target, b.target),
            detail=self._detail[a.target],
            kind="intersection",
            lat=crossing.lat,
            lon=crossing.lon,
            radius_m=crossing.radius_m,
            score=score,
            how=_mended(crossing.how, mended),
        )

    def _crossing_label(self, a: int, b: int) -> str:
        return f"{self._label[a]} / {self._label[b]}"

    def _coordinates(self, typed: tuple[float, float, float]) -> Match:
        lat, lon, size_m = typed
        beside = self.nearest(lat, lon)
        return Match(
            text=f"{lat:.6f}, {lon:.6f}",
            detail=beside.how if beside else "outside the region",
            kind="coordinates",
            lat=lat,
            lon=lon,
            radius_m=size_m,
            score=1.0,
            how="coordinates as typed",
        )


def _together(a: Hit, b: Hit) -> float:
    """How well two names fit as a pair."""
    return float((a.fit * b.fit) ** 0.5)


def _mended(how: str, hit: Hit) -> str:
    return f"{how}; spelling mended" if hit.mended else how


def _best(found: Iterable[Match], limit: int) -> list[Match]:
    best: dict[tuple[str, str, float, float], Match] = {}
    for match in sorted(found, key=lambda m: -m.score):
        best.setdefault((match.text, match.detail, round(match.lat, 3), round(match.lon, 3)), match)
    return list(best.values())[:limit]
