"""A drive: where a vehicle is at an instant."""

from __future__ import annotations

import pytest

from tocsin.sim.journey import Journey, heading_deg

POINTS = [(10.0, 20.0), (10.0, 20.001), (10.001, 20.001)]


def test_a_vehicle_is_between_its_points_with_speed_and_heading() -> None:
    journey = Journey.along(POINTS, [0.0, 10.0, 30.0], [4, 5], start=100.0, pace=2.0)
    lat, lon, speed_mps, heading = journey.at(110.0)
    assert (lat, lon) == pytest.approx((10.0, 20.0005))
    assert speed_mps == pytest.approx(109.5 / 20.0, rel=0.01)
    assert heading == pytest.approx(90.0)
    assert journey.at(140.0)[3] == pytest.approx(0.0)
    assert journey.arrives_at == 160.0
    assert journey.edges == {4, 5}


def test_before_and_after_it_stands_at_the_ends() -> None:
    journey = Journey.along(POINTS, [0.0, 10.0, 30.0], [], start=100.0, pace=1.0)
    assert journey.at(50.0)[:3] == (10.0, 20.0, 0.0)
    assert journey.at(999.0)[:3] == (10.001, 20.001, 0.0)


def test_a_wait_holds_the_vehicle_and_everything_after_it() -> None:
    journey = Journey.along(POINTS, [0.0, 10.0, 30.0], [], start=100.0, pace=1.0)
    before = journey.at(105.0)[:2]
    journey.wait(105.0, 60.0)
    assert journey.at(140.0)[:2] == pytest.approx(before)
    assert journey.at(140.0)[2] == 0.0
    assert journey.arrives_at == 190.0
    assert journey.at(170.0)[:2] == pytest.approx((10.0, 20.001))


def test_headings_go_clockwise_from_north() -> None:
    here = (0.0, 0.0)
    assert [round(heading_deg(here, to)) for to in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))] == [
        0,
        90,
        180,
        270,
    ]
