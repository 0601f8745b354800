"""Hundreds: where a number should be on a street whose own houses do not say, from the shape of the town.

Refuses to know names. Two guesses, each with its doubt: the parallel streets beside it share their hundreds (as in
most grids), or the street's own numbers run on along it at an even pace. A guess that contradicts the street's own
nearest number is not made. The street's own pace is trusted first: on San Francisco it errs
half as much.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.houses import Houses, Spot

_BESIDE_M = 420.0
_PARALLEL = np.radians(14)
_MOST = 60
_PACE_M = (0.25, 3.0)
_FURTHEST = 1500


class Hundreds:
    """Guesses for numbers that no house explains."""

    def __init__(self, columns: dict[str, NDArray[Any]], houses: Houses):
        self._houses = houses
        self._angle = _angles(columns["segments"], columns["segments.start"])
        numbers = houses.numbers
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]
        self._owner = np.repeat(np.arange(len(columns["house.row"]) - 1), np.diff(columns["house.row"]))

    def guess(self, street: int, low: int, high: int, label: str) -> Spot | None:
        """Where the numbers from `low` to `high` should be on the street, or None when nothing speaks for a place."""
        if not len(self._houses.segments(street)):
            return None
        own, middle = self._houses.numbered(street), (low + high) // 2
        onward = self._onward(street, own, middle, label)
        if onward:
            return onward
        found = self._beside(street, low, high, label)
        return found if found and self._agrees(own, middle, found) else None

    def _beside(self, street: int, low: int, high: int, label: str) -> Spot | None:
        rows = self._order[np.searchsorted(self._sorted, low) : np.searchsorted(self._sorted, high, side="right")]
        turn = np.abs((self._angle[self._owner[rows]] - self._angle[street] + np.pi / 2) % np.pi - np.pi / 2)
        rows = rows[(turn < _PARALLEL) & (self._owner[rows] != street)]
        segments = self._houses.segments(street)
        spots = self._houses.spots[rows]
        reach = _BESIDE_M / plane.METRES_A_DEGREE
        south_west, north_east = (
            segments.reshape(-1, 2).min(axis=0) - reach,
            segments.reshape(-1, 2).max(axis=0) + reach,
        )
        spots = spots[((spots > south_west) & (spots < north_east)).all(axis=1)][:_MOST]
        feet = [foot for foot in (self._foot(segments, self._angle[street], *spot) for spot in spots.tolist()) if foot]
        if not feet:
            return None
        table = np.array(feet)
        weight = 1 / (table[:, 2] + 40) ** 2
        lat, lon = np.average(table[:, :2], axis=0, weights=weight).tolist()
        spread = float(np.average([plane.apart_m(lat, lon, *f[:2]) for f in feet], weights=weight))
        _, lat, lon, _ = plane.onto(segments, lat, lon)
        radius = 200.0 + spread + 0.5 * float(table[:, 2].min())
        return Spot(lat, lon, radius, label, "by the same hundred on the streets beside it", False)

    def _foot(
        self, segments: NDArray[np.float64], angle: float, lat: float, lon: float
    ) -> tuple[float, float, float] | None:
        _, foot_lat, foot_lon, away = plane.onto(segments, lat, lon)
        if away > _BESIDE_M:
            return None
        east = (foot_lon - lon) * np.cos(np.radians(lat))
        along = abs(np.cos(np.arctan2(foot_lat - lat, east) - angle))
        return (foot_lat, foot_lon, away) if away < 60 or along < 0.5 else None

    def _agrees(self, own: list[tuple[int, float, float]], number: int, found: Spot) -> bool:
        if not own:
            return True
        known, lat, lon = min(own, key=lambda row: abs(row[0] - number))
        away, apart = plane.apart_m(lat, lon, found.lat, found.lon), abs(known - number)
        return _PACE_M[0] * apart - 120 <= away <= _PACE_M[1] * apart + 150

    def _onward(self, street: int, own: list[tuple[int, float, float]], number: int, label: str) -> Spot | None:
        numbers = np.array([n for n, _, _ in own], dtype=np.float64)
        if len(own) < 2 or np.ptp(numbers) < 40 or np.abs(numbers - number).min() > _FURTHEST:
            return None
        segments, angle = self._houses.segments(street), float(self._angle[street])
        spots = plane.metres(np.array([r[1] for r in own]), np.array([r[2] for r in own]), own[0][1])
        axis = np.array([np.cos(angle), np.sin(angle)])
        along = spots @ axis
        if abs(np.corrcoef(numbers, along)[0, 1]) < 0.9 if np.ptp(along) > 1 else True:
            return None
        pace = float(np.polyfit(numbers, along, 1)[0])
        if not _PACE_M[0] <= abs(pace) <= _PACE_M[1]:
            return None
        near = int(np.abs(numbers - number).argmin())
        step = pace * (number - numbers[near])
        lat, lon = own[near][1], own[near][2]
        lat += step * axis[1] / plane.METRES_A_DEGREE
        lon += step * axis[0] / (plane.METRES_A_DEGREE * np.cos(np.radians(lat)))
        _, lat, lon, away = plane.onto(segments, lat, lon)
        radius = 100.0 + 0.4 * abs(step) + away
        return Spot(lat, lon, radius, label, f"at the pace of its known numbers, from {int(numbers[near])}", False)


def _angles(segments: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """The main direction of each street in radians from east, modulo half a turn."""
    count = len(start) - 1
    if not len(segments):
        return np.zeros(count)
    north = segments[:, 2] - segments[:, 0]
    east = (segments[:, 3] - segments[:, 1]) * np.cos(np.radians(segments[:, 0]))
    turn, size = 2 * np.arctan2(north, east), np.hypot(north, east)
    owner = np.repeat(np.arange(count), np.diff(start))
    up = np.bincount(owner, weights=size * np.sin(turn), minlength=count)
    right = np.bincount(owner, weights=size * np.cos(turn), minlength=count)
    return np.asarray(np.arctan2(up, right) / 2)
