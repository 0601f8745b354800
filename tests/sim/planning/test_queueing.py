"""Closed forms against published values, and against the twin living through the same queue."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tocsin.sim.planning.queueing import erlang_b, erlang_c, nearest_distance, servers_for, st_paul_s
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.draws import Law
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import Closest, HomeBase


@pytest.mark.parametrize(
    ("servers", "offered", "lost", "waits"),
    [
        (1, 0.5, 0.33333333, 0.5),
        (2, 1, 0.2, 0.33333333),
        (3, 1.5, 0.13432836, 0.23684211),
        (5, 3, 0.11005435, 0.23615160),
        (10, 7, 0.07874088, 0.22173122),
        (20, 8, 0.00015899, 0.00026495),
        (50, 40, 0.01869067, 0.08695255),
    ],
)
def test_erlang_b_and_c(servers, offered, lost, waits):
    assert erlang_b(servers, offered) == pytest.approx(lost, abs=5e-9)
    assert erlang_c(servers, offered) == pytest.approx(waits, abs=5e-9)


def test_more_work_than_servers_means_everybody_waits_and_enough_servers_are_found():
    assert erlang_c(3, 3.0) == 1.0
    assert servers_for(7.0, 0.22173123) == 10
    assert servers_for(7.0, 0.2217) == 11


@pytest.mark.parametrize(
    ("distance_mi", "expected_s"), [(0.25, 97.932), (0.5, 138.496), (1, 197.517), (2, 309.028), (5, 643.561)]
)
def test_the_two_regime_travel_law(distance_mi, expected_s):
    assert st_paul_s(distance_mi) == pytest.approx(expected_s, abs=1e-3)


def test_the_two_regimes_meet_where_the_law_changes():
    assert st_paul_s(0.7712735431536174 - 1e-9) == pytest.approx(st_paul_s(0.7712735431536174 + 1e-9), abs=1e-5)


def test_halving_the_free_units_raises_the_mean_distance_by_the_root_of_two():
    """Units and calls anywhere on a plane without edges (a torus), straight-line distances."""
    dice = np.random.default_rng(5)

    def mean(units: int) -> tuple[float, float]:
        gap = np.abs(dice.random((4_000, 1, 2)) - dice.random((4_000, units, 2)))
        nearest = np.sqrt((np.minimum(gap, 1 - gap) ** 2).sum(axis=2)).min(axis=1)
        return float(nearest.mean()), float(nearest.std() / math.sqrt(len(nearest)))

    (many, many_sd), (few, few_sd) = mean(24), mean(12)
    assert few / many == pytest.approx(math.sqrt(2), abs=4 * (few_sd + math.sqrt(2) * many_sd) / many)
    assert many == pytest.approx(nearest_distance(1.0, 24), abs=4 * many_sd)


@pytest.mark.parametrize(
    "law",
    [
        Law("exponential", mean=30.0),
        Law("constant", mean=30.0),
        Law("lognormal", scale=30.0 / math.exp(0.5), sigma=1.0),
    ],
    ids=["exponential", "deterministic", "lognormal"],
)
def test_blocking_in_the_twin_is_erlangs_whatever_the_service_times(law):
    """Three units on one spot, nobody waits: only how long calls take on average decides how many are turned away."""
    servers, offered, n, batches = 3, 1.5, 9_000, 30
    dice = np.random.default_rng(11)
    at = np.cumsum(dice.exponential(30.0 / offered, n)) * 60
    scene_s = law.draw_s(dice, n)
    fleet = [TwinUnit(id_, 0) for id_ in unit_ids(servers)]
    twin = Twin(
        Ground(["here"], [0.0], [0.0], [[0.0]]), fleet, Closest(), HomeBase({u.id: 0 for u in fleet}), line=False
    )
    outcomes = twin.run([TwinCall(a, 0, s) for a, s in zip(at.tolist(), scene_s.tolist(), strict=True)])
    lost = np.array([not out.served for out in outcomes], float)
    parts = lost.reshape(batches, -1).mean(axis=1)
    assert abs(lost.mean() - erlang_b(servers, offered)) < 3 * parts.std(ddof=1) / math.sqrt(batches)
    assert 0.05 < lost.mean() < 0.25
