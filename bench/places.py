"""How good and how quick address search is on San Francisco's real call addresses. Prints JSON lines.

Run from the checkout: `python bench/places.py`; it reads ../shared/regions/san_francisco in place, and says so where
that is absent. Positions of the calls are known to block or corner.
"""

import csv
import gzip
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tocsin.geo.places import Match, Places
from tocsin.geo.places.build import build_places
from tocsin.geo.places.plane import apart_m
from tocsin.geo.progress import Quiet

REGION = Path(__file__).resolve().parents[2] / "shared" / "regions" / "san_francisco"


def calls(path: Path) -> dict[str, list[tuple[float, float]]]:
    """Distinct addresses inside the core map with every position recorded for them."""
    found: dict[str, list[tuple[float, float]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["in_core_map"] == "True":
                found.setdefault(row["address"], []).append((float(row["lat"]), float(row["lon"])))
    return {address: sorted(set(spots)) for address, spots in found.items()}


def away_m(matches: list[Match], spots: list[tuple[float, float]]) -> float:
    """Metres from the first answer to the nearest recorded position; infinite without an answer."""
    return min((apart_m(m.lat, m.lon, *spot) for m in matches[:1] for spot in spots), default=float("inf"))


def quality(
    places: Places, addresses: dict[str, list[tuple[float, float]]], part: str, reach_m: float
) -> dict[str, object]:
    answers = [(places.search(text), spots) for text, spots in addresses.items()]
    away = np.array([away_m(matches, spots) for matches, spots in answers])
    held = np.array([bool(m) and away_m(m, s) <= m[0].radius_m for m, s in answers])
    return {
        "bench": f"places.{part}", "n": len(away), f"within_{reach_m:.0f}_m": round(float((away <= reach_m).mean()), 4),
        "within_100_m": round(float((away <= 100).mean()), 4), "median_m": round(float(np.median(away)), 1),
        "radius_holds": round(float(held.mean()), 4), "kinds": _kinds([m for m, _ in answers]),
    }  # fmt: skip


def _kinds(answers: list[list[Match]]) -> dict[str, int]:
    kinds = [m[0].kind if m else "nothing" for m in answers]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def keystrokes(places: Places, texts: list[str], where: str) -> dict[str, object]:
    took, worked = [], []
    for text in texts:
        for end in range(1, len(text) + 1):
            start, work = time.perf_counter(), time.thread_time()
            places.search(text[:end])
            worked.append((time.thread_time() - work) * 1000)
            took.append((time.perf_counter() - start) * 1000)
    p50, p95, p99 = np.percentile(took, [50, 95, 99]).round(2).tolist()
    return {
        "bench": f"places.keystroke.{where}", "n": len(took), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99,
        "max_ms": round(max(took), 2), "cpu_p95_ms": round(float(np.percentile(worked, 95)), 2),
    }  # fmt: skip


def milan() -> None:
    source = REGION.parent / "maps" / "milan_2015.osm.pbf"
    if not source.exists():
        print(json.dumps({"bench": "places.keystroke.milan", "skipped": f"{source} is absent"}))
        return
    typed = [
        "via torino 12", "corso buenos aires / via vitruvio", "piazza duomo", "stazione centrale", "ospedale maggiore",
        "viale monza 110", "v. roma cesano", "niguarda", "angolo via dante e via rovello", "45.4642, 9.19",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        build_places(source, Path(folder), Quiet())
        print(json.dumps(keystrokes(Places.open(Path(folder)), typed * 3, "milan")))


def main() -> None:
    if not REGION.exists():
        print(json.dumps({"bench": "places", "skipped": f"{REGION} is absent"}))
        return
    addresses = calls(REGION / "calls_unit_responses.csv.gz")
    corners = {a: s for a, s in addresses.items() if "/" in a}
    blocks = {a: s for a, s in addresses.items() if " Block of " in a}
    with tempfile.TemporaryDirectory() as folder:
        build_places(REGION / "san_francisco_core.osm.pbf", Path(folder), Quiet())
        start = time.perf_counter()
        places = Places.open(Path(folder))
        print(json.dumps({"bench": "places.open", "ms": round((time.perf_counter() - start) * 1000, 1)}))
    print(json.dumps(quality(places, corners, "corners", 50)))
    print(json.dumps(quality(places, blocks, "blocks", 150)))
    some = list(addresses)[:: 1 if "--all" in sys.argv else 12]
    print(json.dumps(keystrokes(places, [address.lower() for address in some], "san_francisco")))
    milan()


if __name__ == "__main__":
    main()
