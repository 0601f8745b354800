"""The centre's file about coverage: read, and every mistake told by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.desk.cover_file import load_cover_rules
from tocsin.settings import SettingsError

GOOD = """# ours
[[groups]]
name = "als"
capability = "als"
target_s = 420

[[groups]]
name = "engine"
capability = "engine"

[moveups]
rest_from = "22:30"

[[posts]]
name = "Bridge"
lat = 45.5
lon = 9.1
groups = ["als"]

[[tables]]
group = "als"
free = 2
posts = ["Bridge", "Station 1"]
"""


def test_the_packaged_rules_are_right() -> None:
    rules = load_cover_rules()
    assert [group.name for group in rules.groups] == ["ambulance", "engine"]


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "cover.toml"
    file.write_text(GOOD)
    rules = load_cover_rules(file)
    assert rules.group("als").target_s == 420
    assert rules.tables[0].posts == ("Bridge", "Station 1")


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("target_s = 420", "target_s = 4"), 5, "groups[0].target_s: 4 is not between 30 and 7200"),
        (("target_s = 420", "target = 420"), 5, "groups[0].target: object contains unknown field 'target'"),
        (('name = "engine"', 'name = "als"'), 8, "groups[1].name: 'als' stands there twice"),
        (('capability = "engine"', 'capability = ""'), 9, "groups[1].capability: is empty"),
        (('"22:30"', '"24:30"'), 12, "moveups.rest_from: '24:30' is no time of day"),
        (('lat = 45.5', 'lat = "45"'), 16, "posts[0].lat: expected `float`, got `str`".replace("`", "'")),
        (('groups = ["als"]', 'groups = ["asl"]'), 18, "posts[0].groups: there is no group 'asl'"),
        (('free = 2', 'free = 1'), 23, "tables[0].posts: 2 posts cannot be held by 1 free units"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line(tmp_path: Path, change: tuple[str, str], line: int, words: str) -> None:
    file = tmp_path / "cover.toml"
    file.write_text(GOOD.replace(*change))
    with pytest.raises(SettingsError) as said:
        load_cover_rules(file)
    assert f"{file}, line {line}: {words}" in str(said.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "cover.toml"
    file.write_text(GOOD.replace("420", "1").replace('"22:30"', '"x"'))
    with pytest.raises(SettingsError) as said:
        load_cover_rules(file)
    assert len(str(said.value).splitlines()) == 2


def test_what_is_no_toml_or_not_there_is_said(tmp_path: Path) -> None:
    file = tmp_path / "cover.toml"
    with pytest.raises(SettingsError, match="cannot be read"):
        load_cover_rules(file)
    file.write_text("[[groups]\n")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_cover_rules(file)
