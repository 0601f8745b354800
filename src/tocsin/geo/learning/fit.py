"""Factors on the map's seconds from measured drives: a robust regression that stays near 1 where drives are few.

log seconds = log(start + Σ factor(group, hours, siren) · map seconds) + error, the error Student's t (4 degrees of
freedom), so that a crew that stopped or pressed its button late counts little (Lange, Little and Taylor 1989, Robust
statistical modeling using the t distribution). Each factor is e to a sum of effects, each drawn to 0 by a normal
prior: hours and classes that were seldom driven borrow from those that were driven often.
"""

import numpy as np

from tocsin.geo.pace import GROUPS, HOURS, ROAD_FLOOR, ROAD_SHORT_S, SHORTEST_S, Floats, Ints, Pace

_G, _H = len(GROUPS), len(HOURS)
FREEDOM = 4.0
"""Degrees of freedom of the error's law: small enough that one drive of ten minutes too many moves nothing."""
START_SD_S = 20.0
"""How long getting out and finding the door may take besides the drive."""
_PRIOR_SD = (
    (0.35, 1),  # everything
    (0.4, _G),  # by group
    (0.3, _H),  # by hours
    (0.15, _H * _G),  # by group in these hours
)
_SIREN_SD = ((0.2, 1), (0.15, _G), (0.15, _H))
"""The same three again for each way of driving: what the two do not share."""
_SCALE_SEEN = 20.0
"""The prior's spread of errors counts as this many drives: three that agree by chance prove nothing."""
_ROUNDS, _SETTLED, _MOST_STEP = 60, 1e-5, 0.5
_LEAST_FACTOR, _MOST_FACTOR = 0.2, 5.0


def fit(seconds: Floats, hours: Ints, siren: Ints, measured_s: Floats, zone: str) -> Pace:
    """A Pace from n drives: (n, G) map seconds, kinds of hour, siren 0 or 1, and what they took.

    The spread is the prior's: `calibrate` finds it. With no drives at all the answer is the map's own pace.
    """
    design, weight = _design(), _prior_weight()
    theta = np.zeros(design.shape[2] + 2)
    scale2 = 1.0
    shape2 = ROAD_FLOOR**2 + ROAD_SHORT_S / np.maximum(measured_s, SHORTEST_S)
    for _ in range(_ROUNDS if len(measured_s) else 0):
        factor, start = _unpack(theta, design)
        drive = factor[siren, hours] * seconds
        median = np.maximum(drive.sum(axis=1) + start[siren], 1.0)
        error = np.log(measured_s / median)
        counts = (FREEDOM + 1) / (FREEDOM + error**2 / (scale2 * shape2))
        scale2 = float((np.sum(counts * error**2 / shape2) + _SCALE_SEEN) / (len(error) + _SCALE_SEEN))
        jacobian = _jacobian(drive / median[:, None], design, hours, siren, 1.0 / median)
        counts = counts / (scale2 * shape2)
        normal = (jacobian.T * counts) @ jacobian + np.diag(weight)
        step = np.linalg.solve(normal, jacobian.T @ (counts * error) - weight * theta)
        theta = theta + _tamed(step)
        theta[-2:] = np.maximum(theta[-2:], 0.0)
        if np.abs(step).max() < _SETTLED:
            break
    factor, start = _unpack(theta, design)
    return Pace(factor, (float(start[0]), float(start[1])), zone=zone)


def _tamed(step: Floats) -> Floats:
    """A first step from far away overshoots on a curve: no effect moves by more than half a logarithm at once."""
    return np.asarray(step * min(1.0, _MOST_STEP / np.abs(step[:-2]).max(initial=1e-12)), np.float64)


def _design() -> Floats:
    """(2·H, G, P): which effects make up each factor."""
    common = 1 + _G + _H + _H * _G
    own = 1 + _G + _H
    made = np.zeros((2 * _H, _G, common + 2 * own))
    for siren in range(2):
        at = common + siren * own
        for hour in range(_H):
            for group in range(_G):
                row = made[siren * _H + hour, group]
                row[[0, 1 + group, 1 + _G + hour, 1 + _G + _H + hour * _G + group]] = 1.0
                row[[at, at + 1 + group, at + 1 + _G + hour]] = 1.0
    return made


def _prior_weight() -> Floats:
    sds = [sd for sd, n in (*_PRIOR_SD, *_SIREN_SD, *_SIREN_SD) for _ in range(n)]
    return 1.0 / np.array([*sds, START_SD_S, START_SD_S]) ** 2


def _unpack(theta: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Factors (2, H, G) and start seconds (2,)."""
    logs = design @ theta[:-2]
    return np.clip(np.exp(logs), _LEAST_FACTOR, _MOST_FACTOR).reshape(2, _H, _G), theta[-2:]


def _jacobian(share: Floats, design: Floats, hours: Ints, siren: Ints, per_start: Floats) -> Floats:
    """(n, P + 2): how the logarithm of each median moves with each effect, and with the start seconds."""
    cell = siren * _H + hours
    out = np.zeros((len(share), design.shape[2] + 2))
    for group in range(_G):
        out[:, :-2] += share[:, group, None] * design[cell, group]
    out[np.arange(len(share)), design.shape[2] + siren] = per_start
    return out
