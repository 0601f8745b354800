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


@pytest.fixture
def two_towns(sketch: Any, places_of: Opened) -> Places:
    """Garibaldi and Mazzini meet in Westham, and with their first names in Eastham."""
    sketch.town("Westham", (0, 0), (20, 20))
    sketch.town("Eastham", (0, 30), (20, 50))
    sketch.street("Via Garibaldi", (5, 5), (5, 10), (5, 15))
    sketch.street("Via Mazzini", (2, 10), (5, 10), (8, 10))
    sketch.street("Via Giuseppe Garibaldi", (5, 35), (5, 40), (5, 45))
    sketch.street("Via Giuseppe Mazzini", (2, 40), (5, 40), (8, 40))
    sketch.street("Viale Monza", (12, 3), (12, 17))
    sketch.street("Via Monza", (12, 33), (12, 47))
    sketch.street("Via XX Settembre", (15, 3), (15, 17))
    sketch.street("Post Street", (17, 3), (17, 17))
    sketch.street("1st Street", (17, 33), (17, 47))
    sketch.street("Triq San Pawl", (19, 3), (19, 17), name__en="Saint Paul Street")
    sketch.point((18, 10), amenity="place_of_worship", name="St. Paul")
    sketch.point((18, 40), amenity="cafe", name="CityPop")
    sketch.point((10, 10), place="town", name="Westham")
    return places_of(sketch)


def test_a_corner_in_two_towns_is_two_choices_also_where_one_has_first_names(two_towns: Places) -> None:
    found = two_towns.search("via garibaldi / via mazzini")
    assert {match.detail for match in found[:2]} == {"Westham", "Eastham"}
    assert {match.confidence for match in found[:2]} == {"ask"}, [(m.text, m.score, m.doubts) for m in found]
    full = two_towns.search("via giuseppe garibaldi / via giuseppe mazzini")[0]
    assert (full.detail, full.confidence) == ("Eastham", "sure")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("v.le monza", "Viale Monza"),
        ("via venti settembre", "Via XX Settembre"),
        ("via 20 settembre", "Via XX Settembre"),
        ("pst street", "Post Street"),
        ("saint paul street westham", "Triq San Pawl"),
    ],
)
def test_what_is_typed_in_short_finds_the_street_that_is_meant(two_towns: Places, typed: str, first: str) -> None:
    assert two_towns.search(typed)[0].text == first


def test_little_of_a_name_is_no_likely_answer_and_no_anchor_for_one(two_towns: Places) -> None:
    for typed in ("City Hall", "half a mile north of City Hall", "behind City Hall"):
        found = two_towns.search(typed)
        assert all(match.confidence == "ask" for match in found), typed
        assert all("weak" in match.doubts for match in found), typed


def test_where_only_the_town_is_known_it_says_so(two_towns: Places) -> None:
    (only,) = two_towns.search("Westham roundabout")
    assert (only.text, only.confidence, only.doubts) == ("Westham", "ask", ("part",))
    assert not two_towns.search("Northham roundabout")


def test_coordinates_outside_are_offered_as_they_may_have_been_meant(two_towns: Places, monkeypatch: Any) -> None:
    """Exchanged, or with a sign forgotten; never taken silently, and what was typed stays among the choices."""
    words = two_towns.nearest
    home = (37.78, -122.41)
    monkeypatch.setattr(two_towns, "nearest", lambda lat, lon: words(0.01, 0.01) if (lat, lon) == home else None)
    for typed in ("37.78, 122.41", "-37.78, -122.41"):
        meant, as_typed = two_towns.search(typed)
        assert (meant.lat, meant.lon, meant.confidence) == (*home, "ask"), typed
        assert (as_typed.how, as_typed.confidence) == ("coordinates as typed", "ask")
    for typed in ("37.78, -122.41", "-122.41, 37.78"):  # no latitude is so large
        assert [match.confidence for match in two_towns.search(typed)] == ["sure"]
    assert [match.detail for match in two_towns.search("50, 1.5")] == ["outside the region"]
