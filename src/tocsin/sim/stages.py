"""How long crews take, stage by stage: what a world hands to its crews. Knows no unit by name and no day."""

from __future__ import annotations

import math
from random import Random
from statistics import NormalDist
from typing import Literal, Protocol, TypeAlias

from tocsin.sim.dice import lognormal

Stage: TypeAlias = Literal["turnout", "to_patient", "on_scene", "care", "handover", "entry", "sending"]
"""turnout: dispatched → en route; entry: call received → incident opened; to_patient: on scene → at patient;
on_scene: on scene → available, nobody taken along; care: on scene → left scene; handover: at hospital → available;
sending: incident opened → first unit dispatched."""


class StageTimes(Protocol):
    """Draws the seconds of one stage of one response, and how a drive compares with the road's own time."""

    def draw(self, stage: Stage, unit_kind: str, priority: int, dice: Random) -> float:
        """One draw."""
        ...

    def pace(self, road_s: float, unit_kind: str, priority: int, share: float, /) -> float:
        """The factor on a drive of `road_s` seconds under sirens; `share` from 0 (fast) to 1 (slow) among its like."""
        ...

    def ride_s(self, unit_kind: str, dice: Random, /) -> float | None:
        """Seconds from scene to hospital, or None: the road decides."""
        ...


MEDIANS: dict[Stage, tuple[float, float]] = {
    "turnout": (62.0, 0.35),
    "to_patient": (75.0, 0.5),
    "on_scene": (1_050.0, 0.55),
    "care": (1_020.0, 0.4),
    "handover": (1_300.0, 0.35),
    "entry": (70.0, 0.5),
    "sending": (18.0, 0.5),
}
"""Median and spread of the lognormal of each stage, near what San Francisco recorded in January 2017 (p50 of turnout
59 s, on scene → transport 1,043 s); the handover is shorter than theirs, so that a small fleet keeps answering."""
PACE = (1.05, 0.15)
"""Median and spread of the factor on a drive."""
QUICK: dict[str, float] = {"chief": 0.8, "police": 0.9, "ladder": 0.8}
"""Kinds that stay a shorter while."""


class InventedTimes:
    """Lognormal stage times: most responses near the middle, a few very long."""

    def draw(self, stage: Stage, unit_kind: str, priority: int, dice: Random) -> float:
        """One draw."""
        median, sigma = MEDIANS[stage]
        if stage == "turnout":
            median *= 0.4 if unit_kind == "police" else 1.0 if priority <= 2 else 1.4
        if stage == "on_scene":
            median *= QUICK.get(unit_kind, 1.0)
        return lognormal(dice, median, sigma)

    def pace(self, _road_s: float, _unit_kind: str, _priority: int, share: float) -> float:
        """A little slower than the road allows, now and then much."""
        return PACE[0] * math.exp(PACE[1] * NormalDist().inv_cdf(min(0.999, max(0.001, share))))

    def ride_s(self, _unit_kind: str, _dice: Random) -> float | None:
        """The road decides."""
        return None
