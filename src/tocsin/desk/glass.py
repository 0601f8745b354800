"""Whose glass is broken now, heard from the record: every node knows it, and a restart forgets it (it fails shut)."""

from __future__ import annotations

from tocsin.facts.glass import GlassBroken
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant


class Glass:
    """Who sees which incident without the right to, and until when."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], Instant] = {}

    def hear(self, entry: AnyEntry) -> None:
        """An entry was recorded, here or on another node."""
        fact = entry.fact
        if isinstance(fact, GlassBroken):
            self._until = {who: until for who, until in self._until.items() if until > fact.at}
            self._until[fact.account, fact.incident] = fact.until

    def is_broken(self, account: str, incident: str, now: Instant) -> bool:
        """Whether this account sees this incident now."""
        return self._until.get((account, incident), now) > now
