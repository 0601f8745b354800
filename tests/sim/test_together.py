"""Published nights of calls that belong together: seeded, spread as they say, each with its truth."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import msgspec
from click.testing import CliRunner

from tocsin.cli import main
from tocsin.settings import load_catalogue
from tocsin.sim.together import ALIKE, Background, SaidCall, World, night, told, without_doubles

T0 = 1_790_000_000.0
DICE = random.Random(4)
KINDS = ("RESCUE-TRAFFIC", "FIRE-STRUCTURE", "MED-ILLNESS", "FIRE-ALARM")
BACKGROUND = [
    Background(T0 + 200.0 * i, 37.78 + DICE.gauss(0, 0.01), -122.41 + DICE.gauss(0, 0.01), DICE.choice(KINDS))
    for i in range(800)
]
NIGHT = night(BACKGROUND, 5)


def test_the_same_seed_makes_the_same_night_and_another_one_another():
    assert msgspec.json.encode(night(BACKGROUND, 5)) == msgspec.json.encode(NIGHT)
    assert night(BACKGROUND, 6) != NIGHT


def test_calls_come_in_order_each_with_its_truth_and_one_first_call_each():
    assert [call.at for call in NIGHT] == sorted(call.at for call in NIGHT)
    assert [call.id for call in NIGHT] == [f"C{i + 1}" for i in range(len(NIGHT))]
    firsts = Counter(call.incident for call in NIGHT if call.kind == "first")
    assert set(firsts.values()) == {1}
    assert set(firsts) == {call.incident for call in NIGHT}


def test_a_burst_is_forty_calls_in_three_minutes():
    calls = night(BACKGROUND, 2, World(bursts_per_day=20.0))
    burst = [call for call in calls if call.incident == "B1"]
    assert len(burst) == 40
    assert burst[-1].at - burst[0].at <= 180.0


def test_further_callers_name_other_types_and_say_other_words_as_often_as_stated():
    of = {call.incident: call.type for call in NIGHT if call.kind == "first"}
    further = [call for call in NIGHT if call.kind == "further"]
    other = sum(call.type != of[call.incident] for call in further) / len(further)
    assert 0.17 < other < 0.33
    assert len({call.words for call in further}) > 0.6 * len(further)


def test_the_same_caller_again_has_the_same_number():
    numbers = {call.incident: call.number for call in NIGHT if call.kind == "first"}
    again = [call for call in NIGHT if call.kind == "again"]
    assert again
    assert all(call.number == numbers[call.incident] for call in again)


def test_every_type_told_of_is_one_of_the_catalogue():
    codes = {kind.code for kind in load_catalogue().types}
    assert set(told()) <= codes
    assert set(ALIKE) | {other for others in ALIKE.values() for other in others} <= set(told())


def test_other_callers_say_the_same_things_in_other_words():
    first, other = told(), told("other")
    assert list(first) == list(other)
    for code, kind in first.items():
        assert (kind.calls, kind.seen_from_m) == (other[code].calls, other[code].seen_from_m)
        assert [len(row) for row in kind.details] == [len(row) for row in other[code].details], code
        assert not set(kind.heads) & set(other[code].heads)
    wordings = {words for kind in first.values() for row in kind.details for value in row for words in value}
    twice = {words for kind in other.values() for row in kind.details for value in row for words in value} & wordings
    assert len(twice) < 0.25 * len(wordings)
    calls = night(BACKGROUND[:200], 5, World(wording="other"))
    assert {call.words for call in calls}.isdisjoint(call.words for call in NIGHT if ", " in call.words)


def test_what_the_record_may_hold_twice_is_left_out():
    spot, near, far = (37.78, -122.41), (37.7802, -122.41), (37.79, -122.41)
    things = [Background(T0, *spot, "FIRE-ALARM"), Background(T0 + 600, *near, "MED-ILLNESS"),
              Background(T0 + 1_200, *near, "FIRE-ALARM"), Background(T0 + 1_300, *near, "MED-ILLNESS"),
              Background(T0 + 60, *far, "FIRE-ALARM")]  # fmt: skip
    assert [one.at - T0 for one in without_doubles(things)] == [0, 60, 1_300]


def test_the_command_writes_one_call_a_line(tmp_path: Path):
    file = tmp_path / "calls.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("id", "received", "lat", "lon", "type"))
        rows.writerows(
            (i, f"2026-03-0{1 + i % 3}T08:{i:02}:00Z", 37.7 + i / 100, -122.4, "FIRE-ALARM") for i in range(9)
        )
    done = CliRunner().invoke(main, ["sim", "calls-together", str(file), "--seed", "3", "--since", "2026-03-02"])
    assert done.exit_code == 0, done.output
    calls = [msgspec.json.decode(line, type=SaidCall) for line in done.output.splitlines()]
    assert sum(call.kind == "first" for call in calls) >= 6
    none = CliRunner().invoke(main, ["sim", "calls-together", str(file), "--since", "2027-01-01"])
    other = CliRunner().invoke(main, ["sim", "calls-together", str(file), "--seed", "3", "--wording", "other"])
    assert other.output.splitlines()[0] not in done.output
    assert none.exit_code == 1
    assert "no call with a place" in none.output
