"""The replayed day and the recorded one, side by side. Draws nothing: rows of numbers for a table or a file."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tocsin.facts import assignments, calls, incidents
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.sim.replay.record import ENTRY, RECORD_INTERVALS, SENDING, RecordFigures, Sample, sample
from tocsin.views.day import INTERVALS, DayFigures, day_figures


class Line(msgspec.Struct, frozen=True):
    """One interval of both days, each with its own definition: they are not always the same stretch."""

    interval: str
    replayed: Sample
    recorded: Sample
    replayed_is: str
    recorded_is: str


class Comparison(msgspec.Struct, frozen=True):
    """Both days."""

    day: str
    replayed_calls: int
    recorded_calls: int
    incidents: int
    closed: int
    """Incidents that ended; the rest were open when the replay stopped."""
    by_type: dict[str, int]
    recorded_by_type: dict[str, int]
    recorded_out_of_order: int
    lines: tuple[Line, ...]


def compare(entries: Iterable[AnyEntry], record: RecordFigures, day: str, until: Instant) -> Comparison:
    """Fold the replay's log and set it beside the record."""
    kept = list(entries)
    ours = day_figures(kept, 0.0, until)
    samples = {figure.interval: Sample(figure.n, figure.median_s, figure.p90_s) for figure in ours.figures}
    words = dict(INTERVALS)
    entry, sending = _opened(kept)
    samples[ENTRY], words[ENTRY] = sample(entry), "call received → incident opened"
    samples[SENDING], words[SENDING] = sample(sending), "incident opened → first unit dispatched"
    lines = tuple(
        Line(name, samples[name], record.figures[name], words[name], text) for name, text in RECORD_INTERVALS.items()
    )
    closed = sum(isinstance(entry.fact, incidents.IncidentClosed) for entry in kept)
    return _whole(ours, record, day, closed, lines)


def _whole(ours: DayFigures, record: RecordFigures, day: str, closed: int, lines: tuple[Line, ...]) -> Comparison:
    return Comparison(
        day, ours.calls, record.calls, ours.incidents, closed, ours.by_type, record.by_type, record.out_of_order, lines
    )


def _opened(entries: Iterable[AnyEntry]) -> tuple[list[float], list[float]]:
    """Seconds received → opened and opened → first dispatched, of incidents that began with a call."""
    received: dict[str, Instant] = {}
    opened: dict[str, Instant] = {}
    entry: list[float] = []
    sending: list[float] = []
    for one in entries:
        fact = one.fact
        if isinstance(fact, calls.CallReceived):
            received[fact.call] = fact.at
        elif isinstance(fact, incidents.IncidentOpened) and fact.calls:
            opened[fact.incident] = fact.at
            entry.append(fact.at - min(received[call] for call in fact.calls))
        elif isinstance(fact, assignments.UnitDispatched) and fact.incident in opened:
            sending.append(fact.at - opened.pop(fact.incident))
    return entry, sending
