"""The ground under a desk: road times, routes, places, searched off the event loop. Knows units as named points."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tocsin.desk.pacing import Pacing
from tocsin.domain.arrival import stated
from tocsin.domain.travel import Travel
from tocsin.facts.values import Instant, Place
from tocsin.geo.pace import LINE_SIGMA, Pace
from tocsin.geo.region import Region
from tocsin.geo.straight import line_time
from tocsin.views.wire import PlaceMatch, Route

if TYPE_CHECKING:
    from tocsin.geo.places import Match
    from tocsin.geo.route import Route as Way
    from tocsin.geo.travel import Times

Standing: TypeAlias = tuple[str, float, float, Instant | None]
"""unit, latitude and longitude in degrees, and when it was there (None: it never said, this is its home)."""
Closed: TypeAlias = Sequence[tuple[float, float, float]]
"""Closures as (latitude, longitude, radius in metres)."""
Points: TypeAlias = tuple[tuple[float, float], ...]


OFF_THE_MAP_M = 5_000.0
"""A place this far from every road of the map is not on it: the drive to the road's end says nothing about it."""


class Ground:
    """A region, and the threads that search it. One for roads, one for words, so that neither waits for the other."""

    def __init__(self, region: Region, data: Path | None = None) -> None:
        self.region = region
        self.pacing = Pacing(region.roads, data)
        """Travel times as learned, where a person has said yes to a file in the `data` folder."""
        self.now: Callable[[], Instant] = time.time
        """The clock that ages and hours are told by; a desk sets its own."""
        self._roads = ThreadPoolExecutor(1, "roads")
        self._words = ThreadPoolExecutor(1, "words")

    async def warm(self) -> None:
        """Compile and touch what the first caller would otherwise wait for."""
        await asyncio.get_running_loop().run_in_executor(self._roads, self._warm)

    def _warm(self) -> None:
        self.region.roads.warm()
        self.pacing.at(self.now())

    def close(self) -> None:
        """Let the threads end."""
        self._roads.shutdown(wait=False, cancel_futures=True)
        self._words.shutdown(wait=False, cancel_futures=True)

    async def travels(
        self, units: Sequence[Standing], to: Place, closed: Closed, *, siren: bool = True
    ) -> dict[str, Travel]:
        """Every unit's drive to `to`, under sirens unless told; where no road leads, as a line and marked so."""
        if not units:
            return {}
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._roads, self._travels, units, to, closed, siren)

    def _travels(self, units: Sequence[Standing], to: Place, closed: Closed, siren: bool) -> dict[str, Travel]:
        roads, pace, hours = self.pacing.at(self.now())
        if roads.snap(to.lat, to.lon).distance_m > OFF_THE_MAP_M:
            return {unit[0]: straight(unit, to, siren) for unit in units}
        points = np.array([(lat, lon) for _, lat, lon, _ in units])
        times = roads.times_to((to.lat, to.lon), points, siren=siren, closed=roads.closed_edges(list(closed)))
        drives = _drives([(unit, to) for unit in units], times, pace, hours, siren=siren)
        return {unit[0]: drive for unit, drive in zip(units, drives, strict=True)}

    async def route(self, unit: Standing, to: Place, incident: str, closed: Closed, *, siren: bool = True) -> Route:
        """The way of one unit."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._roads, self._route, unit, to, incident, closed, siren)

    def _route(self, unit: Standing, to: Place, incident: str, closed: Closed, siren: bool) -> Route:
        roads, pace, hours = self.pacing.at(self.now())
        start, end = roads.snap(*unit[1:3]), roads.snap(to.lat, to.lon)
        far = max(start.distance_m, end.distance_m) > OFF_THE_MAP_M
        found = None if far else roads.route(start, end, siren=siren, closed=roads.closed_edges(list(closed)))
        if found is None:
            return straight_route(unit, to, incident, self.now())
        eta_s = float(found.eta_s) + pace.start_s[siren]
        sigma = float(pace.sigma(eta_s, hours, siren))
        travel = Travel("road", eta_s, float(found.length_m), *unit[1:], sigma, siren)
        points = tuple((float(lat), float(lon)) for lat, lon in found.points_deg)
        return _told(unit, incident, travel, points, tuple(found.streets), self.now())

    async def look(self) -> None:
        """See whether another pace was put in force."""
        await asyncio.get_running_loop().run_in_executor(self._roads, self.pacing.look)

    async def travels_from(self, unit: Standing, places: Mapping[str, Place], closed: Closed) -> dict[str, Travel]:
        """One unit's drive to each named place, without siren: a patient is aboard. One search."""

        def find() -> dict[str, Travel]:
            roads, pace, hours = self.pacing.at(self.now())
            ends = np.array([(place.lat, place.lon) for place in places.values()])
            times = roads.times_from(unit[1:3], ends, siren=False, closed=roads.closed_edges(list(closed)))
            drives = [(unit, place) for place in places.values()]
            return dict(zip(places, _drives(drives, times, pace, hours, siren=False), strict=True))

        return await asyncio.get_running_loop().run_in_executor(self._roads, find) if places else {}

    async def way(
        self, start: tuple[float, float], to: tuple[float, float], closed: Closed, *, siren: bool
    ) -> Way | None:
        """The way itself, with the seconds at each point; None when no road leads there."""

        def find() -> Way | None:
            roads = self.region.roads
            return roads.route(start, to, siren=siren, closed=roads.closed_edges(list(closed)))

        return await asyncio.get_running_loop().run_in_executor(self._roads, find)

    async def search(self, text: str, near: tuple[float, float] | None, limit: int) -> list[PlaceMatch]:
        """Places that `text` may mean, best first."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._words, lambda: self.region.places.search(text, near=near, limit=limit))
        return [_match(one) for one in found]

    async def nearest(self, lat: float, lon: float) -> PlaceMatch | None:
        """Words for a point."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._words, self.region.places.nearest, lat, lon)
        return _match(found) if found else None


