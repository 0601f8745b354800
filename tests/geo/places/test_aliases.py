"""A centre's own names: found like the map's, read again when they change, and every flaw named with its line."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tocsin.geo.places import Places, PlacesError
from tocsin.geo.places.aliases import load_aliases

STEP = 0.001
Opened = Callable[[Any], Places]
GOOD = """\
[[alias]]
name = "The Old Mill"
also = ["moinho velho", "el molino"]
lat = 0.002
lon = 0.003
note = "gate code with the keyholder"

[[alias]]
name = "Bridge 7"
at = "clay / taylor"
"""


@pytest.fixture
def town(sketch: Any, places_of: Opened) -> Places:
    sketch.street("Clay Street", (0, 0), (0, 5), (0, 10))
    sketch.street("Taylor Street", (-5, 5), (0, 5), (5, 5))
    return places_of(sketch)


@pytest.mark.parametrize("typed", ["old mill", "the old mill", "moinho velho", "Molino", "odl mill", "mill old"])
def test_an_alias_is_found_by_any_of_its_names(town: Places, tmp_path: Path, typed: str) -> None:
    file = tmp_path / "aliases.toml"
    file.write_text(GOOD, "utf-8")
    assert town.know_aliases(file) == 2
    first = town.search(typed)[0]
    assert (first.text, first.kind, first.lat, first.lon) == ("The Old Mill", "alias", 0.002, 0.003)
    assert "line 1 of aliases.toml" in first.how
    assert first.detail == "gate code with the keyholder"


def test_an_alias_may_stand_for_words_that_the_map_knows_and_in_a_phrase(town: Places, tmp_path: Path) -> None:
    file = tmp_path / "aliases.toml"
    file.write_text(GOOD, "utf-8")
    town.know_aliases(file)
    first = town.search("bridge 7")[0]
    assert (first.kind, first.lon) == ("alias", 5 * STEP)
    assert "Clay Street / Taylor Street" in first.detail
    assert town.search("behind the old mill")[0].kind == "relative"


def test_a_csv_does_as_well(town: Places, tmp_path: Path) -> None:
    file = tmp_path / "aliases.csv"
    file.write_text("name,also,lat,lon,at,note\nCasa Azul,blue house; البيت الأزرق,0.001,0.001,,\n", "utf-8")
    assert town.know_aliases(file) == 1
    assert {town.search(t)[0].text for t in ("casa azul", "blue house", "البيت الأزرق")} == {"Casa Azul"}


def test_a_change_is_read_again_and_a_flawed_one_leaves_the_last_good(
    town: Places, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "aliases.toml"
    file.write_text(GOOD, "utf-8")
    town.know_aliases(file)
    file.write_text('[[alias]]\nname = "New Hall"\nlat = 0.004\nlon = 0.004\n', "utf-8")
    os.utime(file, (1, 1))
    assert town.search("new hall")[0].kind == "alias"
    with caplog.at_level(logging.WARNING):
        file.write_text("[[alias]]\nname = 7\n", "utf-8")
        os.utime(file, (2, 2))
        assert town.search("new hall")[0].kind == "alias"
        file.unlink()
        assert town.search("new hall")[0].kind == "alias"
    assert "flawed" in caplog.text


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.toml", "[[alias]]\nname = 'A'\nlat = 95\nlon = 1\n", r"line 1: lat: 95 is not between -90 and 90"),
        ("a.toml", "\n\n[[alias]]\nname = 'A'\nlat = 5\n", r"line 3: lon: 'lat' and 'lon' come together"),
        ("a.toml", "[[alias]]\nname = 'A'\n", r"line 1: an alias needs either"),
        ("a.toml", "[[alias]]\nname = '--'\nlat = 1\nlon = 1\n", r"line 1: name: every name needs"),
        ("a.toml", "[[alias]]\nname = 'A'\nlatt = 1\nlon = 1\n", r"line 1: 'latt' is not known here"),
        ("a.toml", "[[alias]]\nname = 'A'\nlat = 'x'\nlon = 1\n", r"line 1: lat: 'x' is not a number"),
        ("a.toml", "[[alias]]\nname = 'A'\nlat = 1\nlon = 1\nradius_m = 0\n", r"line 1: radius_m: must be more than 0"),
        ("a.toml", "alias = 3\n", r"holds \[\[alias\]\] tables and nothing else"),
        ("a.toml", "[[alias\n", r"a\.toml: "),
        ("a.csv", "name,lat,lon\nA,1,2\nB,1\n", r"line 3: has more or fewer fields"),
        ("a.csv", "name,lat,lon\nA,1,2\n\nB,x,2\n", r"line 4: lat: 'x' is not a number"),
        ("a.csv", "nom,lat,lon\nA,1,2\n", r"line 1: 'nom' is not known here"),
        ("a.csv", "name,lat,lon\nA,nan,2\n", r"line 2: lat: nan is not between"),
    ],
)
def test_every_flaw_is_one_line_that_names_its_line(tmp_path: Path, name: str, text: str, words: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(PlacesError, match=words) as told:
        load_aliases(file)
    assert "\n" not in str(told.value)


def test_words_that_the_map_does_not_know_are_named(town: Places, tmp_path: Path) -> None:
    file = tmp_path / "aliases.toml"
    file.write_text('[[alias]]\nname = "A1"\nat = "zzzz qqqq"\n', "utf-8")
    with pytest.raises(PlacesError, match="line 1: at: the map does not know 'zzzz qqqq'"):
        town.know_aliases(file)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(PlacesError, match="cannot be read"):
        load_aliases(tmp_path / "absent.toml")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlacesError, match="not UTF-8"):
        load_aliases(tmp_path / "a.csv")
