"""What sending units costs the next caller, as numbers handed in. Refuses to know how coverage is reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Gap(msgspec.Struct, frozen=True):
    """Where cover is lost most: an area's code, the share of its demand that no unit would reach in time, how long."""

    area: str
    share: float
    relief_s: float | None = None
    """Until somebody who is busy now is expected to cover it; None when nobody is."""
    job_s: float | None = None
    """What those who leave are expected to need, once on scene, until they are free again; None: not known."""

    def span_s(self, drive_s: float) -> float | None:
        """How long the gap is expected to last when the unit that leaves it drives so long to its incident."""
        back_s = None if self.job_s is None else drive_s + self.job_s
        return min((one for one in (self.relief_s, back_s) if one is not None), default=None)


class Loss(Protocol):
    """Coverage that leaves with units."""

    def loss(self, units: Sequence[str]) -> float:
        """Expected covered share of demand, 0 to 1, that leaves with these free units together.

        Supermodular: a unit costs at least as much beside others as alone.
        """
        ...


class Gaps(Protocol):
    """A loss that can also say where."""

    def gap(self, units: Sequence[str], rather: Sequence[str] = ()) -> Gap | None:
        """The area that loses most when these units leave together, what `rather` would leave bare as well not counted.

        None when none loses enough to be named.
        """
        ...


def gap_of(loss: Loss | None, units: Sequence[str], rather: Sequence[str] = ()) -> Gap | None:
    """Where cover is lost most that would be kept if `rather` went instead, where the loss can say so."""
    gap = getattr(loss, "gap", None)
    found: Gap | None = gap(units, rather) if gap is not None else None
    return found
