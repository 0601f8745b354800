"""What an assignment usually takes in this room, stage by stage, counted from what is recorded as it happens.

Medians of the latest; until there are enough, the usual of `domain/until_free.py`. Forgotten when the program ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median

from tocsin.domain.until_free import PHASES, Phase, Usual
from tocsin.facts import assignments
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant

ENOUGH, LATEST = 20, 400
CARRIES = "ambulance"
"""Until a group's own units have told: those with this capability take somebody to a hospital now and then."""
_BEGINS: dict[type, Phase] = {
    assignments.UnitDispatched: "drive",
    assignments.UnitDiverted: "drive",
    assignments.UnitOnScene: "scene",
    assignments.UnitLeftScene: "carry",
    assignments.UnitAtHospital: "ward",
}
_ENDS: dict[Phase, tuple[type, ...]] = {
    "drive": (assignments.UnitOnScene,),
    "scene": (assignments.UnitLeftScene, assignments.UnitAvailable),
    "carry": (assignments.UnitAtHospital,),
    "ward": (assignments.UnitAvailable,),
}
"""What ends a phase as it should; whatever else ends it is no measure of it."""


class Counted:
    """Durations by phase, and whether each unit's assignments ended at a hospital."""

    def __init__(self) -> None:
        self._took: dict[Phase, deque[float]] = {phase: deque(maxlen=LATEST) for phase in PHASES}
        self._now: dict[str, tuple[Phase, Instant]] = {}
        self._carried: dict[str, deque[bool]] = {}

    def heard(self, entry: AnyEntry) -> None:
        """One more stamp."""
        fact = entry.fact
        begins = _BEGINS.get(type(fact))
        ends = isinstance(fact, assignments.UnitAvailable | assignments.UnitCancelled)
        if begins is None and not ends:
            return
        unit: str = fact.unit
        was = self._now.pop(unit, None)
        if was is not None and type(fact) in _ENDS[was[0]]:
            self._took[was[0]].append(max(0.0, fact.at - was[1]))
        if begins is not None:
            self._now[unit] = begins, fact.at
        elif was is not None and was[0] != "drive":
            self._carried.setdefault(unit, deque(maxlen=LATEST)).append(was[0] == "ward")

    def usual(self, capability: str, units: Iterable[str]) -> Usual:
        """What holds for a group: its capability and its units."""
        ended = [one for unit in units for one in self._carried.get(unit, ())]
        guess = Usual().carried if capability == CARRIES else 0.0
        carried = sum(ended) / len(ended) if len(ended) >= ENOUGH else guess
        drive, scene, carry, ward = (self._usual_s(phase) for phase in PHASES)
        return Usual(drive, scene, carry, ward, carried)

    def _usual_s(self, phase: Phase) -> float:
        took = self._took[phase]
        return float(median(took)) if len(took) >= ENOUGH else Usual().of(phase)
