"""Travel times learned in an invented city whose true speeds are hidden, and from San Francisco's own stage times.

Run: python bench/learn.py [--runs N] [--seeds N]. Prints one JSON object a line. The true seconds of a drive come from
speeds by road class and hour of day (24 of them, which the learner does not have), a factor of each road's own, a
crew's own pace, seconds to get going, and now and then a closed level crossing or a button pressed late. Units drive
the way that is fastest in truth. Reference: ordinary maps foretell ambulance drives with SD 4.9 min (McMeekin et al.,
EMJ 31:758).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from common import SHARED, note, say
from tocsin.geo.assemble import build_roads
from tocsin.geo.graph import Graph
from tocsin.geo.learning import Drives, Score, Study, study
from tocsin.geo.pace import GROUPS, JUNCTIONS
from tocsin.geo.paced import paced
from tocsin.geo.progress import Quiet
from tocsin.geo.roads import Roads
from tocsin.sim.city import lay_out, write_osm

PEOPLE, STATIONS = 60_000, 12
MONDAY = 1_764_547_200.0  # 2025-12-01 00:00 UTC
SF = SHARED / "regions" / "san_francisco"


class Still:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: float | None) -> None:
        """Nothing."""

    def advance(self, n: float) -> None:
        """Nothing."""


def invented(people: int, seed: int) -> Roads:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "city.osm.pbf"
        write_osm(lay_out(people, seed, Still()), file, Still())
        return Roads(build_roads(file, Quiet()).graph)


class Hidden:
    """The truth about a city's speeds, which the learner never sees."""

    def __init__(self, roads: Roads, dice: np.random.Generator) -> None:
        graph = roads.graph
        own = np.exp(dice.normal(0.0, 0.2, len(graph.piece_class)))[graph.edge_piece[graph.state_edge]]
        self.roads = Roads(_with_own(graph, own))
        self.classes = np.exp(dice.normal(0.25, 0.3, len(GROUPS)))
        self.classes[JUNCTIONS] = np.exp(dice.normal(0.5, 0.3))
        self.rush = dice.uniform(0.1, 0.9, len(GROUPS))
        self.peaks = dice.uniform([7.2, 16.3], [8.8, 18.2])
        self.night = dice.uniform(0.82, 0.95, len(GROUPS))
        self.siren = dice.uniform(0.75, 1.05, len(GROUPS))
        self.start_s = dice.uniform([15, 8], [40, 25])

    def factor(self, hour: int, weekend: bool) -> np.ndarray:
        """(2, G) factors in an hour of the day."""
        near = sum(np.exp(-(((hour + 0.5 - peak) / 1.3) ** 2)) for peak in self.peaks) * (0.15 if weekend else 1.0)
        base = self.classes * (self.night if hour < 6 or hour >= 23 else 1.0) * (1 + self.rush * near)
        # A siren saves most where the others stand.
        return np.stack([base, self.classes * self.siren * (base / self.classes) ** 0.6])

    def drive(self, n: int, dice: np.random.Generator) -> Drives:
        """n drives over eight weeks, most from stations, four of five under sirens."""
        graph = self.roads.graph
        spots = graph.piece_ptr[dice.choice(np.flatnonzero(graph.piece_main == 1), n + STATIONS)]
        points = np.stack([graph.point_lat[spots], graph.point_lon[spots]], axis=1) * 1e-7
        stations, target = points[:STATIONS], points[STATIONS:] + dice.normal(0, 1e-4, (n, 2))
        near = np.abs(target[:, None] - stations[None]).sum(axis=2).argsort(axis=1)
        origin = stations[near[np.arange(n), dice.choice(3, n, p=[0.6, 0.25, 0.15])]]
        away = dice.random(n) < 0.25
        origin = np.where(away[:, None], target + dice.normal(0, 0.012, (n, 2)), origin)
        at = MONDAY + np.sort(dice.uniform(0, 56 * 86_400, n))
        siren = (dice.random(n) < 0.8).astype(np.int64)
        drives = Drives(origin, target, np.zeros(n), at, siren, np.arange(n))
        return self._timed(drives, dice)

    def _timed(self, drives: Drives, dice: np.random.Generator) -> Drives:
        true_s = np.full(len(drives), np.inf)
        hour = (drives.at // 3600 % 24).astype(int)
        weekend = (drives.at - MONDAY) // 86_400 % 7 >= 5
        for h in range(24):
            for late in (False, True):
                at_hour = paced(self.roads, self.factor(h, late))
                for siren in (0, 1):
                    mine = np.flatnonzero((hour == h) & (weekend == late) & (drives.siren == siren))
                    by_start: defaultdict[tuple[float, float], list[int]] = defaultdict(list)
                    for i in mine:
                        by_start[tuple(drives.origin[i])].append(i)
                    for start, group in by_start.items():
                        times = at_hour.times_from(start, drives.target[group], siren=bool(siren))
                        true_s[group] = times.eta_s
        n = len(drives)
        took = (true_s + self.start_s[drives.siren]) * np.exp(dice.normal(0, 0.13, n))
        took += np.where(dice.random(n) < 0.04, dice.uniform(60, 600, n), 0.0)  # stood still
        took *= np.where(dice.random(n) < 0.015, dice.uniform(0.2, 0.7, n), 1.0)  # pressed "en route" late
        kept = np.isfinite(took) & (took > 10)
        return replace(drives, seconds=np.round(took)).take(kept)


def _with_own(graph: Graph, own: np.ndarray) -> Graph:
    rows = []
    for row in (graph.out_row, graph.in_row):
        made = np.array(row)
        made.view(np.float32)[:-1, 1:3] *= own.astype(np.float32)[:, None]
        rows.append(made)
    return replace(graph, out_row=rows[0], in_row=rows[1])


def brief(score: Score) -> dict[str, float]:
    return {
        name: round(value, 3 if name in ("held", "below", "median_ratio") else 1)
        for name, value in asdict(score).items()
    }


def tell(name: str, found: Study, **more: object) -> None:
    """Before and after, on held-out drives."""
    say(
        name,
        n=found.n,
        held_out=found.after.n,
        before=brief(found.before),
        after=brief(found.after),
        error_is=round(found.after.median_abs_s / found.before.median_abs_s, 3),
        sd_min=[round(found.before.sd_s / 60, 2), round(found.after.sd_s / 60, 2)],
        **more,
    )


def city(seed: int, n: int, roads: Roads) -> Study:
    dice = np.random.default_rng(seed)
    drives = Hidden(roads, dice).drive(n, dice)
    began = time.perf_counter()
    found = study(roads, drives, "UTC")
    assert found is not None
    tell("learn.city", found, seed=seed, seconds=round(time.perf_counter() - began, 1),
         held_by_hours={k: round(v[1].held, 3) for k, v in found.by_hours.items()},
         held_by_length={k: round(v[1].held, 3) for k, v in found.by_length.items()})  # fmt: skip
    return found


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--runs", type=int, default=6_000)
    told.add_argument("--seeds", type=int, default=5)
    told = told.parse_args()
    roads = invented(PEOPLE, 7)
    note(f"an invented city of {PEOPLE:,} people, {len(roads.graph.edge_piece):,} edges")
    found = [city(seed, told.runs, roads) for seed in range(1, told.seeds + 1)]
    n = sum(one.after.n for one in found)
    held = sum(one.after.held * one.after.n for one in found) / n
    say("learn.city.all", seeds=len(found), held_out=n, held=round(held, 4),
        error_is=round(float(np.mean([one.after.median_abs_s / one.before.median_abs_s for one in found])), 3),
        worst_error_is=round(max(one.after.median_abs_s / one.before.median_abs_s for one in found), 3),
        goal="held 0.88-0.92, error halved")  # fmt: skip
    for few in (60, 250, 1_000):
        city(100, few, roads)
    if SF.is_dir():
        san_francisco()


def san_francisco() -> None:
    """Real stage times: en route to on scene, from the unit's own station."""
    roads = Roads(build_roads(SF / "san_francisco_core.osm.pbf", Quiet()).graph)
    drives = sf_drives()
    found = study(roads, drives, "America/Los_Angeles")
    assert found is not None
    tell("learn.san_francisco", found, no_road=found.no_road,
         note="block-level places; the unit is taken to leave its own station")  # fmt: skip


def sf_drives() -> Drives:
    with (SF / "fire_stations.csv").open() as file:
        stations = {row["station"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
    with gzip.open(SF / "calls_unit_responses.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if usable(row, stations)]
    number = {row["incident_number"]: i for i, row in enumerate(rows)}
    return Drives(
        np.array([stations[row["home_station"]] for row in rows]),
        np.array([(float(row["lat"]), float(row["lon"])) for row in rows]),
        np.array([when(row["on_scene"]) - when(row["response"]) for row in rows]),
        np.array([when(row["response"]) for row in rows]),
        np.array([int(row["priority"] == "3") for row in rows]),
        np.array([number[row["incident_number"]] for row in rows]),
    )


def usable(row: dict[str, str], stations: dict[str, tuple[float, float]]) -> bool:
    """Inside the map, from a known station, and with both stamps at least ten seconds apart."""
    told = row["response"] and row["on_scene"] and row["lat"] and not row["time_order_issue"]
    inside = row["in_core_map"] == "True" and row["home_station"] in stations
    return bool(told and inside and 10 <= when(row["on_scene"]) - when(row["response"]) <= 3_600)


def when(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
