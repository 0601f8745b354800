"""Service times by the law a scenario names, in minutes, many at a time. Reads no file, knows no calls."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law of minutes. constant and exponential take `mean`; lognormal `scale` (its median) and `sigma`; weibull
    `scale` and `shape`. `shift` is added, what falls below 0 is 0, and what exceeds `most` is drawn again.
    """

    law: Literal["constant", "exponential", "lognormal", "weibull"] = "constant"
    mean: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    scale: Positive = 1.0
    sigma: Positive = 1.0
    shape: Positive = 1.0
    shift: float = 0.0
    most: Positive | None = None

    def draw_s(self, dice: np.random.Generator, count: int) -> Floats:
        """`count` draws, in seconds."""
        out = self._draw(dice, count)
        if self.most is not None:
            for _ in range(200):
                over = out > self.most
                if not over.any():
                    break
                out[over] = self._draw(dice, int(over.sum()))
            out = np.minimum(out, self.most)
        return np.maximum(out, 0.0) * 60.0

    def _draw(self, dice: np.random.Generator, count: int) -> Floats:
        if self.law == "exponential":
            out = dice.exponential(self.mean, count)
        elif self.law == "lognormal":
            out = dice.lognormal(np.log(self.scale), self.sigma, count)
        elif self.law == "weibull":
            out = self.scale * dice.weibull(self.shape, count)
        else:
            out = np.full(count, self.mean)
        return np.asarray(out + self.shift)
