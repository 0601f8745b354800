"""`tocsin twin` as a person uses it: figures, a comparison, a page that prints, sites, and units by the hour."""

from __future__ import annotations

import csv
import json
import re

import pytest
from click.testing import CliRunner
from tests.sim.twin.scenarios import SCENARIO, write

from tocsin.cli import main


def tocsin(*words, ok: bool = True):
    told = CliRunner().invoke(main, ["twin", *map(str, words)])
    assert (told.exit_code == 0) == ok, told.output
    assert told.exception is None or isinstance(told.exception, SystemExit), told.output
    return told.output


@pytest.fixture
def town(tmp_path):
    return write(tmp_path)


def test_run_says_what_it_came_to_and_writes_each_call(town):
    out = tocsin("run", town, "--calls", town.parent / "out.csv")
    assert "Small town" in out
    assert "mean response" in out
    with (town.parent / "out.csv").open() as text:
        rows = list(csv.DictReader(text))
    told = json.loads(tocsin("run", town, "--json"))["figures"]
    assert len(rows) == told["calls"] == 300
    assert sum(float(row["response_min"]) for row in rows) / 300 == pytest.approx(told["mean_min"])
    assert {row["unit_id"] for row in rows} == {"A0", "A1"}


def test_a_wrong_scenario_is_one_line_and_no_trace(town):
    town.write_text(SCENARIO.replace('"closest"', '"nearest"'))
    out = tocsin("run", town, ok=False)
    assert re.fullmatch(r"Error: .*town\.toml, line 18: policy\.dispatch: .*\n", out)
    assert "cannot be read" in tocsin("run", town.parent / "none.toml", ok=False)
    assert "at least two" in tocsin("compare", town, ok=False)


@pytest.mark.parametrize("deep", ["a = " + "[" * 3000, "a = " + "9" * 5000])
def test_a_hostile_scenario_is_one_line_and_no_trace(town, deep):
    town.write_text(deep)
    assert "is not TOML" in tocsin("run", town, ok=False)


def test_a_file_that_cannot_be_written_is_told_before_the_years_are_lived(town):
    nowhere = town.parent / "none" / "out"
    assert re.fullmatch(r"Error: --calls: .*there is no folder .*\n", tocsin("run", town, "--calls", nowhere, ok=False))
    assert "there is no folder" in tocsin("compare", town, town, "--html", nowhere, ok=False)
    assert "is a folder" in tocsin("compare", town, town, "--html", town.parent, ok=False)


def test_no_share_is_nan(town):
    assert "nan is not in the range" in tocsin("fleet", town, "--covered", "nan", ok=False)


def test_compare_holds_scenarios_against_the_first_and_writes_a_page_that_asks_nobody(town):
    folder = town.parent
    three = write(
        folder, SCENARIO.replace('"p0", "p3"]', '"p0", "p3", "p5"]', 1).replace("Small town", "<Three>"), "b.toml"
    )
    out = tocsin("compare", town, three, "--seeds", 3, "--html", folder / "r.html")
    assert "95 % interval" in out
    page = (folder / "r.html").read_text("utf-8")
    assert "&lt;Three&gt;" in page
    assert page.count("<svg") == page.count("</svg>") >= 9
    assert re.search(r"<strong>&lt;Three&gt;</strong>: [\d.]+ points fewer calls late \([\d.]+ to [\d.]+\); help", page)
    assert "2 units on 3 stations</td><td>the closest goes; each unit back to its own base" in page
    assert not re.search(r"<script|https?://|src=|url\(|@import|<link|<Three>", page)
    told = json.loads(tocsin("compare", town, three, "--seeds", 3, "--compiled", "--json"))
    late = next(d for d in told["differences"] if d["measure"] == "late_share")
    assert late["mean"] < 0
    assert late["high"] < 0, "a third unit helps, surely"
    assert len(told["runs"]) == 6


def test_site_proposes_and_says_before_and_after(town):
    for model in ("mexclp", "mclp", "p-median"):
        told = json.loads(tocsin("site", town, "--add", 1, "--model", model, "--minutes", 3, "--json"))
        assert len(told["sites"]) == 1
        assert (told["after"] < told["before"]) == (model == "p-median")
    assert "expected covered share" in tocsin("site", town, "--add", 1)
    assert "only 6 nodes" in tocsin("site", town, "--add", 9, "--model", "mclp", ok=False)


def test_fleet_says_how_many_units_each_hour_needs(town):
    town.write_text(SCENARIO.replace("per_hour = 1.5", "per_hour = 1.5\nby_hour = [" + "1," * 12 + "4," * 12 + "]"))
    hours = json.loads(tocsin("fleet", town, "--covered", 0.8, "--json"))
    assert len(hours) == 168
    assert hours[3]["units"] < hours[15]["units"]
    assert all(hour["covered"] >= 0.8 and hour["units"] >= hour["for_line"] for hour in hours)
    assert "Units needed" in tocsin("fleet", town, "--covered", 0.8)
    assert "no number of units" in tocsin("fleet", town, "--covered", 0.95, "--minutes", 0.5)
