"""When an area is worked out again while nothing new is heard: who is not heard of may be anywhere by now.

Each half minute at first and ever more seldom as the newest report grows old. The moments follow from the record alone,
so that several nodes over one record look at the same ones, and give one and the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from tocsin.facts.locations import AreaEstimated
from tocsin.facts.values import Instant
from tocsin.geo.fusion import Fused

LOOK_S = 30.0
SLOWER = 0.25
"""The next look is after this share of the newest report's age, if that is longer."""
LONGEST_S = 7_200.0
"""After that, nothing more is learned from looking."""
GREW = 1.25
"""A radius that grew by less is not another area."""


class Look(msgspec.Struct, frozen=True):
    """One moment to work an area out again."""

    stated: AreaEstimated
    count: int
    at: Instant

    @property
    def key(self) -> str:
        """The same on every node."""
        return f"{self.stated.call}.{self.stated.estimate}.{self.count}"


class Aging:
    """The areas that stand, by call, and when each is looked at next. `newest`: when a call was last heard of."""

    def __init__(self, newest: Callable[[str], Instant | None]) -> None:
        self._newest = newest
        self._next: dict[str, Look] = {}

    def stated(self, fact: AreaEstimated) -> None:
        """This is the area now."""
        self._next[fact.call] = Look(fact, 1, fact.at + LOOK_S)

    def forget(self, call: str) -> None:
        """Nobody needs it any more."""
        self._next.pop(call, None)

    def due(self, now: Instant) -> Iterator[Look]:
        """Looks whose time has come; of several that were missed, the last."""
        for call in [call for call, look in self._next.items() if look.at <= now]:
            newest, last = self._newest(call), self._next[call]
            if newest is None or last.at - newest > LONGEST_S:
                self.forget(call)
                continue
            while (following := _after(last, newest)).at <= now:
                last = following
            self._next[call] = following
            yield last


def _after(look: Look, newest: Instant) -> Look:
    return Look(look.stated, look.count + 1, look.at + max(LOOK_S, SLOWER * (look.at - newest)))


def another(stated: AreaEstimated, fused: Fused) -> bool:
    """Whether it is worth a line in the record and a change on every screen."""
    words = (stated.certainty, stated.disagree) != (fused.certainty, fused.disagree)
    return words or not stated.radius_m / GREW < fused.radius_m < stated.radius_m * GREW
