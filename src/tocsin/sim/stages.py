"""How long crews take, stage by stage: what a world hands to its crews. Knows no unit by name and no day."""

from __future__ import annotations

from random import Random
from typing import Literal, Protocol, TypeAlias

from tocsin.sim.dice import lognormal

Stage: TypeAlias = Literal["turnout", "pace", "to_patient", "on_scene", "care", "ride", "handover", "sending"]
"""turnout: dispatched → en route; pace and ride: factors on the road's own time, under sirens and with a patient;
to_patient: on scene → at patient; on_scene: on scene → available, nobody taken along; care: on scene → left scene;
handover: at hospital → available; sending: incident opened → first unit dispatched."""


class StageTimes(Protocol):
    """Draws the seconds (or, for pace and ride, the factor) of one stage of one response."""

    def draw(self, stage: Stage, unit_kind: str, priority: int, dice: Random) -> float:
        """One draw."""
        ...


MEDIANS: dict[Stage, tuple[float, float]] = {
    "turnout": (62.0, 0.35),
    "pace": (1.05, 0.15),
    "to_patient": (75.0, 0.5),
    "on_scene": (1_050.0, 0.55),
    "care": (1_020.0, 0.4),
    "ride": (1.1, 0.15),
    "handover": (1_300.0, 0.35),
    "sending": (18.0, 0.5),
}
"""Median and spread of the lognormal of each stage, near what San Francisco recorded in January 2017 (p50 of turnout
59 s, on scene → transport 1,043 s); the handover is shorter than theirs, so that a small fleet keeps answering."""
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
