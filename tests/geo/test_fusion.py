"""Reports combined: near ones sharpen, a far one does not pull, contradictions stay visible, age widens."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Prism, Sphere
from tocsin.geo.fusion import Heard, fuse
from tocsin.geo.spread import from_flat, to_flat

HOME = (38.7, -9.1)
SURE = Confidence(68.0, "unknown", True)


def at(east: float, north: float, radius_m: float = 12.0) -> Circle:
    return Circle(*from_flat(*HOME, east, north), radius_m)


def aml(name: str = "L1", shape=None, **more) -> Heard:
    return Heard(name, "aml", shape or at(0, 0), SURE, **more)


def off(fused) -> float:
    return math.hypot(*to_flat(*HOME, fused.lat, fused.lon))


def test_nothing_comes_of_nothing():
    assert fuse([]) is None


def test_one_good_fix_is_a_spot_around_it():
    fused = fuse([aml()])
    assert off(fused) < 2
    assert 15 < fused.radius_m < 50
    assert (fused.certainty, fused.used, fused.disagree) == ("spot", ("L1",), ())


def test_a_far_off_word_does_not_pull_the_fix():
    fused = fuse([aml(), Heard("L2", "cell", at(300, 0, 2_000.0)), Heard("place", "spoken", at(5_000, 0, 60.0))])
    assert off(fused) < 5
    assert fused.disagree == ("place",)


def test_two_that_contradict_each_other_are_two_places_and_never_the_middle():
    fused = fuse([aml(), Heard("place", "spoken", at(3_000, 0, 60.0))])
    assert fused.certainty == "divided"
    assert len(fused.areas) == 2
    assert not 300 < off(fused) < 2_700


def test_repeats_of_one_handset_do_not_make_it_surer():
    one, four = fuse([aml()]), fuse([aml(f"L{n}", at(n, 0)) for n in range(4)])
    assert four.radius_m > 0.9 * one.radius_m
    assert len(four.used) == 1
    assert len(four.replaced) == 3


def test_an_old_fix_says_less_and_a_driver_is_further_away():
    areas = [fuse([aml(age_s=age, speed_mps=speed)]).radius_m for age, speed in ((0, None), (90, None), (90, 15.0))]
    assert areas[0] < areas[1] < areas[2]


def test_an_antenna_covers_its_sector_and_not_the_antenna_alone():
    fused = fuse([Heard("L1", "cell", ArcBand(*HOME, 500.0, 2_000.0, 120.0, 120.0), Confidence(95.0, "unknown", True))])
    ring = shapely.Polygon([to_flat(*HOME, *corner) for corner in fused.areas[0]])
    assert ring.contains(shapely.Point(0, -1_200))
    assert not ring.contains(shapely.Point(0, 1_200))
    assert fused.certainty == "wide"


corner = st.tuples(st.floats(-80, 80), st.floats(-180, 180))
length = st.floats(0, 100_000) | st.sampled_from([1e17, 1e308])
shapes = st.one_of(
    st.builds(Point, st.floats(-80, 80), st.floats(-180, 180)),
    st.builds(Circle, st.floats(-80, 80), st.floats(-180, 180), length),
    st.builds(Sphere, st.floats(-80, 80), st.floats(-180, 180), st.none(), length),
    st.builds(Ellipse, st.floats(-80, 80), st.floats(-180, 180), length, length, st.floats(-360, 360)),
    st.builds(ArcBand, st.floats(-80, 80), st.floats(-180, 180), length, length, st.floats(0, 360), st.floats(0, 360)),
    st.builds(Polygon, st.lists(corner, min_size=3, max_size=6).map(tuple)),
    st.builds(Prism, st.lists(corner, min_size=3, max_size=6).map(tuple), st.none(), length),
)
age = st.floats(-10, 1e6) | st.just(1e308)
speed = st.none() | st.floats(0, 300) | st.sampled_from([-5.0, 1e308])
heard = st.builds(
    Heard, st.uuids().map(str), st.sampled_from(["aml", "cell", "registered", "pidf_lo", "spoken", "map"]), shapes,
    st.builds(Confidence, st.none() | st.floats(0, 100), st.sampled_from(["normal", "rectangular", "unknown"])),
    st.sampled_from(["", "gnss", "Cell"]), age, speed,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(heard, min_size=1, max_size=4))
def test_whatever_is_reported_comes_to_something_that_can_be_drawn(reports):
    fused = fuse(reports)
    assert math.isfinite(fused.lat)
    assert math.isfinite(fused.lon)
    assert fused.radius_m >= 0
    assert fused.areas
    assert all(len(ring) >= 3 for ring in fused.areas)
    assert -90 <= fused.lat <= 90
    assert -180 <= fused.lon <= 180
    assert set(fused.used) | set(fused.replaced) == {report.id for report in reports}


@pytest.mark.parametrize("lon", [179.9999, -179.9999])
def test_across_the_date_line(lon):
    fused = fuse([aml(shape=Circle(0.0, lon, 200.0))])
    assert abs(abs(fused.lon) - 180) < 0.01
    assert max(at for _, at in fused.areas[0]) - min(at for _, at in fused.areas[0]) < 1
