"""Who goes, where a free unit goes back to, and who moves up: the rules a twin can be run with.

A policy sees what a dispatcher sees: the room, where free units stand or drive to, drives to the incident. It never
changes a room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from tocsin.domain.coverage import Counts, Cover
from tocsin.domain.orders_standby import MoveUpUnit
from tocsin.domain.recommend import Seats, cannot_go, choose
from tocsin.domain.room import Incident, Room, Unit
from tocsin.domain.travel import Travels
from tocsin.domain.types import IncidentType
from tocsin.facts.values import Instant
from tocsin.sim.twin.ground import Ground


class Field(Protocol):
    """What is known of the free units, out on the ground."""

    def heading(self) -> Mapping[str, int]:
        """Node each free unit stands at or drives to, in the order of the fleet."""
        ...

    def node_of(self, unit: str, now: Instant) -> int:
        """Node at which a free unit is now."""
        ...

    def rest_s(self, unit: str, now: Instant) -> float:
        """Seconds that a free unit still drives; 0 when it stands."""
        ...


class Dispatch(Protocol):
    """Chooses units for an incident."""

    def choose(
        self, room: Room, incident: Incident, kind: IncidentType, travels: Travels, now: Instant, field: Field
    ) -> tuple[str, ...]:
        """Ids of the units to send; () lets the call wait."""
        ...


class Relocate(Protocol):
    """Says where free units should be."""

    def home(self, unit: str, node: int, field: Field) -> int:
        """Node of the base that `unit`, just freed at `node` and not yet counted in `field`, drives to."""
        ...

    def move(self, now: Instant, field: Field, *, sent: bool) -> tuple[str, int] | None:
        """A free unit and the base it should move to, or None. Asked after a dispatch (`sent`) and after a release."""
        ...


@runtime_checkable
class Watchful(Protocol):
    """A way to relocate that is asked again later, and whose moves are orders on record."""

    def wake(self) -> Instant | None:
        """When to ask it again though nothing happened."""
        ...

    def order(self) -> MoveUpUnit:
        """The move it last chose."""
        ...


class Closest:
    """The production recommendation's own choice: the nearest by road time, ties by name."""

    def choose(
        self,
        room: Room,
        incident: Incident,
        kind: IncidentType,
        travels: Travels,
        now: Instant,  # noqa: ARG002 - others look at it
        field: Field,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Those whom `recommend` chooses, in its order."""
        return choose(room, incident, kind, travels)


class Tally:
    """Coverage of the free units, kept up as they come and go."""

    def __init__(self, cover: Cover) -> None:
        self.cover = cover
        self.counts: Counts = cover.counts()
        self._seen: dict[str, int] = {}

    def update(self, heading: Mapping[str, int]) -> Counts:
        """Counts as of `heading`, by what has changed since the last time."""
        seen = self._seen
        if seen != heading:
            for unit in [unit for unit, node in seen.items() if heading.get(unit) != node]:
                self.cover.add(self.counts, seen.pop(unit), -1)
            for unit, node in heading.items():
                if unit not in seen:
                    seen[unit] = node
                    self.cover.add(self.counts, node, 1)
        return self.counts


class Hybrid:
    """Minimises 1[drive > limit] + loss_weight · lost expected coverage + minute_weight · drive in minutes."""

    def __init__(self, tally: Tally, limit_s: float, *, loss_weight: float = 1.0, minute_weight: float = 0.01) -> None:
        self._tally, self._limit_s = tally, limit_s
        self._loss_weight, self._minute_weight = loss_weight, minute_weight

    def choose(
        self,
        room: Room,
        incident: Incident,
        kind: IncidentType,
        travels: Travels,
        now: Instant,  # noqa: ARG002 - others look at it
        field: Field,
    ) -> tuple[str, ...]:
        """The cheapest units that fill the needs."""
        heading = field.heading()
        counts = self._tally.update(heading)
        lost = {node: self._tally.cover.lost(node, counts) for node in set(heading.values())}

        def cost(unit: str) -> tuple[float, ...]:
            eta_s = travels[unit].eta_s
            late = 1.0 if eta_s > self._limit_s else 0.0
            return (late + self._loss_weight * lost[heading[unit]] + self._minute_weight * (eta_s / 60.0),)

        return _seated(room, incident, kind, sorted((cost(unit), unit) for unit in _able(room, kind, travels)))


class LeastLoss:
    """DMEXCLP dispatch: of those who arrive in time the one whose leaving costs least coverage; if none does, of all.

    Jagtenberg, Bhulai & van der Mei (2017), "Dynamic ambulance dispatching: is the
    closest-idle policy always optimal?".
    """

    def __init__(self, tally: Tally, limit_s: float) -> None:
        self._tally, self._limit_s = tally, limit_s

    def choose(
        self,
        room: Room,
        incident: Incident,
        kind: IncidentType,
        travels: Travels,
        now: Instant,  # noqa: ARG002 - others look at it
        field: Field,
    ) -> tuple[str, ...]:
        """In time before late, then by what their leaving costs."""
        heading = field.heading()
        counts = self._tally.update(heading)
        lost = {node: self._tally.cover.lost(node, counts) for node in set(heading.values())}
        able = _able(room, kind, travels)
        return _seated(
            room,
            incident,
            kind,
            sorted(((float(travels[unit].eta_s > self._limit_s), lost[heading[unit]]), unit) for unit in able),
        )


def _able(room: Room, kind: IncidentType, travels: Travels) -> list[str]:
    units = room.units
    return [
        unit
        for unit, travel in travels.items()
        if travel.basis != "none" and cannot_go(units[unit], kind.needs) is None
    ]


def _seated(
    room: Room, incident: Incident, kind: IncidentType, by_cost: Sequence[tuple[tuple[float, ...], str]]
) -> tuple[str, ...]:
    """The cheapest units that fill the needs which are still open."""
    seats = Seats(kind.needs)
    here: list[Unit] = [room.units[unit] for unit in incident.units]
    for unit in here:
        seats.take(unit)
    chosen = []
    for _, unit_id in by_cost:
        if seats.full():
            break
        if seats.take(room.units[unit_id]):
            chosen.append(unit_id)
    return tuple(chosen)


class HomeBase:
    """Every unit has one base and goes back there; nobody moves up."""

    def __init__(self, bases: Mapping[str, int]) -> None:
        self._bases = dict(bases)

    def home(self, unit: str, node: int, field: Field) -> int:  # noqa: ARG002
        """Its own base."""
        return self._bases[unit]

    def move(self, now: Instant, field: Field, *, sent: bool) -> tuple[str, int] | None:  # noqa: ARG002
        """Nobody."""
        return None


class MoveRule(msgspec.Struct, frozen=True):
    """When a free unit moves up: after a dispatch, after a release; only if coverage grows by more than `least`.

    A minute of driving more than it would anyway has to bring `minute_cost` of coverage.
    """

    after_sent: bool = False
    after_freed: bool = False
    least: float = 0.005
    minute_cost: float = 0.0


class BestCover:
    """DMEXCLP relocation: a freed unit goes to the base where it adds most coverage, or to its own; moves by `rule`."""

    def __init__(
        self,
        tally: Tally,
        ground: Ground,
        stations: Sequence[int],
        *,
        minute_cost: float = 0.0,
        rule: MoveRule | None = None,
        own: HomeBase | None = None,
    ) -> None:
        self._tally, self._ground, self._stations = tally, ground, tuple(stations)
        self._minute_cost, self._rule, self._own = minute_cost, rule or MoveRule(), own

    def home(self, unit: str, node: int, field: Field) -> int:
        """The base with the largest gain, the first of equals; its own where units have one."""
        if self._own:
            return self._own.home(unit, node, field)
        counts = self._tally.update(field.heading())
        best, most = -1, float("-inf")
        for base in self._stations:
            gain = self._tally.cover.gained(base, counts)
            gain -= self._minute_cost * (self._ground.quiet_s(node, base) / 60.0)
            if gain > most:
                best, most = base, gain
        return best

    def move(self, now: Instant, field: Field, *, sent: bool) -> tuple[str, int] | None:
        """To the base that would gain most, the unit whose move adds most, if that is worth it."""
        rule = self._rule
        if not (rule.after_sent if sent else rule.after_freed):
            return None
        heading = field.heading()
        if len(heading) < 2:
            return None
        cover, counts = self._tally.cover, self._tally.update(heading)
        gains = [cover.gained(base, counts) for base in self._stations]
        most = max(gains)
        if most <= rule.least:
            return None
        base = self._stations[gains.index(most)]
        added = {node: cover.moved(node, base, counts) for node in set(heading.values()) if node != base}
        best, chosen = rule.least, ""
        for unit, node in heading.items():
            if node == base or added[node] <= best:
                continue
            more_s = self._ground.quiet_s(field.node_of(unit, now), base) - field.rest_s(unit, now)
            worth = added[node] - rule.minute_cost * (more_s / 60.0)
            if worth > best:
                best, chosen = worth, unit
        return (chosen, base) if chosen else None
