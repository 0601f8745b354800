"""The search itself: readings of a text, the answers they give, best first, each with how sure it is.

Refuses to know callers, incidents and screens. Everything is read-only after opening, so any number of threads may
search at once. Work is bounded for any text: at most 300 characters and 14 words are looked at.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from tocsin.geo.places.aliases import Aliases
from tocsin.geo.places.beside import Beside
from tocsin.geo.places.columns import Columns
from tocsin.geo.places.columns import read as read_columns
from tocsin.geo.places.coordinates import coordinates, other_ways, split_code
from tocsin.geo.places.doubts import judged
from tocsin.geo.places.gazetteer import Gazetteer, Near
from tocsin.geo.places.match import Match, PlacesError
from tocsin.geo.places.reading import MOST_WORDS, apart, read
from tocsin.geo.places.relate import Relations
from tocsin.geo.places.relative import phrase
from tocsin.geo.places.words import tokens

_SPARE = 8
"""Answers that are weighed beyond those asked for, so that a namesake just below the cut still raises a doubt."""
_ON_A_STREET = ("address", "interpolated", "block", "intersection")


class Places:
    """All named places of one region. Make it with `Places.open`."""

    def __init__(self, columns: Columns):
        self._known = Gazetteer(columns)
        self._beside = Beside(columns, self._known)
        self._relations = Relations(
            self._known, self._beside.nearest, lambda text, near: self._where(self._found(text, near))
        )
        lat, lon = self._known.lat, self._known.lon
        self._aliases: Aliases | None = None
        self._middle = (float(np.median(lat)), float(np.median(lon))) if len(lat) else None

    @classmethod
    def open(cls, folder: Path) -> "Places":
        """Open the index in a region's folder. Raises PlacesError, in one line, when it is absent or damaged."""
        columns = read_columns(folder)
        try:
            return cls(columns)
        except (KeyError, IndexError, ValueError) as error:
            raise PlacesError(f"the index of places in {folder} is damaged ({error}): build the region again") from None

    def know_aliases(self, path: Path) -> int:
        """Search the centre's own names too; how many there are. Raises PlacesError naming file and line."""
        self._aliases = Aliases(path, lambda at: self.search(at, limit=1))
        return len(self._aliases)

    def search(self, text: str, *, near: Near = None, limit: int = 8) -> list[Match]:
        """Places that the text may mean, best first, at most `limit`; never raises, whatever the text.

        `near` is a point (latitude, longitude in degrees) that breaks ties between namesakes.
        """
        if limit < 1:
            return []
        typed = coordinates(text, near or self._middle) or self._code(text, near)
        if typed:
            return self._at(typed)[:limit]
        told = phrase(text)
        found = [m for each in told for m in self._relations.places(each, near)]
        found += self._found(text, near, corners=not found or told[0].relation == "near")
        found = found or self._known.settled(tuple(tokens(text)[:MOST_WORDS]), near)
        return judged(self._told_apart(self._where(_best(found, limit + _SPARE))))[:limit]

    def nearest(self, lat: float, lon: float) -> Match | None:
        """Words for a point placed on the map: the nearest address, corner, street or settled place, or None."""
        return self._beside.words(lat, lon)

    def _found(self, text: str, near: Near, *, corners: bool = True) -> list[Match]:
        """What the map's own names answer, unsorted."""
        readings = [r for r in read(text) if corners or r.kind != "corner"]
        found = [match for reading in readings for match in self._known.answer(reading, near)]
        if self._aliases and readings and readings[-1].kind == "name":
            found += self._aliases.search(readings[-1].words)
        if corners and not found and readings and 1 < len(readings[-1].words) <= 8:
            found = [m for cut in apart(readings[-1].words) for m in self._known.crossing(cut, strict=True)]
        return found

    def _code(self, text: str, near: Near) -> tuple[float, float, float] | None:
        """A short Plus Code with the place that completes it: "8FW4+V7 Ruggell"."""
        parts = split_code(text)
        if not parts:
            return None
        where = _best(self._found(parts[1], near), 1)
        return coordinates(parts[0], (where[0].lat, where[0].lon)) if where else None

    def _where(self, found: list[Match]) -> list[Match]:
        """A corner or number says the district it lies in, not the one of its street's middle."""
        spots = [match for match in found if match.kind in _ON_A_STREET]
        said = self._beside.districts([(m.lat, m.lon) for m in spots], [m.detail for m in spots])
        there = {id(m): msgspec.structs.replace(m, detail=detail) for m, detail in zip(spots, said, strict=True)}
        return [there.get(id(match), match) for match in found]

    def _told_apart(self, found: list[Match]) -> list[Match]:
        """Answers of one name and one town get what stands near them as well."""
        seen = Counter((m.text, m.detail) for m in found)
        return [self._with_neighbour(m) if seen[m.text, m.detail] > 1 else m for m in found]

    def _with_neighbour(self, match: Match) -> Match:
        beside = self._beside.neighbour(match.lat, match.lon, match.text)
        return msgspec.structs.replace(match, detail=", ".join(p for p in (match.detail, beside) if p))

    def _at(self, typed: tuple[float, float, float]) -> list[Match]:
        """The point; where it lies outside of the region, first what else inside of it may have been meant."""
        there = self._coordinates(typed)
        if there.confidence == "sure":
            return [there]
        ways = [self._coordinates((lat, lon, typed[2]), how) for lat, lon, how in other_ways(typed[0], typed[1])]
        meant = [msgspec.structs.replace(way, confidence="ask") for way in ways if way.confidence == "sure"]
        return [*meant, there]

    def _coordinates(self, typed: tuple[float, float, float], how: str = "coordinates as typed") -> Match:
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
            how=how,
            confidence="sure" if beside else "ask",
        )


def _best(found: Iterable[Match], limit: int) -> list[Match]:
    best: dict[tuple[str, str, float, float], Match] = {}
    for match in sorted(found, key=lambda m: -m.score):
        best.setdefault((match.text, match.detail, round(match.lat, 3), round(match.lon, 3)), match)
    return list(best.values())[:limit]
