"""One day of a record as the invented world wants it: its calls as happenings, its units as a fleet, its pace.

Only what lies in the map is replayed; the rest is counted and said. Knows no desk.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping as Named
from collections.abc import Sequence
from random import Random
from statistics import median

import msgspec

from tocsin.domain.types import Catalogue
from tocsin.facts.values import Instant, Place
from tocsin.geo.region import Region
from tocsin.sim.fleet import Absence, Fleet, PlannedUnit
from tocsin.sim.happening import Caller, Happening, Sent
from tocsin.sim.replay.mapping import Mapping, ReplayError
from tocsin.sim.replay.reader import CallRow, Read
from tocsin.sim.replay.record import RecordFigures, by_call, earliest, record_figures
from tocsin.sim.replay.times import Fit, RecordedTimes
from tocsin.sim.stages import StageTimes

NOT_URGENT = 4
PATIENCE_S = 86_400.0
"""A caller of a record waits: it shows only those who were answered."""
UNKNOWN_TYPE = "SERVICE"
SHIFT_MARGIN_S = 3_600.0
GAP_S = 120.0
DAY_S = 86_400.0
NEAR_DEG = 0.1
"""A hospital named by hand is of use within so many degrees of the map."""


class Left(msgspec.Struct):
    """What was not replayed, and what had to be assumed."""

    outside: int = 0
    """Calls of the day outside the map."""
    not_found: int = 0
    """Calls whose address the map does not know."""
    out_of_order: int = 0
    """Rows whose times are out of order: their calls are replayed, their times are not counted."""
    unknown_types: dict[str, int] = {}
    """The record's words for which the catalogue has no type: replayed as assistance."""
    placed: dict[str, int] = {}
    """Units by how their station was found."""


class ReplayDay(msgspec.Struct, frozen=True):
    """Everything a replay needs."""

    day: str
    start: Instant
    """Local midnight."""
    happenings: tuple[Happening, ...]
    fleet: Fleet
    times: StageTimes
    record: RecordFigures
    left: Left
    hospitals: tuple[Place, ...]


def prepare(
    read: Read, region: Region, catalogue: Catalogue, stations: Named[str, Place], day: str | None, seed: int, send: str
) -> ReplayDay:
    """Prepare a day; `send` is `record` or `plan`. Raises ReplayError: no such day, nothing in the map."""
    left = Left()
    rows = _in_map(_located(read.rows, region, left), region)
    days = Counter(row.date for row in rows)
    if not days:
        raise ReplayError(f"none of the {len(read.rows)} rows lies in the map ({_bounds(region)})")
    day = day or min(days)
    today = [row for row in rows if row.date == day]
    if not today:
        raise ReplayError(f"there are no calls in the map on {day}; the days are {', '.join(sorted(days))}")
    left.outside = len({r.id for r in read.rows if r.date == day} - {r.id for r in today})
    left.out_of_order = sum(bool(row.order_issue) for row in today)
    times = fit([row for row in rows if row.date != day], read.mapping, stations, region)
    builder = _Builder(read.mapping, catalogue, times, left, send)
    calls = by_call(sorted(today, key=lambda row: row.received))
    happenings = tuple(builder.happening(call, Random(f"{seed}/{name}")) for name, call in calls.items())
    fleet = plan_units(today, read.mapping, stations, left)
    everywhere = [row for row in read.rows if row.date == day]
    gone = absences(everywhere, {row.row for row in today}, {unit.id for unit in fleet.units}, _midnight(today))
    fleet = msgspec.structs.replace(fleet, absences=gone)
    hospitals = tuple(_hospitals(read.mapping, region))
    return ReplayDay(day, _midnight(today), happenings, fleet, times, record_figures(today), left, hospitals)


def fit(others: Sequence[CallRow], mapping: Mapping, stations: Named[str, Place], region: Region) -> RecordedTimes:
    """Stage times from the rows of other days."""
    kinds = {word: mapping.unit_type(word).kind for word in {row.unit_type for row in others}}
    urgent = {word: mapping.priorities.get(word, 1) < NOT_URGENT for word in {row.priority for row in others}}
    samples = Fit(kinds, urgent)
    samples.stages(others)
    samples.paces(others, stations, region.roads)
    return RecordedTimes(samples.samples)


def _midnight(today: Sequence[CallRow]) -> Instant:
    # The rows carry local dates; the first call is somewhere after midnight, and offsets are whole quarters of hours.
    row = min(today, key=lambda r: r.received)
    return row.received - row.since_midnight_s


def _bounds(region: Region) -> str:
    west, south, east, north = region.manifest.bbox
    return f"west {west:.3f} south {south:.3f} east {east:.3f} north {north:.3f}"


def _hospitals(mapping: Mapping, region: Region) -> list[Place]:
    """Those named by hand that an ambulance of this map could reach."""
    west, south, east, north = region.manifest.bbox
    near = [
        h
        for h in mapping.hospitals
        if south - NEAR_DEG < h.lat < north + NEAR_DEG and west - NEAR_DEG < h.lon < east + NEAR_DEG
    ]
    return [Place(h.lat, h.lon, h.name, "registered") for h in near]


def _located(rows: Sequence[CallRow], region: Region, left: Left) -> list[CallRow]:
    """Rows with a position; an address without one is looked up in the map, once."""
    found: dict[str, tuple[float, float] | None] = {}
    located: list[CallRow] = []
    lost: set[str] = set()
    for row in rows:
        if row.lat is not None and row.lon is not None:
            located.append(row)
            continue
        if row.address not in found:
            best = region.places.search(row.address, limit=1)
            found[row.address] = (best[0].lat, best[0].lon) if best else None
        where = found[row.address]
        if where is None:
            lost.add(row.id)
        else:
            located.append(msgspec.structs.replace(row, lat=where[0], lon=where[1]))
    left.not_found = len(lost)
    return located


