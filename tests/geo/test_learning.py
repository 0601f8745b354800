"""Learning a pace: the hidden truth is found, few drives and outliers count little, ranges hold."""

from __future__ import annotations

import numpy as np
import pytest

from tocsin.geo.learning.calibrate import calibrate
from tocsin.geo.learning.fit import fit
from tocsin.geo.learning.study import _dealt
from tocsin.geo.pace import GROUPS, HOURS, MAP, Pace

N = 4_000


def hidden(dice):
    factor = np.exp(dice.normal(0.2, 0.25, (1, 1, len(GROUPS))) + dice.normal(0.0, 0.15, (1, len(HOURS), 1)))
    return Pace(factor * np.array([1.1, 0.9])[:, None, None], (30.0, 12.0))


def drives(dice, n=N):
    seconds = dice.gamma(0.7, 60.0, (n, len(GROUPS)))
    return seconds, dice.integers(0, len(HOURS), n), dice.integers(0, 2, n)


def test_the_truth_is_found_through_noise_and_outliers():
    dice = np.random.default_rng(1)
    truth = hidden(dice)
    x, hours, siren = drives(dice)
    took = truth.median_s(x, hours, siren) * np.exp(dice.normal(0, 0.15, N))
    took[: N // 20] += dice.uniform(300, 1_200, N // 20)
    learned = fit(x, hours, siren, took, "UTC")
    error = np.abs(np.log(learned.factor / truth.factor))
    assert np.median(error) < 0.04
    assert error.max() < 0.25
    assert learned.start_s == pytest.approx(truth.start_s, abs=8)
    assert learned.zone == "UTC"


def test_no_drives_at_all_leave_the_map_as_it_is():
    none = np.zeros((0, len(GROUPS)))
    empty = np.zeros(0, np.int64)
    assert (fit(none, empty, empty, np.zeros(0), "UTC").factor == 1.0).all()


def test_a_few_drives_move_a_factor_a_little_and_many_move_it_there():
    dice = np.random.default_rng(2)
    by_n = {}
    for n in (1, 40, 3_000):
        x, hours, siren = drives(dice, n)
        took = 1.5 * x.sum(axis=1) * np.exp(dice.normal(0, 0.1, n))
        by_n[n] = float(np.median(fit(x, hours, siren, took, "UTC").factor))
    assert 1.0 < by_n[1] < by_n[40]
    assert by_n[1] < 1.4
    assert by_n[3_000] == pytest.approx(1.5, abs=0.05)


def test_hours_that_were_never_driven_borrow_from_the_others():
    dice = np.random.default_rng(3)
    x, _, siren = drives(dice)
    hours = np.zeros(N, np.int64)
    learned = fit(x, hours, siren, 1.4 * x.sum(axis=1), "UTC")
    assert 1.15 < float(np.median(learned.factor[:, 1:])) < 1.4


def test_without_a_single_drive_without_siren_the_siren_drives_teach_the_roads():
    dice = np.random.default_rng(4)
    x, hours, _ = drives(dice)
    learned = fit(x, hours, np.ones(N, np.int64), 1.4 * x.sum(axis=1), "UTC")
    assert 1.1 < float(np.median(learned.factor[0])) <= float(np.median(learned.factor[1]))


@pytest.mark.parametrize("tails", ["normal", "heavy"])
def test_ranges_hold_nine_of_ten_new_drives_whatever_the_errors_look_like(tails):
    dice = np.random.default_rng(5)
    n = 20_000
    median, (_, hours, siren) = dice.uniform(40, 1_200, n), drives(dice, n)
    noise = dice.normal(0, 1, n) if tails == "normal" else dice.standard_t(3, n)
    error = noise * np.sqrt(0.02 + 6 / median) * np.where(hours == 1, 1.5, 1.0)
    old = np.arange(n) < n // 2
    pace = calibrate(MAP, error[old], median[old], hours[old], siren[old])
    inside = np.abs(error) <= 1.6448536 * pace.sigma(median, hours, siren)
    assert inside[~old].mean() == pytest.approx(0.90, abs=0.01)
    for hour in range(len(HOURS)):
        assert inside[~old & (hours == hour)].mean() == pytest.approx(0.90, abs=0.025)
    for low, high in ((40, 150), (150, 500), (500, 1_200)):
        assert inside[~old & (median >= low) & (median < high)].mean() == pytest.approx(0.90, abs=0.025)


def test_the_prior_spread_stands_while_drives_are_few():
    five = np.full(5, 0.01)
    pace = calibrate(MAP, five, np.full(5, 300.0), np.zeros(5, int), np.ones(5, int))
    assert pace.floor[1] == pytest.approx(MAP.floor[1], rel=0.1)
    assert pace.floor[0] == MAP.floor[0]


def test_all_drives_of_one_incident_are_on_one_side_of_the_test():
    together = np.repeat(np.arange(500), 3)
    part = _dealt(together, 5)
    assert (part.reshape(-1, 3) == part.reshape(-1, 3)[:, :1]).all()
    assert np.bincount(part, minlength=5).min() > 200
