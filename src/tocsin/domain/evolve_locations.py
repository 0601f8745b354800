"""What reports of a caller's place make of the room. Total like all folding: a recorded fact is true."""

from __future__ import annotations

from tocsin.domain.numbers import tail
from tocsin.domain.room import Report, Room
from tocsin.facts import calls, locations


def _counted(text: str, last: int) -> int:
    return max(last, int(text[1:])) if text[1:].isdecimal() else last


def number_called(room: Room, fact: calls.CallReceived) -> None:
    """Its number can be matched from now on."""
    if fact.number and (filed := tail(fact.number)):
        room.by_number.setdefault(filed, []).append(fact.call)
        room.calls[fact.call].filed = filed


def reported(room: Room, fact: locations.LocationReported) -> None:
    """It belongs to its call, or waits."""
    room.reports[fact.report] = Report(fact.report, fact.source, fact.number, fact.at, fact.fixed_at, fact.shape)
    room.last_report = _counted(fact.report, room.last_report)
    if fact.call:
        _belongs(room, fact.report, fact.call)
    else:
        room.waiting[fact.report] = None


def _belongs(room: Room, report: str, call: str) -> None:
    room.calls[call].reports.append(report)
    room.bases[report] = call


def report_matched(room: Room, fact: locations.LocationMatched) -> None:
    """It has waited for this call."""
    room.waiting.pop(fact.report, None)
    _belongs(room, fact.report, fact.call)


def report_expired(room: Room, fact: locations.LocationExpired) -> None:
    """Nobody called: it is forgotten here."""
    room.waiting.pop(fact.report, None)
    room.reports.pop(fact.report, None)
    room.kept_position[f"report:{fact.report}"] = fact.at


def area_estimated(room: Room, fact: locations.AreaEstimated) -> None:
    """A place can be taken from it."""
    room.bases[fact.estimate] = fact.call
    room.last_estimate = _counted(fact.estimate, room.last_estimate)