def _in_map(rows: Sequence[CallRow], region: Region) -> list[CallRow]:
    west, south, east, north = region.manifest.bbox

    def inside(row: CallRow) -> bool:
        if row.in_map is not None:
            return row.in_map
        return row.lat is not None and row.lon is not None and south <= row.lat <= north and west <= row.lon <= east

    return [row for row in rows if inside(row)]


class _Builder:
    def __init__(self, mapping: Mapping, catalogue: Catalogue, times: StageTimes, left: Left, send: str) -> None:
        self._mapping = mapping
        self._catalogue = catalogue
        self._times = times
        self._left = left
        self._send = send

    def happening(self, call: list[CallRow], dice: Random) -> Happening:
        """One call of the record."""
        row = call[0]
        kind = self._type(row.type)
        priority = self._priority(row.priority, kind)
        return Happening(
            row.id, row.received, "emergency", kind, Place(row.lat or 0.0, row.lon or 0.0, row.address, "block", 60.0),
            (Caller(0.0, "911", patience_s=PATIENCE_S),), priority, row.type,
            patients=sum(one.left_scene is not None for one in call),
            disposition=self._mapping.dispositions.get(row.disposition, "handled"),
            sent=_sent(call, self._mapping) if self._send == "record" else (),
            talk_s=self._times.draw("entry", "", priority, dice), known_place=True,
        )  # fmt: skip

    def _type(self, word: str) -> str:
        kind = self._mapping.call_types.get(word, word)
        if self._catalogue.type(kind) is None:
            self._left.unknown_types[word] = self._left.unknown_types.get(word, 0) + 1
            kind = UNKNOWN_TYPE if self._catalogue.type(UNKNOWN_TYPE) else self._catalogue.types[0].code
        return kind

    def _priority(self, word: str, kind: str) -> int:
        if word in self._mapping.priorities:
            return max(1, min(5, self._mapping.priorities[word]))
        known = self._catalogue.type(kind)
        return min(known.priority if known else 3, NOT_URGENT - 1)


def _sent(call: list[CallRow], mapping: Mapping) -> tuple[Sent, ...]:
    """Who went, in the record: kinds and when, and who was called off before arriving."""
    first = earliest(row.dispatched for row in call)
    if first is None:
        return ()
    sent: list[Sent] = []
    for row in call:
        if row.dispatched is None:
            continue
        off_s = None
        if row.on_scene is None and row.left_scene is None and row.available is not None:
            off_s = max(1.0, row.available - row.dispatched)
        sent.append(Sent(max(0.0, row.dispatched - first), mapping.unit_type(row.unit_type).kind, off_s))
    return tuple(sent)


def plan_units(today: Sequence[CallRow], mapping: Mapping, stations: Named[str, Place], left: Left) -> Fleet:
    """The units seen that day. Without a home station: at the station in whose area they were sent most often."""
    rows: defaultdict[str, list[CallRow]] = defaultdict(list)
    for row in today:
        if row.unit:
            rows[row.unit].append(row)
    if not rows:
        raise ReplayError("the record names no unit that day; map a column to unit, or replay without units of its own")
    units = []
    placed: Counter[str] = Counter()
    for unit, seen in sorted(rows.items()):
        kind = mapping.unit_type(seen[0].unit_type)
        home, how = _home(seen, stations)
        placed[how] += 1
        caps = (*kind.capabilities, *(("als",) if any(r.als for r in seen) and "als" not in kind.capabilities else ()))
        units.append(PlannedUnit(unit, kind.kind, kind.agency, caps, home, min(2, kind.crew), kind.crew, home.text))
    left.placed = dict(placed)
    return Fleet(tuple(units), tuple(f"{count} units {how}" for how, count in placed.most_common()))


def absences(rows: Sequence[CallRow], inside: set[int], units: set[str], midnight: Instant) -> tuple[Absence, ...]:
    """When units of the fleet were not there: on calls beyond the map, and, those without a station of their own,
    more than SHIFT_MARGIN_S before their first call and after their last."""
    by_unit: defaultdict[str, list[CallRow]] = defaultdict(list)
    for row in rows:
        if row.unit in units and row.dispatched is not None:
            by_unit[row.unit].append(row)
    gone: list[Absence] = []
    for unit, seen in sorted(by_unit.items()):
        spans = [(row.dispatched or 0.0, row.available or 0.0) for row in seen if row.row not in inside]
        if not any(row.station for row in seen):
            spans.append((midnight, min(row.dispatched or 0.0 for row in seen) - SHIFT_MARGIN_S))
            spans.append((max(row.available or row.received for row in seen) + SHIFT_MARGIN_S, midnight + 2 * DAY_S))
        gone += [Absence(unit, since, until) for since, until in _merged(spans)]
    return tuple(gone)


def _merged(spans: Sequence[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    merged: list[tuple[Instant, Instant]] = []
    for since, until in sorted(span for span in spans if span[1] > span[0]):
        if merged and since <= merged[-1][1] + GAP_S:
            merged[-1] = merged[-1][0], max(until, merged[-1][1])
        else:
            merged.append((since, until))
    return merged


def _home(seen: Sequence[CallRow], stations: Named[str, Place]) -> tuple[Place, str]:
    own = next((row.station for row in seen if row.station in stations), None)
    if own:
        return stations[own], "at their own station"
    areas = Counter(row.area for row in seen if row.area in stations)
    if areas:
        return stations[areas.most_common(1)[0][0]], "at the station in whose area they were sent most often"
    lat = median(row.lat for row in seen if row.lat is not None)
    lon = median(row.lon for row in seen if row.lon is not None)
    return Place(lat, lon, "Standby point"), "in the middle of where they were sent"
