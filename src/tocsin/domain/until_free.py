"""How long until a busy unit is expected to be free: what is left of the stage it is in, and what usually follows.

Pure numbers. What is usual arrives from whoever counts it; where nobody has counted yet, these stand in.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.values import Instant

Phase: TypeAlias = Literal["drive", "scene", "carry", "ward"]
PHASES: tuple[Phase, ...] = ("drive", "scene", "carry", "ward")
"""Sent until on scene; until the scene is left, or the unit is free; until at the hospital; until free from there."""
PHASE_OF: dict[str, Phase] = {
    "dispatched": "drive", "acknowledged": "drive", "en_route": "drive", "staged": "drive",
    "on_scene": "scene", "at_patient": "scene", "left_scene": "carry", "at_hospital": "ward", "handed_over": "ward",
}  # fmt: skip


class Usual(msgspec.Struct, frozen=True):
    """What each phase usually takes, in seconds, and the share of assignments that take somebody to a hospital."""

    drive: float = 480.0
    scene: float = 1_200.0
    carry: float = 720.0
    ward: float = 1_080.0
    carried: float = 0.6

    def of(self, phase: Phase) -> float:
        """One of them."""
        seconds: float = getattr(self, phase)
        return seconds

    def after(self, phase: Phase) -> float:
        """What is expected to follow a phase."""
        hospital = self.carry + self.ward
        rest = {"drive": self.scene + self.carried * hospital, "scene": self.carried * hospital, "carry": self.ward}
        return rest.get(phase, 0.0)


LATE_SHARE = 1 / 3
"""Whoever has needed longer than usual is taken to need this share of the usual time more."""


def left_s(usual_s: float, spent_s: float) -> float:
    """What is left of a phase of which so much has passed."""
    return usual_s - spent_s if spent_s < usual_s * (1 - LATE_SHARE) else usual_s * LATE_SHARE


def free_in_s(stage: str, since: Instant, due_at: Instant | None, now: Instant, usual: Usual) -> float:
    """Seconds until it is expected to be free, by its stage, one of PHASE_OF.

    `due_at`: when it is expected on scene, where that is known.
    """
    phase = PHASE_OF[stage]
    if phase == "drive" and due_at is not None:
        left = max(due_at - now, 60.0)
    else:
        left = left_s(usual.of(phase), max(0.0, now - since))
    return left + usual.after(phase)
