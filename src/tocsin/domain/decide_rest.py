"""What may happen to roads, alarms and the centre itself."""

from __future__ import annotations

from tocsin.domain import orders
from tocsin.domain.decide_locations import expired
from tocsin.domain.decide_sharing import over
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.watch import overdue
from tocsin.facts import centre, roads, watch


def close_road(room: Room, order: orders.CloseRoad, given: Given) -> Decision:
    """Takes effect with the next search."""
    number = str(room.last_closure + 1)
    return (roads.RoadClosed(given.now, number, order.place, order.radius_m, order.reason),)


def reopen_road(room: Room, order: orders.ReopenRoad, given: Given) -> Decision:
    """The way is free again."""
    if order.closure not in room.closures:
        words = f"there is no closure {order.closure}"
        return Refusal("unknown_closure", words, "closure", {"closure": order.closure})
    return (roads.RoadReopened(given.now, order.closure),)


def acknowledge_alarm(room: Room, order: orders.AcknowledgeAlarm, given: Given) -> Decision:
    """Seen by somebody; it stays until its cause ends, and comes back if that takes too long."""
    alarm = room.alarms.get(order.alarm)
    if alarm is None:
        return Refusal("unknown_alarm", f"alarm {order.alarm} is over", "alarm", {"alarm": order.alarm})
    if alarm.acknowledged_at is not None:
        words = f"{alarm.acknowledged_by} has seen it"
        told = {"alarm": alarm.id, "by": alarm.acknowledged_by}
        return Refusal("alarm_acknowledged_already", words, "alarm", told)
    return (watch.AlarmAcknowledged(given.now, alarm.id, given.by),)


def open_centre(room: Room, order: orders.OpenCentre, given: Given) -> Decision:
    """Once, and first."""
    if room.centre:
        return Refusal("centre_open_already", f"this log is of centre {room.centre}", "centre")
    return (centre.CentreOpened(given.now, order.centre, order.name, order.mode),)


def raise_alarms(room: Room, _order: orders.RaiseAlarms, given: Given) -> Decision:
    """What is overdue and was not said yet, reports of places for which no call came, and sharing whose time is up."""
    limits = given.catalogue.limits
    return (
        *overdue(room, given.now, limits),
        *expired(room, given.now, limits.location_waits_s),
        *over(room, given.now),
    )
