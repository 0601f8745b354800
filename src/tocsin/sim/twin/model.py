"""The words of the twin: a call as it unfolds, a unit as it stands, what came of each call. Holds, never decides."""

from __future__ import annotations

import msgspec

from tocsin.facts.values import Instant


class TwinCall(msgspec.Struct, frozen=True, gc=False):
    """One call and everything its crew will find. Seconds: before wheels turn, on scene, at the hospital."""

    at: Instant
    node: int
    scene_s: float
    to_hospital: bool = False
    hand_over_s: float = 0.0
    turnout_s: float = 0.0
    type: str = "MEDICAL"


class TwinUnit(msgspec.Struct, frozen=True):
    """A unit of the fleet and the node of its base. Its number is its place in the fleet; ties go to the lowest."""

    id: str
    base: int
    capabilities: tuple[str, ...] = ("ambulance",)
    kind: str = "ambulance"
    crew: int = 2
    agency: str = "twin"


class Absence(msgspec.Struct, frozen=True):
    """Unit number `unit` is off duty or broken from `since` up to `until`."""

    unit: int
    since: Instant
    until: Instant


class Outcome(msgspec.Struct, gc=False):
    """What came of one call. Instants in seconds; `unit` is a number in the fleet, -1 when nobody came."""

    call: int
    at: Instant
    unit: int = -1
    """The first that was sent."""
    sent_at: Instant = 0.0
    on_scene_at: Instant = -1.0
    """Of the first unit to arrive; -1 when nobody came."""
    origin: int = -1
    """Node the first unit was sent from."""
    units: int = 0
    waited: bool = False
    """Nobody was free when it came in."""

    @property
    def served(self) -> bool:
        """Somebody came."""
        return self.units > 0

    @property
    def response_s(self) -> float:
        """From the call to the first unit's arrival."""
        return self.on_scene_at - self.at


class Standing(msgspec.Struct, gc=False):
    """Where a unit is when it is on no incident: on a drive from `origin` to `target`, or arrived there."""

    origin: int
    target: int
    left_at: Instant
    drive_s: float
    """0 when it stands."""


def unit_ids(count: int, letter: str = "A") -> list[str]:
    """Ids whose order by name is their order by number: ties go to the lowest number in production code too."""
    width = len(str(max(0, count - 1)))
    return [f"{letter}{n:0{width}d}" for n in range(count)]
