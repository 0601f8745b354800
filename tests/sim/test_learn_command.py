"""`tocsin learn` from a record to roads that are driven at what was learned: nothing without a person's yes."""

from __future__ import annotations

import asyncio
import json
import re

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from tocsin.cli.learn import learn
from tocsin.desk import pacing
from tocsin.desk.ground import Ground
from tocsin.facts import assignments, centre, incidents, units
from tocsin.facts.base import Entry
from tocsin.facts.values import Move, Place
from tocsin.geo.pace_file import Applied, read
from tocsin.log.sqlite import SqliteLog

DAY = 1_772_323_200.0  # 2026-03-01 00:00 UTC
SLOWER = 1.6
N = 300


def run(*arguments, **more):
    return CliRunner().invoke(learn, [str(argument) for argument in arguments], **more)


@pytest.fixture(scope="module")
def data(region, tmp_path_factory):
    """A centre whose units took 1.6 times the map's seconds, with a few that stood still and a few impossible ones."""
    folder = tmp_path_factory.mktemp("learn")
    roads, dice = region.roads, np.random.default_rng(1)
    graph = roads.graph
    spots = graph.piece_ptr[dice.choice(np.flatnonzero(graph.piece_main == 1), N + 1)]
    points = np.stack([graph.point_lat[spots], graph.point_lon[spots]], axis=1) * 1e-7
    home, *targets = [tuple(point) for point in points.tolist()]
    road_s = roads.times_from(home, targets, siren=True).eta_s.tolist()
    facts = [centre.CentreOpened(DAY, "north", "North", "exercise")]
    facts.append(units.UnitRegistered(DAY, "E1", "engine", "fire", ("engine",), 1, Place(*home), "S1"))
    tracks = []
    for i in range(N):
        at = DAY + i * 7_200
        took = SLOWER * road_s[i] * float(np.exp(dice.normal(0, 0.1))) + (600 if i % 40 == 0 else 0)
        took = 3.0 if i == 7 else max(15.0, took)
        drive = assignments.Drive("road", 60.0, 600.0, *home, None)
        facts += [
            incidents.IncidentOpened(at, str(i), "fire", 1, Place(*targets[i], "8 Secret Street")),
            assignments.UnitDispatched(at + 1, "E1", str(i), drive),
            assignments.UnitEnRoute(at + 60, "E1", str(i)),
            assignments.UnitOnScene(at + 60 + took, "E1", str(i)),
            assignments.UnitAvailable(at + 5_000, "E1", str(i)),
        ]
        tracks += [units.UnitsMoved(at + 59, (Move("E1", at + 59, *home),))]
    for name, all_of, durable in (("decisions.db", facts, True), ("tracks.db", tracks, False)):
        log = SqliteLog.open(folder / name, "north", durable=durable)
        log.append([Entry(i, fact.at, "ana", f"o{i}", 0, fact) for i, fact in enumerate(all_of, start=1)], 0)
        log.close()
    return folder


def taught(data, region, out, *more):
    return run("travel", "--data", data, "--region", region.path, "--since", "2026-03-01", "-o", out, *more)


@pytest.fixture(scope="module")
def model(data, region, tmp_path_factory):
    out = tmp_path_factory.mktemp("model") / "travel.toml"
    result = taught(data, region, out)
    assert result.exit_code == 0, result.output
    return out, result.output


def test_it_says_before_and_after_on_held_out_drives_and_applies_nothing(data, model):
    out, said = model
    assert "median error" in said
    assert "…" not in said
    assert "Nothing is in force yet" in said
    assert "left out 1: both buttons pressed at once" in said
    proof = read(out).held_out
    assert proof.median_error_s[1] < proof.median_error_s[0] / 2
    assert not (data / pacing.IN_FORCE).exists()
    assert pacing.in_force(data) is None


def test_the_file_holds_what_it_was_learned_from_and_no_place_and_no_unit(model):
    out, _ = model
    told, words = read(out), out.read_text()
    assert (told.learned.centre, told.learned.drives, told.applied) == ("north", N - 1, None)
    assert sum(told.siren.drives) == N - 1
    assert np.median([one for row in told.siren.factor.values() for one in row]) == pytest.approx(SLOWER, abs=0.2)
    assert not re.search(r"Secret|E1|\d\d\.\d{5}", words)


