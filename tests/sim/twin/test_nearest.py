"""The nearest point by squares is the nearest point by looking at all of them, ties included."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tocsin.sim.twin.nearest import Nearest

NUMBERS = st.one_of(st.integers(-5, 5).map(float), st.floats(-1e5, 1e5, allow_subnormal=False))
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40)


@given(POINTS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_whatever_the_points_the_first_of_the_nearest_is_found(points, asked):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    nearest = Nearest(xs, ys)
    between = [(x + 0.3 * (u - x), y + 0.3 * (v - y)) for (x, y), (u, v) in pairwise(points)]
    for x, y in [*asked, *points, *between]:
        apart = [(px - x) * (px - x) + (py - y) * (py - y) for px, py in points]
        assert nearest.to(x, y) == apart.index(min(apart))


def test_a_grid_of_places_has_ties_that_fall_to_the_lowest_number():
    points = [(float(x), float(y)) for y in range(20) for x in range(20)]
    nearest = Nearest([x for x, _ in points], [y for _, y in points])
    assert nearest.to(0.5, 0.5) == 0
    assert nearest.to(3.5, 7.0) == 7 * 20 + 3
    assert nearest.to(-4.0, 100.0) == 19 * 20
