"""House numbers: hangs tagged numbers on streets, and says where any number or block of a street should be.

Refuses to know names. A number is exact where the map has it; else it lies between its nearest neighbours of the same
parity (the same side of the street); else beyond the nearest known one, with a radius that grows.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.columns import Texts, unpack
from tocsin.geo.places.harvest import House
from tocsin.geo.places.streets import Street
from tocsin.geo.places.words import fold, key, tokens

REACH_M = 900.0
"""A number this far from every street of its name belongs to none of them."""
EXACT_M = 25.0
_GAP = 200
_BEYOND = 60
_STEADY_M = 150.0
_ONWARD_M = 60.0
_NUMBER = re.compile(r"(\d{1,6})\s*/?\s*([a-z]{0,2})\b")


class Spot(NamedTuple):
    """Where a number is: degrees, metres of doubt, the number as the map writes it, and how it was found."""

    lat: float
    lon: float
    radius_m: float
    label: str
    how: str
    exact: bool


def attach(streets: list[Street], houses: list[House]) -> tuple[list[Street], list[list[House]]]:
    """Give each house to the nearest street of its name; names without a street become targets of their own.

    Returns all streets (the added ones without segments beyond their houses' spots) and the houses of each, by number.
    """
    exact, loose = _by_name(streets)
    rows: list[list[House]] = [[] for _ in streets]
    lost: dict[str, list[House]] = defaultdict(list)
    for house in houses:
        name = " ".join(tokens(house.street))
        row = _nearest(streets, exact.get(name) or loose.get(key(house.street), []), house)
        if row is None:
            lost[name or house.street].append(house)
        else:
            rows[row].append(house)
    added = [group for name in lost for group in _together(lost[name])]
    extra = [_nameless(group) for group in added]
    return streets + extra, [sorted(row, key=_order) for row in rows + added]


def _by_name(streets: list[Street]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    exact: dict[str, list[int]] = defaultdict(list)
    loose: dict[str, list[int]] = defaultdict(list)
    for row, street in enumerate(streets):
        for name in street.names:
            exact[" ".join(tokens(name))].append(row)
            loose[key(name)].append(row)
    return exact, loose


def _nearest(streets: list[Street], rows: list[int], house: House) -> int | None:
    best: tuple[float, int] | None = None
    for row in dict.fromkeys(rows):
        away = plane.onto(streets[row].segments, house.lat, house.lon)[3]
        if best is None or away < best[0]:
            best = away, row
    return best[1] if best and best[0] <= REACH_M else None


def _together(houses: list[House]) -> list[list[House]]:
    groups: list[list[House]] = []
    for house in houses:
        for group in groups:
            if plane.apart_m(house.lat, house.lon, group[0].lat, group[0].lon) < 2 * REACH_M:
                group.append(house)
                break
        else:
            groups.append([house])
    return groups


def _nameless(houses: list[House]) -> Street:
    spots = np.array([(h.lat, h.lon, h.lat, h.lon) for h in houses])
    return Street([houses[0].street], np.zeros(0, dtype=np.int64), spots, 0.4)


def _order(house: House) -> tuple[int, str]:
    number, letter = split(house.number)
    return number, letter


def split(text: str) -> tuple[int, str]:
    """The number and letter at the head of a house number: "12/A" is (12, "a"); (-1, "") when it has no digits."""
    found = _NUMBER.search(fold(text).replace(" ", ""))
    return (int(found.group(1)), found.group(2)) if found else (-1, "")


class Houses:
    """The house numbers of all streets, by street."""

    def __init__(self, columns: dict[str, NDArray[Any]]):
        self.labels: Texts = unpack(columns, "house")
        self.spots: NDArray[np.float64] = columns["house.spot"]
        self._row: NDArray[np.int64] = columns["house.row"]
        self._segments: NDArray[np.float64] = columns["segments"]
        self._start: NDArray[np.int64] = columns["segments.start"]
        self.numbers: NDArray[np.int32] = columns["house.number"]
        """The number of each house row, -1 where it has none."""
        self._numbers: Sequence[int] = self.numbers.data  # bisected as plain numbers

    def numbered(self, street: int) -> list[tuple[int, float, float]]:
        """Number, latitude and longitude of each numbered house of a street, by number."""
        rows = range(int(self._row[street]), int(self._row[street + 1]))
        return [(self._numbers[i], *self.spots[i].tolist()) for i in rows if self._numbers[i] > 0]

    def street_of(self, house: int) -> int:
        """The street that a house hangs on."""
        return int(np.searchsorted(self._row, house, side="right")) - 1

    def segments(self, street: int) -> NDArray[np.float64]:
        """The segments of a street, shape (n, 4), degrees."""
        return self._segments[int(self._start[street]) : int(self._start[street + 1])]

    def locate(self, street: int, number: int, letter: str = "") -> Spot | None:
        """Where the number is or should be; None when the street's known numbers do not say."""
        low, high = int(self._row[street]), int(self._row[street + 1])
        at = bisect_left(self._numbers, number, low, high)
        if at < high and self._numbers[at] == number:
            return self._exact(at, high, number, letter)
        return self._between(street, low, at, high, number)

    def _exact(self, at: int, high: int, number: int, letter: str) -> Spot:
        same = [i for i in range(at, high) if self._numbers[i] == number]
        row = next((i for i in same if self._letter(i) == letter), same[0])
        lat, lon = self.spots[row].tolist()
        if self._letter(row) == letter:
            return Spot(lat, lon, EXACT_M, self.labels[row], "house number on the map", True)
        label = f"{number}{letter.upper()}"
        return Spot(lat, lon, 2 * EXACT_M, label, f"same number as {self.labels[row]}, which is on the map", False)

    def _letter(self, row: int) -> str:
        return split(self.labels[row])[1]

    def _between(self, street: int, low: int, at: int, high: int, number: int) -> Spot | None:
        before = next((i for i in range(at - 1, low - 1, -1) if self._fits(i, number)), None)
        after = next((i for i in range(at, high) if self._fits(i, number)), None)
        if before is not None and after is not None:
            return self._interpolated(street, before, after, number)
        known = before if before is not None else after
        if known is None or abs(self._numbers[known] - number) > _BEYOND:
            return None
        lat, lon, step_m = self._onward(low, at, known, number)
        radius = 55.0 + 5.0 * abs(self._numbers[known] - number) + step_m / 2
        return Spot(
            lat, lon, radius, str(number), f"beyond the last known number on its side, {self.labels[known]}", False
        )

    def _onward(self, low: int, at: int, known: int, number: int) -> tuple[float, float, float]:
        """The last known number's spot, moved on as far as the numbers before it suggest, and the metres moved."""
        lat, lon = self.spots[known].tolist()
        side = range(known - 1, low - 1, -1) if known < at else range(known + 1, min(known + 12, self._end(known)))
        prior = next((i for i in side if self._fits(i, number) and self._numbers[i] != self._numbers[known]), None)
        if prior is None:
            return lat, lon, 0.0
        start = self.spots[prior].tolist()
        share = (number - self._numbers[known]) / (self._numbers[known] - self._numbers[prior])
        wide_m = plane.apart_m(start[0], start[1], lat, lon)
        if share <= 0 or wide_m > _STEADY_M:
            return lat, lon, 0.0
        share = min(share, _ONWARD_M / max(wide_m, 1.0))
        return lat + share * (lat - start[0]), lon + share * (lon - start[1]), share * wide_m

    def _end(self, row: int) -> int:
        return int(self._row[np.searchsorted(self._row, row, side="right")])

    def _fits(self, row: int, number: int) -> bool:
        return self._numbers[row] > 0 and (self._numbers[row] - number) % 2 == 0

    def _interpolated(self, street: int, before: int, after: int, number: int) -> Spot | None:
        first, last = self._numbers[before], self._numbers[after]
        start, end = self.spots[before], self.spots[after]
        gap_m = plane.apart_m(*start.tolist(), *end.tolist())
        if last - first > _GAP or gap_m > 1500:
            return None
        lat, lon = (start + (end - start) * ((number - first) / (last - first))).tolist()
        _, foot_lat, foot_lon, away_m = plane.onto(self.segments(street), lat, lon)
        if 40 < away_m < gap_m:
            lat, lon = foot_lat, foot_lon
        how = f"between {self.labels[before]} and {self.labels[after]} on the same side"
        return Spot(lat, lon, 20.0 + gap_m / 3, str(number), how, False)

    def block(self, street: int, first: int) -> Spot | None:
        """The middle of the block whose numbers begin at `first` (a hundred numbers)."""
        first, label = first - first % 100, f"{first} block"
        low, high = int(self._row[street]), int(self._row[street + 1])
        inside = slice(
            bisect_left(self._numbers, max(first, 1), low, high), bisect_left(self._numbers, first + 100, low, high)
        )
        spots = self.spots[inside]
        if len(spots):
            lat, lon = ((spots.min(axis=0) + spots.max(axis=0)) / 2).tolist()
            reach = max(plane.apart_m(lat, lon, *s) for s in spots.tolist())
            return Spot(lat, lon, max(75.0, reach + 40), label, f"{len(spots)} known numbers of the block", True)
        guesses = [s for s in (self.locate(street, first + 50), self.locate(street, first + 51)) if s]
        if not guesses:
            return None
        lat, lon = np.mean([(g.lat, g.lon) for g in guesses], axis=0).tolist()
        return Spot(lat, lon, 60.0 + max(g.radius_m for g in guesses), label, guesses[0].how, False)
