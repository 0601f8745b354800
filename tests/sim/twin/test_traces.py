"""Traces nobody fitted the code to: other seeds, other fleets, ties, queues, zero times, held to the README's rules.

The truth is `by_the_readme.replay`, written from the README alone; the twin is the production path.
"""

from __future__ import annotations

import csv
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.twin import utrecht
from tests.sim.twin.by_the_readme import replay

from tocsin.cli import main
from tocsin.domain.coverage import Cover
from tocsin.facts.calls import CallReceived
from tocsin.sim.planning.locate import mexclp
from tocsin.sim.twin.compiled import Rules, Sweeper, columns
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.demand import Service, draw_calls, level
from tocsin.sim.twin.draws import Law
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import Closest, HomeBase
from tocsin.sim.twin.trace import Trace, live

NODES = 9


def lived(ground, bases, calls) -> list[tuple[int, float]]:
    """(unit, response in minutes) by the production path, and the compiled rules the same to the last bit."""
    fleet = [TwinUnit(id_, base) for id_, base in zip(unit_ids(len(bases)), bases, strict=True)]
    out = Twin(ground, fleet, Closest(), HomeBase({unit.id: unit.base for unit in fleet})).run(calls)
    cover = Cover([1.0] * len(ground), ())
    swept = Sweeper(ground, sorted(set(bases)), cover).run(columns(calls), bases, Rules())
    assert [(o.unit, o.response_s) for o in out] == list(
        zip(swept.unit.tolist(), swept.response_s.tolist(), strict=True)
    )
    return [(o.unit, o.response_s / 60) for o in out]


def same(found, told) -> None:
    assert [unit for unit, _ in found] == [unit for unit, _ in told]
    worst_min = max(abs(mine - float(theirs)) for (_, mine), (_, theirs) in zip(found, told, strict=True))
    assert worst_min < 1e-9


def seconds(told) -> list[TwinCall]:
    """Calls of the replay's kind as the twin has them."""
    at, out = Fraction(0), []
    for gap, node, aid, to_hospital, hand_over in told:
        at += Fraction(gap)
        out.append(TwinCall(float(at * 60), node, float(aid * 60), to_hospital, float(hand_over * 60)))
    return out


# -- every tie is a tie: whole minutes on a small ground --------------------------------------------------------------

POINTS = st.integers(0, 999).map(
    lambda seed: [(int(x), int(y)) for x, y in np.random.default_rng(seed).integers(0, 90_000, (NODES, 2))]
)
"""Nodes lie anywhere: which of two is nearer is never a matter of the last digit, for that the rules do not settle."""
WHOLE = st.integers(0, 12).map(Fraction)
DRIVES = st.sampled_from([0, 1, 2, 3, 5, 19, 38]).map(Fraction)


@settings(max_examples=150, deadline=None)
@given(
    POINTS,
    st.lists(DRIVES, min_size=NODES * NODES, max_size=NODES * NODES),
    st.lists(st.integers(0, NODES - 1), max_size=3, unique=True),
    st.lists(st.integers(0, NODES - 1), min_size=1, max_size=12),
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 1, 1, 2, 4, 10]).map(Fraction),
            st.integers(0, NODES - 1),
            WHOLE,
            st.booleans(),
            WHOLE,
        ),
        min_size=1,
        max_size=60,
    ),
)
def test_whole_minutes_where_releases_calls_and_drives_tie_all_the_time(points, drives, hospitals, bases, calls):
    siren = [[Fraction(0) if a == b else drives[a * NODES + b] for b in range(NODES)] for a in range(NODES)]
    ground = Ground(
        [f"n{n}" for n in range(NODES)],
        [float(x) for x, _ in points],
        [float(y) for _, y in points],
        [[float(minutes * 60) for minutes in row] for row in siren],
        hospitals,
    )
    same(lived(ground, bases, seconds(calls)), replay(siren, points, hospitals, bases, calls))


TENTHS = st.integers(0, 12).map(lambda n: n / 10)


@settings(max_examples=60, deadline=None)
@given(
    POINTS,
    st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.7, 1.1, 1.9]), min_size=NODES * NODES, max_size=NODES * NODES),
    st.lists(st.integers(0, NODES - 1), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.3]), st.integers(0, NODES - 1), TENTHS, st.booleans(), TENTHS),
        min_size=20,
        max_size=60,
    ),
)
def test_tenths_of_minutes_tie_as_they_do_for_one_who_counts_in_minutes(points, drives, bases, calls):
    """0.1 + 0.2 is not 0.3: whether a release and a call are one instant depends on what is added up, in what unit."""
    siren = [[0.0 if a == b else drives[a * NODES + b] for b in range(NODES)] for a in range(NODES)]
    xs, ys = ([float(point[axis]) for point in points] for axis in (0, 1))
    at, mine = 0.0, []
    for gap, *rest in calls:
        at += gap
        mine.append(TwinCall(at, *rest))
    told = replay(siren, points, [2, 5], bases, calls, 0.95)
    ground = Ground([f"n{n}" for n in range(NODES)], xs, ys, siren, [2, 5])
    entries = []
    agreement = live(ground, Trace("1", mine, tuple(bases), "", told), entries.extend)
    assert (agreement.same_unit, agreement.first_gap) == (len(calls), None)
    arrivals = [e.fact.at for e in entries if isinstance(e.fact, CallReceived)]
    assert arrivals == [call.at * 60 for call in mine], "facts are in seconds"


