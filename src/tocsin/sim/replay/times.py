"""Stage times as a record has them: drawn from the seconds its crews really took, on other days than the one replayed.

The pace of a drive is the quotient of what units took from their own stations and the road's own time. Knows no desk.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from random import Random

import numpy as np

from tocsin.facts.values import Place
from tocsin.geo.roads import Roads
from tocsin.sim.replay.reader import CallRow
from tocsin.sim.replay.record import by_call, earliest
from tocsin.sim.stages import InventedTimes, Stage

ENOUGH = 40
"""A group of fewer samples than this is not drawn from; the next wider group is."""
FAR_OFF_M = 300.0
"""Calls and stations further than this from any road of the map say nothing about the pace on it."""
ROAD_S_BINS = (60.0, 120.0, 240.0)
"""Short drives have a larger quotient (the yard, the first corner, the last door): paces are kept apart by length."""
PACE_LIMITS = (0.3, 6.0)
LEAST_PACE, MOST_PACE = 0.5, 20.0
"""A vehicle whose seconds are drawn may go twice as fast as the road's own time, or crawl."""
URGENT_UP_TO = 3
"""Priorities 1 to 3 are driven with siren by the record's crews; 4 and 5 are not."""


class RecordedTimes:
    """Draws from samples by stage, kind of unit and urgency; falls back to wider groups, then to invented times."""

    def __init__(self, samples: Mapping[tuple[str, ...], list[float]]) -> None:
        self._samples = {key: sorted(values) for key, values in samples.items()}
        self._invented = InventedTimes()

    def _group(self, *keys: tuple[str, ...]) -> list[float]:
        return next((found for key in keys if len(found := self._samples.get(key, [])) >= ENOUGH), [])

    def draw(self, stage: Stage, unit_kind: str, priority: int, dice: Random) -> float:
        """One draw."""
        urgency = _urgency(priority)
        found = self._group((stage, unit_kind, urgency), (stage, urgency), (stage,))
        return dice.choice(found) if found else self._invented.draw(stage, unit_kind, priority, dice)

    def pace(self, road_s: float, unit_kind: str, priority: int, share: float) -> float:
        """The factor on a drive of `road_s` seconds; `share` from 0 to 1 says how slow this drive is among its like."""
        urgency, length = _urgency(priority), str(bisect_right(ROAD_S_BINS, road_s))
        if len(self._samples.get(("pace", unit_kind), ())) < ENOUGH:
            # Nobody knows where these stood when they were sent: their drives take what such drives took.
            took_s = self._group(("travel", unit_kind, urgency), ("travel", unit_kind))
            if took_s:
                return min(MOST_PACE, max(LEAST_PACE, _nth(took_s, share) / max(1.0, road_s)))
        found = self._group(
            ("pace", unit_kind, urgency, length), ("pace", urgency, length), ("pace", length), ("pace",)
        )
        if not found:
            return self._invented.pace(road_s, unit_kind, priority, share)
        return _nth(found, share)

    def ride_s(self, unit_kind: str, dice: Random) -> float | None:
        """Seconds from scene to hospital: which hospital it was, the record does not say."""
        found = self._group(("ride_s", unit_kind), ("ride_s",))
        return dice.choice(found) if found else None


def _nth(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def _urgency(priority: int) -> str:
    return "urgent" if priority <= URGENT_UP_TO else "not urgent"


class Fit:
    """Gathers samples from the rows of other days."""

    def __init__(self, kind_of: Mapping[str, str], urgent: Mapping[str, bool]) -> None:
        self._kind_of = kind_of
        self._urgent = urgent
        self.samples: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)

    def add(self, stage: str, kind: str, priority: str, seconds: float) -> None:
        """One sample, to its own group and the wider ones."""
        urgency = "urgent" if self._urgent.get(priority, True) else "not urgent"
        for key in ((stage, kind, urgency), (stage, urgency), (stage, kind), (stage,)):
            self.samples[key].append(seconds)

    def stages(self, rows: Iterable[CallRow]) -> None:
        """Every stage the rows tell."""
        clean = [row for row in rows if not row.order_issue]
        for call in by_call(clean).values():
            entry, sent = earliest(row.entry for row in call), earliest(row.dispatched for row in call)
            if entry is not None:
                self.add("entry", "", call[0].priority, entry - call[0].received)
            if entry is not None and sent is not None:
                self.add("sending", "", call[0].priority, sent - entry)
        for row in clean:
            self._row(row, self._kind_of.get(row.unit_type, row.unit_type.lower()))

    def _row(self, row: CallRow, kind: str) -> None:
        spans = [
            ("turnout", row.dispatched, row.en_route),
            ("travel", row.en_route, row.on_scene),
            ("care", row.on_scene, row.left_scene),
            ("ride_s", row.left_scene, row.at_hospital),
            ("handover", row.at_hospital, row.available),
        ]
        if row.left_scene is None:
            spans.append(("on_scene", row.on_scene, row.available))
        for stage, start, end in spans:
            if start is not None and end is not None:
                self.add(stage, kind, row.priority, end - start)

    def paces(self, rows: Iterable[CallRow], stations: Mapping[str, Place], roads: Roads) -> None:
        """Travel from a unit's own station over the road's time under sirens, station by station."""
        by_station: defaultdict[str, list[CallRow]] = defaultdict(list)
        for row in rows:
            told = row.en_route is not None and row.on_scene is not None and row.lat is not None
            if told and row.station in stations and not row.order_issue:
                by_station[row.station].append(row)
        for name, group in by_station.items():
            home = roads.snap(stations[name].lat, stations[name].lon)
            ends = roads.snap_many([[row.lat or 0.0, row.lon or 0.0] for row in group])
            if home.distance_m > FAR_OFF_M:
                continue
            times = roads.times_from(home, ends, siren=True)
            for row, road_s, off_m in zip(group, times.eta_s.tolist(), ends.distance_m.tolist(), strict=True):
                if np.isfinite(road_s) and road_s > 5.0 and off_m < FAR_OFF_M:
                    self._pace(row, road_s)

    def _pace(self, row: CallRow, road_s: float) -> None:
        if row.en_route is None or row.on_scene is None:
            return
        quotient = (row.on_scene - row.en_route) / road_s
        urgency = "urgent" if self._urgent.get(row.priority, True) else "not urgent"
        kind, length = self._kind_of.get(row.unit_type, ""), str(bisect_right(ROAD_S_BINS, road_s))
        if PACE_LIMITS[0] <= quotient <= PACE_LIMITS[1]:
            for key in (
                ("pace", kind, urgency, length), ("pace", urgency, length), ("pace", kind), ("pace", length), ("pace",),
            ):  # fmt: skip
                self.samples[key].append(quotient)
