"""A scenario that is wrong is refused in one line: file, line, field, and what would be right."""

from __future__ import annotations

import pytest
from tests.sim.twin.scenarios import SCENARIO, write

from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.figures import run
from tocsin.sim.twin.lines import line_of, path_of
from tocsin.sim.twin.scenario import load
from tocsin.sim.twin.world import prepare


def world(folder, scenario=SCENARIO):
    return prepare(load(write(folder, scenario)))


def refused(folder, scenario) -> ScenarioError:
    with pytest.raises(ScenarioError) as told:
        world(folder, scenario)
    assert "\n" not in str(told.value)
    return told.value


SPOILED = [
    ('dispatch = "closest"', 'dispatch = "best"', "town.toml, line 18: policy.dispatch", "closest, dmexclp, hybrid"),
    ("late_after_min = 8", "late_after_min = -8", "line 20: policy.late_after_min", "> 0"),
    ("count = 300", 'count = "many"', "line 12: calls.count", "expected `int`"),
    ("count = 300", "count = 300\ndays = 3", "line 10: calls", "exactly one of count and days"),
    ("count = 300\n", "", "line 10: calls", "count = 50000"),
    ("per_hour = 1.5", "per_our = 1.5", "line 13: calls.per_our: there is no such field", "per_hour"),
    ('kind = "model"\n', "", "calls.kind: is missing", "write kind = "),
    ('["p0", "p3"]', '["p0", "p9"]', "line 8: fleet.bases[1]: 'p9' is not a node", "file of nodes"),
    ('["p0", "p3"]', "[]", "line 8: fleet.bases: names no unit", "one node for each unit"),
    ('hospitals = ["p5"]', 'hospitals = ["p7"]', "line 6: ground.hospitals[0]", "file of nodes"),
    ('drive_matrix = "drives.csv"\n', "", "line 2: ground: needs exactly one of drive_matrix and region", "CSV"),
    ('"drives.csv"', '"nowhere.csv"', "nowhere.csv: cannot be read", ""),
    ('"drives.csv"', '"nodes.csv"', "nodes.csv, line 1: p0: has no column", "a column and a row"),
    ('weight = "people"', 'weight = "persons"', "nodes.csv, line 1: persons: there is no such column", "people"),
    ('law = "constant"', 'law = "normal"', "line 16: calls.hand_over.law", "lognormal"),
    ("[policy]", "[policy", "line 17", "not TOML"),
    (
        "[policy]",
        '[[fleet.shift]]\nunits = ["A7"]\nfrom = "07:00"\nto = "1"\n[policy]',
        "line 20: fleet.shift[0].to",
        "matching",
    ),
    (
        "[policy]",
        '[[fleet.shift]]\nunits = ["A7"]\nfrom = "07:00"\nuntil = "19:00"\n[policy]',
        "there is no such field",
        "from, to",
    ),
    (
        "[policy]",
        '[[fleet.shift]]\nunits = ["A7"]\nfrom = "07:00"\nto = "19:00"\n[policy]',
        "line 18: fleet.shift[0].units: there is no unit A7",
        "A0 to A1",
    ),
    (
        "[policy]",
        '[[fleet.fault]]\nunit = "A1"\nfrom_h = 5\nto_h = 4\n[policy]',
        "line 20: fleet.fault[0].to_h: ends before it begins",
        "larger",
    ),
    ('name = "Small town"', "start = 2026-01-05T00:00:00", "line 1: start: has no zone", "with Z"),
    ('kind = "model"', 'kind = "trace"', "calls.files", "needs gap_min"),
    ('kind = "model"', 'kind = "history"\nfile = "none.csv"', "calls.file: ", ""),
    ('kind = "model"', 'kind = "csv"', "line 10: calls: needs a file", "calls.csv"),
    ("per_hour = 1.5", "per_hour = inf", "line 13: calls.per_hour: inf is not a number", "finite"),
    (
        'law = "constant"',
        'law = "constant", shift = nan',
        "line 16: calls.hand_over.shift: nan is not a number",
        "finite",
    ),
    (
        "per_hour = 1.5",
        f"per_hour = 1.5\nby_hour = [{'0,' * 24}]",
        "line 14: calls.by_hour: adds up to nothing",
        "above 0",
    ),
    (
        "per_hour = 1.5",
        f"per_hour = 1.5\nby_day = [{'0,' * 7}]",
        "line 14: calls.by_day: adds up to nothing",
        "above 0",
    ),
    ("per_hour = 1.5", 'per_hour = "1,5"', "line 13: calls.per_hour: expected `float`, got `str`", "without quotes"),
    ("count = 300", "count = 3.5", "line 12: calls.count", "whole number"),
    ("count = 300", "count = 3\ncount = 4", "line 13: is not TOML", "overwrite"),
    ('name = "Small town"', 'start = "monday"', "line 1: start", "2026-01-05T00:00:00Z"),
    ('name = "Small town"', "name = 5", "line 1: name", "in quotes"),
    ('nodes = "nodes.csv"', 'nodes = "."', "line 3: ground.nodes", "is a folder"),
    ('nodes = "nodes.csv"', 'nodes = ""', "line 3: ground.nodes: no file", "beside"),
    ('["p0", "p3"]', '"p0"', "line 8: fleet.bases", "name a file"),
    ('["p0", "p3"]', "[0, 3]", "line 8: fleet.bases[0]", "in quotes"),
    ("[fleet]", "[Fleet]", "line 7: Fleet: there is no such field", "ground, fleet, calls, policy"),
    ("[ground]\n", "", "nodes: there is no such field", "ground, fleet"),
    ("late_after_min = 8", "busy = 1.0", "line 20: policy.busy", "< 1.0"),
    ("late_after_min = 8", "layers = 8", "line 20: policy.layers", "a list"),
    ("late_after_min = 8", 'move_after = ["lunch"]', "line 20: policy.move_after[0]", "dispatch, release"),
    ("late_after_min = 8", "layers = [{ minutes = 8, share = 0 }]", "line 20: policy.layers[0].share", "> 0"),
    (
        'kind = "model"',
        'kind = "history"\nfile = "nodes.csv"',
        "line 12: calls.file: no column for id",
        "columns are name",
    ),
    (
        "[policy]",
        '[[fleet.shift]]\nunits = ["A0"]\nfrom = "7:00"\nto = "19:00"\n[policy]',
        "line 19: fleet.shift[0].from",
        "such as 07:00",
    ),
    (
        "[policy]",
        '[[fleet.shift]]\nunits = ["A0"]\nfrom = "07:00"\nto = "19:00"\ndays = ["monday"]\n[policy]',
        "line 21: fleet.shift[0].days[0]",
        "mon",
    ),
    ('drive_matrix = "drives.csv"', 'region = "nowhere"', "ground.columns: has no lat and lon", "lat ="),
]


