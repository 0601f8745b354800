"""The whole lesson: learn from most drives, prove it on the others, then learn from all of them.

A fifth of the incidents is held out before anything is looked at; the figures told are of those alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.learning.calibrate import calibrate
from tocsin.geo.learning.compose import Drives, composed
from tocsin.geo.learning.fit import fit
from tocsin.geo.pace import HOURS, MAP, Floats, Ints, Pace
from tocsin.geo.roads import Roads

HELD_OUT, FOLDS = 5, 4
"""One incident of five is held out; the spread is set by errors on quarters that the factors did not see."""
_Z = 1.6448536269514722
Some = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a pace foretold n drives: seconds of error, the share its 90 % ranges held, and their width."""

    n: int
    median_abs_s: float
    mean_abs_s: float
    sd_s: float
    bias_s: float
    """Mean of true minus median foretold: positive when drives took longer than foretold."""
    median_ratio: float
    """Median of true over foretold."""
    held: float
    below: float
    """Share of drives that were quicker than the whole range."""
    width_s: float
    """Median width of the ranges."""


@dataclass(frozen=True, slots=True)
class Study:
    """What was learned and what it is worth on held-out drives."""

    pace: Pace
    n: int
    no_road: int
    before: Score
    after: Score
    by_hours: dict[str, tuple[Score, Score]]
    by_length: dict[str, tuple[Score, Score]]
    by_siren: dict[str, tuple[Score, Score]]
    foretold_s: Floats
    true_s: Floats
    """Of the held-out drives, for a chart."""
    counts: Ints
    """(2, H) drives learned from, by siren and hours."""


def study(roads: Roads, drives: Drives, zone: str, told: Callable[[int], None] = lambda _n: None) -> Study | None:
    """Learn a pace from drives and judge it. None when fewer than a handful can be used.

    `told` hears how many of 2·n searches' worth are done.
    """
    hours = drives.hours(zone)
    map_s = composed(roads, drives, hours, MAP, told)
    usable: Some = np.isfinite(map_s.sum(axis=1))
    no_road = int((~usable).sum())
    drives, hours, map_s = drives.take(usable), hours[usable], map_s[usable]
    part = _dealt(drives.together, HELD_OUT)
    learn, test = part != HELD_OUT - 1, part == HELD_OUT - 1
    if learn.sum() < 2 * FOLDS or not test.any():
        return None
    first = fit(map_s[learn], hours[learn], drives.siren[learn], drives.seconds[learn], zone)
    # Again along the ways that are fastest at the pace just learned: they are not always the map's.
    again_s = composed(roads, drives, hours, first, told)
    again_s = np.where(np.isnan(again_s), map_s, again_s)
    judged = _taught(again_s, hours, drives, learn, zone)
    before = _Foretold.by(MAP, map_s, hours, drives, test)
    after = _Foretold.by(judged, again_s, hours, drives, test)
    apart = {
        "by_hours": {name: hours[test] == i for i, name in enumerate(HOURS)},
        "by_length": _lengths(before.median_s),
        "by_siren": {name: drives.siren[test] == i for i, name in enumerate(("without siren", "with siren"))},
    }
    tables = {
        name: {key: (before.score(mine), after.score(mine)) for key, mine in rows.items() if mine.any()}
        for name, rows in apart.items()
    }
    everything = np.ones(len(drives), np.bool_)
    counts = np.zeros((2, len(HOURS)), np.int64)
    np.add.at(counts, (drives.siren, hours), 1)
    return Study(
        _taught(again_s, hours, drives, everything, zone),
        len(drives),
        no_road,
        before.score(),
        after.score(),
        **tables,
        foretold_s=after.median_s,
        true_s=after.true_s,
        counts=counts,
    )


def _dealt(together: Ints, parts: int) -> Ints:
    """A number from 0 to parts − 1 for each drive: the same for all of one incident, as good as drawn, never drawn."""
    mixed = (together.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    return (mixed % np.uint64(parts)).astype(np.int64)


def _taught(seconds: Floats, hours: Ints, drives: Drives, which: Some, zone: str) -> Pace:
    """Factors from all of `which`, and the spread from errors on quarters that each time were left out."""
    x, h, s, y = seconds[which], hours[which], drives.siren[which], drives.seconds[which]
    fold = _dealt(drives.together[which] + 7, FOLDS * 16) % FOLDS
    median = np.zeros(len(y))
    for one in range(FOLDS):
        out = fold == one
        if out.any():
            median[out] = fit(x[~out], h[~out], s[~out], y[~out], zone).median_s(x[out], h[out], s[out])
    median = np.maximum(median, 1.0)
    error = np.log(y / median)
    pace = fit(x, h, s, y, zone)
    # Stops are only ever too long: the middle of the errors, not their mean, is what a median should meet.
    shift = float(np.median(error)) * len(y) / (len(y) + 20.0)
    longer = float(np.exp(shift))
    pace = replace(pace, factor=pace.factor * longer, start_s=(pace.start_s[0] * longer, pace.start_s[1] * longer))
    return calibrate(pace, error - shift, median * longer, h, s)


def _lengths(median_s: Floats) -> dict[str, Some]:
    edges = (0.0, 120.0, 240.0, 480.0, np.inf)
    names = ("under 2 min", "2-4 min", "4-8 min", "over 8 min")
    return {
        name: (median_s >= low) & (median_s < high)
        for name, low, high in zip(names, edges[:-1], edges[1:], strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Foretold:
    median_s: Floats
    sigma: Floats
    true_s: Floats

    @classmethod
    def by(cls, pace: Pace, seconds: Floats, hours: Ints, drives: Drives, which: Some) -> "_Foretold":
        h, s = hours[which], drives.siren[which]
        median = np.maximum(pace.median_s(seconds[which], h, s), 1.0)
        return cls(median, pace.sigma(median, h, s), drives.seconds[which])

    def score(self, which: Some | None = None) -> Score:
        take = np.ones(len(self.true_s), np.bool_) if which is None else which
        true, median, factor = self.true_s[take], self.median_s[take], np.exp(_Z * self.sigma[take])
        error, low, high = true - median, median / factor, median * factor
        return Score(
            len(true),
            float(np.median(np.abs(error))),
            float(np.abs(error).mean()),
            float(error.std()),
            float(error.mean()),
            float(np.median(true / median)),
            float(((true >= low) & (true <= high)).mean()),
            float((true < low).mean()),
            float(np.median(high - low)),
        )
