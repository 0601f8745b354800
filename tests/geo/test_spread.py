"""Shapes on the ground, checked against a second way of knowing: PROJ-free geometry by shapely and by plain numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon as Flat

from tocsin.facts.shapes import ArcBand, Circle, Ellipse, Ellipsoid, Point, Polygon, Prism, Shape, Sphere
from tocsin.geo.spread import from_flat, spread, to_flat

LATS, LONS = st.floats(-89, 89), st.floats(-180, 180)
LENGTHS = st.floats(1, 50_000)
ANGLES = st.floats(-360, 360)

SHAPES = st.one_of(
    st.builds(Circle, LATS, LONS, LENGTHS),
    st.builds(Sphere, LATS, LONS, st.none(), LENGTHS),
    st.builds(Ellipse, LATS, LONS, LENGTHS, LENGTHS, ANGLES),
    st.builds(Ellipsoid, LATS, LONS, st.floats(0, 100), LENGTHS, LENGTHS, LENGTHS, ANGLES),
    st.builds(ArcBand, LATS, LONS, LENGTHS, LENGTHS, ANGLES, st.floats(1, 360)),
)


def flat(shape: Shape, points: int = 720) -> Flat:
    """Outline in metres around the shape's best point."""
    seen = spread(shape, points)
    return Flat([to_flat(seen.lat, seen.lon, lat, lon) for lat, lon in seen.outline])


@given(LATS, LONS, st.floats(-100_000, 100_000), st.floats(-100_000, 100_000))
def test_metres_and_degrees_are_each_others_way_back(lat, lon, east_m, north_m):
    there = from_flat(lat, lon, east_m, north_m)
    assert to_flat(lat, lon, *there) == pytest.approx((east_m, north_m), abs=0.01)


def test_a_degree_of_latitude_is_as_long_as_on_the_ellipsoid():
    """110.574 km at the equator, 111.694 km at a pole: the textbook's figures for WGS 84."""
    assert to_flat(0.0, 10.0, 0.01, 10.0)[1] == pytest.approx(1105.74, abs=0.05)
    assert to_flat(89.99, 10.0, 89.98, 10.0)[1] == pytest.approx(-1116.94, abs=0.05)
    assert to_flat(0.0, 10.0, 0.0, 10.01)[0] == pytest.approx(1113.20, abs=0.05)


@given(SHAPES)
def test_the_circle_holds_the_whole_outline_and_no_more_than_it_must(shape):
    seen = spread(shape, 720)
    reach = [math.hypot(*to_flat(seen.lat, seen.lon, *corner)) for corner in seen.outline]
    assert max(reach) <= seen.radius_m * 1.003 + 0.01
    assert max(reach) >= seen.radius_m * 0.995 - 0.01


@given(SHAPES)
def test_area_and_best_point_are_those_of_the_outline(shape):
    seen, drawn = spread(shape, 720), flat(shape)
    assert seen.area_m2 == pytest.approx(drawn.area, rel=0.01, abs=50)
    if seen.area_m2 > 1_000:
        assert math.hypot(drawn.centroid.x, drawn.centroid.y) <= seen.radius_m * 0.01 + 0.5


def test_a_circle_of_a_kilometre_is_a_kilometre_in_all_directions():
    seen = spread(Circle(60.0, 25.0, 1000.0), 8)
    assert (seen.lat, seen.lon, seen.radius_m, len(seen.outline)) == (60.0, 25.0, 1000.0, 8)
    assert seen.area_m2 == pytest.approx(math.pi * 1e6)
    assert seen.outline[0] == pytest.approx((60.008976, 25.0), abs=1e-5)
    assert seen.outline[2] == pytest.approx((60.0, 25.017925), abs=3e-5)


def test_an_ellipse_points_where_it_says():
    seen = spread(Ellipse(0.0, 0.0, 1000.0, 10.0, 90.0), 8)
    assert seen.outline[0][0] == pytest.approx(0.0, abs=1e-9)
    assert seen.outline[0][1] > 0.008


def test_an_arc_band_is_not_where_the_antenna_is():
    """A quarter ring to the north-east, between 1 and 2 km: centroid by the formula of RFC 7459 §5.1.1."""
    seen = spread(ArcBand(40.0, -8.0, 1000.0, 2000.0, 0.0, 90.0))
    east_m, north_m = to_flat(40.0, -8.0, seen.lat, seen.lon)
    away = 4 / 3 * math.sin(math.pi / 4) * (1e6 + 2e6 + 4e6) / ((math.pi / 2) * 3000)
    assert (east_m, north_m) == pytest.approx((away * math.sqrt(0.5), away * math.sqrt(0.5)), rel=1e-3)
    assert seen.area_m2 == pytest.approx(math.pi / 4 * 3e6)


def test_a_polygon_has_the_middle_of_its_area_not_of_its_corners():
    square = [(0.0, 0.0), (0.0, 1000.0), (1000.0, 1000.0), (1000.0, 0.0), (1000.0, 1.0), (1000.0, 2.0)][:4]
    extra = [(0.0, 100.0), (0.0, 200.0), (0.0, 300.0)]
    ring = tuple(from_flat(40.0, -8.0, *corner) for corner in [square[0], *extra, *square[1:]])
    seen = spread(Prism(ring, 20.0, 3.0))
    assert to_flat(40.0, -8.0, seen.lat, seen.lon) == pytest.approx((500.0, 500.0), abs=0.2)
    assert seen.radius_m == pytest.approx(math.sqrt(0.5) * 1000, abs=0.5)
    assert seen.area_m2 == pytest.approx(1e6, rel=1e-3)


def test_a_shape_across_the_date_line_stays_in_one_piece():
    seen = spread(Polygon(((0.0, 179.9), (0.0, -179.9), (0.2, -179.9), (0.2, 179.9))))
    assert abs(seen.lon) == pytest.approx(180.0, abs=1e-6)
    assert max(lon for _, lon in seen.outline) - min(lon for _, lon in seen.outline) == pytest.approx(0.2)
    assert seen.radius_m < 16_000


def test_corners_in_a_line_have_a_middle_and_no_area():
    seen = spread(Polygon(((0.0, 0.0), (0.0, 0.1), (0.0, 0.2))))
    assert (seen.area_m2, seen.lat) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert seen.lon == pytest.approx(0.1)


def test_a_point_states_no_uncertainty():
    seen = spread(Point(1.0, 2.0))
    assert (seen.radius_m, seen.area_m2, seen.outline) == (0.0, 0.0, ())


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_a_pole_is_a_place_like_any_other(lat):
    reach = [abs(math.hypot(*to_flat(lat, 0.0, *corner))) for corner in spread(Circle(lat, 0.0, 500.0)).outline]
    assert reach == pytest.approx([500.0] * 64, abs=0.01)
