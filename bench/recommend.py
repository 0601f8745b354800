"""The whole plan at once: 500 units and a plan of four on Milan, road search and explanation included; and 200 small
rooms against every way tried by hand.

Run: python bench/recommend.py [FILE.osm.pbf]. One JSON object a line. Coverage counts: every unit covers the cells
within three kilometres of it, and what leaves with the chosen is reckoned jointly.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from common import SHARED, note, say, spread_ms
from tocsin.desk.cover_now import CoverNow, GroupNow
from tocsin.domain.advise import choose, recommend
from tocsin.domain.case import Case
from tocsin.domain.cover_rules import CoverGroup
from tocsin.domain.plans import plan_for
from tocsin.domain.room import Incident, Room, Unit
from tocsin.domain.travel import Travel
from tocsin.facts.values import Place
from tocsin.geo.assemble import build_roads
from tocsin.geo.progress import Quiet
from tocsin.geo.roads import Roads
from tocsin.plans.read import load_plans
from tocsin.settings import load_catalogue

MILAN = SHARED / "regions" / "maps" / "milan_2015.osm.pbf"
UNITS, ROUNDS, NOW = 500, 200, 1_790_000_000.0
KINDS = (("engine", "fire"), ("engine", "fire"), ("ladder", "fire"), ("chief", "fire"), ("ambulance", "ambulance"),
         ("ambulance", "ambulance"), ("police", "police"))  # fmt: skip


def on_roads(roads: Roads, n: int, dice: np.random.Generator) -> np.ndarray:
    graph = roads.graph
    spot = graph.piece_ptr[dice.choice(np.flatnonzero(graph.piece_main == 1), n)]
    return np.stack([graph.point_lat[spot], graph.point_lon[spot]], axis=1) * 1e-7 + dice.normal(0, 2e-4, (n, 2))


def room_of(points: np.ndarray) -> Room:
    room = Room()
    for i, (lat, lon) in enumerate(points):
        kind, agency = KINDS[i % len(KINDS)]
        home = Place(float(lat), float(lon))
        room.units[f"U{i:03}"] = Unit(
            f"U{i:03}", kind, agency, frozenset({kind}), 1, home, "", True, 4, duty_since=NOW - 3_600
        )
    return room


def cover_of(points: np.ndarray, dice: np.random.Generator) -> CoverNow:
    """2,000 cells over the town, each unit reaching those within 3 km, busy half the time."""
    low, high = points.min(axis=0), points.max(axis=0)
    cells = low + dice.random((2_000, 2)) * (high - low)
    weight = dice.random(2_000)
    weight /= weight.sum()
    apart = (cells[None] - points[:, None]) * np.array([111_000.0, 78_000.0])
    near = np.hypot(apart[..., 0], apart[..., 1]) < 3_000.0
    reach = {f"U{i:03}": np.flatnonzero(row) for i, row in enumerate(near)}
    groups = [CoverGroup(kind, kind) for kind in ("engine", "ambulance", "police")]
    made = [
        GroupNow(group, 0.5, weight, {name: cells for i, (name, cells) in enumerate(reach.items())
                                      if KINDS[i % len(KINDS)][0] == group.capability})
        for group in groups
    ]  # fmt: skip
    return CoverNow(made, np.zeros(2_000, np.int64), NOW)


def on_milan(source: Path) -> None:
    note("building Milan's roads")
    roads = Roads(build_roads(source, Quiet()).graph)
    roads.warm()
    dice = np.random.default_rng(1)
    catalogue = load_catalogue()
    plans = load_plans(None, catalogue)
    kind = catalogue.type("FIRE-STRUCTURE")
    assert kind is not None
    points = on_roads(roads, UNITS, dice)
    room, cover = room_of(points), cover_of(points, dice)
    for priority in (1, 4):
        rounds(roads, dice, room, points, cover, plans, kind, priority, source.name)


def rounds(roads, dice, room, points, cover, plans, kind, priority, map_name) -> None:  # type: ignore[no-untyped-def]
    whole, advice_s, choice_s, core_s, exact, closest = [], [], [], [], 0, 0
    for lat, lon in on_roads(roads, ROUNDS, dice):
        incident = Incident("1", kind.code, priority, Place(float(lat), float(lon)))
        began, core = time.perf_counter(), time.thread_time()
        found = roads.times_to((float(lat), float(lon)), points, siren=True)
        travels = {
            name: Travel("road", float(eta_s), float(length_m), unit.home.lat, unit.home.lon, NOW, 0.3)
            for (name, unit), eta_s, length_m in zip(room.units.items(), found.eta_s, found.length_m, strict=True)
            if np.isfinite(eta_s)
        }  # fmt: skip
        case = Case(room, incident, kind, travels, NOW, plans, cover)
        searched = time.perf_counter()
        advice = recommend(case)
        ended = time.perf_counter()
        core_s.append(time.thread_time() - core)
        chosen = choose(case)
        choice_s.append(time.perf_counter() - ended)
        whole.append(ended - began)
        advice_s.append(ended - searched)
        exact += advice.exact
        assert chosen == tuple(row.unit for row in advice.candidates if row.chosen)
        closest += chosen == choose(Case(room, incident, kind, travels, NOW, plans))
    seats = sum(need.seats for _, need in plan_for(plans, kind, 1, Place(0, 0)).needs(1))
    size = {
        "units": UNITS,
        "needs": seats,
        "map": map_name,
        "priority": priority,
        "exact": exact,
        "same_as_without_coverage": closest,
    }
    core = spread_ms(core_s)
    of_core = {"core_p50_ms": core["p50_ms"], "core_p99_ms": core["p99_ms"]}
    say("recommend.with_road_search", **spread_ms(whole), **of_core, goal="p50 30 ms, p99 80 ms", **size)
    say("recommend.alone", **spread_ms(advice_s), **size)
    say("recommend.choose_only", **spread_ms(choice_s), **size)


def against_all(rooms: int = 200) -> None:
    from tests.domain.rooms import best_by_hand, small_room, value_of

    equal = 0
    for seed in range(10_000, 10_000 + rooms):
        case = small_room(seed, 9)
        still, cost = value_of(case, choose(case))
        best = best_by_hand(case)
        equal += round(still, 6) == best[0] and abs(cost - best[1]) < 1e-9
    say("recommend.against_exhaustive_search", n=rooms, equal=equal, goal="equal in every room")


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else MILAN
    against_all()
    if not source.is_file():
        sys.exit(f"skipped: no map at {source}")
    on_milan(source)


if __name__ == "__main__":
    main()
