"""What is overdue at `now`. Time passing is an order like any other; this says what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tocsin.domain.room import Room
from tocsin.domain.types import Limits
from tocsin.facts.values import Instant
from tocsin.facts.watch import AlarmKind, AlarmRaised, alarm_id

Cause: TypeAlias = tuple[AlarmKind, str, Instant, str, float]
"""kind, subject, since, incident, and after how many seconds of silence it is an alarm."""


def causes(room: Room, limits: Limits) -> Iterator[Cause]:
    """Everything that can become overdue, whether it is or not."""
    for call in room.ringing:
        yield "call_unanswered", call, room.calls[call].received_at, "", limits.call_unanswered_s
    for unit in room.busy:
        has = room.units[unit].assignment
        if has is None:
            continue
        if has.stage == "dispatched":
            yield "not_acknowledged", unit, has.dispatched_at, has.incident, limits.not_acknowledged_s
        elif has.stage in ("on_scene", "at_patient"):
            yield "long_on_scene", unit, has.heard_at, has.incident, limits.long_on_scene_s


def overdue(room: Room, now: Instant, limits: Limits) -> list[AlarmRaised]:
    """Alarms to raise now: not said yet, or acknowledged as long ago as the silence that is allowed."""
    raised: list[AlarmRaised] = []
    for alarm_kind, subject, since, incident, limit_s in causes(room, limits):
        if now - since < limit_s:
            continue
        standing = room.alarms.get(alarm_id(alarm_kind, subject))
        if standing and (standing.acknowledged_at is None or now - standing.acknowledged_at < limit_s):
            continue
        raised.append(AlarmRaised(now, alarm_id(alarm_kind, subject), alarm_kind, subject, since, incident))
    return raised
