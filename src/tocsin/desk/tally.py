"""What came in by machine and what became of it, counted since the start: a forged message is refused, and seen."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from tocsin.facts.values import Instant

KEPT = 50


class Refused(msgspec.Struct, frozen=True):
    """One message that was not taken. Says nothing of what stood in it."""

    at: Instant
    partner: str
    way: str
    name: str
    field: str
    text: str
    size_b: int


class PartnerCount(msgspec.Struct, frozen=True):
    """One partner's messages since the start."""

    partner: str
    way: str
    taken: int
    repeated: int
    flawed: int
    without_fix: int
    refused: dict[str, int]


class IntakeView(msgspec.Struct, frozen=True):
    """GET /api/intake."""

    since: Instant
    partners: tuple[PartnerCount, ...]
    latest: tuple[Refused, ...]
    """The newest refusals first."""


class Tally:
    """Counts by partner. In memory: the record holds what was taken; this says what was not."""

    def __init__(self, since: Instant = 0.0) -> None:
        self.since = since
        self._counts: dict[tuple[str, str], Counter[str]] = {}
        self._refused: dict[tuple[str, str], Counter[str]] = {}
        self._latest: deque[Refused] = deque(maxlen=KEPT)

    def took(self, partner: str, way: str, *, repeated: bool, flawed: bool, fix: bool) -> None:
        """A message was recorded, now or before."""
        counts = self._counts.setdefault((partner, way), Counter())
        counts["repeated" if repeated else "taken"] += 1
        if not repeated:
            counts["flawed"] += flawed
            counts["without_fix"] += not fix

    def refused(self, refused: Refused) -> None:
        """A message was not taken."""
        known = (refused.partner, refused.way)
        self._counts.setdefault(known, Counter())
        self._refused.setdefault(known, Counter())[refused.name] += 1
        self._latest.appendleft(refused)

    def view(self) -> IntakeView:
        """All of it, as the screen asks for it."""
        partners = tuple(
            PartnerCount(
                partner, way, counts["taken"], counts["repeated"], counts["flawed"], counts["without_fix"],
                dict(self._refused.get((partner, way), {})),
            )
            for (partner, way), counts in sorted(self._counts.items())
        )  # fmt: skip
        return IntakeView(self.since, partners, tuple(self._latest))
