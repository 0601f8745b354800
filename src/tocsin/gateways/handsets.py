"""Which number a handset had in a message just before, so that its next one without a number finds its call.

Knows digests under a key of this start (decision 0060), never an IMEI or IMSI; in memory, for minutes, not recorded.
A call's signalling names no handset: one that no numbered message came from is nobody's.
"""

from __future__ import annotations

from tocsin.facts.values import Instant

KEPT_S = 600.0
MOST = 4_096
Known = tuple[str, Instant]


class Handsets:
    """Numbers by handset, the most recent last."""

    def __init__(self) -> None:
        self._numbers: dict[str, Known] = {}

    def saw(self, pairing: str, number: str, now: Instant) -> None:
        """A message said both. The newest number counts: a card may be moved to another handset."""
        if not pairing or not number:
            return
        self._numbers.pop(pairing, None)
        self._numbers[pairing] = number, now
        while len(self._numbers) > MOST:
            del self._numbers[next(iter(self._numbers))]

    def number(self, pairing: str, now: Instant) -> str:
        """Its number, if a message said it within `KEPT_S`; else empty."""
        number, at = self._numbers.get(pairing, ("", now))
        return number if now - at <= KEPT_S else ""
