"""The real calls of San Francisco on its real map; skipped, saying so, where they are not."""

from __future__ import annotations

import asyncio
import csv
import gzip
import math
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region
from tocsin.settings import load_catalogue
from tocsin.sim.replay.day import prepare
from tocsin.sim.replay.reader import read_calls
from tocsin.sim.replay.record import record_figures
from tocsin.sim.replay.run import replay
from tocsin.sim.replay.stations import read_stations

CITY = Path(__file__).parents[4] / "shared" / "regions" / "san_francisco"
CALLS = CITY / "calls_unit_responses.csv.gz"
DAY = "2017-01-03"

pytestmark = pytest.mark.skipif(not CALLS.exists(), reason="the calls of San Francisco are not beside the checkout")


def _independent(day: str) -> dict[str, tuple[int, float, float]]:
    """The same figures from the file itself, written another way."""
    with gzip.open(CALLS, "rt", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["received"].startswith(day) and r["in_core_map"] == "True"]
    rows = [r for r in rows if not r["time_order_issue"]]

    def gap(a: str, b: str) -> float:
        return (datetime.fromisoformat(b) - datetime.fromisoformat(a)).total_seconds()

    calls: dict[str, list[dict[str, str]]] = {}
    for r in rows:
        calls.setdefault(r["call_number"], []).append(r)
    groups = {
        "turnout": [gap(r["dispatch"], r["response"]) for r in rows if r["dispatch"] and r["response"]],
        "travel": [gap(r["response"], r["on_scene"]) for r in rows if r["response"] and r["on_scene"]],
        "answering": [gap(c[0]["received"], min(r["entry"] for r in c)) for c in calls.values()],
        "processing": [gap(min(r["entry"] for r in c), min(r["dispatch"] for r in c)) for c in calls.values()],
        "response": [
            gap(c[0]["received"], min(r["on_scene"] for r in c if r["on_scene"]))
            for c in calls.values()
            if any(r["on_scene"] for r in c)
        ],
    }

    def rank(values: list[float], share: float) -> float:
        return sorted(values)[math.ceil(share * len(values)) - 1]

    return {name: (len(v), rank(v, 0.5), rank(v, 0.9)) for name, v in groups.items()}


def test_every_row_is_read_and_the_records_figures_are_those_of_the_file() -> None:
    read = read_calls(CALLS)
    assert len(read.rows) == 18_114
    assert not read.bad
    assert sum(bool(row.order_issue) for row in read.rows) == 45
    told = record_figures([row for row in read.rows if row.date == DAY and row.in_map])
    expected = _independent(DAY)
    assert {name: (f.n, f.median_s, f.p90_s) for name, f in told.figures.items() if name in expected} == expected
    assert (told.calls, told.rows, told.out_of_order) == (273, 594, 1)


def test_an_hour_of_the_real_day_is_lived_from_end_to_end(tmp_path: Path) -> None:
    build_region(CITY / "san_francisco_core.osm.pbf", tmp_path / "sf", Quiet())
    region = Region.open(tmp_path / "sf")
    stations = read_stations(CITY / "fire_stations.csv")
    whole = prepare(read_calls(CALLS), region, load_catalogue(), stations, DAY, 7, "record")
    assert whole.left.outside == 183
    start = whole.start + 8 * 3_600.0
    hour = tuple(h for h in whole.happenings if start <= h.at < start + 3_600.0)
    with gzip.open(CALLS, "rt", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["received"].startswith(f"{DAY}T08") and r["in_core_map"] == "True"]
    assert len(hour) == len({r["call_number"] for r in rows}) > 5
    day = msgspec.structs.replace(whole, happenings=hour, start=start)
    told = asyncio.run(replay(day, region, load_catalogue())).comparison
    assert told.replayed_calls == told.incidents == told.closed == len(hour)
    lines = {line.interval: line.replayed for line in told.lines}
    assert lines["response"].n >= len(hour) - 2
    assert 30.0 < (lines["travel"].median_s or 0.0) < 900.0
