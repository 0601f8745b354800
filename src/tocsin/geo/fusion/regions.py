"""Reports as densities over flat ground (one over square metres) that say how fine they must be looked at.

Two kinds: a measured place falls off as a normal distribution; a covered area is even inside and falls off steeply
outside, so that the stated share lies within. Age widens both. Knows no report by name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Flat: TypeAlias = tuple[float, float]


class Motion(NamedTuple):
    """A way to have moved since the reports: metres a second east and north, and how sharply that is known."""

    chance: float
    east_mps: float
    north_mps: float
    blur_mps: float


STILL = Motion(1.0, 0.0, 0.0, 0.0)


class Region(Protocol):
    """Where a report says that somebody is. Metres east and north of an origin that all regions share."""

    middle: Flat
    reach_m: float
    """Everything beyond is unlikely."""

    def density(self, east: Array, north: Array, motion: Motion = STILL) -> Array:
        """Chance for each square metre, if the caller has moved so since."""
        ...

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Which cells are too large for what this region has to say there."""
        ...


class Measured:
    """A normal distribution around a point: standard deviations along and across a bearing, `age_s` ago.

    `gone_m`: how far away the caller may be by now, where it is worth looking too.
    """

    def __init__(
        self, middle: Flat, along_m: float, across_m: float, turn_deg: float, age_s: float, gone_m: float
    ) -> None:
        self.middle = middle
        self._sigmas = along_m, across_m
        self._age_s = age_s
        self._gone_m = gone_m
        self._sin, self._cos = math.sin(math.radians(turn_deg)), math.cos(math.radians(turn_deg))
        self.reach_m = 5.0 * max(along_m, across_m) + 2.0 * gone_m

    def _axes(self, east: Array, north: Array) -> tuple[Array, Array]:
        x, y = east - self.middle[0], north - self.middle[1]
        return x * self._sin + y * self._cos, x * self._cos - y * self._sin

    def density(self, east: Array, north: Array, motion: Motion = STILL) -> Array:
        """Of where the caller was, carried on."""
        u, v = self._axes(east - motion.east_mps * self._age_s, north - motion.north_mps * self._age_s)
        blur_m = motion.blur_mps * self._age_s
        along, across = (math.hypot(sigma, blur_m) for sigma in self._sigmas)
        squares = (u / along) ** 2 + (v / across) ** 2
        density: Array = np.exp(-0.5 * squares) / (2.0 * math.pi * along * across)
        return density

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Half a standard deviation near the middle, one and a half further out; coarser where one may have gone."""
        u, v = (np.abs(axis) for axis in self._axes(east, north))
        half = 0.71 * size
        found = np.zeros(u.shape, dtype=np.bool_)
        for gone_m in {0.0, self._gone_m}:
            along, across = (math.hypot(sigma, 0.6 * gone_m) for sigma in self._sigmas)
            away = np.hypot(np.maximum(u - half, 0.0) / along, np.maximum(v - half, 0.0) / across)
            found |= (away < 2.8) & (size > 0.55 * min(along, across))
            found |= (away < 5.0) & (size > 1.5 * min(along, across))
        return found


class Covered:
    """An area with straight sides, even inside; `share` of the chance lies within, the rest just outside."""

    def __init__(self, corners: Sequence[Flat], share: float, drift_m: float) -> None:
        self._corners = np.array(corners, dtype=np.float64)
        ahead = np.roll(self._corners, -1, axis=0)
        self._edges = ahead - self._corners
        lengths = np.hypot(self._edges[:, 0], self._edges[:, 1])
        crossed = self._corners[:, 0] * ahead[:, 1] - ahead[:, 0] * self._corners[:, 1]
        area, around = max(1.0, abs(float(crossed.sum())) / 2.0), float(lengths.sum())
        out = area * (1.0 - share) / share
        # around·w + 2π·w² = out: what a fall-off of width w holds beyond the sides.
        width = (math.sqrt(around * around + 8.0 * math.pi * out) - around) / (4.0 * math.pi)
        self._width_m = math.hypot(max(width, 1.0), drift_m)
        self._level = 1.0 / (area + around * self._width_m + 2.0 * math.pi * self._width_m**2)
        self.middle = (float(self._corners[:, 0].mean()), float(self._corners[:, 1].mean()))
        far = np.hypot(self._corners[:, 0] - self.middle[0], self._corners[:, 1] - self.middle[1])
        self.reach_m = float(far.max()) + 5.0 * self._width_m
        self._grain_m = max(1.0, min(math.sqrt(area) / 14.0, 4.0 * area / max(around, 1.0) / 3.0))

    def outside_m(self, east: Array, north: Array) -> Array:
        """Distance to the area; 0 within it."""
        px, py = east[:, None] - self._corners[None, :, 0], north[:, None] - self._corners[None, :, 1]
        ex, ey = self._edges[:, 0][None, :], self._edges[:, 1][None, :]
        along = np.clip((px * ex + py * ey) / np.maximum(ex * ex + ey * ey, 1e-9), 0.0, 1.0)
        away = np.sqrt(((px - along * ex) ** 2 + (py - along * ey) ** 2).min(axis=1))
        above = py < 0.0
        crosses = above != np.roll(above, -1, axis=1)
        left = (px * ey - py * ex) * np.sign(ey) < 0.0
        inside = (crosses & left).sum(axis=1) % 2 == 1
        return np.where(inside, 0.0, away)

    def density(self, east: Array, north: Array, motion: Motion = STILL) -> Array:  # noqa: ARG002 - see the words
        """Even within, falling off outside; wide enough for a walk to be within its edge."""
        return self._level * np.exp(-self.outside_m(east, north) / self._width_m)

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Fine enough for its width, wherever it is."""
        large = size > self._grain_m
        found = np.zeros(east.shape, dtype=np.bool_)
        if large.any():
            near = self.outside_m(east[large], north[large]) < 0.71 * size[large] + self._width_m
            found[large] = near
        return found


class SetOff:
    """Where somebody is who was at one of a few spots (middle, share) and has set off since, `sigma_m` any way."""

    def __init__(self, spots: Sequence[tuple[Flat, float]], sigma_m: float) -> None:
        self._spots = spots
        self._sigma_m = sigma_m
        self.middle = spots[0][0]
        self.reach_m = max(math.dist(self.middle, spot) for spot, _ in spots) + 4.0 * sigma_m

    def density(self, east: Array, north: Array, motion: Motion = STILL) -> Array:  # noqa: ARG002 - it is one
        """A round hill around each spot."""
        total = np.zeros(east.shape)
        for (x, y), share in self._spots:
            total += share * np.exp(-((east - x) ** 2 + (north - y) ** 2) / (2.0 * self._sigma_m**2))
        density: Array = total / (2.0 * math.pi * self._sigma_m**2)
        return density

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Fine enough for its hills."""
        near = np.zeros(east.shape, dtype=np.bool_)
        for (x, y), _ in self._spots:
            near |= np.hypot(east - x, north - y) < 0.71 * size + 3.0 * self._sigma_m
        return near & (size > 0.6 * self._sigma_m)
