"""Who should go, asked at the desk: gathers what the choice rests on, and remembers what was shown to whom asked.

What a person saw when they sent units is evidence. It is kept here under a name for a while, so that the order only
names it and the record gets it from the server that made it, not from the screen.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from tocsin.domain.advise import Advice, recommend
from tocsin.domain.case import Case
from tocsin.domain.checks import known_incident
from tocsin.domain.loss import Loss
from tocsin.domain.orders import AnyOrder, DispatchUnits
from tocsin.domain.plans import Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.travel import Travel
from tocsin.domain.types import Catalogue
from tocsin.facts.choices import Shown
from tocsin.facts.values import Instant, Position
from tocsin.views.advice import PlanView, Recommendation, evidence_of
from tocsin.views.rows import IncidentRow

REMEMBERED = 512
"""Recommendations at hand: an hour of a busy room. Older ones are not evidence of what anybody looks at."""


class Adviser:
    """Recommends over a room that others change."""

    def __init__(
        self,
        catalogue: Catalogue,
        plans: Plans,
        room: Callable[[], Room],
        incident: Callable[[str], IncidentRow | None],
        units: Callable[[], Sequence[str]],
        travels: Callable[[Sequence[str], IncidentRow], Awaitable[dict[str, Travel]]],
        clock: Callable[[], Instant],
    ) -> None:
        self.catalogue, self.plans = catalogue, plans
        self.loss: Callable[[Room], Loss | None] = lambda _room: None
        """What leaves with units, over the free units of a room; None while coverage is not known."""
        self._room, self._incident, self._units = room, incident, units
        self._travels, self._now = travels, clock
        self._shown: OrderedDict[str, Recommendation] = OrderedDict()
        self._made = 0

    def case(self, incident: str, travels: dict[str, Travel]) -> Case | Refusal:
        """What the choice for this incident rests on now."""
        room = self._room()
        known = known_incident(room, incident)
        if isinstance(known, Refusal):
            return known
        kind = self.catalogue.type(known.type)
        if kind is None:
            text = f"type {known.type} is not in the centre's file"
            return Refusal("unknown_type", text, "type", {"type": known.type})
        return Case(room, known, kind, travels, self._now(), self.plans, self.loss(room))

    async def recommend(
        self, incident: str, position: Callable[[], Position], own: Callable[[str], bool] | None = None
    ) -> Recommendation | Refusal:
        """Who should go, and why not the others; kept as what was shown. Given `own`, only the chosen and one's own."""
        known = known_incident(self._room(), incident)
        if isinstance(known, Refusal):
            return known
        row = self._incident(incident)
        if row is None:
            return Refusal("incident_closed", f"incident {incident} is closed", "incident", {"incident": incident})
        travels = await self._travels(self._units(), row)
        case = self.case(incident, travels)  # the room may have been folded anew while the roads were searched
        if isinstance(case, Refusal):
            return case
        made = self._view(case, recommend(case), position())
        if own is not None:
            told = tuple(row for row in made.candidates if row.chosen or own(row.unit))
            made = msgspec.structs.replace(made, candidates=told)
        self._shown[made.id] = made
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        return made

    async def case_by_road(self, row: IncidentRow, units: Sequence[str]) -> Case | Refusal:
        """The case with the drives of these units, searched now."""
        return self.case(row.id, await self._travels(units, row))

    def evidence(self, order: AnyOrder) -> Shown | None:
        """What was shown to whoever gives this order, as the record keeps it; None when nothing was, or long ago."""
        told = self._shown.get(order.shown) if isinstance(order, DispatchUnits) else None
        return evidence_of(told) if told and told.incident == order.incident else None  # type: ignore[union-attr]

    def _view(self, case: Case, advice: Advice, position: Position) -> Recommendation:
        self._made += 1
        plan = PlanView.of(advice, self.plans, siren=case.incident.priority in self.catalogue.siren)
        name = f"{int(case.now * 1e3):x}-{self._made:x}"
        return Recommendation(
            case.incident.id, position, case.now, advice.needs, advice.candidates, name, plan, advice.lost, advice.exact
        )
