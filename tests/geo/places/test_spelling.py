"""Typing mistakes, sounds, other scripts, old names, units of a building: what is forgiven, and that it is said."""

from collections.abc import Callable
from typing import Any

import pytest

from tocsin.geo.places import Places
from tocsin.geo.places.sounds import skeletons

Opened = Callable[[Any], Places]


@pytest.fixture
def town(sketch: Any, places_of: Opened) -> Places:
    sketch.street("Gough Street", (0, 0), (0, 5), (0, 10))
    sketch.street("Oak Street", (5, 0), (5, 5), (5, 10))
    sketch.street("17th Street", (-3, 5), (0, 5), (5, 5))
    sketch.street("Rua Guimarães Rosa", (8, 0), (8, 5))
    sketch.street("Calle Ximénez", (10, 0), (10, 5))
    sketch.street("Earl Gage Street", (12, 0), (12, 5), (12, 10), old_name="Willow Street")
    sketch.street("Тверская улица", (14, 0), (14, 5))
    sketch.street("Οδός Ερμού", (16, 0), (16, 5))
    sketch.street("ถนนสุขุมวิท", (18, 0), (18, 5))
    sketch.street("서울로", (20, 0), (20, 5))
    sketch.house((0.1, 2), "120", "Gough Street")
    return places_of(sketch)


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("goff street", "Gough Street"),
        ("gof st", "Gough Street"),
        ("rua gimaraes roza", "Rua Guimarães Rosa"),
        ("calle jimenes", "Calle Ximénez"),
        ("ksimenez", "Calle Ximénez"),
    ],
)
def test_a_name_is_found_as_it_was_heard_and_must_be_asked(town: Places, typed: str, street: str) -> None:
    first = town.search(typed)[0]
    assert first.text == street
    assert "sounded" in first.doubts or "mended" in first.doubts
    assert first.confidence != "sure"


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("Tverskaya", "Тверская улица"),
        ("ermou", "Οδός Ερμού"),
        ("Ερμου", "Οδός Ερμού"),
        ("สุขุมวิท", "ถนนสุขุมวิท"),
        ("서울로", "서울로"),
        ("Гоф стрит", "Gough Street"),
    ],
)
def test_any_script_finds_any_script(town: Places, typed: str, street: str) -> None:
    assert town.search(typed)[0].text == street


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("oka st", "Oak Street"),
        ("ak street", "Oak Street"),
        ("oak sr", "Oak Street"),
        ("oak sttreet", "Oak Street"),
        ("17ht st", "17th Street"),
        ("17h st", "17th Street"),
        ("1th st", ""),
    ],
)
def test_a_slip_in_a_short_word_a_kind_or_an_ordinal(town: Places, typed: str, street: str) -> None:
    found = town.search(typed)
    assert (found[0].text if found else "") == street
    assert all(m.confidence != "sure" for m in found)


def test_a_slip_on_either_side_of_a_corner(town: Places) -> None:
    for typed in ("oka st / 17th st", "oak st / 17ht st", "OAK ST/17TH SX", "oak / 17yth"):
        first = town.search(typed)[0]
        assert (first.kind, first.text) == ("intersection", "Oak Street / 17th Street"), typed


def test_an_older_name_stands_behind_a_name_that_stands(town: Places, sketch: Any, places_of: Opened) -> None:
    first = town.search("willow street")[0]
    assert first.text == "Earl Gage Street"
    assert first.doubts == ("old_name",)
    assert "by an older name" in first.how
    sketch.street("Willow Street", (30, 0), (30, 1))
    assert places_of(sketch).search("willow street")[0].text == "Willow Street"


@pytest.mark.parametrize(
    "typed",
    [
        "120 gough st apt 4",
        "120 gough st #RM206",
        "gough street 120, 3º esq",
        "120 gough st, r/c dto",
        "120 gough st unit B",
    ],
)
def test_a_part_of_the_building_is_left_to_the_crew(town: Places, typed: str) -> None:
    first = town.search(typed)[0]
    assert (first.kind, first.text) == ("address", "120 Gough Street")


def test_nothing_like_it_stays_unknown(town: Places) -> None:
    assert town.search("zzyzx boulevard") == []


def test_words_that_sound_alike_share_a_skeleton() -> None:
    for heard, known in [
        ("goff", "gough"),
        ("kerny", "kearny"),
        ("felipe", "phillip"),
        ("xavier", "shavier"),
        ("jorje", "jorge"),
    ]:
        assert skeletons(heard) & skeletons(known), (heard, known)
    assert skeletons("12") == skeletons("a") == frozenset()
