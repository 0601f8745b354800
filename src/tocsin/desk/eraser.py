"""What was recorded as erased cannot be read from then on: its keys are destroyed, again and again until it works.

Knows names of keys and who can destroy them, refuses to know what they sealed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import AnyEntry
from tocsin.log.port import LogError

_say = logging.getLogger(__name__)


class Eraser:
    """Keys that must go, and whether a snapshot still holds what they sealed."""

    def __init__(self) -> None:
        self.destroy: Callable[[Sequence[str]], object] = lambda _keys: None
        """Destroys keys of personal data, blocking; set before the desk starts. May raise LogError."""
        self.snapshot_stale = False
        """Somebody who may stand in the last snapshot was erased."""
        self._waiting: list[str] = []

    def hear(self, entry: AnyEntry) -> None:
        """Whoever recorded it, on whichever node."""
        if isinstance(entry.fact, PersonalErased):
            self._waiting += entry.fact.keys

    async def settle(self) -> None:
        """Destroy what waits; what cannot be destroyed now waits on."""
        if not self._waiting:
            return
        keys = self._waiting[:]
        try:
            await asyncio.to_thread(self.destroy, keys)
        except LogError as error:
            _say.error("keys not destroyed yet, tried again: %s", error)
            return
        del self._waiting[: len(keys)]
        self.snapshot_stale = True
