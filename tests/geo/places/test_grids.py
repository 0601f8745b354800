"""Grid references, against positions published elsewhere."""

import pytest

from tocsin.geo.places.coordinates import coordinates
from tocsin.geo.places.plane import apart_m


@pytest.mark.parametrize(
    ("text", "lat", "lon", "within_m"),
    [
        ("32U 395201.31 5673135.24", 51.2, 7.5, 0.1),
        ("utm 32 north 395201 5673135", 51.2, 7.5, 1),
        ("UTM 32U E 395201 N 5673135", 51.2, 7.5, 1),
        ("56H 334873 6252266", -33.857, 151.215, 200),
        ("15T WG 00000 49776", 42.0, -93.0, 2),
        ("15TWG0000049776", 42.0, -93.0, 2),
        ("mgrs 18S UJ 23394 07395", 38.8977, -77.0366, 15),
        ("31N AA 66021 00000", 0.0, 0.0, 2),
        ("29S MC 869 943", 38.80, -9.15, 800),
    ],
)
def test_utm_and_mgrs(text: str, lat: float, lon: float, within_m: float) -> None:
    found = coordinates(text)
    assert found is not None
    assert apart_m(found[0], found[1], lat, lon) < within_m


def test_a_short_reference_is_a_large_square() -> None:
    whole, short = coordinates("15TWG0000049776"), coordinates("15TWG0049")
    assert whole is not None
    assert short is not None
    assert (whole[2], short[2]) == (5.0, 500.0)


@pytest.mark.parametrize(
    "text",
    [
        "61U 395201 5673135",
        "0U 395201 5673135",
        "15T WI 00000 49776",
        "15TWG000004977",
        "15T AG 00000 49776",
        "1 CAL",
        "12 CLAY",
        "15TWG 123 4567",
        "32U 395201",
        "4 SAN 12",
    ],
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert coordinates(text) is None
