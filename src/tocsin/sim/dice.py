"""Dice with names: each actor throws its own, so that one more throw here changes nothing there."""

from __future__ import annotations

import math
from random import Random


class Dice:
    """Random streams from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, *names: object) -> Random:
        """The stream with this name; the same seed and name, the same throws."""
        return Random("/".join(map(str, (self.seed, *names))))


def lognormal(dice: Random, median: float, sigma: float) -> float:
    """A draw with this median; two thirds of all lie within a factor of exp(sigma). Response times look like this."""
    return median * math.exp(dice.gauss(0.0, sigma))
