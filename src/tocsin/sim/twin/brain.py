"""The desk's own recommendation as a policy: `advise.choose`, unchanged, with the lost coverage of the twin's units.

Minimises P(late) + lost coverage + time over the whole plan at once. Refuses to know how that is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tocsin.domain.advise import choose
from tocsin.domain.case import Case, ask
from tocsin.domain.loss import Loss
from tocsin.domain.plans import Plans, Terms
from tocsin.domain.room import Incident, Room
from tocsin.domain.travel import Travels
from tocsin.domain.types import IncidentType
from tocsin.facts.values import Instant
from tocsin.sim.twin.policies import Field, Tally


class TallyLoss:
    """Coverage that leaves with units, of those that are free now. Supermodular, as `loss.Loss` promises."""

    def __init__(self, tally: Tally, heading: Mapping[str, int]) -> None:
        self._cover, self._counts, self._heading = tally.cover, tally.update(heading), heading
        self._alone: dict[int, float] = {}

    def loss(self, units: Sequence[str]) -> float:
        """Share of demand, 0 to 1, whose expected cover leaves with these units together."""
        if len(units) == 1:
            return self._one(self._heading[units[0]])
        return self._together([self._heading[unit] for unit in units])

    def _one(self, node: int) -> float:
        lost = self._alone.get(node)
        if lost is None:
            lost = self._alone[node] = self._cover.lost(node, self._counts)
        return lost

    def _together(self, nodes: Sequence[int]) -> float:
        """One after the other, each from what those before it have left."""
        lost = 0.0
        for node in nodes:
            lost += self._cover.lost(node, self._counts)
            self._cover.add(self._counts, node, -1)
        for node in nodes:
            self._cover.add(self._counts, node, 1)
        return lost


class Losses(Protocol):
    """Says what would leave with units, at one moment."""

    def loss_at(self, field: Field, now: Instant) -> Loss:
        """The coverage of the free units."""
        ...


class TallyLosses:
    """The twin's own layers of one cover."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def loss_at(self, field: Field, now: Instant) -> Loss:  # noqa: ARG002 - others look at it
        """Of the units as they are headed."""
        return TallyLoss(self._tally, field.heading())


class Brain:
    """Who the desk proposes, sent at once. `plans` may be a centre's own file; its terms say what counts how much."""

    def __init__(self, losses: Losses, plans: Plans) -> None:
        self._losses, self._plans = losses, plans

    def choose(
        self, room: Room, incident: Incident, kind: IncidentType, travels: Travels, now: Instant, field: Field
    ) -> tuple[str, ...]:
        """The plan's best filling."""
        return choose(Case(room, incident, kind, travels, now, self._plans, self._losses.loss_at(field, now)))

    def lacks(self, room: Room, incident: Incident, kind: IncidentType) -> bool:
        """Whether the plan asks for more units than are on it, so that whoever is free next may be wanted."""
        asked = ask(Case(room, incident, kind, {}, 0.0, self._plans))
        return sum(need.seats for _, need in asked.needs) > len(incident.units)


def plans_of(limit_s: float, loss_weight: float, minute_weight: float) -> Plans:
    """No run cards: the types' own needs, on these terms whatever the priority."""
    return Plans(terms=(Terms(limit_s, 1.0, loss_weight, minute_weight),) * 5)
