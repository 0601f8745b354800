"""How sure a stated area is, and what its radius would be at another confidence (RFC 7459). Refuses to know shapes.

RFC 7459 §4 gives the values, §5.4 the scaling. Where the distribution is unknown we scale as if it were the less
favourable of the two (docs/decisions/0061): rectangular when an area shrinks, normal when it grows.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import msgspec

Pdf: TypeAlias = Literal["normal", "rectangular", "unknown"]
DEFAULT_PERCENT = 95.0
"""RFC 5491 §5 and RFC 7459 §4: an area without a word about confidence is taken to hold the target in 95 % of cases."""


class Confidence(msgspec.Struct, frozen=True):
    """Chance, in percent, that the target is inside the area. `percent` None: the sender said that it does not know."""

    percent: float | None = DEFAULT_PERCENT
    pdf: Pdf = "unknown"
    stated: bool = False
    """False: nothing was said and 95 % is the standards' default."""


UNSTATED = Confidence()


def rescaled_radius_m(radius_m: float, confidence: Confidence, to_percent: float) -> float:
    """Radius of a circle that holds the target in `to_percent` of cases (0 < to_percent < 100), flat ground.

    A confidence that is unknown or at an end (0, 100) says nothing about the slope: the radius is returned as it was.
    """
    if not 0.0 < to_percent < 100.0:
        raise ValueError("to_percent lies between 0 and 100, both excluded")
    percent = confidence.percent
    if percent is None or not 0.0 < percent < 100.0:
        return radius_m
    shrinks = to_percent <= percent
    if confidence.pdf == "normal" or (confidence.pdf == "unknown" and not shrinks):
        return radius_m * _sigmas(to_percent) / _sigmas(percent)
    return radius_m * math.sqrt(to_percent / percent) if shrinks else radius_m


def sigma_m(radius_m: float, confidence: Confidence) -> float:
    """Standard deviation along one axis of the round normal distribution that fits this circle."""
    percent = confidence.percent if confidence.percent is not None else DEFAULT_PERCENT
    return radius_m / _sigmas(min(99.9, max(1.0, percent)))


def _sigmas(percent: float) -> float:
    """Radius, in standard deviations, of the circle that holds `percent` of a round normal (Rayleigh)."""
    return math.sqrt(-2.0 * math.log1p(-percent / 100.0))
