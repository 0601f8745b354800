"""What was recorded as erased cannot be read from then on: its keys are destroyed, again and again until it works.

Knows names of keys and who can destroy them, refuses to know what they sealed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Position
from tocsin.log.port import LogError

_say = logging.getLogger(__name__)


class Eraser:
    """Keys that must go, and whether a snapshot still holds what they sealed."""

    def __init__(self) -> None:
        self.destroy: Callable[[Mapping[str, Position]], object] = lambda _keys: None
        """Destroys keys of personal data up to a position, blocking; set before the desk starts. May raise LogError."""
        self.retire: Callable[[Mapping[str, Position]], None] = lambda _keys: None
        """Lets nothing be sealed with them any more, before anything else is decided; must be quick."""
        self.snapshot_stale = False
        """Somebody who may stand in the last snapshot was erased."""
        self._waiting: dict[str, Position] = {}

    @property
    def busy(self) -> bool:
        """Whether keys that must go are there still, as far as this node knows."""
        return bool(self._waiting)

    def hear(self, entry: AnyEntry) -> None:
        """Whoever recorded it, on whichever node."""
        if isinstance(entry.fact, PersonalErased):
            keys = dict.fromkeys(entry.fact.keys, entry.position)
            self.retire(keys)
            self._waiting |= keys

    async def settle(self) -> None:
        """Destroy what waits; what cannot be destroyed now waits on."""
        if not self._waiting:
            return
        keys = dict(self._waiting)
        try:
            await asyncio.to_thread(self.destroy, keys)
        except LogError as error:
            _say.error("keys not destroyed yet, tried again: %s", error)
            return
        self._waiting = {name: at for name, at in self._waiting.items() if keys.get(name) != at}
        self.snapshot_stale = True
