"""What is known of a drive, copied into the fact that rests on it."""

from __future__ import annotations

from tocsin.domain.arrival import stated
from tocsin.domain.travel import Travel
from tocsin.facts.assignments import Drive
from tocsin.facts.values import Instant

NO_DRIVE = Drive("none")


def drive_of(travel: Travel | None, now: Instant) -> Drive:
    """The drive as a record, its range included; `none` when nothing is known."""
    if travel is None:
        return NO_DRIVE
    where = (travel.lat, travel.lon, travel.position_at)
    return Drive(travel.basis, travel.eta_s, travel.length_m, *where, *stated(travel, now), siren=travel.siren)
