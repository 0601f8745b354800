"""Smooth noise over the plane from a seeded generator: a sum of plane waves, cheap and the same on every call."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class Noise:
    """A smooth field of about -1 to 1 whose largest features are `wavelength_m` across."""

    def __init__(self, rng: np.random.Generator, wavelength_m: float, octaves: int = 3) -> None:
        waves = []
        for octave in range(octaves):
            for _ in range(5):
                k = 2 * math.pi / wavelength_m * 2**octave * rng.uniform(0.6, 1.4)
                heading = rng.uniform(0, 2 * math.pi)
                waves.append((k * math.cos(heading), k * math.sin(heading), rng.uniform(0, 2 * math.pi), 0.5**octave))
        self._waves = waves
        self._norm = math.sqrt(sum(w[3] ** 2 for w in waves)) * 1.2

    def __call__(self, x: Any, y: Any) -> Any:
        """The field at x, y (scalars or arrays of one shape, metres)."""
        total = 0.0
        for kx, ky, phase, amplitude in self._waves:
            total = total + amplitude * np.sin(kx * x + ky * y + phase)
        return total / self._norm
