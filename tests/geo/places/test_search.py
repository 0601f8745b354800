"""What a dispatcher types, and what must stand first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.geo.errors import RegionError
from tocsin.geo.places import Places, PlacesError
from tocsin.geo.places.build import build_places
from tocsin.geo.places.columns import NAME
from tocsin.geo.places.plane import apart_m
from tocsin.geo.progress import Quiet

STEP = 0.001
"""Degrees in one step of a sketch (see conftest): about 111 m."""

Sketch = Any
Opened = Callable[[Sketch], Places]


def texts(places: Places, typed: str, **more: object) -> list[str]:
    return [match.text for match in places.search(typed, **more)]  # type: ignore[arg-type]


def metres_from(places: Places, typed: str, spot: tuple[float, float]) -> float:
    first = places.search(typed)[0]
    return apart_m(first.lat, first.lon, spot[0] * STEP, spot[1] * STEP)


@pytest.fixture
def grid(sketch: Sketch, places_of: Opened) -> Places:
    """Clay and Turk run east, Taylor and Clayton run north; Clay has numbers on both sides."""
    sketch.street("Clay Street", (0, 0), (0, 5), (0, 10), (0, 15), (0, 20))
    sketch.street("Turk Street", (5, 0), (5, 5), (5, 10))
    sketch.street("Taylor Street", (0, 5), (5, 5), (10, 5))
    sketch.street("Clayton Avenue", (0, 10), (5, 10), (10, 10))
    sketch.street("O'Farrell Street", (12, 0), (12, 5))
    sketch.street("4th Street", (14, 0), (14, 5))
    sketch.street("Rua de São João", (16, 0), (16, 5))
    sketch.street("شارع الحرية", (18, 0), (18, 5))
    sketch.street("Проспект Мира", (20, 0), (20, 5))
    sketch.street("人民路", (22, 0), (22, 5))
    for number, spot in [
        ("100", (0.1, 1)),
        ("120", (0.1, 3)),
        ("101", (-0.1, 1)),
        ("121", (-0.1, 9)),
        ("131A", (-0.1, 12)),
    ]:
        sketch.house(spot, number, "Clay St")
    sketch.point((3, 3), name="Central Hospital", amenity="hospital", alt_name="Old Infirmary", short_name="CH")
    sketch.point((1, 1), name="Harbour", place="suburb")
    return places_of(sketch)


def test_a_street_is_found_from_its_first_letters(grid: Places) -> None:
    assert texts(grid, "cla")[:2] == ["Clay Street", "Clayton Avenue"]
    assert texts(grid, "clay")[0] == "Clay Street"


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("clay st", "Clay Street"),
        ("ST CLAY", "Clay Street"),
        ("clayton ave", "Clayton Avenue"),
        ("clayton av", "Clayton Avenue"),
        ("ofarrell", "O'Farrell Street"),
        ("o farrell st", "O'Farrell Street"),
        ("fourth st", "4th Street"),
        ("4th", "4th Street"),
        ("r. sao joao", "Rua de São João"),
        ("JOÃO SÃO", "Rua de São João"),
        ("الحرية", "شارع الحرية"),
        ("мира", "Проспект Мира"),
        ("роспек", "Проспект Мира"),
        ("民路", "人民路"),
    ],
)
def test_abbreviations_accents_order_and_scripts(grid: Places, typed: str, street: str) -> None:
    assert texts(grid, typed)[0] == street


@pytest.mark.parametrize("typed", ["caly st", "clai street", "calyton", "claton avenue", "claayton", "ofarell st"])
def test_one_slip_of_the_fingers_is_forgiven_and_said(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert first.text[:2] in ("Cl", "O'")
    assert first.how.endswith("spelling mended")


def test_two_slips_are_not_guessed(grid: Places) -> None:
    assert grid.search("xlxy street") == []


@pytest.mark.parametrize("typed", ["120 clay st", "clay st 120", "clay, 120", "120 cla"])
def test_a_known_number_is_exact(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert (first.text, first.kind) == ("120 Clay Street", "address")
    assert metres_from(grid, typed, (0.1, 3)) < 1


def test_an_unknown_number_lies_between_its_neighbours_on_its_side(grid: Places) -> None:
    even, odd = grid.search("110 clay st")[0], grid.search("111 clay st")[0]
    assert even.kind == odd.kind == "interpolated"
    assert metres_from(grid, "110 clay st", (0.1, 2)) < 30
    assert metres_from(grid, "111 clay st", (-0.1, 5)) < 30
    assert even.how == "between 100 and 120 on the same side"
    assert even.radius_m < odd.radius_m


def test_a_number_beyond_the_last_says_so(grid: Places) -> None:
    beyond = grid.search("130 clay st")[0]
    assert "beyond the last known number on its side, 120" in beyond.how
    assert beyond.radius_m > 60


def test_a_number_beyond_the_last_moves_on_at_its_pace_and_goes_on_the_wire(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Pace Street", (0, 0), (0, 20))
    for number, east in ((2, 1), (4, 1.2), (6, 1.4)):
        sketch.house((0.1, east), str(number), "Pace Street")
    places = places_of(sketch)
    assert metres_from(places, "8 pace street", (0.1, 1.6)) < 1
    for typed in ("8 pace street", "300 pace street", "500 block of pace street", "200 m past pace street"):
        for match in places.search(typed):
            assert {type(number) for number in (match.lat, match.lon, match.radius_m, match.score)} == {float}, typed


def test_a_number_that_nothing_explains_gives_the_street(grid: Places) -> None:
    first = grid.search("7 turk street")[0]
    assert (first.kind, first.text) == ("street", "Turk Street")
    assert "does not say where number 7 is" in first.how
    assert first.radius_m > 400


def test_a_letter_is_matched_or_its_neighbour_named(grid: Places) -> None:
    assert grid.search("131a clay")[0].kind == "address"
    assert grid.search("131 clay")[0].how == "same number as 131A, which is on the map"


@pytest.mark.parametrize(
    "typed", ["turk / taylor", "TAYLOR ST/TURK ST", "corner of turk and taylor", "turk & tay", "turk taylor"]
)
def test_a_corner_is_where_both_streets_meet(grid: Places, typed: str) -> None:
    first = grid.search(typed)[0]
    assert first.kind == "intersection"
    assert metres_from(grid, typed, (5, 5)) < 1


def test_streets_that_never_meet_give_no_corner(grid: Places) -> None:
    answers = grid.search("turk / clay")
    assert {a.text for a in answers[:2]} == {"Turk Street", "Clay Street"}
    assert all(a.how == "one street of the corner; the map has no such corner" for a in answers[:2])


def test_a_corner_of_worse_fitting_names_never_stands_first(grid: Places) -> None:
    assert grid.search("turk / clayt")[0].kind == "intersection"
    assert [a.kind for a in grid.search("turk / clay")].index("intersection") >= 2


def test_streets_that_nearly_meet_say_how_far_apart(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Alpha Street", (0, 0), (0, 10))
    sketch.street("Beta Street", (0.3, 5), (5, 5))
    first = places_of(sketch).search("alpha / beta")[0]
    assert (first.kind, first.how) == ("intersection", "the streets pass 33 m apart")
    assert first.radius_m > 60


def test_a_block_is_the_middle_of_its_known_numbers(grid: Places) -> None:
    first = grid.search("100 block of clay st")[0]
    assert (first.kind, first.text) == ("block", "100 block of Clay Street")
    assert metres_from(grid, "100 block of clay", (0, 6.5)) < 1


def test_numbers_run_on_at_the_streets_own_pace(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Pace Street", (0, 0), (0, 10), (0, 20))
    for number, east in ((100, 1), (200, 3), (300, 5)):
        sketch.house((0.1, east), str(number), "Pace Street")
    first = places_of(sketch).search("800 pace street")[0]
    assert (first.kind, first.how) == ("interpolated", "at the pace of its known numbers, from 300")
    assert apart_m(first.lat, first.lon, 0, 15 * STEP) < 30
    assert first.radius_m > 300


def test_a_block_without_numbers_stands_beside_its_neighbours(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("North Row", (2, 0), (2, 20))
    sketch.street("Bare Street", (0, 0), (0, 20))
    sketch.street("Crossing Road", (-5, 15), (5, 15))
    sketch.house((2.1, 6), "640", "North Row")
    sketch.house((2.1, 6.5), "660", "North Row")
    sketch.house((1, 15), "650", "Crossing Road")
    first = places_of(sketch).search("600 block of bare street")[0]
    assert first.how == "by the same hundred on the streets beside it"
    assert apart_m(first.lat, first.lon, 0, 6.25 * STEP) < 20
    assert first.radius_m > 200


def test_neighbours_that_contradict_the_streets_own_number_are_not_believed(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("North Row", (2, 0), (2, 20))
    sketch.street("Bare Street", (0, 0), (0, 20))
    sketch.house((2.1, 6), "640", "North Row")
    sketch.house((0.1, 6), "9000", "Bare Street")
    assert places_of(sketch).search("600 block of bare street")[0].kind == "street"


def test_landmarks_by_any_of_their_names_and_by_kind(grid: Places) -> None:
    for typed in ("central hosp", "infirmary", "ch", "hospital central"):
        assert texts(grid, typed)[0] == "Central Hospital", typed
    assert grid.search("harbour")[0].kind == "place"


def test_coordinates_are_answered_with_what_is_near(grid: Places) -> None:
    first = grid.search("0.0001, 0.003")[0]
    assert first.kind == "coordinates"
    assert first.detail.startswith("near 120 Clay Street")


def test_namesakes_in_two_towns_are_two_answers(sketch: Sketch, places_of: Opened) -> None:
    sketch.town("Westham", (-5, -5), (5, 20))
    sketch.town("Eastham", (-5, 20), (5, 45))
    sketch.street("High Street", (0, 16), (0, 19.5))
    sketch.street("High Street", (0, 20.5), (0, 25))
    places = places_of(sketch)
    assert {(m.text, m.detail) for m in places.search("high st")} == {
        ("High Street", "Westham"),
        ("High Street", "Eastham"),
    }
    assert places.search("high st eastham")[0].detail == "Eastham"
    assert places.search("high st", near=(0.0, 0.023))[0].detail == "Eastham"
    assert places.search("high st", near=(0.0, 0.016))[0].detail == "Westham"


def test_a_corner_and_a_number_say_the_district_they_lie_in(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Long Street", *[(0, n) for n in range(41)])
    sketch.street("Ferry Lane", (0, 40), (3, 40))
    sketch.point((0, 20), name="Midtown", place="suburb")
    sketch.point((1, 39), name="Harbour", place="suburb")
    sketch.point((0.2, 39), name="Ferry House", tourism="museum")
    sketch.point((5, 20), name="Westham", place="town")
    sketch.house((0.1, 39.5), "400", "Long Street")
    places = places_of(sketch)
    assert places.search("long st")[0].detail == "Midtown, Westham"
    for typed in ("ferry lane / long st", "long st / ferry ln", "400 long st"):
        assert places.search(typed)[0].detail == "Harbour, Westham", typed
    assert "Harbour, Westham" in places.search("behind long st / ferry lane")[0].detail
    near = places.nearest(0.1 * STEP, 39.5 * STEP)
    assert near is not None
    assert near.detail == "Harbour, Westham"


def test_a_bridge_is_no_avenue_of_its_name(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Golden Gate Avenue", (0, 0), (0, 9))
    sketch.point((9, 9), name="Golden Gate Bridge Plaza Office", office="government")
    places = places_of(sketch)
    assert texts(places, "golden gate bridge") == ["Golden Gate Bridge Plaza Office"]
    assert texts(places, "golden gate")[0] == "Golden Gate Avenue"


@pytest.mark.parametrize("typed", ["Calle Salamanca", "Rua Salazar", "Plaza United"])
def test_a_name_that_begins_like_a_room_is_a_name(sketch: Sketch, places_of: Opened, typed: str) -> None:
    sketch.street(typed, (0, 0), (0, 9))
    sketch.street(typed.split(maxsplit=1)[0] + " Mayor", (5, 0), (5, 9))
    assert texts(places_of(sketch), typed)[0] == typed


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Turk St / Taylor St, CA 94102", "Turk Street / Taylor Street"),
        ("120 clay st, ca 94102-1234", "120 Clay Street"),
    ],
)
def test_a_postcode_is_no_house_number(grid: Places, typed: str, text: str) -> None:
    first = grid.search(typed)[0]
    assert (first.text, first.confidence) == (text, "sure")


@pytest.mark.parametrize("typed", ["apt 5, 120 clay st", "Apt. 5, 120 Clay", "sala 3, clay 120", "120 clay, apt5"])
def test_the_flat_may_be_said_first(grid: Places, typed: str) -> None:
    assert texts(grid, typed)[0] == "120 Clay Street"


def test_pieces_of_one_street_are_one_answer(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Long Road", (0, 0), (0, 2))
    sketch.street("Long Road", (0, 2), (0, 4))
    sketch.street("Long Road", (0, 5), (0, 9))
    assert len(places_of(sketch).search("long road")) == 1


def test_a_dual_carriageway_crosses_at_one_corner(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Twin Avenue", (0, 0), (0, 5), (0, 9), oneway="yes")
    sketch.street("Twin Avenue", (0.55, 9), (0.55, 5), (0.55, 0), oneway="yes")
    sketch.street("Cross Street", (-3, 5), (0, 5), (0.55, 5), (3, 5))
    assert [m.kind for m in places_of(sketch).search("twin / cross")] == ["intersection"]


def test_houses_without_a_street_still_answer(sketch: Sketch, places_of: Opened) -> None:
    sketch.street("Main Road", (0, 0), (0, 2))
    sketch.point((1, 1), addr__housenumber="7", addr__place="Upper Hamlet")
    first = places_of(sketch).search("upper hamlet 7")[0]
    assert (first.kind, first.text) == ("address", "Upper Hamlet 7")


def test_the_nearest_words_for_a_point(grid: Places) -> None:
    house, corner, street = (grid.nearest(*(x * STEP for x in spot)) for spot in ((0.2, 3), (5.1, 5.1), (12.2, 2)))
    assert house is not None
    assert house.text == "120 Clay Street"
    assert corner is not None
    assert set(corner.text.split(" / ")) == {"Turk Street", "Taylor Street"}
    assert street is not None
    assert street.text == "O'Farrell Street"
    assert grid.nearest(60.0, 60.0) is None


def test_the_limit_holds(grid: Places) -> None:
    assert len(grid.search("st", limit=2)) == 2
    assert grid.search("st", limit=0) == []


def test_threads_get_the_same_answers(grid: Places) -> None:
    typed = ["clay", "turk / taylor", "110 clay st", "calyton"] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(grid.search, typed)) == [grid.search(t) for t in typed]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(st.text(max_size=60), st.text("clay turk/&,0123456789°'\"NWblock of", max_size=60)),
    limit=st.integers(-3, 12),
)
def test_any_text_gets_a_bounded_answer(grid: Places, text: str, limit: int) -> None:
    answers = grid.search(text, limit=limit)
    assert len(answers) <= max(limit, 0)
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)
    assert {type(number) for a in answers for number in (a.lat, a.lon, a.radius_m, a.score)} <= {float}, (
        "goes on the wire"
    )
    assert all(-90 <= a.lat <= 90 and -180 <= a.lon <= 180 and a.radius_m > 0 and a.text and a.how for a in answers)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\x1b[31m",
        "a" * 10_000,
        "1 " * 5_000,
        "turk / " * 2_000,
        "🚒🔥",
        "\u202eyalc",
        "/",
        "block of",
        "ﷺ" * 400,
        "\ud800",
    ],
)
def test_hostile_texts_are_answered(grid: Places, text: str) -> None:
    assert len(grid.search(text)) <= 8


def test_a_missing_damaged_or_foreign_index_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PlacesError, match="build the region first"):
        Places.open(tmp_path)
    (tmp_path / NAME).write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(PlacesError, match="damaged"):
        Places.open(tmp_path)
    with (tmp_path / NAME).open("wb") as file:
        np.savez(file, format=np.array(1))
    with pytest.raises(RegionError, match="has another format: build the region again"):
        Places.open(tmp_path)


def test_a_source_that_is_not_a_map_is_one_clear_error(tmp_path: Path) -> None:
    source = tmp_path / "broken.osm.pbf"
    source.write_bytes(b"this is no map")
    with pytest.raises(PlacesError, match=r"cannot read broken\.osm\.pbf"):
        build_places(source, tmp_path / "index", Quiet())
    assert not (tmp_path / "index").exists()
    with pytest.raises(PlacesError, match="cannot read"):
        build_places(tmp_path / "absent.osm.pbf", tmp_path / "index", Quiet())


def test_a_map_without_names_opens_empty(sketch: Sketch, places_of: Opened) -> None:
    sketch.line([(0, 0), (0, 1)], highway="residential")
    places = places_of(sketch)
    assert places.search("anything 12") == []
    assert places.nearest(0.0, 0.0) is None


def test_the_counts(sketch: Sketch, tmp_path: Path) -> None:
    sketch.street("A Road", (0, 0), (0, 2))
    sketch.street("B Road", (0, 2), (2, 2))
    sketch.house((0.1, 1), "1;3", "A Road")
    sketch.point((0.3, 1), name="Cafe", amenity="cafe")
    counts = build_places(sketch.write(tmp_path / "x.osm.pbf"), tmp_path / "index", Quiet())
    assert counts == {"addresses": 2, "streets": 2, "intersections": 1, "landmarks": 1}
