"""Rows about where a caller is: each report as a screen shows it, and the area that all of them come to."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.facts.locations import Certainty, LocationSource, Outline, ReportFlaw
from tocsin.facts.values import PERSONAL, Instant, PersonalText

PersonalDegrees = Annotated[float, PERSONAL]


class Spot(msgspec.Struct, frozen=True):
    """The footprint of one report: best point, the circle that holds it all, and its outline where it is no circle."""

    lat: PersonalDegrees
    lon: PersonalDegrees
    radius_m: float
    """0: no uncertainty was stated."""
    outline: Annotated[Outline, PERSONAL] = ()


class ReportRow(msgspec.Struct, frozen=True):
    """One report. `spot` None: no fix, never plotted."""

    id: str
    call: str
    source: LocationSource
    method: str
    origin: str
    received_at: Instant
    fixed_at: Instant | None
    spot: Spot | None
    percent: float | None
    """Stated or default confidence that the caller is inside; None: the sender does not know."""
    text: PersonalText = ""
    floor: PersonalText = ""
    flaws: tuple[ReportFlaw, ...] = ()
    late: bool = False


class AreaRow(msgspec.Struct, frozen=True):
    """Where one caller is by all reports together, as of `at`."""

    id: str
    call: str
    at: Instant
    lat: PersonalDegrees
    lon: PersonalDegrees
    radius_m: float
    areas: Annotated[tuple[Outline, ...], PERSONAL]
    certainty: Certainty
    share: float
    used: tuple[str, ...]
    disagree: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