def test_as_json_with_a_period_and_a_zone(data, region, tmp_path):
    out = tmp_path / "t.toml"
    result = taught(data, region, out, "--until", "2026-03-15", "--zone", "Europe/Lisbon", "--json")
    told = json.loads(result.output)
    assert told["drives"] == 14 * 12 - 1
    assert told["began_where_a_track_saw_them"] == told["drives"]
    assert told["model"]["zone"] == "Europe/Lisbon"
    assert 0 <= told["after"]["held"] <= 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--since", "yesterday"), "--since: 'yesterday' is no day"),
        (("--since", "2026-03-01", "--until", "2026-03-01"), "--until must be later"),
        (("--since", "2026-03-01", "--zone", "Lisboa"), "--zone: 'Lisboa' is no time zone"),
        (("--since", "2030-01-01", "--until", "2030-02-01"), "0 drives can be used; that is too few"),
        (("--since", "2026-03-01", "--region", "/nowhere"), "/nowhere"),
        (("--since", "2026-03-01", "--data", "/nowhere"), "/nowhere"),
        (("--since", "2026-03-01", "-o", "/nowhere/t.toml"), "/nowhere/t.toml: cannot be written"),
    ],
)
def test_a_mistake_is_one_clear_line(data, region, options, words):
    result = run("travel", "--data", data, "--region", region.path, *options)
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output


def test_only_a_yes_puts_it_in_force_and_it_can_be_taken_back(model, tmp_path):
    out, _ = model
    result = run("apply", out, "--data", tmp_path, "--by", "rui", input="n\n")
    assert (result.exit_code, pacing.in_force(tmp_path)) == (1, None)
    assert "nothing was changed" in result.output
    result = run("apply", out, "--data", tmp_path, "--by", "rui", input="y\n")
    assert result.exit_code == 0, result.output
    now = pacing.in_force(tmp_path)
    assert now.applied.by == "rui"
    assert "yes by rui" in run("show", "--data", tmp_path).output
    assert json.loads(run("show", "--data", tmp_path, "--json").output)["in_force"]["applied"]["by"] == "rui"
    result = run("rollback", "--data", tmp_path, "--by", "eva", "--yes")
    assert result.exit_code == 0, result.output
    assert pacing.in_force(tmp_path) is None
    assert "the map's own speeds" in run("show", "--data", tmp_path).output
    run("rollback", "--data", tmp_path, "--by", "eva", "--yes")
    assert pacing.in_force(tmp_path).name == now.name
    assert len(pacing.kept(tmp_path)) == 3


def test_back_from_the_second_is_the_first(model, tmp_path):
    first = read(model[0])
    for zone in ("UTC", "Europe/Lisbon"):
        pacing.apply(tmp_path, msgspec.structs.replace(first, zone=zone), Applied("ana", "now"))
    assert pacing.in_force(tmp_path).zone == "Europe/Lisbon"
    assert pacing.previous(tmp_path).zone == "UTC"


def test_nothing_to_go_back_to_is_said(tmp_path):
    assert "nothing was before them" in run("rollback", "--data", tmp_path, "--yes").output
    assert "is no data folder" in run("show", "--data", tmp_path / "no").output


def test_a_bad_file_is_refused_with_its_field_and_nothing_changes(model, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(model[0].read_text().replace("floor = ", "floor = 9", 1))
    result = run("apply", bad, "--data", tmp_path, "--yes")
    assert result.exit_code == 1
    assert f"{bad}: normal.floor: Expected" in result.output
    assert pacing.in_force(tmp_path) is None


def test_a_desk_drives_by_it_as_soon_as_it_is_in_force_and_keeps_it_when_the_file_goes_bad(
    model, region, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(pacing, "LOOK_EVERY_S", 0.0)
    home, to = region.resources[0], region.resources[-1]
    standing, place = ("E1", home.lat_deg, home.lon_deg, None), Place(to.lat_deg, to.lon_deg)
    ground = Ground(region, tmp_path)
    ground.now = lambda: DAY + 12 * 3_600

    def drive():
        return asyncio.run(ground.travels([standing], place, []))["E1"]

    try:
        plain = drive()
        pacing.apply(tmp_path, read(model[0]), Applied("ana", "now"))
        learned = drive()
        assert learned.eta_s > 1.2 * plain.eta_s
        assert learned.sigma != plain.sigma
        assert asyncio.run(ground.route(standing, place, "1", [])).eta_s == pytest.approx(learned.eta_s)
        (tmp_path / pacing.IN_FORCE).write_text("format = 9")
        assert drive() == learned
        assert "format: must be 1" in caplog.text
        assert "format: must be 1" in ground.pacing.problem
        (tmp_path / pacing.IN_FORCE).unlink()
        assert drive() == plain
    finally:
        ground.close()
