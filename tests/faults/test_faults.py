"""The simulation of faults: plays the same twice, finds nothing in the code as it is, and every bug that is planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from tests.faults.planted import PLANTED, Planted

from tocsin.cli.sim_faults import faults
from tocsin.sim.faults import INVARIANTS, Report, run_seed
from tocsin.sim.faults.runs import again, is_long, one

SEEDS_MOST = 80
"""Within so many worlds each planted bug is caught."""


def broken_in(planted: Planted) -> Iterator[Report]:
    return (report for seed in range(SEEDS_MOST) if (report := run_seed(seed, storm=planted.storm)).invariant)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.plant.__name__)
def test_a_planted_bug_is_caught_by_its_invariant(planted: Planted, monkeypatch: pytest.MonkeyPatch):
    planted.plant(monkeypatch.setattr)
    caught = {}
    for report in broken_in(planted):
        caught.setdefault(report.invariant, report)
        if planted.invariant in caught:
            break
    assert planted.invariant in caught, f"{planted.breaks}: only {caught}"


def test_every_invariant_has_a_planted_bug():
    assert {planted.invariant for planted in PLANTED} == INVARIANTS.keys()


def test_the_code_as_it_is_breaks_nothing_in_the_storms_that_bite():
    storms = [planted.storm for planted in PLANTED if planted.storm]
    assert [report for storm in storms for seed in range(8) if (report := run_seed(seed, storm=storm)).invariant] == []


def test_a_seed_is_one_history_on_every_machine():
    """Also where sets are walked in another order."""
    words = "from tocsin.sim.faults import run_seed; print(*[run_seed(seed).digest for seed in range(6)])"
    told = {
        subprocess.run(
            [sys.executable, "-c", words],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": n},
        ).stdout
        for n in ("1", "2")
    }
    assert told == {" ".join(run_seed(seed).digest for seed in range(6)) + "\n"}


def test_worlds_are_lively():
    reports = [one(seed) for seed in range(12)]
    assert [report for report in reports if report.invariant] == []
    for name in ("facts", "acknowledged", "refused", "kills", "snapshots", "connects", "erased"):
        assert sum(getattr(report, name) for report in reports) > 5, name
    assert len({report.digest for report in reports}) == len(reports)


def test_the_command_tells_what_broke_and_how_to_play_it_again(monkeypatch: pytest.MonkeyPatch):
    next(p for p in PLANTED if p.invariant == "once").plant(monkeypatch.setattr)
    told = CliRunner().invoke(faults, ["--seeds", "0:3", "--processes", "1"])
    assert told.exit_code == 1
    assert "broke once" in told.stderr
    assert "tocsin sim faults --seeds 0 --trace" in told.stderr
    played = CliRunner().invoke(faults, ["--seeds", "0", "--trace"])
    assert played.exit_code == 1
    assert "was done before" in played.output


def test_the_command_sums_up_as_json():
    told = CliRunner().invoke(faults, ["--seeds", "0:2", "--processes", "1", "--json"])
    assert told.exit_code == 0
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["seed"] for line in lines[:-1]] == [0, 1]
    assert (lines[-1]["seeds"], lines[-1]["broken"]) == (2, {})
    assert lines[-1]["facts"] == sum(line["facts"] for line in lines[:-1])


@pytest.mark.parametrize("words", ["x", "3:2", "-1", "1:x", ":"])
def test_what_is_no_seed_is_said(words):
    told = CliRunner().invoke(faults, [f"--seeds={words}"])
    assert told.exit_code == 2
    assert "seed" in told.stderr


def test_how_to_play_it_again_names_the_commit():
    assert again(Report(7), "abc123") == "git checkout abc123 && tocsin sim faults --seeds 7 --trace"
    assert again(Report(7), "abc123+") == "tocsin sim faults --seeds 7 --trace"
    assert [seed for seed in range(100) if is_long(seed)] == [49, 99]
