"""A drive along a road's own geometry: where a vehicle is at an instant, how fast and which way. Knows no unit."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from tocsin.facts.values import Instant
from tocsin.geo.straight import EARTH_M, line_time

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class Journey:
    """Points in degrees and the instant at each."""

    def __init__(self, points: Sequence[Point], at: Sequence[Instant], edges: frozenset[int] = frozenset()) -> None:
        self._points = list(points)
        self._at = list(at)
        self.edges = edges
        """Edges of the road graph driven; empty for a straight line."""

    @classmethod
    def along(
        cls, points: Sequence[Point], seconds: Sequence[float], edges: Sequence[int], start: Instant, pace: float
    ) -> Journey:
        """A route's points and seconds, begun at `start` and driven at `pace` times its seconds."""
        return cls(points, [start + s * pace for s in seconds], frozenset(edges))

    @classmethod
    def line(cls, origin: Point, target: Point, start: Instant, pace: float) -> Journey:
        """Where no road is known: straight on."""
        seconds, _ = line_time(origin, target)
        return cls([origin, target], [start, start + seconds * pace])

    @property
    def arrives_at(self) -> Instant:
        """The end of it."""
        return self._at[-1]

    @property
    def target(self) -> Point:
        """Where it ends."""
        return self._points[-1]

    def wait(self, now: Instant, seconds: float) -> None:
        """Stand still from `now` for so long: traffic, a level crossing, a wrong turning."""
        here = self.at(now)[:2]
        i = bisect_right(self._at, now)
        later = [at + seconds for at in self._at[i:]]
        self._points = [*self._points[:i], here, here, *self._points[i:]]
        self._at = [*self._at[:i], now, now + seconds, *later]

    def at(self, now: Instant) -> tuple[float, float, float, float]:
        """Latitude, longitude, speed in m/s and heading in degrees at an instant."""
        at, points = self._at, self._points
        i = bisect_right(at, now)
        if i == 0:
            return *points[0], 0.0, heading_deg(points[0], points[1]) if len(points) > 1 else 0.0
        if i == len(at):
            return *points[-1], 0.0, heading_deg(points[-2], points[-1]) if len(points) > 1 else 0.0
        a, b, since, until = points[i - 1], points[i], at[i - 1], at[i]
        share = (now - since) / (until - since) if until > since else 1.0
        lat, lon = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        speed = apart_m(a, b) / (until - since) if until > since else 0.0
        return lat, lon, min(speed, 60.0), heading_deg(a, b)


def apart_m(a: Point, b: Point) -> float:
    """Metres between two near points (equirectangular)."""
    east = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(east, math.radians(b[0] - a[0])) * EARTH_M


def heading_deg(a: Point, b: Point) -> float:
    """Clockwise from north, 0 to 360."""
    east = (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return math.degrees(math.atan2(east, b[0] - a[0])) % 360.0
