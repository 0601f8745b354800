"""Where one unit was, in little memory: the last minute whole, the hour before it a point every few seconds.

A thousand units at one report a second would else hold a gigabyte of points that no screen can draw apart.
"""

from __future__ import annotations

from array import array
from collections import deque

from tocsin.facts.values import Instant, Move

TRAIL_S = 3_600.0
WHOLE = 60
"""So many of the latest points are kept as they came."""
STEP_S = 5.0
"""Older points lie at least so far apart."""
WIDTH = 5
SLACK = 120
"""How many points too old are waited for before they are let go of together."""


class Trail:
    """Points of one unit, oldest first."""

    __slots__ = ("_last", "_older", "_unit")

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._last: deque[Move] = deque()
        self._older = array("d")

    def add(self, move: Move) -> None:
        """The newest point."""
        self._last.append(move)
        if len(self._last) > WHOLE:
            self._age(self._last.popleft())

    def _age(self, move: Move) -> None:
        older = self._older
        if older and move.at - older[-WIDTH] < STEP_S:
            return
        older.extend((move.at, move.lat, move.lon, move.speed_mps, move.heading_deg))
        slack = SLACK * WIDTH
        if len(older) > slack and older[slack] < move.at - TRAIL_S:
            del older[:slack]

    def since(self, since: Instant) -> list[Move]:
        """Where it was from an instant on."""
        older, unit = self._older, self._unit
        rows = (older[n : n + WIDTH] for n in range(0, len(older), WIDTH) if older[n] >= since)
        return [*(Move(unit, *row) for row in rows), *(move for move in self._last if move.at >= since)]
