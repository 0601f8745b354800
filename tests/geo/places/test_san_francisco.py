"""Real call addresses on the real map of San Francisco."""

import csv
import gzip
from pathlib import Path

import pytest

from tocsin.geo.places import Places
from tocsin.geo.places.build import build_places
from tocsin.geo.places.plane import apart_m
from tocsin.geo.progress import Quiet

REGION = Path(__file__).resolve().parents[4] / "shared" / "regions" / "san_francisco"
pytestmark = pytest.mark.skipif(not REGION.exists(), reason=f"the calls of San Francisco are absent: {REGION}")
Spots = list[tuple[float, float]]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    out = tmp_path_factory.mktemp("san_francisco")
    counts = build_places(REGION / "san_francisco_core.osm.pbf", out, Quiet())
    assert counts["addresses"] > 1900
    assert counts["intersections"] > 2000
    return Places.open(out)


@pytest.fixture(scope="module")
def calls() -> dict[str, Spots]:
    found: dict[str, Spots] = {}
    with gzip.open(REGION / "calls_unit_responses.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["in_core_map"] == "True":
                found.setdefault(row["address"], []).append((float(row["lat"]), float(row["lon"])))
    return found


def share_within(places: Places, asked: dict[str, Spots], reach_m: float) -> float:
    near = 0
    for text, spots in asked.items():
        first = places.search(text)[:1]
        near += any(apart_m(m.lat, m.lon, *spot) <= reach_m for m in first for spot in spots)
    return near / len(asked)


def test_nearly_all_corners_resolve_within_100_m(places: Places, calls: dict[str, Spots]) -> None:
    corners = {text: spots for text, spots in calls.items() if "/" in text}
    assert len(corners) > 600
    assert share_within(places, corners, 100) > 0.96


def test_most_blocks_resolve_within_150_m(places: Places, calls: dict[str, Spots]) -> None:
    blocks = {text: spots for text, spots in calls.items() if " Block of " in text}
    assert len(blocks) > 1000
    assert share_within(places, blocks, 150) > 0.8


def test_a_corner_with_one_slip_is_still_found(places: Places, calls: dict[str, Spots]) -> None:
    spots = calls["TURK ST/TAYLOR ST"]
    for typed in ("truk st/taylor st", "turk st/tailor st", "turk/tayler"):
        first = places.search(typed)[0]
        assert any(apart_m(first.lat, first.lon, *spot) < 50 for spot in spots), typed
