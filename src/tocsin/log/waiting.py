"""Waiting for a log to grow, for stores that send no word of it: look again and again. Refuses to know the store."""

from __future__ import annotations

import time
from collections.abc import Callable

from tocsin.facts.values import Position

LOOK_EVERY_S = 0.05


def look_until(
    position: Position, timeout_s: float, where: Callable[[], Position], every_s: float = LOOK_EVERY_S
) -> Position:
    """Ask `where` the log stands until it is at `position` or `timeout_s` has passed; the last answer."""
    until = time.monotonic() + timeout_s
    while (found := where()) < position:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        time.sleep(min(every_s, left_s))
    return found
