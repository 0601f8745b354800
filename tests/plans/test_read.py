"""A centre's plan file: the packaged one is sound, and every mistake is told by line, field and what would be right."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli import main
from tocsin.domain.plans import plan_for
from tocsin.facts.values import Place
from tocsin.plans.lines import lines_of, value_at
from tocsin.plans.read import load_plans, read_plans
from tocsin.settings import SettingsError, load_catalogue

CATALOGUE = load_catalogue()
NEEDS = 'needs = ["1 engine"]\n'
SQUARE = "ring = [[38.0, -9.0], [39.0, -9.0], [39.0, -8.0], [38.0, -8.0]]\n"


def read(text: str, folder: Path = Path()):
    return read_plans(text.encode(), folder, "plans.toml", CATALOGUE)


def test_the_packaged_plans_are_sound_and_cover_every_type():
    plans = load_plans(None, CATALOGUE)
    for kind in CATALOGUE.types:
        applied = plan_for(plans, kind, kind.priority, Place(0.0, 0.0))
        assert applied.match in ("type", "group"), kind.code
        wanted = {need.capability for need in kind.needs}
        first = {p.capability for one in applied.plan.levels[0] for option in one.options for p in option}
        assert wanted <= first | {"rescue"}, f"{kind.code}: the plan sends less than the catalogue asks for"
    assert len(plans.version) == 12
    assert 3 <= len(plans.reasons) <= 9


MISTAKES = [
    ("[terms]\nlat = 1\n", 2, "terms.lat", "did you mean 'late'?"),
    ('[terms]\nlate = "high"\n', 2, "terms.late", "a text"),
    ("[terms.p1]\nminute = -1\n", 2, "terms.p1.minute", ">= 0"),
    ("[plan]\n", 1, "plan", "did you mean 'plans'?"),
    ("[[plans]]\n" + NEEDS, 1, "plans[0].code", "is missing"),
    ('[[plans]]\ncode = "x"\n', 1, "plans[0]", "needs ="),
    ('[[plans]]\ncode = "x"\nneeds = ["2 engines twice"]\n', 3, "plans[0].needs[0]", "2 engine"),
    ('[[plans]]\ncode = "x"\nneeds = [\n  "1 engine",\n  "0 ladder",\n]\n', 5, "plans[0].needs[1]", "1 to 60"),
    ('[[plans]]\ncode = "x"\nlevels = [["1 engine"],\n ["1 or"]]\n', 4, "plans[0].levels[1][0]", "not a number"),
    ('[[plans]]\ncode = "x"\ntypes = ["FIRE-STRUKTURE"]\n' + NEEDS, 3, "plans[0].types[0]", "FIRE-STRUCTURE"),
    ('[[plans]]\ncode = "x"\ngroups = ["fires"]\n' + NEEDS, 3, "plans[0].groups[0]", "did you mean 'fire'?"),
    ('[[plans]]\ncode = "x"\nareas = ["port"]\n' + NEEDS, 3, "plans[0].areas[0]", "no area 'port'"),
    ('[[plans]]\ncode = "x"\npriorities = [6]\n' + NEEDS, 3, "plans[0].priorities", "<= 5"),
    ('[[plans]]\ncode = "x"\nname = { pt = "X" }\n' + NEEDS, 3, "plans[0].name", "English"),
    ('[[plans]]\ncode = "x"\n' + NEEDS + '[[plans]]\ncode = "x"\n' + NEEDS, 5, "plans[1].code", "line 2"),
    ('[[plans]]\ncode = "x"\n' + NEEDS + '[[plans]]\ncode = "y"\n' + NEEDS, 4, "plans[1]", "never applies"),
    ('[[plans]]\ncode = "x"\nneeds = ["' + " or ".join("abcde") + '"' + ', "a or b or c or d or e"' * 2 + "]\n", 1,
     "plans[0]", "125 ways"),
    ('[[areas]]\nname = "a"\nring = [[1, 2], [3, 4]]\n', 3, "areas[0].ring", "at least three"),
    ('[[areas]]\nname = "a"\nring = [[-9.1, 138.7],\n [1, 2], [3, 4]]\n', 3, None, None),
    ('[[areas]]\nname = "a"\nring = [[10, 20],\n [138.7, -9.1], [3, 4]]\n', 4, "areas[0].ring[1]", "comes first"),
    ('[[areas]]\nname = "a"\n', 1, "areas[0]", "ring ="),
    ('[[areas]]\nname = "a"\ngeojson = "none.json"\n', 3, "areas[0].geojson", "cannot be read"),
    ('[[crews]]\nunits = ["E5"]\n', 2, "crews[0].units", "name both"),
    ('[[crews]]\nunits = ["E5", "T5"]\n[[crews]]\nunits = ["T5", "E6"]\n', 4, "crews[1].units[0]", "two crews"),
    ('[[agencies]]\nname = "a"\nareas = ["x"]\n', 3, "agencies[0].areas[0]", "no area"),
    ('[[reasons]]\npt = "Mais perto"\n', 1, "reasons[0]", "English"),
    ("[terms]\nlost = inf\n", 2, "terms.lost", "write a finite one"),
    ("[terms.p1]\ntarget_s = 1e400\n", 2, "terms.p1.target_s", "write a finite one"),
    ('[terms]\nlate = "x"\n', 2, "terms.late", "expected a number, got a text"),
    ('[[plans]]\ncode = "x"\nneeds = "1 engine"\n', 3, "plans[0].needs", 'write ["…"]'),
    ('[[plans]]\ncode = "x"\nneeds = ["' + "9" * 5000 + ' engine"]\n', 3, "plans[0].needs[0]", "write '2 engine'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "words"), MISTAKES)
def test_a_mistake_is_told_by_line_field_and_what_would_be_right(text, line, field, words):
    faults = read(text).faults
    if field is None:
        assert faults == ()
        return
    (fault,) = faults
    assert (fault.line, fault.field) == (line, field)
    assert words in fault.text


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines():
    text = '[terms]\nlat = 1\n[[plans]]\nkode = "x"\n' + NEEDS + '[[plans]]\ncode = "y"\nneeds = ["x y z"]\n'
    assert [fault.line for fault in read(text).faults] == [2, 3, 4, 8]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"[terms\n", "is not TOML"),
        (b"\xff", "UTF-8"),
        (b"a = " + b"[" * 3000, "is not TOML"),
        (b"a = " + b"9" * 5000, "is not TOML"),
    ],
)
def test_what_is_not_toml_is_one_line(raw, words):
    with pytest.raises(SettingsError, match=words):
        read_plans(raw, Path(), "plans.toml", CATALOGUE)


def test_a_file_saved_by_notepad_is_read_like_any_other():
    found = read_plans(b"\xef\xbb\xbf[terms]\r\nlate = 2\r\n", Path(), "plans.toml", CATALOGUE)
    assert found.faults == ()
    assert found.plans.terms[0].late == 2


def test_lines_are_right_for_every_value_of_the_packaged_file():
    text = (Path(__file__).parents[2] / "src" / "tocsin" / "data" / "plans.toml").read_text()
    data, lines = tomllib.loads(text), text.splitlines()
    for path, line in lines_of(text).items():
        value = value_at(data, path)
        assert value is not None, path
        if isinstance(value, str):
            assert value in lines[line - 1], path


def test_an_area_of_a_geojson_file_with_a_hole_in_it(tmp_path):
    ring = [[-9, 38], [-8, 38], [-8, 39], [-9, 39], [-9, 38]]
    hole = [[-8.6, 38.4], [-8.4, 38.4], [-8.4, 38.6], [-8.6, 38.6], [-8.6, 38.4]]
    shape = {"type": "Polygon", "coordinates": [ring, hole]}
    one = {"type": "Feature", "properties": {"name": "Port"}, "geometry": shape}
    (tmp_path / "areas.json").write_text(json.dumps({"type": "FeatureCollection", "features": [one]}))
    area = '[[areas]]\nname = "port"\ngeojson = "areas.json"\n'
    (found,) = read(area + 'feature = "Port"\n', tmp_path).plans.areas
    assert [found.holds(*at) for at in ((38.2, -8.2), (38.5, -8.5), (39.5, -8.5))] == [True, False, False]
    (fault,) = read(area + 'feature = "Prot"\n', tmp_path).faults
    assert "did you mean 'Port'?" in fault.text


def test_which_plan_applies_is_settled_by_the_written_precedence():
    text = f'[[areas]]\nname = "port"\n{SQUARE}'
    for code, more in (
        ("any", ""), ("port", 'areas = ["port"]'), ("group", 'groups = ["fire"]'),
        ("p1", 'groups = ["fire"]\npriorities = [1]'),
        ("type", 'types = ["FIRE-STRUCTURE"]'), ("type-port", 'types = ["FIRE-STRUCTURE"]\nareas = ["port"]'),
    ):  # fmt: skip
        text += f'[[plans]]\ncode = "{code}"\n{more}\n{NEEDS}'
    file = read(text)
    assert file.faults == ()
    kinds = {kind.code: kind for kind in CATALOGUE.types}

    def asked(code: str, priority: int, lat: float) -> tuple[str, str, str]:
        applied = plan_for(file.plans, kinds[code], priority, Place(lat, -8.5))
        return applied.plan.code, applied.match, applied.area

    assert asked("FIRE-STRUCTURE", 1, 38.5) == ("type-port", "type", "port")
    assert asked("FIRE-STRUCTURE", 1, 50.0) == ("type", "type", "")
    assert asked("FIRE-OUTSIDE", 1, 38.5) == ("p1", "group", "")
    assert asked("FIRE-OUTSIDE", 2, 38.5) == ("group", "group", "")
    assert asked("MED-STROKE", 1, 38.5) == ("port", "any", "port")
    assert asked("MED-STROKE", 1, 50.0) == ("any", "any", "")


def test_check_and_show_on_the_command_line(tmp_path):
    file = tmp_path / "plans.toml"
    file.write_text('[[plans]]\ncode = "x"\nneeds = ["2 engines twice"]\n')
    bad = CliRunner().invoke(main, ["plans", "check", str(file)])
    assert bad.exit_code == 1
    assert f"{file}:3: plans[0].needs[0]: '2 engines twice'" in bad.output
    told = json.loads(CliRunner().invoke(main, ["plans", "check", str(file), "--json"]).output)
    assert told["faults"][0]["line"] == 3
    sound = CliRunner().invoke(main, ["plans", "packaged"]).output
    file.write_text(sound)
    assert CliRunner().invoke(main, ["plans", "check", str(file)]).exit_code == 0
    shown = CliRunner().invoke(main, ["plans", "show", "--type", "FIRE-STRUCTURE", "--level", "2", "--json"])
    line = json.loads(shown.output)
    assert (line["plan"], line["match"], line["levels"]) == ("structure-fire", "type", 3)
    assert {"level": 2, "line": "1 ladder or 1 rescue"} in line["needs"]
    typo = CliRunner().invoke(main, ["plans", "show", "--type", "FIRE-STRUCTUR"])
    assert typo.exit_code == 1
    assert "did you mean 'FIRE-STRUCTURE'?" in typo.output
