"""Pace: roads scaled by class and hour answer as the scaled weights say, and a drive's seconds add up by group."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.geo.graph import save
from tocsin.geo.learning.compose import ASIDE_M, Drives, composed
from tocsin.geo.pace import GROUPS, HOURS, MAP, Pace, hours_of
from tocsin.geo.paced import paced
from tocsin.geo.roads import Roads
from tocsin.geo.snapping import Snaps

from .maps import Map, cross, place
from .test_travel import oracle, towns


def some_pace(dice: np.random.Generator) -> Pace:
    return Pace(dice.uniform(0.5, 2.0, (2, len(HOURS), len(GROUPS))))


def some_drives(start, end, siren=True) -> Drives:
    n = len(start)
    return Drives(start, end, np.ones(n), np.zeros(n), np.full(n, int(siren)), np.arange(n))


@settings(max_examples=25)
@given(towns(), st.booleans(), st.integers(0, 5))
def test_a_search_at_a_pace_matches_scipy_on_the_scaled_weights(tmp_path_factory, town, siren, n_closed):
    made, seed = town
    dice = np.random.default_rng(seed + 2)
    plain = made.roads(tmp_path_factory.mktemp("town"))
    roads = paced(plain, some_pace(dice).factor[:, 1])
    assert roads.graph.time_s(siren=siren).sum() != plain.graph.time_s(siren=siren).sum()
    points = np.array([place(*dice.uniform(-50, 500, 2)) for _ in range(4)])
    target = tuple(place(*dice.uniform(-50, 500, 2)))
    closed = {int(e) for e in dice.integers(len(roads.graph.edge_piece), size=n_closed)}
    end = roads.snap_many([target])
    to = roads.times_to(target, points, siren=siren, closed=closed)
    back = roads.times_from(target, points, siren=siren, closed=closed)
    for i, point in enumerate(points):
        one = Snaps.of([roads.snap(*point)])
        assert to.eta_s[i] == pytest.approx(oracle(roads, one, end, siren, closed), rel=1e-6)
        assert back.eta_s[i] == pytest.approx(oracle(roads, end, one, siren, closed), rel=1e-6)


@settings(max_examples=25)
@given(towns(), st.booleans())
def test_the_seconds_of_a_drive_add_up_by_group_along_the_way_that_is_fastest_at_the_pace(
    tmp_path_factory, town, siren
):
    made, seed = town
    dice = np.random.default_rng(seed + 3)
    roads, pace, n = made.roads(tmp_path_factory.mktemp("town")), some_pace(dice), 8
    points = np.array([place(*dice.uniform(-50, 500, 2)) for _ in range(n + 2)])
    drives = Drives(
        points[[0, 1] * (n // 2)], points[2:], np.ones(n), np.zeros(n), np.full(n, int(siren)), np.arange(n)
    )
    hours = np.full(n, 2)
    seconds = composed(roads, drives, hours, pace)
    at_pace = paced(roads, pace.factor[:, 2])
    aside = np.maximum(roads.snap_many(drives.origin).distance_m, roads.snap_many(drives.target).distance_m) > ASIDE_M
    for i in range(n):
        eta_s = at_pace.times_from(tuple(drives.origin[i]), drives.target[i : i + 1], siren=siren).eta_s[0]
        if np.isfinite(eta_s) and not aside[i]:
            assert pace.median_s(seconds[i : i + 1], hours[:1], drives.siren[:1])[0] == pytest.approx(eta_s, rel=1e-5)
            assert (seconds[i] >= 0).all()
        else:
            assert np.isnan(seconds[i]).all()


def test_seconds_go_to_the_class_of_the_road_and_to_the_junction(tmp_path):
    made = Map({1: (0, 0), 2: (1000, 0), 3: (1000, 600), 4: (1000, -200)})
    made.way(1, 2, highway="primary")
    made.way(2, 3, highway="residential")
    made.way(2, 4, highway="residential")
    roads = made.roads(tmp_path)
    at = np.array([place(0, 0), place(1000, 600)])
    seconds = composed(roads, some_drives(at[:1], at[1:]), np.zeros(1, int))[0]
    told = dict(zip(GROUPS, seconds.tolist(), strict=True))
    assert told["primary"] == pytest.approx(1000 / (60 * 1.25 / 3.6), rel=0.01)
    assert told["residential"] == pytest.approx(600 / (28 * 1.15 / 3.6), rel=0.01)
    assert told["junctions"] == pytest.approx(3.0, abs=0.1)
    assert sum(told.values()) == pytest.approx(told["primary"] + told["residential"] + told["junctions"])


def test_a_drive_far_from_every_road_tells_nothing(tmp_path):
    at = np.array([place(0, 0), place(5_000, 5_000)])
    for start, end in ((0, 1), (1, 0)):
        one = some_drives(at[[start]], at[[end]])
        assert np.isnan(composed(cross().roads(tmp_path), one, np.zeros(1, int))).all()


def test_the_map_at_its_own_pace_is_the_map_itself(tmp_path):
    roads = cross().roads(tmp_path)
    assert paced(roads, MAP.factor[:, 0]) is roads


@pytest.mark.parametrize(
    ("local", "hours"),
    [
        ("2026-03-04T05:59", "night"), ("2026-03-04T06:00", "morning"), ("2026-03-04T10:00", "midday"),
        ("2026-03-04T15:00", "afternoon"), ("2026-03-04T19:00", "evening"), ("2026-03-04T22:00", "night"),
        ("2026-03-07T08:00", "weekend"), ("2026-03-08T21:59", "weekend"), ("2026-03-07T23:00", "night"),
        ("2026-07-06T08:00", "morning"),
    ],
)  # fmt: skip
def test_hours_are_those_of_the_zone_summer_and_winter(local, hours):
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Lisbon")).timestamp()
    assert HOURS[hours_of(at, "Europe/Lisbon")] == hours


def test_short_drives_are_less_sure_than_long_ones():
    sigma = MAP.sigma([5, 60, 300, 3_000], 0, 1)
    assert (np.diff(sigma) < 0).all()
    assert sigma[-1] == pytest.approx(0.257, abs=0.001)


def test_roads_at_a_pace_are_of_the_kind_that_the_search_was_compiled_for(tmp_path):
    """Else the first order after an hour has changed would wait for a compiler."""
    save(cross().built(tmp_path).graph, tmp_path / "roads")
    plain = Roads.open(tmp_path / "roads").graph
    made = paced(Roads(plain), np.full((2, len(GROUPS)), 1.5)).graph
    for name in ("in_row", "out_row", "in_arc", "out_arc"):
        one, other = getattr(plain, name), getattr(made, name)
        assert (one.flags.writeable, one.flags.c_contiguous) == (other.flags.writeable, other.flags.c_contiguous)
    assert not plain.in_row.flags.writeable