def on_a_road(calls, bases, hospitals=(), slow_min=19):
    """Nodes 0 to 8 a kilometre and `slow_min` minutes apart: home takes 20 where 19 are driven with siren."""
    siren = [[Fraction(slow_min * abs(a - b)) for b in range(NODES)] for a in range(NODES)]
    points = [(1_000 * n, 0) for n in range(NODES)]
    ground = Ground(
        [f"n{n}" for n in range(NODES)],
        [float(x) for x, _ in points],
        [0.0] * NODES,
        [[float(minutes * 60) for minutes in row] for row in siren],
        hospitals,
    )
    calls = [(Fraction(gap), node, Fraction(aid), carried, Fraction(over)) for gap, node, aid, carried, over in calls]
    told = replay(siren, points, hospitals, bases, calls)
    same(lived(ground, bases, seconds(calls)), told)
    return [(unit, float(response)) for unit, response in told]


def test_halfway_between_two_nodes_it_stands_at_the_one_with_the_lower_number():
    """Free at node 1 after 19 + 5 min, home takes 20: after 10 of them it is as near to node 0 as to node 1."""
    told = on_a_road([(0, 1, 5, False, 0), (34, 0, 1, False, 0)], [0])
    assert told == [(0, 19.0), (0, 0.0)]
    told = on_a_road([(0, 1, 5, False, 0), (33, 0, 1, False, 0)], [0])
    assert told == [(0, 19.0), (0, 19.0)], "a minute earlier it is nearer to node 1"


def test_a_call_at_the_very_instant_of_a_release_finds_that_unit_free():
    assert on_a_road([(0, 0, 7, False, 0), (7, 0, 1, False, 0)], [0, 8]) == [(0, 0.0), (0, 0.0)]
    assert on_a_road([(0, 0, 7, False, 0), (Fraction(27, 4), 0, 1, False, 0)], [0, 8])[1] == (1, 152.0)


def test_several_wait_and_the_lower_number_of_two_freed_together_takes_the_first_of_them():
    calls = [(0, 4, 10, False, 0), (0, 4, 10, False, 0), (1, 5, 0, False, 0), (0, 3, 0, False, 0), (0, 4, 2, False, 0)]
    told = on_a_road(calls, [4, 4])
    assert told == [(0, 0.0), (1, 0.0), (0, 9.0 + 19), (1, 9.0 + 19), (0, 9.0 + 38)]


def test_the_first_named_of_two_hospitals_as_near():
    told = on_a_road([(0, 4, 0, True, 3), (25, 6, 1, False, 0)], [4], hospitals=(5, 3))
    assert told == [(0, 0.0), (0, 19.0)], "free at node 5 at 22 min, and three minutes later not far from it"


# -- other seeds and other fleets on the real ground ------------------------------------------------------------------

NEW = Service(
    Law("lognormal", sigma=0.38, shift=-10.01, scale=37.0, most=88.0),
    Law("lognormal", sigma=0.39, shift=-8.25, scale=35.89, most=88.0),
    to_hospital=0.63,
)


def minutes_of(calls) -> list[tuple[float, int, float, bool, float]]:
    out, before = [], 0.0
    for call in calls:
        out.append(((call.at - before) / 60, call.node, call.scene_s / 60, call.to_hospital, call.hand_over_s / 60))
        before = call.at
    return out


