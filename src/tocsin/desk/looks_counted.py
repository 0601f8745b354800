"""Looks counted by week and kind, for whoever publishes them and for the weekly sample. Counts, nobody's name.

Weeks are ISO 8601's, in UTC. Counted when first asked, and from then on only what is new.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Lock

from tocsin.facts.looks import Looked, LookReviewed, LooksSampled, What
from tocsin.facts.values import Instant, Position
from tocsin.log.port import Log


def week_of(at: Instant) -> str:
    """`2026-W48`."""
    year, week, _ = datetime.fromtimestamp(at, UTC).isocalendar()
    return f"{year}-W{week:02d}"


def week_before(at: Instant) -> str:
    """The week that ended last."""
    return week_of((datetime.fromtimestamp(at, UTC) - timedelta(days=7)).timestamp())


SAMPLE = 20
"""Few enough to be read with care on a quiet morning."""
WEEKS_OWED = 4
"""So many ended weeks wait for a review before one is let go: a supervisor's holiday, and a week to catch up."""


class Counted:
    """What stands in the access log, in numbers. Thread-safe; blocks while it reads."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = Lock()
        self._up_to: Position = 0
        self.is_whole = False
        """Whether all that stood there when it was last asked is counted."""
        self.by_week: dict[str, Counter[What]] = {}
        self.single: dict[str, list[Position]] = {}
        """By week: looks at one thing, which a sample is drawn from; the open picture and this log are none."""
        self.glass: dict[str, list[Position]] = {}
        """By week: incidents opened without the right to them."""
        self.samples: dict[str, LooksSampled] = {}
        self.reviews: dict[Position, LookReviewed] = {}
        self.reviewed_by: dict[Position, tuple[str, Instant]] = {}

    def catch_up(self, limit: int | None = None) -> Counted:
        """Count what is new, or up to `limit` entries of it. Raises LogError."""
        with self._lock:
            for entry in self._log.read(self._up_to, limit):
                self._take(entry.position, entry.fact, entry.recorded_at, entry.by)
                self._up_to = entry.position
            self.is_whole = limit is None or self._up_to >= self._log.position()
        return self

    def owed(self, now: Instant) -> dict[str, int]:
        """By week: how many looks wait for a supervisor's word, of the weeks that ended last; none where none do."""
        weeks = [week_before(now - back * 7 * 86_400.0) for back in range(WEEKS_OWED)]
        return {week: n for week in weeks if (n := self._owed(week))}

    def _owed(self, week: str) -> int:
        drawn, glass = self.samples.get(week), self.glass.get(week, [])
        sample = drawn.looks if drawn else self.single.get(week, [])[:SAMPLE]
        return sum(position not in self.reviews for position in (*glass, *sample))

    def _take(self, position: Position, fact: object, at: Instant, by: str) -> None:
        match fact:
            case Looked():
                week = week_of(at)
                self.by_week.setdefault(week, Counter())[fact.what] += 1
                if fact.what == "glass":
                    self.glass.setdefault(week, []).append(position)
                elif fact.what not in ("board", "looks"):
                    self.single.setdefault(week, []).append(position)
            case LooksSampled():
                self.samples.setdefault(fact.week, fact)
            case LookReviewed():
                self.reviews[fact.look] = fact
                self.reviewed_by[fact.look] = by, at
            case _:
                pass
