"""How wide a range must be to hold nine drives of ten: from errors on drives that the factors were not learned from.

The spread's two numbers minimise the pinball loss of the 90 % quantile (Koenker and Bassett 1978); what is left over in
an hour, and then over all, is taken out by the quantile itself (split conformal prediction, Vovk et al. 2005).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.pace import HOURS, Floats, Ints, Pace

Some = NDArray[np.bool_]
SHARE = 0.90
_Z = 1.6448536269514722  # Φ⁻¹(0.95): a symmetric range of this many sigmas holds SHARE of a normal law
_FLOORS = np.exp(np.linspace(np.log(0.04), np.log(0.9), 32))
_SHORTS = np.concatenate([[0.0], np.exp(np.linspace(np.log(0.5), np.log(120.0), 23))])
FEW = 60.0
"""With this many drives, what they say and what the prior says count the same."""
_MOST_USED = 20_000
_LEAST_CONFORMAL = 50


def calibrate(pace: Pace, error: Floats, median_s: Floats, hours: Ints, siren: Ints) -> Pace:
    """The pace with its spread set by `error`: the logarithm of true over median, of drives it did not learn from."""
    floor, short = list(pace.floor), list(pace.short_s)
    for side in (0, 1):
        mine = siren == side
        said = _two_numbers(np.abs(error[mine]), median_s[mine])
        if said is not None:
            trust = mine.sum() / (mine.sum() + FEW)
            floor[side] = float(np.sqrt(trust * said[0] ** 2 + (1 - trust) * pace.floor[side] ** 2))
            short[side] = float(trust * said[1] + (1 - trust) * pace.short_s[side])
    pace = replace(pace, floor=(floor[0], floor[1]), short_s=(short[0], short[1]), by_hours=(1.0,) * len(HOURS))
    by_hours = [_left_over(pace, error, median_s, hours, siren, hours == hour) for hour in range(len(HOURS))]
    pace = replace(pace, by_hours=tuple(by_hours))
    if len(error) >= _LEAST_CONFORMAL:
        over = _quantile(np.abs(error) / (_Z * pace.sigma(median_s, hours, siren)))
        pace = replace(pace, by_hours=tuple(one * over for one in by_hours))
    return pace


def _two_numbers(size: Floats, median_s: Floats) -> tuple[float, float] | None:
    """(floor, short_s) with the least pinball loss over a grid."""
    if not len(size):
        return None
    if len(size) > _MOST_USED:
        each = -(-len(size) // _MOST_USED)
        size, median_s = size[::each], median_s[::each]
    best, least = (0.0, 0.0), np.inf
    inverse = 1.0 / np.maximum(median_s, 10.0)
    for short in _SHORTS:
        over = size[:, None] - _Z * np.sqrt(_FLOORS**2 + short * inverse[:, None])
        loss = np.maximum(SHARE * over, (SHARE - 1) * over).mean(axis=0)
        if loss.min() < least:
            least, best = float(loss.min()), (float(_FLOORS[loss.argmin()]), float(short))
    return best


def _left_over(pace: Pace, error: Floats, median_s: Floats, hours: Ints, siren: Ints, mine: Some) -> float:
    """By how much the range of these hours must be stretched, drawn to 1 where they hold few drives."""
    n = int(mine.sum())
    if n == 0:
        return 1.0
    ratio = _quantile(np.abs(error[mine]) / (_Z * pace.sigma(median_s[mine], hours[mine], siren[mine])))
    return (n * ratio + FEW) / (n + FEW)


def _quantile(ratio: Floats) -> float:
    """The ⌈(n + 1) · SHARE⌉-th smallest: with exchangeable drives the next one lies below it with that chance."""
    rank = min(len(ratio), int(np.ceil((len(ratio) + 1) * SHARE)))
    return float(np.sort(ratio)[rank - 1])
