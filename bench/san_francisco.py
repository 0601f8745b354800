"""Ambulance policies on San Francisco's core: tuned on calls like January 2017's, reported on April 2020.

The fleet and where it stands are ours (MEXCLP over the fire stations): the record does not say where medics waited, and
hospitals are named by hand. Drives are those of the map's roads. April itself is one path of some 1,800 calls, so its
interval is wide; calls drawn from a fit to April say what the policies do on many Aprils.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np

from common import SHARED, note, say
from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.sim.planning.locate import mexclp
from tocsin.sim.twin.compare import MEASURES, differences
from tocsin.sim.twin.figures import Ran, run
from tocsin.sim.twin.scenario import load
from tocsin.sim.twin.world import World, prepare

FOLDER = SHARED / "regions" / "san_francisco"
CELL_DEG, UNITS, LATE_MIN = 0.0025, 10, 7.0
HOSPITALS = {"Saint Francis": (37.7895, -122.4168), "Van Ness": (37.7860, -122.4217), "Chinese": (37.7955, -122.4089),
             "Geary": (37.7826, -122.4430), "Castro": (37.7690, -122.4350)}  # fmt: skip
PREPARED: dict[tuple[str, str, tuple[str, ...]], World] = {}
"""Ground and calls by period, kind and bases: policies change neither."""
FILES = {"january": "2017-01-08", "april": "2020-12-31"}


def split(folder: Path) -> set[tuple[float, float]]:
    """Medics' rows inside the map, by period; the cells January's calls lie in."""
    with gzip.open(FOLDER / "calls_unit_responses.csv.gz", "rt", encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if row["unit_type"] == "MEDIC" and row["in_core_map"] == "True"]
    for name, before in FILES.items():
        mine = [row for row in rows if (row["received"] < "2018") == (name == "january") and row["received"] < before]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(mine[0]))
            writer.writeheader()
            writer.writerows(mine)
    return {
        (round(float(row["lat"]) / CELL_DEG) * CELL_DEG, round(float(row["lon"]) / CELL_DEG) * CELL_DEG)
        for row in rows
        if row["received"] < "2018"
    }


def write_nodes(folder: Path, cells: set[tuple[float, float]]) -> list[str]:
    """Cells, stations and hospitals as nodes; answers the stations' names."""
    with (FOLDER / "fire_stations.csv").open(encoding="utf-8") as text:
        stations = {
            f"S{r['station']}": (r["lat"], r["lon"]) for r in csv.DictReader(text) if r["in_core_map"] == "True"
        }
    lines = ["name,lat,lon,weight"]
    lines += [f"C{n},{lat:.5f},{lon:.5f},1" for n, (lat, lon) in enumerate(sorted(cells))]
    lines += [f"{name},{lat},{lon},0" for name, (lat, lon) in {**stations, **HOSPITALS}.items()]
    (folder / "nodes.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return list(stations)


def scenario(
    folder: Path, name: str, period: str, kind: str, stations: list[str], bases: list[str], policy: str
) -> World:
    amount = "count = 10000\n" if kind == "fitted" else ""
    file = folder / "scenario.toml"
    file.write_text(
        f'name = "{name}"\nutc_offset_h = -8\n[ground]\nnodes = "nodes.csv"\n'
        'columns = { lat = "lat", lon = "lon", weight = "weight" }\nregion = "region"\n'
        f"hospitals = {list(HOSPITALS)}\n[fleet]\nbases = {bases}\nstations = {stations}\n"
        f'[calls]\nkind = "{kind}"\nfile = "{period}.csv"\n{amount}to_hospital = 0.7\n'
        'on_scene = { law = "lognormal", scale = 17, sigma = 0.6, most = 90 }\n'
        'hand_over = { law = "lognormal", scale = 34, sigma = 0.5, most = 120 }\n'
        'turnout = { law = "lognormal", scale = 1, sigma = 0.6, most = 5 }\n'
        f"[policy]\nlate_after_min = {LATE_MIN}\n{policy}\n",
        "utf-8",
    )
    key = period, kind, tuple(bases)
    if key not in PREPARED:
        PREPARED[key] = prepare(load(file))
    return msgspec.structs.replace(PREPARED[key], loaded=load(file))


HOME = 'dispatch = "closest"\nrelocate = "home"'


def tuned(loss: float, minute: float, busy: float, cost: float | None) -> str:
    """`cost`: of coverage for each minute of a move-up; None: nobody moves up."""
    moves = "" if cost is None else f'\nmove_after = ["dispatch"]\nmove_least = 0.001\nmove_minute_cost = {cost}'
    return (
        f'dispatch = "brain"\nrelocate = "dmexclp"\nbusy = {busy}\nloss_weight = {loss}\nminute_weight = {minute}\n'
        f"layers = [{{ minutes = 6, share = 0.8 }}, {{ minutes = 4, share = 0.2 }}]{moves}"
    )


def lived(world: World, seeds: range) -> list[Ran]:
    return [run(world, seed, compiled=True) for seed in seeds]


def tune(folder: Path, stations: list[str], bases: list[str]) -> str:
    """The policy with fewest late at no worse mean than closest and home, on January's demand."""
    base = scenario(folder, "home", "january", "fitted", stations, bases, HOME)
    home = lived(base, range(1_000, 1_003))
    mean = np.mean([ran.figures.mean_min for ran in home])
    found = []
    for values in itertools.product((0.3, 1.0), (0.01, 0.03, 0.1), (0.15, 0.35), (None, 0.001, 0.004)):
        policy = tuned(*values)
        world = scenario(folder, "tuned", "january", "fitted", stations, bases, policy)
        runs = lived(world, range(1_000, 1_003))
        late, took = (np.mean([getattr(ran.figures, one) for ran in runs]) for one in ("late_share", "mean_min"))
        found.append((late + max(0.0, took - mean), policy, values))
    note(f"tuned: loss, minute, busy, cost = {min(found)[2]}")
    return min(found)[1]


def told(name: str, runs: list[list[Ran]]) -> None:
    for one in runs:
        figures = {m: round(float(np.mean([getattr(ran.figures, m) for ran in one])), 4) for m in MEASURES}
        busy = round(float(np.mean([ran.figures.busy_share for ran in one])), 3)
        say(f"San Francisco core, {name}: {one[0].figures.scenario}", units=UNITS, late_after_min=LATE_MIN,
            calls=sum(ran.figures.calls for ran in one), busy=busy, **figures)  # fmt: skip
    for gap in differences(runs, [LATE_MIN * 60] * 2):
        ends = None if gap.low is None or gap.high is None else [round(gap.low, 4), round(gap.high, 4)]
        words = f"San Francisco core, {name}: tuned against home, {gap.measure}"
        say(words, difference=round(gap.mean, 4), interval=ends, how=gap.how)


def main() -> None:
    if not FOLDER.is_dir():
        note("San Francisco is not beside this checkout (../shared/regions/san_francisco): nothing to measure")
        sys.exit(0)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-sf-") as name:
        folder = Path(name)
        stations = write_nodes(folder, split(folder))
        build_region(FOLDER / "san_francisco_core.osm.pbf", folder / "region", Quiet())
        world = scenario(folder, "January", "january", "fitted", stations, stations[:UNITS], HOME)
        drive_s = [world.ground.siren_s[site] for site in world.stations]
        plan = mexclp(world.weight, drive_s, 300.0, UNITS, 0.4)
        bases = [site for site, n in zip(stations, plan.at, strict=True) for _ in range(n)]
        for words in world.notes:
            note(words)
        policy = tune(folder, stations, bases)
        for kind, seeds, words in (
            ("history", range(1), "April 2020 itself"),
            ("fitted", range(2_000, 2_010), "like April 2020"),
        ):
            pair = [scenario(folder, one, "april", kind, stations, bases, told_) for one, told_ in
                    (("closest + home", HOME), ("the recommendation, tuned", policy))]  # fmt: skip
            told(words, [lived(one, seeds) for one in pair])


if __name__ == "__main__":
    main()
