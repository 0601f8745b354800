"""Where a unit takes its patient: the hospital that can do what is needed, is open, and is soonest, and why not others.

Soonest counts what the crew lives through: the drive, the wait the hospital has said (while that word is fresh), and a
share of a handover for each unit that is on its way there already. Pure: drives arrive as numbers. Proposes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.arrival import stated
from tocsin.domain.room import Hospital
from tocsin.domain.travel import Travel
from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant

Passed: TypeAlias = Literal["no_road", "not_capable", "on_diversion", "farther", "fuller"]

FRESH_S = 7_200.0
"""A hospital's word on its load counts so long."""
INBOUND_S = 180.0
"""What each unit that is on its way there adds to the wait."""


class Destination(msgspec.Struct, frozen=True):
    """One hospital, chosen or passed over, and why. The chosen one first, then by what the crew would live through."""

    hospital: str
    chosen: bool
    basis: Basis
    drive_s: float | None
    length_m: float | None
    wait_s: float
    """Said by the hospital, with what those on their way add."""
    inbound: int
    reason: Passed | None = None
    lacking: tuple[str, ...] = ()
    """With `not_capable`: what is needed and not there."""
    until: Instant | None = None
    """With `on_diversion`: its end, where one is known."""
    text: str = ""
    """The reason in an English sentence."""
    low_s: float | None = None
    """With `high_s`: 90 % of such drives are within this range; None where none is known."""
    high_s: float | None = None


def destinations(
    hospitals: Iterable[Hospital],
    needs: frozenset[str],
    travels: Mapping[str, Travel],
    inbound: Mapping[str, int],
    now: Instant,
) -> tuple[Destination, ...]:
    """Every hospital. Where none can do what is needed and is open, the nearest open one is chosen, and it says so."""
    seen = [(one, _lacking(one, needs), travels.get(one.id)) for one in hospitals]
    fit = [one for one, lacking, travel in seen if not lacking and _goes(travel) and not one.diverts(now)]
    fit = fit or [one for one, _, travel in seen if _goes(travel) and not one.diverts(now)]
    fit = fit or [one for one, _, travel in seen if _goes(travel)]
    best = min(fit, key=lambda one: (_whole(one, travels, inbound, now), one.id), default=None)
    out = [_told(one, lacking, best, travels, inbound, now) for one, lacking, _ in seen]
    return tuple(
        sorted(out, key=lambda d: (not d.chosen, d.drive_s is None, (d.drive_s or 0.0) + d.wait_s, d.hospital))
    )


def _lacking(one: Hospital, needs: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(needs - one.capabilities))


def _goes(travel: Travel | None) -> bool:
    return travel is not None and travel.basis != "none"


def wait_of(one: Hospital, inbound: int, now: Instant) -> float:
    """Seconds until a patient is handed over there."""
    said = one.wait_s if one.said_at is not None and now - one.said_at <= FRESH_S else 0.0
    return said + INBOUND_S * inbound


def _whole(one: Hospital, travels: Mapping[str, Travel], inbound: Mapping[str, int], now: Instant) -> float:
    return travels[one.id].eta_s + wait_of(one, inbound.get(one.id, 0), now)


def _told(
    one: Hospital,
    lacking: tuple[str, ...],
    best: Hospital | None,
    travels: Mapping[str, Travel],
    inbound: Mapping[str, int],
    now: Instant,
) -> Destination:
    travel, many = travels.get(one.id), inbound.get(one.id, 0)
    wait_s = wait_of(one, many, now)
    told = Destination(one.id, one is best, "none", None, None, wait_s, many)
    if travel is not None and _goes(travel):
        low_s, high_s = stated(travel, now)
        told = msgspec.structs.replace(
            told, basis=travel.basis, drive_s=travel.eta_s, length_m=travel.length_m, low_s=low_s, high_s=high_s
        )
    reason, text = _why(one, lacking, best, travels, wait_s, now)
    kept = lacking if lacking else ()
    return msgspec.structs.replace(
        told, reason=reason, text=text, lacking=kept, until=one.until if one.diverts(now) else None
    )


def _why(
    one: Hospital, lacking: tuple[str, ...], best: Hospital | None, travels: Mapping[str, Travel], wait_s: float,
    now: Instant,
) -> tuple[Passed | None, str]:  # fmt: skip
    if one is best:
        if lacking:
            return None, f"no open hospital can do {' and '.join(lacking)}: the soonest one"
        return None, "on diversion, as all are" if one.diverts(now) else "soonest that can do what is needed"
    travel = travels.get(one.id)
    if travel is None or not _goes(travel):
        return "no_road", "no way there is known"
    if lacking:
        return "not_capable", f"cannot do {' and '.join(lacking)}"
    if one.diverts(now):
        return "on_diversion", f"on diversion{': ' + one.reason if one.reason else ''}"
    if best is not None and travel.eta_s < travels[best.id].eta_s:
        sooner = _minutes(travels[best.id].eta_s - travel.eta_s)
        return "fuller", f"{sooner} closer, but patients wait {_minutes(wait_s)} there"
    later = travel.eta_s - travels[best.id].eta_s if best is not None else 0.0
    return "farther", f"{_minutes(later)} farther"


def _minutes(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min"
