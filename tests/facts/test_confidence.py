"""Confidence, and what a radius is worth at another one (RFC 7459)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.facts.confidence import UNSTATED, Confidence, rescaled_radius_m, sigma_m

PERCENTS = st.floats(1, 99.5)


def test_nothing_said_is_95_percent_and_says_so():
    assert (UNSTATED.percent, UNSTATED.pdf, UNSTATED.stated) == (95.0, "unknown", False)


@pytest.mark.parametrize(
    ("pdf", "said", "wanted", "factor"),
    [
        ("normal", 39.3469, 86.4665, 2.0),  # one and two standard deviations of a round normal
        ("normal", 95.0, 68.0, math.sqrt(math.log(0.32) / math.log(0.05))),
        ("rectangular", 100.0 - 1e-9, 25.0, 0.5),  # a quarter of the area
        ("rectangular", 68.0, 95.0, 1.0),  # outside a rectangular area there is nothing to gain
        ("unknown", 95.0, 23.75, 0.5),  # shrinks as rectangular
        ("unknown", 39.3469, 86.4665, 2.0),  # grows as normal
    ],
)
def test_radius_at_another_confidence(pdf, said, wanted, factor):
    assert rescaled_radius_m(100.0, Confidence(said, pdf, True), wanted) == pytest.approx(100.0 * factor, rel=1e-5)


@given(PERCENTS, PERCENTS)
def test_unknown_is_never_more_favourable_than_either(said, wanted):
    unknown = rescaled_radius_m(100.0, Confidence(said, "unknown", True), wanted)
    others = [rescaled_radius_m(100.0, Confidence(said, pdf, True), wanted) for pdf in ("normal", "rectangular")]
    assert unknown >= max(others) - 1e-9


@pytest.mark.parametrize("percent", [None, 0.0, 100.0])
def test_a_confidence_that_says_nothing_changes_nothing(percent):
    assert rescaled_radius_m(100.0, Confidence(percent, "normal", True), 50.0) == 100.0


@pytest.mark.parametrize("wanted", [0.0, 100.0])
def test_no_radius_holds_nobody_or_everybody(wanted):
    with pytest.raises(ValueError):
        rescaled_radius_m(100.0, UNSTATED, wanted)


def test_sigma_is_what_the_circle_is_made_of():
    assert sigma_m(100.0, Confidence(39.3469, "normal", True)) == pytest.approx(100.0, rel=1e-5)
    assert sigma_m(100.0, Confidence(None, "unknown", True)) == pytest.approx(100.0 / math.sqrt(-2 * math.log(0.05)))
