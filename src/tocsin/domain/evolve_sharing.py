"""Sharing as part of the room. Told only what is recorded; never judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain.room import Room
from tocsin.facts import sharing


def _shared(room: Room, fact: sharing.IncidentShared) -> None:
    room.incidents[fact.incident].shares[fact.agency] = fact.until
    room.shared[fact.incident] = None


def _ended(room: Room, fact: sharing.SharingEnded) -> None:
    incident = room.incidents[fact.incident]
    incident.shares.pop(fact.agency, None)
    if not incident.shares:
        room.shared.pop(fact.incident, None)


FOLD: dict[type, Callable[[Room, Any], None]] = {sharing.IncidentShared: _shared, sharing.SharingEnded: _ended}