@pytest.mark.parametrize(("right", "wrong", "where", "hint"), SPOILED)
def test_each_mistake_is_told_by_its_place_and_what_would_be_right(tmp_path, right, wrong, where, hint):
    assert right in SCENARIO
    told = str(refused(tmp_path, SCENARIO.replace(right, wrong)))
    assert where in told
    assert hint in told


CSV = SCENARIO.replace('kind = "model"', 'kind = "csv"\nfile = "calls.csv"')


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ("at_min,place,scene_min\n1,p1,ten\n", "calls.csv, line 2: scene_min: 'ten' is not a number of 0 or more"),
        ("at_min,place,scene_min\n1,p1,1\n2,p99,1\n", "calls.csv, line 3: place: 'p99' is not a node"),
        ("at_min,place\n1,p1\n", "calls.csv, line 1: scene_min: there is no such column"),
        ("at_min,place,scene_min\n1,p1\n", "calls.csv, line 2: has 2 cells; the header has 3"),
        (
            "at_min,place,scene_min,to_hospital\n1,p1,1,perhaps\n",
            "line 2: to_hospital: 'perhaps' is neither yes nor no",
        ),
        ("at_min,place,scene_min\n", "town.toml, line 10: calls: has no calls"),
        ("", "calls.csv, line 1: is empty"),
        ("at_min,place,scene_min\n-1,p1,1\n", "calls.csv, line 2: at_min: '-1' is not a number of 0 or more"),
        ("at_min,place,scene_min\nnan,p1,1\n", "calls.csv, line 2: at_min: 'nan' is not a number"),
    ],
)
def test_each_mistake_in_a_table_of_calls_is_told_by_line_and_field(tmp_path, rows, where):
    file = write(tmp_path, CSV)
    (tmp_path / "calls.csv").write_text(rows, "utf-8")
    with pytest.raises(ScenarioError) as told:
        prepare(load(file))
    assert where in str(told.value)


def test_a_table_of_calls_is_lived_through_in_the_order_of_time(tmp_path):
    ran = run(world(tmp_path, CSV), 1)
    assert ran.node.tolist() == [1, 4, 2]
    assert ran.response_s.tolist() == [150.0, 150.0, 570.0], "the third waits for the unit at p4, free at 9.5 min"


def test_a_drive_matrix_that_is_no_number_is_told_by_row_and_column(tmp_path):
    file = write(tmp_path)
    text = (tmp_path / "drives.csv").read_text("utf-8").replace("p2,5.0", "p2,far")
    (tmp_path / "drives.csv").write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=r"drives.csv, line 4: p0: 'far' is not a number"):
        prepare(load(file))


