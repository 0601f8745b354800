"""Calls by the rate of the hour and the share of the place; the same seed gives the same calls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tocsin.sim.twin.demand import HOURS, MONDAY, Service, draw_calls, fit, hour_of_week, level, part_of
from tocsin.sim.twin.draws import Law

SERVICE = Service(Law("lognormal", scale=37.0, sigma=0.38, shift=-10.01, most=88.0), Law("exponential", mean=20.0))


def test_the_same_seed_gives_the_same_calls_and_another_gives_others():
    demand = level(6.0, [1.0, 2.0])
    one, same, other = (draw_calls(demand, SERVICE, seed, 50, MONDAY) for seed in (3, 3, 4))
    assert one == same != other
    assert all(call.at > MONDAY for call in one)


def test_calls_come_as_often_as_the_hour_says():
    by_hour = [0.0] * 8 + [3.0] * 8 + [1.0] * 8
    calls = draw_calls(level(4.0, [1.0], by_hour), SERVICE, 1, 20_000, MONDAY + 5 * 3600)
    counts = np.bincount([hour_of_week(call.at) % 24 for call in calls], minlength=24)
    assert counts[:8].sum() == 0
    assert counts[8:16].sum() / counts[16:].sum() == pytest.approx(3.0, rel=0.05)
    hours = (calls[-1].at - calls[0].at) / 3600
    assert len(calls) / hours == pytest.approx(4.0, rel=0.03)


def test_local_hours_are_kept_in_another_zone():
    by_hour = [0.0] * 12 + [1.0] + [0.0] * 11
    calls = draw_calls(level(1.0, [1.0], by_hour), SERVICE, 1, 200, MONDAY, offset_s=7_200.0)
    assert {hour_of_week(call.at) % 24 for call in calls} == {10}


def test_laws_have_their_means_and_keep_their_limits():
    dice = np.random.default_rng(1)
    drawn = SERVICE.scene.draw_s(dice, 40_000) / 60
    assert drawn.max() <= 88.0
    assert drawn.min() >= 0.0
    assert Law("weibull", scale=18.0, shape=1.5).draw_s(dice, 40_000).mean() / 60 == pytest.approx(
        18.0 * math.gamma(1 + 1 / 1.5), rel=0.02
    )
    assert Law("exponential", mean=12.0).draw_s(dice, 40_000).mean() / 60 == pytest.approx(12.0, rel=0.03)
    assert set(Law("constant", mean=5.0).draw_s(dice, 3).tolist()) == {300.0}


def test_a_fit_finds_again_the_hours_and_places_it_was_drawn_from():
    by_hour = [1.0] * 12 + [3.0] * 12
    calls = draw_calls(level(10.0, [1.0, 3.0], by_hour), SERVICE, 2, 60_000, MONDAY)
    found = fit([call.at for call in calls], [call.node for call in calls], 2)
    rate = found.per_hour.reshape(7, 24)
    assert rate[:, 2:10].mean() == pytest.approx(5.0, rel=0.04)
    assert rate[:, 14:22].mean() == pytest.approx(15.0, rel=0.04)
    assert found.share[:, 1] == pytest.approx([0.75] * 4, abs=0.02)
    assert len(found.per_hour) == HOURS


def test_a_place_that_is_busy_at_night_is_busy_at_night():
    calls = [(MONDAY + day * 86_400 + hour * 3_600.0, int(hour >= 7)) for day in range(70) for hour in range(24)]
    found = fit([at for at, _ in calls], [node for _, node in calls], 2)
    night, day = found.share[part_of(2)], found.share[part_of(12)]
    assert night[0] > 0.7 > 0.3 > day[0]
