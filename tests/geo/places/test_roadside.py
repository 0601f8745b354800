"""Kilometre posts and exits, in the words of three languages."""

from collections.abc import Callable
from typing import Any

import pytest

from tocsin.geo.places import Places
from tocsin.geo.places.plane import apart_m
from tocsin.geo.places.posts import kilometres

STEP = 0.001
Opened = Callable[[Any], Places]


@pytest.fixture
def road(sketch: Any, places_of: Opened) -> Places:
    """The A2 runs east with posts at km 10, 11 and 14; exit 12 stands in both directions; N3 has no posts."""
    sketch.line([(0, x) for x in range(0, 61, 5)], highway="motorway", ref="A 2", name="Autoestrada do Sul")
    sketch.line([(9, 0), (9, 30)], highway="primary", ref="N3")
    for km, east in (("10", 10), ("11.0", 20), ("14", 50)):
        sketch.point((0.05, east), highway="milestone", distance=km)
    sketch.point((0.05, 30), highway="motorway_junction", ref="12A", name="Palmela")
    sketch.point((-0.05, 31), highway="motorway_junction", ref="12A")
    return places_of(sketch)


def away_m(places: Places, typed: str, kind: str, spot: tuple[float, float]) -> float:
    first = places.search(typed)[0]
    assert first.kind == kind, first
    return apart_m(first.lat, first.lon, spot[0] * STEP, spot[1] * STEP)


@pytest.mark.parametrize(
    "typed",
    [
        "A2 km 11",
        "km 11 A2",
        "km 11 of the A 2",
        "km 11 da A2",
        "pk 11 A2",
        "pk 11+000 A2",
        "A2 quilometro 11",
        "autoestrada do sul km 11",
        "11 km A2",
        "kilometre 11 on the A2",
        "kilómetro 11 de la A2",
        "A2 mile marker 6.835",
    ],
)
def test_a_post_on_the_map(road: Places, typed: str) -> None:
    assert away_m(road, typed, "milestone", (0.05, 20)) < 5


def test_a_distance_between_posts_lies_between_them(road: Places) -> None:
    assert away_m(road, "A2 km 12,5", "milestone", (0.05, 35)) < 20
    first = road.search("A2 km 12.5")[0]
    assert first.confidence == "likely"
    assert first.how == "between the posts km 11 and 14"
    assert first.radius_m > road.search("A2 km 11")[0].radius_m


def test_a_distance_far_from_every_post_is_the_road_alone(road: Places) -> None:
    first = road.search("A2 km 80")[0]
    assert (first.kind, first.confidence) == ("street", "ask")
    assert road.search("N3 km 4")[0].kind == "street"


@pytest.mark.parametrize(
    "typed",
    ["exit 12A A2", "A2 exit 12a", "A2 saída 12A", "salida 12A de la A2", "junction 12A on the A2", "exit 12 A A2"],
)
def test_an_exit_by_its_number(road: Places, typed: str) -> None:
    assert away_m(road, typed, "exit", (0, 30.5)) < 150
    assert len([m for m in road.search(typed) if m.kind == "exit"]) == 1


def test_what_stands_on_posts() -> None:
    assert [kilometres(t) for t in ("12", "12.4", "12,4", "12+400", "x")] == [12.0, 12.4, 12.4, 12.4, None]
    assert kilometres("10 mi") == pytest.approx(16.09344)
