"""Coverage against its own meaning: every pattern of busy units tried one by one, and what one unit changes."""

from __future__ import annotations

from itertools import product
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.coverage import Cover, Layer, busy_fraction, cover_of, within, worths

SPOTS = ("a", "b", "c")
REACH = st.fixed_dictionaries({spot: st.sets(st.integers(0, 4)).map(lambda s: tuple(sorted(s))) for spot in SPOTS})
UNITS = st.lists(st.sampled_from(SPOTS), max_size=5)
COVERS = st.builds(
    lambda weights, near, far, busy: Cover(
        [w / 10 for w in weights],
        (Layer(near, [0.7 * one for one in worths(busy, 6)]), Layer(far, [0.3 * one for one in worths(busy, 6)])),
    ),
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
    REACH,
    REACH,
    st.sampled_from([0.0, 0.3, 0.8]),
)


def tried(cover: Cover, units, busy) -> float:
    """Expected demand with a free unit in reach, over every pattern of free and busy units."""
    total = 0.0
    for share, layer in zip((0.7, 0.3), cover.layers, strict=True):
        for free in product((True, False), repeat=len(units)):
            chance = 1.0
            for one in free:
                chance *= 1 - busy if one else busy
            reached = {place for unit, one in zip(units, free, strict=True) if one for place in layer.reach[unit]}
            total += share * chance * sum(cover.weight[place] for place in reached)
    return total


@settings(max_examples=60, deadline=None)
@given(COVERS, UNITS)
def test_expected_coverage_is_the_sum_over_all_patterns_of_busy_units(cover, units):
    busy = 1 - cover.layers[0].worth[0] / 0.7
    assert isclose(cover.expected(cover.counts(units)), tried(cover, units, busy), abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(COVERS, UNITS, st.sampled_from(SPOTS), st.sampled_from(SPOTS))
def test_gained_lost_and_moved_are_differences_of_expected(cover, units, spot, other):
    before = cover.counts(units)
    after = cover.counts([*units, spot])
    gain = cover.expected(after) - cover.expected(before)
    assert isclose(cover.gained(spot, before), gain, abs_tol=1e-9)
    assert isclose(cover.lost(spot, after), gain, abs_tol=1e-9)
    moved = cover.expected(cover.counts([*units, other])) - cover.expected(after)
    assert isclose(cover.moved(spot, other, after), moved, abs_tol=1e-9)
    assert after == cover.counts([*units, spot]), "asking changes nothing"


def test_a_place_at_the_very_limit_is_in_reach():
    assert within({"a": [60.0, 60.1, 0.0]}, 60.0) == {"a": (0, 2)}


def test_weights_become_shares_and_layers_keep_theirs():
    cover = cover_of([3.0, 1.0], {"a": [0.0, 100.0]}, [(50.0, 0.8), (200.0, 0.2)], 0.0, 2)
    assert cover.expected(cover.counts(["a"])) == pytest.approx(0.8 * 0.75 + 0.2)


@pytest.mark.parametrize(("erlang", "units", "busy"), [(3.0, 6, 0.5), (9.0, 3, 0.999), (1.0, 0, 0.999), (0.0, 4, 0.0)])
def test_busy_fraction_is_work_by_units_and_never_all_of_the_time(erlang, units, busy):
    assert busy_fraction(erlang, units) == busy
