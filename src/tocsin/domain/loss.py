"""What sending units costs the next caller, as numbers handed in. Refuses to know how coverage is reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Gap(msgspec.Struct, frozen=True):
    """Where cover is lost most: an area's name, the share of its demand that no unit would reach in time, how long."""

    area: str
    share: float
    span_s: float | None = None
    """Until somebody else covers it, as far as that can be expected; None when it cannot."""


class Loss(Protocol):
    """Coverage that leaves with units."""

    def loss(self, units: Sequence[str]) -> float:
        """Expected covered share of demand, 0 to 1, that leaves with these free units together.

        Supermodular: a unit costs at least as much beside others as alone.
        """
        ...


class Gaps(Protocol):
    """A loss that can also say where."""

    def gap(self, units: Sequence[str]) -> Gap | None:
        """The area that loses most when these units leave together; None when none loses enough to be named."""
        ...


def gap_of(loss: Loss | None, units: Sequence[str]) -> Gap | None:
    """Where cover is lost most, where the loss can say so."""
    gap = getattr(loss, "gap", None)
    found: Gap | None = gap(units) if gap is not None else None
    return found
