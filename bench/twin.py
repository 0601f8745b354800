"""How many calls a second the twin lives through on one core: plainly through decide() and evolve(), and compiled.

Seconds are the thread's own: other work on the machine does not count against it. Wall seconds stand beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from common import note, say
from tocsin.domain.coverage import cover_of
from tocsin.sim.twin.compiled import Rules, Sweeper, columns
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.model import TwinUnit, unit_ids
from tocsin.sim.twin.policies import MoveRule
from tocsin.sim.twin.world import policies
from utrecht_ground import LIMIT_S, Utrecht

UNITS, PLAIN, COMPILED = 20, 20_000, 200_000
LAYERS = ((720.0, 0.9), (480.0, 0.1))
HYBRID = Rules("hybrid", "dmexclp", LIMIT_S, 1.34, 0.005, 0.0002)
MOVES = Rules("hybrid", "dmexclp", LIMIT_S, 1.05, 0.0174, 0.0002, MoveRule(True, False, 0.0005, 0.0008))
FULL = Rules("brain", "dmexclp", LIMIT_S, 1.34, 0.005, 0.0002, spread=0.05)
FULL_MOVES = Rules("brain", "dmexclp", LIMIT_S, 1.05, 0.0174, 0.0002, MoveRule(True, False, 0.0005, 0.0008), 0.05)
RULES = {"closest": Rules(), "hybrid": HYBRID, "hybrid with move-ups": MOVES, "full brain": FULL,
         "full brain with move-ups": FULL_MOVES}  # fmt: skip
GOALS = {"closest": (20_000, 500_000), "full brain": (1_500, 100_000)}


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """(thread seconds, wall seconds, answer), the better of two by thread seconds."""
    best: tuple[float, float, Any] | None = None
    for _ in range(2):
        wall, own = time.perf_counter(), time.thread_time()
        answer = work()
        took = time.thread_time() - own, time.perf_counter() - wall, answer
        best = took if best is None or took[0] < best[0] else best
    assert best is not None
    return best


def main() -> None:
    world = Utrecht()
    bases = world.bases(UNITS)
    fleet = [TwinUnit(id_, base) for id_, base in zip(unit_ids(UNITS), bases, strict=True)]
    cover = cover_of(world.weight, world.drive_s, LAYERS, 0.16, UNITS)
    calls = world.calls(1, COMPILED)
    for name, rules in RULES.items():
        note(f"{name}, plain")

        def plain(rules: Rules = rules) -> Twin:
            chosen = policies(rules, world.ground, fleet, world.stations, cover)
            twin = Twin(world.ground, fleet, *chosen, spread=rules.spread)
            twin.run(calls[:PLAIN])
            return twin

        own_s, wall_s, twin = timed(plain)
        goal, fast = GOALS.get(name, (None, None))
        say(f"twin through decide and evolve, {name}", calls_per_s=round(PLAIN / own_s), goal=goal, calls=PLAIN,
            wall_per_s=round(PLAIN / wall_s), facts=twin.record.facts)  # fmt: skip
        note(f"{name}, compiled")
        sweeper, cols = Sweeper(world.ground, world.stations, cover), columns(calls)
        sweeper.run(columns(calls[:50]), bases, rules)
        own_s, wall_s, swept = timed(lambda rules=rules, sweeper=sweeper, cols=cols: sweeper.run(cols, bases, rules))
        same = [out.unit for out in twin.outcomes] == swept.unit[:PLAIN].tolist()
        say(f"twin compiled, {name}", calls_per_s=round(COMPILED / own_s), goal=fast, calls=COMPILED,
            wall_per_s=round(COMPILED / wall_s), same_units_as_plain=same)  # fmt: skip


if __name__ == "__main__":
    main()
