"""What came in by machine and what became of it, counted since the start: a forged message is refused, and seen."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from tocsin.facts.locations import LocationExpired, LocationMatched, LocationReported, LocationSource, ReportFlaw
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant

KEPT = 50
ODD_KEPT = 100


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


class Odd(msgspec.Struct, frozen=True):
    """A message that was taken, and is not as it should be or has no call. Says nothing of who or where."""

    at: Instant
    report: str
    partner: str
    source: LocationSource
    call: str
    """Empty while it waits for one."""
    fix: bool
    late: bool
    flaws: tuple[ReportFlaw, ...]
    raw: bool
    """Whether it is kept as it came; a flaw `raw_cut` says where it ends."""
    expired: bool = False
    """No call of its number came in time."""


class IntakeView(msgspec.Struct, frozen=True):
    """GET /api/intake."""

    since: Instant
    partners: tuple[PartnerCount, ...]
    latest: tuple[Refused, ...]
    """The newest refusals first."""
    odd: tuple[Odd, ...] = ()
    """Flawed, late, without a position or without a call; the newest first."""


class Tally:
    """Counts by partner. In memory: the record holds what was taken; this says what was not."""

    def __init__(self, since: Instant = 0.0) -> None:
        self.since = since
        self._counts: dict[tuple[str, str], Counter[str]] = {}
        self._refused: dict[tuple[str, str], Counter[str]] = {}
        self._latest: deque[Refused] = deque(maxlen=KEPT)
        self._odd: dict[str, Odd] = {}

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

    def hear(self, entry: AnyEntry) -> None:
        """A report that a person may have to look at, and what becomes of it; whichever node took it."""
        fact = entry.fact
        match fact:
            case LocationReported(shape=shape) if fact.flaws or fact.late or shape is None or not fact.call:
                self._odd[fact.report] = Odd(
                    fact.at, fact.report, fact.origin, fact.source, fact.call, shape is not None, fact.late,
                    fact.flaws, bool(fact.raw),
                )  # fmt: skip
                while len(self._odd) > ODD_KEPT:
                    del self._odd[next(iter(self._odd))]
            case LocationMatched() if fact.report in self._odd:
                self._odd[fact.report] = msgspec.structs.replace(self._odd[fact.report], call=fact.call)
            case LocationExpired() if fact.report in self._odd:
                self._odd[fact.report] = msgspec.structs.replace(self._odd[fact.report], expired=True)

    def view(self) -> IntakeView:
        """All of it, as the screen asks for it."""
        partners = tuple(
            PartnerCount(
                partner, way, counts["taken"], counts["repeated"], counts["flawed"], counts["without_fix"],
                dict(self._refused.get((partner, way), {})),
            )
            for (partner, way), counts in sorted(self._counts.items())
        )  # fmt: skip
        return IntakeView(self.since, partners, tuple(self._latest), tuple(reversed(self._odd.values())))
