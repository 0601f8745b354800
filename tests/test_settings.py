"""Settings and catalogues: read whole, or refused in one line with file and key."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from tocsin.settings import PORT, SettingsError, load_attributes, load_catalogue, load_settings
from tocsin.sim.fleet import RULES
from tocsin.sim.replay.mapping import Mapping

TYPE = '[[types]]\ncode = "F"\ngroup = "fire"\npriority = 1\nname = { en = "Fire" }\n'
CAN = '[[capabilities]]\ncode = "engine"\nname = { en = "Engine" }\n'
END = '[[dispositions]]\ncode = "done"\nname = { en = "Done" }\n'


@pytest.fixture
def write(tmp_path: Path) -> object:
    def written(text: str, name: str = "file.toml") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def test_without_a_file_the_defaults_stand() -> None:
    settings = load_settings()
    assert (settings.port, settings.host, settings.region, settings.centre.mode) == (PORT, "127.0.0.1", None, "live")


def test_paths_are_relative_to_the_file_and_the_command_line_goes_first(write, tmp_path: Path) -> None:
    path = write('data = "d"\nregion = "r"\naliases = "names.toml"\nport = 1\n[centre]\nid = "north"\nname = "North"\n')
    settings = load_settings(path, port=2, host=None, centre_mode="exercise", data=Path("here"))
    assert (settings.region, settings.data) == (tmp_path / "r", Path("here"))
    assert settings.aliases == tmp_path / "names.toml"
    assert (settings.port, settings.host) == (2, "127.0.0.1")
    assert (settings.centre.id, settings.centre.mode) == ("north", "exercise")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('centre = "north"', "centre: expected a table, got text"),
        ('port = "x"', "port: expected a whole number, got text"),
        ("port = 70000", "port: expected a whole number <= 65535"),
        ("prot = 1", "unknown field 'prot'; the keys are data, store, host, port"),
        ("region = 3", "region: expected text, got a whole number"),
        ('[centre]\nmode = "test"', "centre.mode: invalid enum value 'test'; it is live or exercise"),
        ('[centre]\nid = "Nörth"', "centre.id"),
        ("centre = 3", "centre: expected a table"),
        ("host = ", "is not TOML"),
    ],
)
def test_a_wrong_setting_is_told_with_file_and_key(write, text: str, words: str) -> None:
    path = write(text)
    with pytest.raises(SettingsError) as said:
        load_settings(path)
    assert str(said.value).startswith(f"{path}: ")
    assert words in str(said.value)
    assert "\n" not in str(said.value)


def test_the_packaged_catalogue_is_whole() -> None:
    catalogue = load_catalogue()
    assert {kind.group for kind in catalogue.types} >= {"fire", "rescue", "medical", "police", "hazard"}
    assert catalogue.dispositions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing required field 'types'"),
        ("types = []\n" + END, "at least one incident type"),
        ("dispositions = []\n" + TYPE, "dispositions: at least one"),
        (TYPE + TYPE + END, "types: 'F' stands there twice"),
        (TYPE + END + END, "dispositions: 'done' stands there twice"),
        (TYPE.replace("en =", "pt =") + END, "types[0].name ('F'): an English name"),
        (TYPE + END.replace('"Done"', '" "'), "dispositions[0].name ('done'): an English name"),
        (TYPE.replace("= 1", "= 6") + END, "types[0].priority ('F'): 6 is not 1"),
        (TYPE.replace("= 1", '= "high"') + END, "types[0].priority: expected a whole number, got text"),
        (TYPE.replace('"F"', '""') + END, "types[0].code"),
        (TYPE + "needs = [{ capability = 'x', count = 0 }]\n" + END, "types[0].needs[0]"),
        (TYPE + "needs = [{ capability = 'x' }, { capability = 'x' }]\n" + END, "'x' stands there twice"),
        (TYPE + "colour = 'red'\n" + END, "types[0]: object contains unknown field 'colour'"),
        ("siren = [1, 9]\n" + TYPE + END, "siren: 9 is not a priority of 1"),
        ("first_incident = 0\n" + TYPE + END, "first_incident: 0 is not"),
        (TYPE.replace('"F"', '"F\u200b"') + END, "types[0].code: must be 1 to 64 visible"),
        (TYPE + END + CAN + CAN, "capabilities: 'engine' stands there twice"),
        (TYPE + END + CAN.replace("en =", "pt ="), "capabilities[0].name ('engine'): an English name"),
        (TYPE + END + CAN.replace("capabilities", "unit_kinds").replace('"engine"', '""'), "unit_kinds[0].code"),
        (
            TYPE + "needs = [{ capability = 'engnie' }]\n" + END + CAN,
            "types[0].needs[0] ('F'): 'engnie'",
        ),
        ("[limits]\nlong_on_scene_s = -1\n" + TYPE + END, "limits.long_on_scene_s: -1"),
    ],
)
def test_a_wrong_catalogue_is_told_with_file_and_key(write, text: str, words: str) -> None:
    path = write(text)
    with pytest.raises(SettingsError) as said:
        load_catalogue(path)
    assert str(said.value).startswith(f"{path}: ")
    assert words in str(said.value)


def test_every_word_the_packaged_catalogue_and_the_demo_use_has_a_name_in_both_languages() -> None:
    catalogue = load_catalogue()
    kinds, can = ({one.code: one.name for one in named} for named in (catalogue.unit_kinds, catalogue.capabilities))
    packaged = files("tocsin.sim.replay").joinpath("datasf.toml").read_text("utf-8")
    recorded = msgspec.convert(tomllib.loads(packaged), Mapping).unit_types.values()
    assert {rule.unit_kind for rule in RULES} | {one.kind for one in recorded} <= kinds.keys()
    needed = {need.capability for kind in catalogue.types for need in kind.needs}
    fleet = {word for rule in RULES for word in (*rule.capabilities, rule.also) if word}
    assert needed | fleet | {word for one in recorded for word in one.capabilities} <= can.keys()
    assert all({"en", "pt"} <= name.keys() for name in (*kinds.values(), *can.values()))


def test_a_catalogue_of_old_that_names_no_capability_still_serves(write) -> None:
    catalogue = load_catalogue(write(TYPE + "needs = [{ capability = 'engine' }]\n" + END))
    assert (catalogue.capabilities, catalogue.first_incident) == ((), 1_001)


ATTRIBUTE = '[[attributes]]\ncode = "floor"\none = true\n[attributes.values]\n3 = ["third floor"]\n'


def test_a_centre_may_say_what_its_callers_words_stand_for(write) -> None:
    (floor,) = load_attributes(write(ATTRIBUTE))
    assert (floor.code, floor.one, floor.values) == ("floor", True, {"3": ("third floor",)})
    assert {"floor", "colour", "vehicle"} <= {one.code for one in load_attributes()}
    configured = load_settings(write('attributes = "words.toml"')).attributes
    assert configured is not None
    assert configured.is_absolute()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing required field 'attributes'"),
        (ATTRIBUTE + ATTRIBUTE, "attributes: 'floor' stands there twice"),
        (ATTRIBUTE.replace('"floor"', '""'), "attributes[0].code: '' is empty"),
        (ATTRIBUTE.replace('["third floor"]', '"third floor"'), "attributes[0].values"),
        (ATTRIBUTE.replace("one =", "several ="), "attributes[0]: object contains unknown field 'several'"),
    ],
)
def test_wrong_attributes_are_told_with_file_and_key(write, text: str, words: str) -> None:
    path = write(text)
    with pytest.raises(SettingsError) as said:
        load_attributes(path)
    assert str(said.value).startswith(f"{path}: ")
    assert words in str(said.value)


def test_unreadable_files_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read: No such file"):
        load_catalogue(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'host = "caf\xe9"')
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_settings(tmp_path / "latin.toml")


def test_a_centre_may_bring_its_own_catalogue(write) -> None:
    catalogue = load_catalogue(write(TYPE + END))
    assert [kind.code for kind in catalogue.types] == ["F"]
    assert catalogue.has_disposition("done")
