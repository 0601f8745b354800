"""How sure an answer says it is: never a silent guess."""

from collections.abc import Callable
from typing import Any

import pytest

from tocsin.geo.places import Places

STEP = 0.001
Opened = Callable[[Any], Places]


@pytest.fixture
def grid(sketch: Any, places_of: Opened) -> Places:
    sketch.street("Turk Street", (5, 0), (5, 5), (5, 10))
    sketch.street("Taylor Street", (0, 5), (5, 5), (10, 5))
    sketch.house((5.1, 2), "120", "Turk Street")
    sketch.house((5.1, 8), "180", "Turk Street")
    return places_of(sketch)


@pytest.mark.parametrize(
    ("typed", "sure", "doubt"),
    [
        ("120 turk street", "sure", None),
        ("turk / taylor", "sure", None),
        ("150 turk street", "likely", "estimated"),
        ("120 trk street", "likely", "mended"),
        ("120 tur", "likely", "begun"),
        ("9999 turk street", "ask", "no_number"),
        ("turk / clay", "ask", "no_corner"),
    ],
)
def test_the_word_and_its_reason(grid: Places, typed: str, sure: str, doubt: str | None) -> None:
    first = grid.search(typed)[0]
    assert first.confidence == sure
    assert first.doubts == () if doubt is None else doubt in first.doubts


@pytest.mark.parametrize(
    "typed",
    [
        "turk and taylor",
        "corner of turk and taylor",
        "turk x taylor",
        "turk @ taylor",
        "turk at taylor",
        "turk corner taylor",
        "where turk meets taylor",
        "intersection of turk and taylor",
        "esquina de turk e taylor",
        "esquina da turk com a taylor",
        "cruzamento da turk com a taylor",
        "na esquina da turk com taylor",
        "cruce de turk con taylor",
        "turk esquina taylor",
        "en el cruce de turk y taylor",
        "turk cruce con taylor",
        "angolo turk e taylor",
        "Turk St. & Taylor St.",
        "turk st, corner taylor st",
        "no cruzamento de turk com taylor",
    ],
)
def test_a_corner_in_any_wording(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert (first.kind, {*first.text.split(" / ")}) == ("intersection", {"Turk Street", "Taylor Street"})


@pytest.mark.parametrize(
    "typed", ["100 block of turk", "turk 100 block", "100 blk turk st", "quarteirão 100 da turk", "cuadra 100 turk"]
)
def test_a_block_in_any_wording(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert (first.kind, first.text) == ("block", "100 block of Turk Street")


def test_the_same_street_in_two_towns_is_two_choices(sketch: Any, places_of: Opened) -> None:
    for name, east in (("Westham", 0), ("Eastham", 40)):
        sketch.town(name, (-5, east), (5, east + 30))
        sketch.street("High Street", (0, east + 10), (0, east + 20))
    first, second = places_of(sketch).search("high street")[:2]
    assert {first.detail, second.detail} == {"Westham", "Eastham"}
    assert first.confidence == second.confidence == "ask"
    assert "namesake" in first.doubts
    assert "namesake" in second.doubts


def test_namesakes_that_no_town_tells_apart_are_told_by_what_is_near(sketch: Any, places_of: Opened) -> None:
    for name, east in (("Mill Lane", 0), ("Church Lane", 60)):
        sketch.street("High Street", (0, east), (0, east + 5), (0, east + 10))
        sketch.street(name, (-4, east + 5), (0, east + 5), (4, east + 5))
    first, second = places_of(sketch).search("high street")[:2]
    assert first.text == second.text == "High Street"
    assert {first.detail, second.detail} == {"near Mill Lane", "near Church Lane"}


def test_the_namesake_beside_the_caller_stands_first(sketch: Any, places_of: Opened) -> None:
    for name, east in (("Westham", 0), ("Eastham", 100)):
        sketch.town(name, (-5, east), (5, east + 30))
        sketch.street("High Street", (0, east + 10), (0, east + 20))
    sketch.house((0.1, 12), "7", "High Street")
    sketch.house((0.1, 112), "5", "High Street")
    sketch.house((0.1, 114), "9", "High Street")
    first = places_of(sketch).search("high street 7", near=(0.0, 113 * STEP))[0]
    assert first.detail == "Eastham"
    assert "namesake" in first.doubts


@pytest.mark.parametrize(
    "typed", ["6FG22242+2R", "6fg22242+2r", "2242+2R Turk Street", "42+2R, Taylor Street", "2242+2R"]
)
def test_plus_codes_whole_and_short(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert first.kind == "coordinates"
    assert (first.lat, first.lon) == pytest.approx((0.0050625, 0.0020625), abs=1e-6)


def test_a_short_code_with_a_place_that_nobody_knows_is_not_guessed(grid: Places) -> None:
    assert all(m.kind != "coordinates" for m in grid.search("2242+2R Nowhere Town"))
