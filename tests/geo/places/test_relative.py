"""Places that are only told by other places: English, Portuguese, Spanish."""

from collections.abc import Callable
from typing import Any

import pytest

from tocsin.geo.places import Places
from tocsin.geo.places.plane import apart_m
from tocsin.geo.places.relative import phrase

STEP = 0.001
Opened = Callable[[Any], Places]


@pytest.fixture
def town(sketch: Any, places_of: Opened) -> Places:
    """Main Road runs east through everything; the airport lies far in the east, the market north of the road."""
    sketch.street("Main Road", *((0, x) for x in range(0, 41, 5)))
    sketch.street("Taylor Street", (-5, 10), (0, 10), (5, 10))
    sketch.street("Jones Street", (-5, 15), (0, 15), (5, 15))
    sketch.point((0.2, 20), name="Total", amenity="fuel")
    sketch.point((0.1, 39), name="Airport", aeroway="aerodrome")
    sketch.point((0.3, 30), name="Mercado Central", amenity="marketplace")
    sketch.point((0.3, 5), name="Escola 3", amenity="school")
    return places_of(sketch)


def away_m(places: Places, typed: str, spot: tuple[float, float]) -> float:
    first = places.search(typed)[0]
    assert first.kind == "relative", first
    assert first.text == typed
    return apart_m(first.lat, first.lon, spot[0] * STEP, spot[1] * STEP)


@pytest.mark.parametrize(
    "typed",
    [
        "200 m past the Total station toward the airport",
        "0.2 km after the Total petrol station heading to the airport",
        "a 200 metros depois da bomba Total em direcção ao Airport",
        "200 m depois do posto Total no sentido do Airport",
        "a 200 m pasando la gasolinera Total hacia el Airport",
        "200 m from the Total station toward the airport",
        "a 200 metros do Total em direção ao Airport",
        "estoy a 200 metros de la Total hacia el Airport",
        "two blocks past Total towards Airport",
        "dos cuadras después de la Total con rumbo al Airport",
        "duas quadras depois do Total rumo ao Airport",
    ],
)
def test_past_something_toward_something_goes_along_the_road(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0, 20 + 200 / 111.195)) < 5
    first = town.search(typed)[0]
    assert "along Main Road toward Airport" in first.how
    assert 60 <= first.radius_m <= 200


def test_before_something_is_on_the_near_side(town: Places) -> None:
    assert away_m(town, "200 m before the Total station toward the airport", (0, 20 - 200 / 111.195)) < 5


def test_without_a_direction_each_way_is_a_choice(town: Places) -> None:
    first, second = town.search("300 m past the Total station")[:2]
    assert first.kind == second.kind == "relative"
    assert {f"{'east' if m.lon > 20 * STEP else 'west'} along Main Road" in m.how for m in (first, second)} == {True}
    assert first.confidence == second.confidence == "ask"
    assert "two_ways" in first.doubts


@pytest.mark.parametrize(
    "typed",
    ["opposite the central market", "across from Mercado Central", "em frente ao mercado central",
     "frente al mercado central",
     "enfrente del Mercado Central", "Main Road, defronte do mercado central"],
)  # fmt: skip
def test_opposite_is_across_the_street(town: Places, typed: str) -> None:
    assert away_m(town, typed, (-15 / 111.195, 30)) < 5


@pytest.mark.parametrize(
    "typed", ["behind Escola 3", "atrás da Escola 3", "detrás de la escola 3", "por trás da escola 3"]
)
def test_behind_is_away_from_the_street(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0.3 + 30 / 111.195, 5)) < 5


@pytest.mark.parametrize(
    "typed", ["next to Escola 3", "ao lado da Escola 3", "al lado de la Escola 3", "junto a Escola 3"]
)
def test_next_to_is_there(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0.3, 5)) < 5


@pytest.mark.parametrize(
    "typed",
    ["Main Road between Taylor and Jones", "between Taylor and Jones on Main Road", "Main Road entre Taylor e Jones",
     "entre Taylor y Jones en Main Road"],
)  # fmt: skip
def test_between_two_corners_of_a_street(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0, 12.5)) < 5
    assert town.search(typed)[0].radius_m >= 2.5 * 111


@pytest.mark.parametrize("typed", ["between Total and Mercado Central", "entre o Total e o mercado central"])
def test_between_two_landmarks(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0.25, 25)) < 5


@pytest.mark.parametrize(
    "typed", ["100 m north of Escola 3", "100 m a norte da Escola 3", "a 100 m al norte de la Escola 3"]
)
def test_a_direction_of_the_compass(town: Places, typed: str) -> None:
    assert away_m(town, typed, (0.3 + 100 / 111.195, 5)) < 5


def test_a_distance_alone_is_a_circle_and_says_so(town: Places) -> None:
    first = town.search("500 m from the Total station")[0]
    assert first.radius_m > 500
    assert first.confidence == "ask"


@pytest.mark.parametrize(
    "typed", ["behind the moon base", "200 m past", "between", "between Total and", "opposite", "entre e"]
)
def test_an_anchor_that_is_not_on_the_map_gives_no_point(town: Places, typed: str) -> None:
    assert [m for m in town.search(typed) if m.kind == "relative"] == []


def test_near_between_two_streets_is_their_corner(town: Places) -> None:
    assert town.search("Taylor near Main Road")[0].kind == "intersection"


def test_the_reading_alone() -> None:
    (only,) = phrase("1,5 km past the Shell toward Porto")
    assert (only.relation, only.anchors, only.toward, only.distance_m) == ("past", ("shell",), "porto", 1500.0)
    assert phrase("Clay Street 120") == []
