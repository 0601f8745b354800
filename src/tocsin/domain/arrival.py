"""When a unit will be there, as a range, and how likely it is in time. Pure: the drive is handed in as numbers.

The true time of a drive is taken as lognormal around its median, as measured on ambulances (Budge, Ingolfsson and Zerom
2010, Management Science 56:716). What the unit may have driven since it last reported widens it further.
"""

from __future__ import annotations

import math

from tocsin.domain.travel import Travel
from tocsin.facts.values import Instant

SHARE = 0.90
"""The share of drives that a stated range is meant to hold."""
_Z_OF_SHARE = 1.6448536269514722  # Φ⁻¹(0.95)
DRIFT = 0.4
"""Seconds of spread for each second since the last report: it was driving a third of the time, in any direction."""
FRESH_S = 15.0
"""A unit that drives reports at least this often: up to this age a position is where it is."""
DRIFT_MOST_S = 300.0
"""Nobody who is free drives away for longer than this without a word."""


def interval(travel: Travel, now: Instant, share: float = SHARE) -> tuple[float, float]:
    """(low, high) in seconds from now that hold the central `share` of such drives. With sigma 0: the median twice."""
    spread = spread_of(travel, now)
    factor = math.exp(_z(share) * spread)
    return travel.eta_s / factor, travel.eta_s * factor


def p_within(travel: Travel, limit_s: float, now: Instant) -> float:
    """P(drive ≤ `limit_s` seconds), 0 to 1. With sigma 0 the estimate counts as exact; without a way it is 0."""
    if travel.basis == "none" or limit_s < 0:
        return 0.0
    spread = spread_of(travel, now)
    if spread == 0.0 or travel.eta_s <= 0.0:
        return 1.0 if travel.eta_s <= limit_s else 0.0
    if limit_s == 0.0:
        return 0.0
    return 0.5 * math.erfc(-math.log(limit_s / travel.eta_s) / (spread * math.sqrt(2.0)))


def stated(travel: Travel, now: Instant) -> tuple[float | None, float | None]:
    """The range to write beside the median, in whole tenths; (None, None) where none is known."""
    if travel.basis == "none" or travel.sigma <= 0.0:
        return None, None
    low_s, high_s = interval(travel, now)
    return round(low_s, 1), round(high_s, 1)


def spread_of(travel: Travel, now: Instant) -> float:
    """Standard deviation of the drive's logarithm, the age of its position included. 0 when no range is stated."""
    if travel.sigma <= 0.0:
        return 0.0
    age_s = 0.0 if travel.position_at is None else now - travel.position_at - FRESH_S
    if age_s <= 0.0 or travel.eta_s <= 0.0:
        return travel.sigma
    drift_s = min(DRIFT * age_s, DRIFT_MOST_S)
    # The lognormal whose coefficient of variation is drift over median.
    return math.sqrt(travel.sigma**2 + math.log1p((drift_s / travel.eta_s) ** 2))


def _z(share: float) -> float:
    """Standard deviations on both sides of the median that hold `share` of a normal law."""
    if share == SHARE:
        return _Z_OF_SHARE
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    low, high = 0.0, 40.0
    while high - low > 1e-12 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle / math.sqrt(2.0)) < share else (low, middle)
    return low
