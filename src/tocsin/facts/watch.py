"""What time itself brought about: something was due and did not come."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant

AlarmKind: TypeAlias = Literal["call_unanswered", "not_acknowledged", "long_on_scene", "glass_broken"]
ALARM_KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)
CALL_ALARMS: tuple[AlarmKind, ...] = ("call_unanswered",)
UNIT_ALARMS: tuple[AlarmKind, ...] = ("not_acknowledged", "long_on_scene")
"""Alarms by what their subject is: call 12 and unit 12 are strangers, and neither ends the other's alarm."""


def alarm_id(alarm_kind: AlarmKind, subject: str) -> str:
    """An alarm is named for its cause, so that whoever ends the cause can say which alarm is over."""
    return f"{alarm_kind}:{subject}"


class AlarmRaised(FactBase, tag="alarm.raised", frozen=True):
    """A call rings too long (`subject` is the call), or a unit is silent too long (`subject` is the unit).

    Or an account opened an incident without the right to it (`subject` is the account): that one ends when seen.
    """

    alarm: str
    alarm_kind: AlarmKind
    subject: str
    since: Instant
    incident: str = ""


class AlarmAcknowledged(FactBase, tag="alarm.acknowledged", frozen=True):
    """Somebody has seen it and takes care."""

    alarm: str
    by: str