def spoiled(calls, seed: int):
    """Ties of the real kind: several calls at one instant, nothing to do on scene, nothing to wait for at the door."""
    return [
        (0.0 if (n + seed) % 7 == 0 else gap, node, 0.0 if (n + seed) % 11 == 0 else scene, hospital,
         0.0 if (n + seed) % 13 == 0 else hand_over)
        for n, (gap, node, scene, hospital, hand_over) in enumerate(calls)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("units", "per_hour", "seed"),
    [(19, 7.7, 41), (20, 7.7, 42), (24, 7.7, 43), (24, 11.0, 44), (20, 9.5, 45), (1, 0.7, 46)],
)
def test_on_utrecht_every_call_of_a_trace_of_our_own_gets_the_unit_the_rules_give_it(units, per_hour, seed):
    utrecht.need()
    ground = utrecht.ground()
    siren = [[s / 60 for s in row] for row in ground.siren_s]
    points = list(zip(ground.x_m, ground.y_m, strict=True))
    drawn = draw_calls(level(per_hour, utrecht.demand()), NEW, seed, 700, 0.0)
    calls = spoiled(minutes_of(drawn), seed)
    plan = mexclp(utrecht.demand(), [ground.siren_s[s] for s in utrecht.stations()], 720.0, units, 0.3)
    bases = [site for site, n in zip(utrecht.stations(), plan.at, strict=True) for _ in range(n)]
    told = replay(siren, points, ground.hospitals, bases, calls, 0.95)
    same(lived(ground, bases, seconds(calls)), told)
    assert max(response for _, response in told) > 12, "somebody waited"


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A folder of the README's kind, as a spreadsheet would have written it; run 7 with an outcome, run 12 without."""
    siren = [[Fraction(abs(a - b) * 4) for b in range(4)] for a in range(4)]
    names = ["3511", "3512", "3513", "3514"]
    calls = [(Fraction(n % 3), n % 4, Fraction(9), n % 2 == 0, Fraction(n % 5)) for n in range(40)]
    told = replay(siren, [(n * 900, 0) for n in range(4)], [2], [0, 3], calls)

    def write(name: str, *rows) -> None:
        text = "\r\n".join(",".join(map(str, row)) for row in rows) + "\r\n"
        (tmp_path / name).write_text(text, "utf-8-sig", newline="")

    write(
        "nodes_X_2021.csv", ["postal code", "x", "y", "inhabitants"], *([n, i * 900, 0, 1] for i, n in enumerate(names))
    )
    matrix = ([name, *(float(s) for s in row)] for name, row in zip(names, siren, strict=True))
    write("siren_driving_matrix_2022.csv", ["postal code", *names], *matrix)
    write("Hospital_Postal_Codes_X.csv", ["Hospital"], ["3513"])
    write("Base_Locations_Ambulances_X_2.csv", ["Ambulance", "Base"], [0, "3511"], [1, "3514"])
    for run in (7, 12):
        for kind, nth in (("interarrival_times", 0), ("on_site_aid_times", 2), ("drop_off_times", 4)):
            write(f"{kind}_test_{run}.csv", ["0"], *([float(call[nth])] for call in calls))
        write(f"location_IDs_test_{run}.csv", ["0"], *([names[call[1]]] for call in calls))
        write(f"to_hospital_bool_test_{run}.csv", ["0"], *([call[3]] for call in calls))
    head = ["", "patient_ID", "response_time", "assigned_to_ambulance_nr", "nr_ambulances_available"]
    write("Patient_Test_7.csv", head, *([n, float(n), float(r), float(u), 2.0] for n, (u, r) in enumerate(told)))
    return tmp_path


def tocsin(*words, code: int = 0) -> str:
    told = CliRunner().invoke(main, ["twin", "trace", *map(str, words)])
    assert told.exit_code == code, told.output
    assert told.exception is None or isinstance(told.exception, SystemExit)
    return told.output


def test_a_folder_of_traces_is_held_against_what_the_other_had(folder):
    [one] = json.loads(tocsin(folder, "--run", 7, "--json"))
    assert (one["calls"], one["same_unit"], one["same_response"], one["units"]) == (40, 40, 40, 2)
    assert one["largest_gap_min"] < 1e-9
    assert one["facts"] > 300
    told = tocsin(folder, "--units", 2)
    assert "not known" in told, "run 12 has no outcome"


def test_a_call_that_came_out_otherwise_is_named_and_ends_with_status_1(folder):
    file = folder / "Patient_Test_7.csv"
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    rows[5]["assigned_to_ambulance_nr"] = "9.0"
    rows[8]["response_time"] = repr(float(rows[8]["response_time"]) + 2e-9)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    [one] = json.loads(tocsin(folder, "--run", 7, "--json", code=1))
    assert (one["same_unit"], one["same_response"], one["first_gap"]["call"]) == (39, 39, 5)
    assert math.isclose(one["largest_gap_min"], 2e-9, rel_tol=1e-4)
    assert "call 5" in tocsin(folder, "--run", 7, code=1)


@pytest.mark.parametrize(
    ("remove", "words", "told"),
    [
        (None, ["--run", 3], "run: there is no run 3; the runs are 7, 12"),
        (None, ["--run", 12], "how many units it had is not known; name one"),
        (None, ["--units", 5], "0 files have 5 units"),
        ("drop_off_times_test_7.csv", [], "drop_off_times…_7.csv: there is no such file; hand_over_min of run 7"),
        ("nodes_X_2021.csv", [], "nodes_….csv: there is no such file"),
        ("Hospital_Postal_Codes_X.csv", [], "a list of hospitals is needed"),
    ],
)
def test_what_a_folder_lacks_is_said_in_one_line(folder, remove, words, told):
    if remove:
        (folder / remove).unlink()
    out = tocsin(folder, *words, code=1)
    assert told in out
    assert out.startswith("Error: ")
    assert out.count("\n") == 1
    assert "is not a folder" in tocsin(folder / "nowhere", code=1)
