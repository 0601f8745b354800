"""Larson's hypercube against the book, against cases solved elsewhere, and its approximation against itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tocsin.sim.planning.hypercube import HypercubeError, approximate, corrections, exact
from tocsin.sim.planning.queueing import erlang_b

FILE = Path(__file__).parents[4] / "shared" / "oracles" / "queueing" / "hypercube.json"
CASES = json.loads(FILE.read_text("utf-8")) if FILE.exists() else []


def lines(case) -> bool:
    return case["cap"] == "inf"


@pytest.mark.skipif(not CASES, reason="the queueing truth is not beside this checkout (../shared/oracles/queueing)")
class TestAgainstTheOracle:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
    def test_states_workloads_and_dispatches_are_exact(self, case):
        found, told = exact(case["lam"], case["prefs"], case["mu"], line=lines(case)), case["exact"]
        assert np.abs(found.states - told["P"]).max() < 1e-9
        assert np.abs(found.busy - told["W"]).max() < 1e-9
        assert np.abs(found.sent - told["f"]).max() < 1e-9
        assert abs(found.waiting - told["PQ"]) < 1e-9

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
    def test_the_approximation_is_within_two_percent(self, case):
        rough = approximate(case["lam"], case["prefs"], case["mu"], line=lines(case))
        assert np.abs(rough.busy / case["exact"]["W"] - 1).max() < 0.02

    @pytest.mark.parametrize("case", [case for case in CASES if "book" in case], ids=lambda case: case["name"])
    def test_the_book(self, case):
        book, found = case["book"], exact(case["lam"], case["prefs"])
        assert found.busy == pytest.approx(book["workload"], abs=1e-4)
        assert found.all_busy == pytest.approx(book["PQprime"], abs=1e-4)
        served = found.sent.sum(axis=0)
        first = sum(found.sent[case["prefs"][atom][0], atom] for atom in range(len(served)))
        assert 1 - first == pytest.approx(book["interresponse"], abs=1e-4)
        assert corrections(3, 1.5, line=True) == pytest.approx(book["Q"], abs=1e-5)
        # The book stops sweeping early; to the end, its last digit moves by one.
        assert approximate(case["lam"], case["prefs"], sweeps=3).busy == pytest.approx(
            book["approx_workload"], abs=1e-4
        )
        assert approximate(case["lam"], case["prefs"]).busy == pytest.approx(book["approx_workload"], abs=2e-4)


def test_with_one_order_for_all_and_no_line_it_is_erlangs_loss():
    found = exact([1.0, 2.0], [[0, 1, 2], [2, 1, 0]], 1.0, line=False)
    assert found.all_busy == pytest.approx(erlang_b(3, 3.0))
    assert found.sent.sum() == pytest.approx(1 - erlang_b(3, 3.0))


def test_more_than_a_thousand_states_are_solved_sparsely_and_agree():
    dice = np.random.default_rng(3)
    lam, prefs = dice.random(15), [dice.permutation(11).tolist() for _ in range(15)]
    found = exact(lam.tolist(), prefs, 1.0)
    assert found.states.sum() + found.waiting == pytest.approx(1.0)
    assert found.busy.sum() == pytest.approx(lam.sum())


@pytest.mark.parametrize(
    ("lam", "prefs", "words"),
    [
        ([4.0], [[0, 1]], "more than 2 units can serve"),
        ([1.0], [[0, 0]], "names each unit once"),
        ([1.0, 1.0], [[0, 1]], "names each unit once"),
        ([0.0], [[0]], "positive"),
        ([1.0], [list(range(20))], "use the approximation"),
    ],
)
def test_what_cannot_be_solved_says_why(lam, prefs, words):
    with pytest.raises(HypercubeError, match=words):
        exact(lam, prefs)