def _match(found: Match) -> PlaceMatch:
    place = Place(found.lat, found.lon, found.text, found.kind, found.radius_m)
    return PlaceMatch(place, found.detail, found.how, found.confidence, found.doubts)


def _drives(
    ends: Sequence[tuple[Standing, Place]], times: Times, pace: Pace, hours: int, *, siren: bool
) -> list[Travel]:
    """Each drive with its range at the pace in force; where no road leads, as a line and marked so."""
    median_s = times.eta_s + pace.start_s[siren]
    sigma = pace.sigma(median_s, hours, siren)
    by_road = np.isfinite(times.eta_s) & (times.snap_m <= OFF_THE_MAP_M)
    rows = zip(ends, by_road.tolist(), median_s.tolist(), times.length_m.tolist(), sigma.tolist(), strict=True)
    return [
        Travel("road", eta_s, length_m, *unit[1:], spread, siren) if there else straight(unit, to, siren)
        for (unit, to), there, eta_s, length_m, spread in rows
    ]


def straight(unit: Standing, to: Place, siren: bool = True) -> Travel:
    """The drive as a line, marked as such. A line knows no siren; that nobody drives with one is said all the same."""
    eta_s, length_m = line_time((unit[1], unit[2]), (to.lat, to.lon))
    return Travel("line", eta_s, length_m, *unit[1:], LINE_SIGMA, siren)


def straight_route(unit: Standing, to: Place, incident: str, now: Instant) -> Route:
    """The way as a line, marked as such."""
    return _told(unit, incident, straight(unit, to), ((unit[1], unit[2]), (to.lat, to.lon)), (), now)


def _told(
    unit: Standing, incident: str, travel: Travel, points: Points, streets: tuple[str, ...], now: Instant
) -> Route:
    return Route(unit[0], incident, travel.basis, travel.eta_s, travel.length_m, points, streets, *stated(travel, now))
