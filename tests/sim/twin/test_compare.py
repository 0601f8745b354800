"""Differences of pairs and how sure they are; what is beaten by nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tocsin.sim.twin.compare import MEASURES, differences, pareto
from tocsin.sim.twin.figures import Figures, Ran, rank


def ran(name: str, seed: int, late: float, mean: float, response=None) -> Ran:
    figures = Figures(name, seed, 4, 4, late, mean, 5.0, 9.0, 11.0, None, 60.0, 0.0, 0.3, 0)
    response_s = np.array(response if response is not None else [1.0] * 4, float)
    return Ran(figures, response_s, np.zeros(4, np.int64), np.zeros(4, np.int64))


def test_the_interval_is_students_over_the_pairs():
    base = [ran("a", n, 0.10 + 0.02 * n, 7.0) for n in range(4)]
    other = [ran("b", n, 0.10 + 0.02 * n - gap, 7.0) for n, gap in enumerate((0.01, 0.02, 0.03, 0.02))]
    found = differences([base, other], [720.0, 720.0])
    late = found[0]
    assert [d.measure for d in found] == list(MEASURES)
    assert late.mean == pytest.approx(-0.02)
    half = 3.182446305284263 * np.std([0.01, 0.02, 0.03, 0.02], ddof=1) / math.sqrt(4)
    assert (late.low, late.high) == (pytest.approx(-0.02 - half), pytest.approx(-0.02 + half))
    assert late.sure
    assert not next(d for d in found if d.measure == "mean_min").sure


def test_with_one_seed_it_is_a_bootstrap_over_calls_and_says_so():
    dice = np.random.default_rng(1)
    slow = dice.exponential(600.0, 4_000)
    found = differences([[ran("a", 1, 0.3, 10.0, slow)], [ran("b", 1, 0.2, 8.0, slow - 30)]], [720.0, 720.0])
    by = {d.measure: d for d in found}
    assert by["mean_min"].how.startswith("bootstrap")
    assert by["mean_min"].low == pytest.approx(-0.5)
    assert by["late_share"].sure
    assert by["p90_min"].low is None


def test_only_what_nothing_beats_is_ringed():
    assert pareto([(1, 5), (2, 2), (3, 3), (2, 2)]) == [True, True, False, True]


def test_rank_is_the_smallest_that_enough_do_not_exceed():
    assert rank(np.array([5.0, 1.0, 3.0, 9.0]), 0.5) == 3.0
    assert rank(np.array([5.0, 1.0, 3.0, 9.0]), 0.9) == 9.0
