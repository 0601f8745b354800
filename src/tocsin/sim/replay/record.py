"""What the record itself says of a day: its response times, defined as the desk defines them as far as it has them.

Rows whose times are out of order are counted and left out. Knows no desk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tocsin.facts.values import Instant
from tocsin.sim.replay.reader import CallRow
from tocsin.views.day import nearest_rank

ENTRY, SENDING = "entry", "sending"
RECORD_INTERVALS: dict[str, str] = {
    "answering": "received → entry (the nearest column: it has no answering time, so this holds the talk as well)",
    ENTRY: "received → entry",
    "processing": "entry → first unit dispatched (the nearest: without the talk)",
    SENDING: "entry → first unit dispatched",
    "turnout": "unit dispatched → en route",
    "travel": "unit en route → on scene",
    "response": "received → first unit on scene",
}


class Sample(msgspec.Struct, frozen=True):
    """One interval as numbers."""

    n: int
    median_s: float | None
    p90_s: float | None


class RecordFigures(msgspec.Struct, frozen=True):
    """A day of the record."""

    calls: int
    rows: int
    out_of_order: int
    """Rows left out of the intervals."""
    by_type: dict[str, int]
    figures: dict[str, Sample]


def sample(values: list[float]) -> Sample:
    """n, median and 90th percentile, nearest rank."""
    return Sample(len(values), nearest_rank(values, 0.5), nearest_rank(values, 0.9))


def by_call(rows: Iterable[CallRow]) -> dict[str, list[CallRow]]:
    """Rows of each call, in the file's order."""
    calls: dict[str, list[CallRow]] = {}
    for row in rows:
        calls.setdefault(row.id, []).append(row)
    return calls


def earliest(values: Iterable[Instant | None]) -> Instant | None:
    """The first instant there is."""
    return min((value for value in values if value is not None), default=None)


def intervals(rows: Sequence[CallRow]) -> dict[str, list[float]]:
    """Seconds of every interval of the record; rows out of order are passed over."""
    found: dict[str, list[float]] = {name: [] for name in RECORD_INTERVALS}

    def add(name: str, start: Instant | None, end: Instant | None) -> None:
        if start is not None and end is not None:
            found[name].append(end - start)

    for call in by_call(row for row in rows if not row.order_issue).values():
        received, entry = call[0].received, earliest(row.entry for row in call)
        dispatched, there = earliest(row.dispatched for row in call), earliest(row.on_scene for row in call)
        for name in ("answering", ENTRY):
            add(name, received, entry)
        for name in ("processing", SENDING):
            add(name, entry, dispatched)
        add("response", received, there)
        for row in call:
            add("turnout", row.dispatched, row.en_route)
            add("travel", row.en_route, row.on_scene)
    return found


def record_figures(rows: Sequence[CallRow]) -> RecordFigures:
    """The figures of these rows."""
    calls = by_call(rows)
    types = Counter(call[0].type for call in calls.values())
    return RecordFigures(
        len(calls), len(rows), sum(bool(row.order_issue) for row in rows), dict(types.most_common()),
        {name: sample(values) for name, values in intervals(rows).items()},
    )  # fmt: skip
