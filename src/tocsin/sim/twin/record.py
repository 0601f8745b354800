"""The twin's room and record: orders go through decide(), facts through evolve(), and to whoever keeps them.

Refuses to know clocks, crews and policies.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.domain.decide import decide
from tocsin.domain.evolve import evolve
from tocsin.domain.given import Given
from tocsin.domain.orders import AnyOrder
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.travel import Travels
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Need
from tocsin.facts.base import Entry
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.log.memory import MemoryLog

CATALOGUE = Catalogue(
    (IncidentType("MEDICAL", "medical", 1, {"en": "Medical"}, (Need("ambulance"),)),),
    (
        Disposition("handled", {"en": "Handled"}),
        Disposition("other_service", {"en": "Passed to another service"}),
    ),
)
"""What a twin knows of incidents unless it is handed a centre's own catalogue: one type that needs one ambulance."""
NO_TRAVELS: Travels = {}
Keep = Callable[[list[AnyEntry]], None]


class TwinError(Exception):
    """The twin gave an order that the desk's own rules refuse, or met a word its catalogue does not have."""


class Record:
    """A room of its own, changed by orders alone. `tick_s`: seconds in one of the clock that instants are given by."""

    def __init__(self, catalogue: Catalogue, keep: Keep | None, tick_s: float = 1.0, plans: Plans = NO_PLANS) -> None:
        self.room, self._plans = Room(), plans
        self.handled = _ending(catalogue, "handled")
        """How an incident ends that somebody came to, and how one that nobody could be sent to."""
        self.passed_on = _ending(catalogue, "other_service")
        self._tick_s = tick_s
        self.facts = 0
        self._catalogue, self._keep, self._orders = catalogue, keep, 0
        self._kinds = {kind.code: kind for kind in catalogue.types}

    def kind(self, code: str) -> IncidentType:
        """The incident type. Raises TwinError."""
        if code not in self._kinds:
            raise TwinError(f"there is no incident type {code}; the catalogue has {', '.join(self._kinds)}")
        return self._kinds[code]

    def give(self, order: AnyOrder, now: Instant, by: str = "twin", travels: Travels = NO_TRAVELS) -> None:
        """Decide, fold, keep. Raises TwinError when the desk's rules say no."""
        now *= self._tick_s
        decided = decide(self.room, order, Given(now, by, self._catalogue, travels, self._plans))
        if isinstance(decided, Refusal):
            raise TwinError(f"at {now:.3f} s {order.__struct_config__.tag} was refused: {decided.name}: {decided.text}")
        for fact in decided:
            evolve(self.room, fact)
        if self._keep:
            self._orders += 1
            first, seen = self.facts + 1, self.facts
            self._keep([Entry(first + i, now, by, str(self._orders), seen, fact) for i, fact in enumerate(decided)])
        self.facts += len(decided)


def _ending(catalogue: Catalogue, code: str) -> str:
    """The code, or the first ending of a catalogue that does not have it."""
    return code if catalogue.has_disposition(code) else catalogue.dispositions[0].code


def keep_in(log: MemoryLog) -> Keep:
    """Hand every order's entries to a log, as one append each."""
    return lambda entries: log.append(entries, entries[0].position - 1)
