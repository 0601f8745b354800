"""Who goes, and where a free unit goes back to: the rules a twin can be run with.

A policy sees what a dispatcher sees: the room, where free units stand, drives to the incident. It never changes a room.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tocsin.domain.recommend import recommend
from tocsin.domain.room import Incident, Room
from tocsin.domain.travel import Travels
from tocsin.domain.types import IncidentType
from tocsin.facts.values import Instant


class Dispatch(Protocol):
    """Chooses units for an incident."""

    def choose(
        self,
        room: Room,
        incident: Incident,
        kind: IncidentType,
        travels: Travels,
        now: Instant,
        heading: Mapping[str, int],
    ) -> tuple[str, ...]:
        """Ids of the units to send, () to let the call wait. `heading`: node each free unit stands at or drives to."""
        ...


class Relocate(Protocol):
    """Says where units go when things have changed."""

    def home(self, room: Room, unit: str, now: Instant, node: int, heading: Mapping[str, int]) -> int:
        """Node of the base that `unit`, just freed at `node`, drives to. `heading` is of the other free units."""
        ...


class Closest:
    """The production recommendation: the nearest by road time, ties by name."""

    def choose(
        self,
        room: Room,
        incident: Incident,
        kind: IncidentType,
        travels: Travels,
        now: Instant,
        heading: Mapping[str, int],  # noqa: ARG002 - others look at it
    ) -> tuple[str, ...]:
        """Those whom `recommend` chooses, in its order."""
        _, candidates = recommend(room, incident, kind, travels, now)
        return tuple(candidate.unit for candidate in candidates if candidate.chosen)


class HomeBase:
    """Every unit has one base and goes back there."""

    def __init__(self, bases: Mapping[str, int]) -> None:
        self._bases = dict(bases)

    def home(self, room: Room, unit: str, now: Instant, node: int, heading: Mapping[str, int]) -> int:  # noqa: ARG002
        """Its own base."""
        return self._bases[unit]
