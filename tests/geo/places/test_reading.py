"""Which ways a text is read."""

import pytest

from tocsin.geo.places.reading import Reading, read


def kinds(text: str) -> set[str]:
    return {reading.kind for reading in read(text)}


@pytest.mark.parametrize("text", ["123 clay st", "clay st 123", "clay st, 123", "clay st no 123", "clay st, nº 123"])
def test_a_number_stands_before_or_after_the_street(text: str) -> None:
    assert Reading("number", ("clay", "st"), number=123) in read(text)


def test_a_letter_belongs_to_its_number() -> None:
    assert Reading("number", ("via", "roma"), number=12, letter="a") in read("via roma 12a")
    assert Reading("number", ("via", "roma"), number=12, letter="a") in read("via roma 12 A")


def test_a_range_is_read_by_its_first_number() -> None:
    assert Reading("number", ("jones", "st"), number=515) in read("515-525 JONES ST")


def test_an_ordinal_is_a_name_not_a_number() -> None:
    assert kinds("17th street") == {"name"}
    assert Reading("number", ("17th", "street"), number=20) in read("20 17th street")


@pytest.mark.parametrize(
    "text",
    [
        "turk / taylor",
        "TURK/TAYLOR",
        "turk & taylor",
        "turk and taylor",
        "corner of turk and taylor",
        "turk @ taylor",
        "esquina da turk com taylor",
        "turk y taylor",
        "turk e taylor",
        "angolo turk taylor",
    ],
)
def test_corners(text: str) -> None:
    assert Reading("corner", ("turk",), ("taylor",)) in read(text)


@pytest.mark.parametrize(
    "text", ["1600 Block of CLAY ST", "1600 blk clay st", "clay st 1600 block", "clay st, 1600 block"]
)
def test_blocks(text: str) -> None:
    assert read(text) == [Reading("block", ("clay", "st"), number=1600)]


def test_a_slash_between_numbers_is_no_corner() -> None:
    assert "corner" not in kinds("rua augusta 12/14")


def test_nothing_reads_as_nothing() -> None:
    assert read(" \t\0") == []
