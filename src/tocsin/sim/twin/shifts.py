"""Who is away when: shifts by weekday and clock, faults by hours from the start. Instants in, absences out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin.facts.values import Instant
from tocsin.sim.twin.demand import MONDAY
from tocsin.sim.twin.model import Absence
from tocsin.sim.twin.scenario import Loaded, ShiftPart

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_S = 86_400.0


def absences(
    loaded: Loaded, ids: Sequence[str], start: Instant, until: Instant, offset_s: float = 0.0
) -> list[Absence]:
    """Absences from `start` to `until`, in no order; those of one unit may overlap. Raises ScenarioError."""
    fleet, number = loaded.scenario.fleet, {id_: n for n, id_ in enumerate(ids)}
    out: list[Absence] = []
    spans: dict[int, list[tuple[Instant, Instant]]] = {}
    for nth, shift in enumerate(fleet.shift):
        for unit in shift.units:
            if unit not in number:
                right = f"units are {ids[0]} to {ids[-1]}"
                raise loaded.wrong(f"fleet.shift[{nth}].units", f"there is no unit {unit}", right)
            spans.setdefault(number[unit], []).extend(_spans(shift, start, until, offset_s))
    for mine, on in spans.items():
        out += [Absence(mine, a, b) for a, b in _between(sorted(on), start, until)]
    for nth, fault in enumerate(fleet.fault):
        if fault.unit not in number:
            raise loaded.wrong(
                f"fleet.fault[{nth}].unit", f"there is no unit {fault.unit}", f"units are {ids[0]} to {ids[-1]}"
            )
        if fault.to_h <= fault.from_h:
            raise loaded.wrong(f"fleet.fault[{nth}].to_h", "ends before it begins", "make to_h larger than from_h")
        out.append(Absence(number[fault.unit], start + fault.from_h * 3600, start + fault.to_h * 3600))
    return out


def _seconds(clock: str) -> float:
    hour, minute = clock.split(":")
    return int(hour) * 3600.0 + int(minute) * 60.0


def _spans(shift: ShiftPart, start: Instant, until: Instant, offset_s: float) -> Iterator[tuple[Instant, Instant]]:
    """A shift that ends before it begins ends the next day."""
    since_s, until_s = _seconds(shift.since), _seconds(shift.until)
    if until_s <= since_s:
        until_s += DAY_S
    day = (start + offset_s - MONDAY) // DAY_S - 1
    while (midnight := MONDAY + day * DAY_S - offset_s) < until:
        if DAYS[int(day) % 7] in shift.days:
            yield midnight + since_s, midnight + until_s
        day += 1


def _between(
    on: Sequence[tuple[Instant, Instant]], start: Instant, until: Instant
) -> Iterator[tuple[Instant, Instant]]:
    """The gaps that the sorted spans leave between `start` and `until`."""
    at = start
    for a, b in on:
        if a > at:
            yield at, min(a, until)
        at = max(at, b)
        if at >= until:
            return
    yield at, until + DAY_S * 365_000
