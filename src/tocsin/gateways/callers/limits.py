"""How often somebody may knock: buckets that fill with time, one for each address or link, forgotten when full.

Mobile carriers put thousands of callers behind one address: what is counted by address is generous, and a link that is
known is never turned away for what its neighbours do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

KEPT = 20_000
"""Buckets kept at once; the longest untouched goes first."""


class Buckets:
    """`burst` at once, `rate_hz` in the long run, for each name."""

    def __init__(self, rate_hz: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate_hz, self._burst, self._clock = rate_hz, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> bool:
        """Whether there was enough in the bucket of this name; taken if so."""
        now = self._clock()
        left, at = self._left.get(name, (self._burst, now))
        left = min(self._burst, left + max(0.0, now - at) * self._rate_hz)
        enough = left >= cost
        self._left[name] = (left - cost if enough else left, now)
        self._left.move_to_end(name)
        while len(self._left) > KEPT:
            self._left.popitem(last=False)
        return enough
