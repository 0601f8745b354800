"""When a unit will be there: ranges and probabilities agree, and a position's age widens both."""

from __future__ import annotations

import math

import pytest
from tests.world import T0

from tocsin.domain.arrival import DRIFT_MOST_S, interval, p_within, spread_of, stated
from tocsin.domain.travel import Travel

NOW = T0 + 1_000


def drive(eta_s=300.0, sigma=0.3, age_s=None, basis="road"):
    return Travel(basis, eta_s, eta_s * 12, 38.7, -9.1, None if age_s is None else NOW - age_s, sigma)


def test_a_range_holds_the_median_and_its_ends_are_the_quantiles():
    travel = drive()
    low, high = interval(travel, NOW)
    assert (low, high) == pytest.approx((300 * math.exp(-1.6448536 * 0.3), 300 * math.exp(1.6448536 * 0.3)))
    assert p_within(travel, low, NOW) == pytest.approx(0.05)
    assert p_within(travel, 300, NOW) == pytest.approx(0.5)
    assert p_within(travel, high, NOW) == pytest.approx(0.95)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95, 0.999])
def test_any_share_can_be_asked_for(share):
    travel = drive(age_s=90)
    low, high = interval(travel, NOW, share)
    assert p_within(travel, high, NOW) - p_within(travel, low, NOW) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 2.0])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval(drive(), NOW, share)


def test_an_old_position_widens_the_range_on_both_sides_and_a_fresh_one_does_not():
    fresh, old, older = (interval(drive(age_s=age), NOW) for age in (5, 120, 600))
    assert fresh == interval(drive(), NOW)
    assert older[0] < old[0] < fresh[0]
    assert older[1] > old[1] > fresh[1]


def test_the_age_stops_counting_where_nobody_drives_on_without_a_word():
    day = 86_400
    assert spread_of(drive(age_s=day), NOW) == spread_of(drive(age_s=2 * day), NOW)
    assert spread_of(drive(age_s=day), NOW) == pytest.approx(math.sqrt(0.09 + math.log1p((DRIFT_MOST_S / 300) ** 2)))


def test_a_clock_ahead_of_ours_is_no_negative_age():
    assert interval(drive(age_s=-50), NOW) == interval(drive(), NOW)


def test_without_a_spread_nothing_is_stated_and_the_estimate_counts_as_exact():
    travel = drive(sigma=0.0, age_s=500)
    assert interval(travel, NOW) == (300, 300)
    assert stated(travel, NOW) == (None, None)
    assert [p_within(travel, s, NOW) for s in (299, 300, 301)] == [0, 1, 1]


def test_without_a_way_nobody_arrives():
    travel = drive(basis="none")
    assert p_within(travel, 1e9, NOW) == 0.0
    assert stated(travel, NOW) == (None, None)


def test_who_stands_there_is_there():
    travel = drive(eta_s=0.0, age_s=60)
    assert interval(travel, NOW) == (0, 0)
    assert p_within(travel, 0, NOW) == 1.0
    assert p_within(drive(), 0, NOW) == 0.0
    assert p_within(drive(), -1, NOW) == 0.0
