"""500 units to one incident on Milan: our one search, snapping included, against scipy's over the same graph.

Run: python bench/roads.py [FILE.osm.pbf]. Prints one JSON object a line. p50 and p99 are wall clock; core_p50 is
the time one core spent.
"""

import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from tocsin.geo.assemble import build_roads
from tocsin.geo.progress import Quiet
from tocsin.geo.roads import Roads

MILAN = Path(__file__).parents[2] / "shared" / "regions" / "maps" / "milan_2015.osm.pbf"
UNITS, ROUNDS = 500, 200


def tell(name: str, taken: tuple[list[float], list[float]], **more: object) -> None:
    seconds, of_core = taken
    p50, p99 = np.percentile(np.array(seconds) * 1e3, [50, 99])
    more["core_p50_ms"] = round(float(np.median(of_core)) * 1e3, 2)
    machine = f"{platform.machine()} {platform.system()}, python {platform.python_version()}"
    print(json.dumps({"name": name, "n": len(seconds), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2), **more,
                      "machine": machine}))  # fmt: skip


def timed(rounds: int, work: Callable[[int], object]) -> tuple[list[float], list[float]]:
    """Seconds by the wall, and seconds this thread had a core: they differ when the machine is shared."""
    seconds, of_core = [], []
    for i in range(rounds):
        began, core = time.perf_counter(), time.thread_time()
        work(i)
        seconds.append(time.perf_counter() - began)
        of_core.append(time.thread_time() - core)
    return seconds, of_core


def on_roads(roads: Roads, n: int, dice: np.random.Generator) -> np.ndarray:
    """Points near roads, as units and incidents are."""
    graph = roads.graph
    spot = graph.piece_ptr[dice.choice(np.flatnonzero(graph.piece_main == 1), n)]
    return np.stack([graph.point_lat[spot], graph.point_lon[spot]], axis=1) * 1e-7 + dice.normal(0, 2e-4, (n, 2))


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else MILAN
    if not source.is_file():
        sys.exit(f"skipped: no map at {source}")
    roads = Roads(build_roads(source, Quiet()).graph)
    roads.warm()
    dice = np.random.default_rng(1)
    units = [on_roads(roads, UNITS, dice) for _ in range(ROUNDS)]
    targets = on_roads(roads, ROUNDS, dice)
    size = {"states": len(roads.graph.state_edge), "units": UNITS, "map": source.name}
    tell("roads.snap_units", timed(ROUNDS, lambda i: roads.snap_many(units[i])), **size)
    for siren in (True, False):
        name = f"roads.times_to.{'siren' if siren else 'normal'}"
        tell(name, timed(ROUNDS, lambda i, s=siren: roads.times_to(tuple(targets[i]), units[i], siren=s)), **size)
    near = timed(ROUNDS, lambda i: roads.times_to(tuple(targets[i]), units[i], siren=True, limit_s=600.0))
    tell("roads.times_to.within_10_min", near, **size)
    tell("roads.route", timed(ROUNDS, lambda i: roads.route(tuple(units[i][0]), tuple(targets[i]), siren=True)), **size)
    shut = roads.closed_edges([(float(lat), float(lon), 50.0) for lat, lon in targets[:20]])
    closed = timed(ROUNDS, lambda i: roads.times_to(tuple(targets[i]), units[i], siren=True, closed=shut))
    tell("roads.times_to.20_closures", closed, **size)

    start, end, cost = roads.graph.arcs(siren=True)
    weight = cost.astype(float) + roads.graph.time_s(siren=True)[end]
    against = csr_matrix((weight, (end, start)), shape=(size["states"],) * 2)
    tell(
        "scipy.dijkstra", timed(30, lambda i: dijkstra(against, indices=int(roads.snap(*targets[i]).edges[0]))), **size
    )


if __name__ == "__main__":
    main()
