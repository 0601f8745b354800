"""Coordinates in the notations that people use."""

import pytest

from tocsin.geo.places.coordinates import coordinates
from tocsin.geo.places.plane import apart_m


@pytest.mark.parametrize(
    "text",
    [
        "37.78,-122.41",
        "37.78 -122.41",
        "(37.78, -122.41)",
        "geo:37.78,-122.41",
        "37,78; -122,41",
        "37.78N 122.41W",
        "N 37.78 W 122.41",
        "37°46.8'N 122°24.6'W",
        "37°46'48\"N 122°24'36\"W",
        "37° 46′ 48″ N, 122° 24′ 36″ W",
        "37 46 48 N 122 24 36 W",
        "37°46'48\"N 122°24'36\"O",
    ],
)
def test_one_point_many_notations(text: str) -> None:
    found = coordinates(text)
    assert found is not None
    assert apart_m(*found[:2], 37.78, -122.41) < 1


def test_the_radius_follows_what_was_written() -> None:
    rough, fine = coordinates("37°46'N 122°25'W"), coordinates("37.783611, -122.412345")
    assert rough is not None
    assert 900 < rough[2] < 1000
    assert fine is not None
    assert fine[2] == 5.0


@pytest.mark.parametrize("text", ["91, 10", "10, 181", "1600 clay", "12 14", "", "clay", "37.78", "1,2,3"])
def test_what_is_not_a_coordinate(text: str) -> None:
    assert coordinates(text) is None


def test_plus_codes_of_the_published_examples() -> None:
    found = coordinates("8FVC9G8F+6W")
    assert found is not None
    assert found[:2] == pytest.approx((47.365562, 8.524813), abs=1e-5)
    assert 6 < found[2] < 8


def test_a_short_plus_code_is_completed_near_the_region() -> None:
    assert coordinates("9G8F+6W") is None
    found = coordinates("9G8F+6W", (47.4, 8.6))
    assert found is not None
    assert found[:2] == pytest.approx((47.365562, 8.524813), abs=1e-5)
    across = coordinates("9G8F+6W", (47.95, 8.99))
    assert across is not None
    assert apart_m(*across[:2], 47.95, 8.99) < 60_000


@pytest.mark.parametrize(
    "text",
    [
        "lat 37.78 lon -122.41",
        "latitude: 37.78, longitude: -122.41",
        "latitud 37,78 longitud -122,41",
        "Lat. 37.78 e Long. -122.41",
        "https://maps.google.com/?q=37.78,-122.41",
        "https://www.google.com/maps/search/37.78,+-122.41?entry=tts",
        "https://www.google.com/maps/@37.78,-122.41,17z",
        "https://www.google.com/maps/place/Somewhere/@37.7,-122.3,17z/data=!3m1!4b1!4m5!3m4!1s0x0:0x0!8m2!3d37.78!4d-122.41",
        "https://www.openstreetmap.org/?mlat=37.78&mlon=-122.41#map=17/37.7/-122.3",
        "https://www.openstreetmap.org/#map=17/37.78/-122.41",
        "https://maps.apple.com/?ll=37.78,-122.41&q=Dropped%20Pin",
        "maps.google.com/maps?q=loc:37.78%2C-122.41",
    ],
)
def test_what_phones_and_people_send_of_a_point(text: str) -> None:
    found = coordinates(text)
    assert found is not None
    assert apart_m(*found[:2], 37.78, -122.41) < 1


@pytest.mark.parametrize(
    "text", ["https://example.org/?q=hello", "https://example.org/@91.5,200.1", "latimer 5 longdon 6"]
)
def test_a_link_without_a_place_is_none(text: str) -> None:
    assert coordinates(text) is None
