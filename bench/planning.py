"""Planning models: MEXCLP to its known optima, the hypercube and its approximation, sites for a whole province."""

from __future__ import annotations

import json
import time

import numpy as np

from common import SHARED, say
from tocsin.sim.planning.hypercube import approximate, exact
from tocsin.sim.planning.locate import mclp, mexclp, p_median
from utrecht_ground import FOLDER, LIMIT_S, Utrecht


def optima(world: Utrecht) -> None:
    """Every published optimum, goal: within 1e-6 and 2 s."""
    drive_s = [world.drive_s[site] for site in world.stations]
    worst_s, off = 0.0, 0.0
    told = json.loads((FOLDER / "mexclp_optima.json").read_text("utf-8"))
    for key, best in told.items():
        units, busy = key.split("_")
        begun = time.perf_counter()
        plan = mexclp(world.weight, drive_s, LIMIT_S, int(units), float(busy))
        worst_s, off = max(worst_s, time.perf_counter() - begun), max(off, abs(plan.worth - best["obj"]))
    say("MEXCLP optima on Utrecht", plans=len(told), worst_s=round(worst_s, 3), largest_error=off)


def sites(world: Utrecht) -> None:
    """Any node may be a station."""
    everywhere = list(world.drive_s.values())
    for name, solve in (
        ("MCLP, 8 min", lambda: mclp(world.weight, everywhere, 480.0, 12)),
        ("MEXCLP, 20 units", lambda: mexclp(world.weight, everywhere, LIMIT_S, 20, 0.3)),
        ("p-median, beside the stations there are", lambda: p_median(world.weight, everywhere, 23, world.stations)),
    ):
        begun = time.perf_counter()
        plan = solve()
        say(f"sites anywhere in Utrecht: {name}", s=round(time.perf_counter() - begun, 2), worth=round(plan.worth, 5))


def hypercube() -> None:
    """The truth's cases, and a size that only the approximation reaches."""
    file = SHARED / "oracles" / "queueing" / "hypercube.json"
    cases = json.loads(file.read_text("utf-8")) if file.exists() else []
    exact_off = rough_off = 0.0
    for case in cases:
        line = case["cap"] == "inf"
        found = exact(case["lam"], case["prefs"], case["mu"], line=line)
        rough = approximate(case["lam"], case["prefs"], case["mu"], line=line)
        exact_off = max(exact_off, float(np.abs(found.states - case["exact"]["P"]).max()))
        rough_off = max(rough_off, float(np.abs(rough.busy / case["exact"]["W"] - 1).max()))
    say("hypercube", cases=len(cases), largest_error=exact_off, approximation_off_percent=round(100 * rough_off, 2))
    dice = np.random.default_rng(1)
    for units, solve in ((12, exact), (60, approximate)):
        prefs = [dice.permutation(units).tolist() for _ in range(200)]
        begun = time.perf_counter()
        solve((dice.random(200) * units / 200).tolist(), prefs)
        say(f"hypercube, {units} units, {solve.__name__}", s=round(time.perf_counter() - begun, 2))


def main() -> None:
    world = Utrecht()
    optima(world)
    sites(world)
    hypercube()


if __name__ == "__main__":
    main()
