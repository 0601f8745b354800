"""Reports as densities over flat ground (one over square metres) that say how fine they must be looked at.

Two kinds: a measured place falls off as a normal distribution; a covered area is even inside and falls off steeply
outside, so that the stated share lies within. Age widens both. Knows no report by name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Flat: TypeAlias = tuple[float, float]


class Region(Protocol):
    """Where a report says that somebody is. Metres east and north of an origin that all regions share."""

    middle: Flat
    reach_m: float
    """Everything beyond is unlikely."""

    def density(self, east: Array, north: Array) -> Array:
        """Chance for each square metre."""
        ...

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Which cells are too large for what this region has to say there."""
        ...


class Measured:
    """A mixture of normal distributions around one point: (weight, standard deviations along and across)."""

    def __init__(self, middle: Flat, parts: Sequence[tuple[float, float, float]], turn_deg: float = 0.0) -> None:
        self.middle = middle
        self._parts = parts
        self._sin, self._cos = math.sin(math.radians(turn_deg)), math.cos(math.radians(turn_deg))
        self.reach_m = 5.0 * max(max(along, across) for _, along, across in parts)

    def _axes(self, east: Array, north: Array) -> tuple[Array, Array]:
        x, y = east - self.middle[0], north - self.middle[1]
        return x * self._sin + y * self._cos, x * self._cos - y * self._sin

    def density(self, east: Array, north: Array) -> Array:
        """Of the mixture."""
        u, v = self._axes(east, north)
        total = np.zeros_like(u)
        for weight, along, across in self._parts:
            squares = (u / along) ** 2 + (v / across) ** 2
            total += weight / (2.0 * math.pi * along * across) * np.exp(-0.5 * squares)
        return total

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Half a standard deviation near the middle, one and a half further out."""
        u, v = self._axes(east, north)
        found = np.zeros(u.shape, dtype=np.bool_)
        for _, along, across in self._parts:
            least = min(along, across)
            half = 0.71 * size
            away = np.hypot(np.maximum(np.abs(u) - half, 0.0) / along, np.maximum(np.abs(v) - half, 0.0) / across)
            found |= (away < 2.8) & (size > 0.55 * least)
            found |= (away < 5.0) & (size > 1.5 * least)
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

    def density(self, east: Array, north: Array) -> Array:
        """Even within, falling off outside."""
        return self._level * np.exp(-self.outside_m(east, north) / self._width_m)

    def coarse(self, east: Array, north: Array, size: Array) -> NDArray[np.bool_]:
        """Fine enough for its width, wherever it is."""
        large = size > self._grain_m
        found = np.zeros(east.shape, dtype=np.bool_)
        if large.any():
            near = self.outside_m(east[large], north[large]) < 0.71 * size[large] + self._width_m
            found[large] = near
        return found
