"""Live coverage on Milan with 300 units: working out reach, a picture of a moment, loss(), a look for move-ups.

Run: python bench/move_ups.py [REGION_FOLDER | FILE.osm.pbf]. Prints one JSON object a line.

Not called `coverage`: numba looks for a package of that name, and would find this file.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from common import SHARED, note, say, spread_ms
from tocsin.desk.cover_file import load_cover_rules
from tocsin.desk.coverage import Coverage, Free
from tocsin.desk.moves import Moves
from tocsin.facts.values import Place
from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region
from tocsin.views.rows import UnitRow

MILAN = SHARED / "regions" / "maps" / "milan_2015.osm.pbf"
UNITS, STATIONS, ROUNDS = 300, 60, 100
NOW = 1_800_000_000.0


def opened(source: Path, folder: Path) -> Region:
    """The region, built where it is a map still."""
    if source.is_dir():
        return Region.open(source)
    note(f"building a region of {source.name}")
    build_region(source, folder / "region", Quiet())
    return Region.open(folder / "region")


def timed(rounds: int, work) -> list[float]:
    """Seconds of each round."""
    out = []
    for i in range(rounds):
        began = time.perf_counter()
        work(i)
        out.append(time.perf_counter() - began)
    return out


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else MILAN
    if not source.exists():
        sys.exit(f"skipped: no map at {source}")
    with tempfile.TemporaryDirectory() as folder:
        region = opened(source, Path(folder))
        region.roads.warm()
        measure(region, Path(folder))


def measure(region: Region, folder: Path) -> None:
    """All of it."""
    rules, dice = load_cover_rules(), np.random.default_rng(1)
    coverage = Coverage(region, rules, folder / "reach")
    began = time.perf_counter()
    asyncio.run(coverage.prepare())
    cells = coverage.reach.cells
    size = {"map": region.manifest.name, "cells": len(cells), "units": UNITS}
    say("coverage.prepare", n=1, seconds=round(time.perf_counter() - began, 2), **size)
    again = Coverage(region, rules, folder / "reach")
    began = time.perf_counter()
    asyncio.run(again.prepare())
    say("coverage.prepare.kept", n=1, seconds=round(time.perf_counter() - began, 2), **size)
    again.close()
    at = dice.integers(0, len(cells), STATIONS)
    rows, free = {}, {}
    for i in range(UNITS):
        cell = int(at[i % STATIONS])
        home = Place(float(cells.lat_deg[cell]), float(cells.lon_deg[cell]), f"Station {i % STATIONS}")
        kind = "ambulance" if i % 2 else "engine"
        rows[f"U{i}"] = UnitRow(f"U{i}", kind, "x", (kind,), 2, 2, home.text, home, "available", NOW)
        fixed = i % 3 > 0
        here = home if fixed else Place(*(float(x) for x in dice.choice(np.c_[cells.lat_deg, cells.lon_deg])))
        free[f"U{i}"] = Free(f"U{i}", (kind,), here.lat, here.lon, fixed)
    spots = list(free.values())
    first = timed(1, lambda _i: coverage.picture(spots, rules.groups, NOW))
    say("coverage.picture.first", n=1, seconds=round(first[0], 3), **size)
    say("coverage.picture", **spread_ms(timed(ROUNDS, lambda _i: coverage.picture(spots, rules.groups, NOW))), **size)
    now, names = coverage.now, list(free)
    for many in (1, 2, 4):
        sets = [list(dice.choice(names, many, replace=False)) for _ in range(2_000)]
        taken = np.sort(timed(len(sets), lambda i, s=sets: now.loss(s[i]))) * 1e6
        say(f"coverage.loss.{many}", n=len(sets), p50_us=round(float(taken[len(sets) // 2]), 1),
            p99_us=round(float(taken[int(len(sets) * 0.99)]), 1), **size)  # fmt: skip
    moves = Moves(rules)
    looks = []
    for i in range(20):
        coverage.picture(spots, rules.groups, NOW + i)
        looks += timed(1, lambda _i: moves.look(coverage.now, coverage.reach, rows, free))
    say("moveups.look", **spread_ms(looks), posts=STATIONS, **size)
    coverage.close()


if __name__ == "__main__":
    main()