@pytest.mark.parametrize(
    ("name", "spoil", "where"),
    [
        ("nodes.csv", lambda _: b"", "nodes.csv, line 1: is empty"),
        ("nodes.csv", lambda _: b"name,x,y,people\n", "nodes.csv: people: adds up to nothing"),
        ("nodes.csv", lambda _: b"\xff\xfe\x00", "nodes.csv: cannot be read"),
        ("nodes.csv", lambda text: text.replace(b"p1", b"p0"), "line 3: name: 'p0' is empty or stands twice"),
        ("drives.csv", lambda text: text.replace(b"p3,", b"p3;"), "drives.csv, line 2: has 7 cells; the header has 6"),
        ("drives.csv", lambda text: text.replace(b"5.0", b"-5.0"), "line 2: p2: '-5.0' is not a number of 0 or more"),
        ("drives.csv", lambda text: text.replace(b"5.0", b"1e999"), "line 2: p2: '1e999' is not a number"),
        ("drives.csv", lambda text: text.replace(b"5.0", b""), "line 2: p2: '' is not a number"),
        ("drives.csv", lambda _: b"\0\0", "drives.csv, line 1: p0: has no column"),
    ],
)
def test_each_mistake_in_a_table_of_the_ground_is_told_by_line_and_field(tmp_path, name, spoil, where):
    file = write(tmp_path)
    (tmp_path / name).write_bytes(spoil((tmp_path / name).read_bytes()))
    with pytest.raises(ScenarioError) as told:
        prepare(load(file))
    assert where in str(told.value)


def test_days_are_as_many_as_asked_for(tmp_path):
    ready = world(tmp_path, SCENARIO.replace("count = 300", "days = 10"))
    calls = ready.calls(5)
    assert 250 < len(calls) < 480
    assert calls[-1].at - ready.start < 10 * 86_400 < calls[-1].at - ready.start + 86_400


def test_compiled_and_plain_tell_the_same_figures(tmp_path):
    ready = world(tmp_path)
    plain, fast = run(ready, 3).figures, run(ready, 3, compiled=True).figures
    assert plain.facts > 2_000
    same = ("late_share", "mean_min", "p90_min", "busy_share", "served", "moves_per_day")
    assert [getattr(plain, one) for one in same] == [getattr(fast, one) for one in same]
    assert plain.relocation_min_per_unit_day == pytest.approx(fast.relocation_min_per_unit_day)


def test_compiled_rules_say_what_they_cannot_do(tmp_path):
    shift = '[[fleet.shift]]\nunits = ["A1"]\nfrom = "07:00"\nto = "19:00"\n[policy]'
    ready = world(tmp_path, SCENARIO.replace("[policy]", shift))
    with pytest.raises(ScenarioError, match="run it plain"):
        run(ready, 1, compiled=True)
    with pytest.raises(ScenarioError, match=r"calls\.queue"):
        run(world(tmp_path, SCENARIO.replace("[policy]", "queue = false\n[policy]")), 1, compiled=True)


def test_nights_without_the_second_unit_are_slower(tmp_path):
    shift = '[[fleet.shift]]\nunits = ["A1"]\nfrom = "07:00"\nto = "19:00"\n[policy]'
    absences = world(tmp_path, SCENARIO.replace("[policy]", shift)).absences(world(tmp_path).calls(1))
    assert {a.unit for a in absences} == {1}
    first = min(absences, key=lambda a: a.since)
    assert (first.until - first.since) / 3600 == 7.0
    always = run(world(tmp_path), 1).figures
    nights = run(world(tmp_path, SCENARIO.replace("[policy]", shift)), 1).figures
    assert nights.mean_min > always.mean_min


def test_a_path_is_found_on_its_line():
    text = 'a = 1\n[b]\nc = 2\n[[d.e]]\nf = 1\n[[d.e]]\n"f" = 2\ng.h = 3\n'
    assert [line_of(text, path_of(p)) for p in ("a", "b.c", "d.e[1].f", "d.e[0].f", "d.e[1].g.h", "b.zz", "x")] == [
        1,
        3,
        7,
        5,
        8,
        2,
        None,
    ]


def test_a_night_shift_ends_the_next_morning(tmp_path):
    shift = '[[fleet.shift]]\nunits = ["A1"]\nfrom = "22:00"\nto = "06:00"\ndays = ["mon"]\n[policy]'
    ready = world(tmp_path, SCENARIO.replace("[policy]", shift))
    away = sorted((a.since - ready.start, a.until - ready.start) for a in ready.absences(ready.calls(1)))
    assert away[0] == (0.0, 22 * 3600.0), "Monday until ten at night"
    assert away[1] == ((24 + 6) * 3600.0, (7 * 24 + 22) * 3600.0), "from Tuesday at six until the next Monday night"
