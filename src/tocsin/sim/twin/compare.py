"""Scenarios against the first of them, seed by seed: paired differences and how sure they are. Knows figures only.

The same seed gives every scenario the same calls, so the difference of a pair is far surer than that of means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import stats

from tocsin.sim.twin.figures import Figures, Ran

MEASURES: dict[str, str] = {
    "late_share": "late share",
    "mean_min": "mean response, min",
    "p90_min": "90th percentile, min",
    "relocation_min_per_unit_day": "relocation, min a unit and day",
}
"""What is compared; less is better in each."""
RESAMPLES = 2_000


class Difference(msgspec.Struct, frozen=True):
    """`scenario` minus `against`, mean over the seeds, with the 95 % interval of a paired t test (Student 1908).

    With one seed the interval is a bootstrap over calls (Efron 1979) for late share and mean, and absent otherwise.
    """

    scenario: str
    against: str
    measure: str
    mean: float
    low: float | None
    high: float | None
    how: str
    n: int

    @property
    def sure(self) -> bool:
        """The interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def differences(runs: Sequence[Sequence[Ran]], limit_s: Sequence[float]) -> list[Difference]:
    """`runs[scenario][seed]`, the first scenario being what the others are held against."""
    out = []
    for nth, other in enumerate(runs[1:], 1):
        for measure in MEASURES:
            if len(other) > 1:
                out.append(_paired(runs[0], other, measure))
            else:
                out.append(_resampled(runs[0][0], other[0], measure, (limit_s[0], limit_s[nth])))
    return out


def _value(figures: Figures, measure: str) -> float:
    return float(getattr(figures, measure))


def _paired(base: Sequence[Ran], other: Sequence[Ran], measure: str) -> Difference:
    gaps = np.array([_value(b.figures, measure) - _value(a.figures, measure) for a, b in zip(base, other, strict=True)])
    n, mean = len(gaps), float(gaps.mean())
    half = float(stats.t.ppf(0.975, n - 1) * gaps.std(ddof=1) / math.sqrt(n))
    names = other[0].figures.scenario, base[0].figures.scenario
    return Difference(*names, measure, mean, mean - half, mean + half, "paired t over seeds", n)


def _resampled(base: Ran, other: Ran, measure: str, limit_s: tuple[float, float]) -> Difference:
    names = other.figures.scenario, base.figures.scenario
    mean = _value(other.figures, measure) - _value(base.figures, measure)
    same = len(base.response_s) == len(other.response_s)
    if measure == "late_share":
        gaps = (other.response_s > limit_s[1]).astype(float) - (base.response_s > limit_s[0]) if same else None
    elif measure == "mean_min" and same:
        gaps = (other.response_s - base.response_s) / 60
    else:
        gaps = None
    if gaps is None or not np.isfinite(gaps).all():
        return Difference(*names, measure, mean, None, None, "one seed: no interval", 1)
    # Whole stretches are drawn again, not single calls: a bad hour makes many calls late together.
    length = max(1, round(len(gaps) ** 0.5))
    blocks = np.array([part.mean() for part in np.array_split(gaps, max(1, len(gaps) // length))])
    dice = np.random.default_rng(1)
    means = blocks[dice.integers(0, len(blocks), (RESAMPLES, len(blocks)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    return Difference(*names, measure, mean, low, high, "bootstrap over stretches of calls, one seed", len(gaps))


def summary(runs: Sequence[Ran]) -> dict[str, float]:
    """Means over the seeds of what is compared."""
    return {measure: float(np.mean([_value(ran.figures, measure) for ran in runs])) for measure in MEASURES}


def pareto(points: Sequence[Sequence[float]]) -> list[bool]:
    """For each point whether no other is at least as good (less) in all and better in one."""
    return [
        not any(
            all(q <= p for p, q in zip(point, other, strict=True))
            and any(q < p for p, q in zip(point, other, strict=True))
            for other in points
        )
        for point in points
    ]
