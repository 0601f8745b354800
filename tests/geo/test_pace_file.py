"""The file of a learned pace: what is written is read back, and every mistake is one line with its field."""

from __future__ import annotations

import numpy as np
import pytest

from tocsin.geo.pace import GROUPS, HOURS, Pace
from tocsin.geo.pace_file import Applied, Learned, PaceError, PaceFile, Proof, read, sides_of, text, toml

PACE = Pace(
    np.linspace(0.5, 2.0, 2 * len(HOURS) * len(GROUPS)).round(4).reshape(2, len(HOURS), len(GROUPS)),
    (20.0, 12.5),
    (0.12, 0.13),
    (4.0, 5.0),
    (1.0, 1.1, 1.0, 1.2, 1.0, 0.9),
    "Europe/Lisbon",
)


def made(**changes):
    values = {
        "format": 1, "zone": PACE.zone, "hours": HOURS, "spread_by_hours": PACE.by_hours,
        "learned": Learned("2026-01-01T00:00:00+00:00", "north", 'a "region"', "2025-01-01", "2026-01-01", 4_000,
                           {"never said en route": 3, "é\n": 1}),
        "held_out": Proof(800, (40.0, 15.0), (60.0, 2.0), (0.88, 0.9)),
    }  # fmt: skip
    normal, siren = sides_of(PACE, np.full((2, len(HOURS)), 7))
    return PaceFile(**{**values, "normal": normal, "siren": siren, **changes})


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "travel.toml"
    path.write_text(text(made(applied=Applied("ana", "2026-01-02T03:04:05+00:00"))))
    told = read(path)
    assert told == made(applied=Applied("ana", "2026-01-02T03:04:05+00:00"))
    pace = told.pace()
    assert (pace.factor == PACE.factor).all()
    assert (pace.start_s, pace.floor, pace.short_s, pace.by_hours, pace.zone) == (
        PACE.start_s, PACE.floor, PACE.short_s, PACE.by_hours, PACE.zone,
    )  # fmt: skip


def test_a_file_keeps_its_name_whoever_says_yes_and_another_has_another():
    assert made().name == made(applied=Applied("ana", "now")).name
    assert made().name != made(zone="UTC").name


MISTAKES = [
    ("format = 1", "format = 7", "format: must be 1"),
    ('zone = "Europe/Lisbon"', 'zone = "Europe/Nowhere"', "zone: 'Europe/Nowhere' is no time zone"),
    ('"night", "morning"', '"morning", "night"', "hours: must be ['night'"),
    ("start_s = 12.5", "start_s = -1.0", "siren.start_s: Expected `float` >= 0.0"),
    ("floor = 0.12", "floor = 9.0", "normal.floor: Expected `float` <= 2.0"),
    ("motorway = [0.5, ", "motorway = [9.5, ", "normal.factor[...][0]: Expected `float` <= 5.0"),
    ("motorway = [0.5, ", "motorway = [", "normal.factor.motorway: must have 6 numbers"),
    ("motorway = [0.5, ", "motor = [0.5, ", "normal.factor: must name each of"),
    ("motorway = [0.5, ", "motorway = ['x', ", "normal.factor[...][0]: Expected `float`"),
    ("spread_by_hours = [1.0, ", "spread_by_hours = [", "spread_by_hours: must have 6 numbers"),
    ("[learned]", "[lerned]", "Object contains unknown field `lerned`"),
    ("centre = ", "center = ", "learned: Object contains unknown field `center`"),
    ("[learned]", "[learned", "is not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), MISTAKES, ids=[one[1] for one in MISTAKES])
def test_a_mistake_is_one_line_that_names_file_and_field(tmp_path, right, wrong, words):
    good = text(made())
    assert right in good
    path = tmp_path / "travel.toml"
    path.write_text(good.replace(right, wrong, 1))
    with pytest.raises(PaceError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert words in said
    assert "\n" not in said


def test_a_file_that_is_none_is_said(tmp_path):
    with pytest.raises(PaceError, match="cannot be read: No such file"):
        read(tmp_path / "no.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PaceError, match="is not text"):
        read(tmp_path / "b.toml")


def test_plain_values_as_toml():
    import tomllib

    values = {"a": 1, "b": [1.5, "x"], "c": True, "d": {"e f": 'q"\\', "g": {"h": []}}}
    assert tomllib.loads(toml(values)) == values
