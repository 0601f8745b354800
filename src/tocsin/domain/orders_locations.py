"""Orders about where a caller is. Given by the machines that hear reports, by the desk itself, and by nobody else.

A person writes a place down with `locate_call` and says with `basis` which report or estimate it was taken from.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.domain.order_base import Key, Line, OrderBase
from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.locations import Certainty, LocationSource, Outline, ReportFlaw
from tocsin.facts.shapes import Shape
from tocsin.facts.values import Instant, Latitude, Longitude

RAW_MOST = 4_096
"""Characters of a message that are kept."""
Raw = Annotated[str, msgspec.Meta(max_length=RAW_MOST)]
Flaws = Annotated[tuple[ReportFlaw, ...], msgspec.Meta(max_length=80)]


class ReportLocation(OrderBase, tag="report_location", frozen=True):
    """Where a caller is, by some machine. About a live `call`, or about whoever calls from `number`."""

    source: LocationSource
    call: Annotated[str, msgspec.Meta(max_length=64)] = ""
    number: Line = ""
    shape: Shape | None = None
    confidence: Confidence = UNSTATED
    fixed_at: Instant | None = None
    method: Line = ""
    text: Line = ""
    altitude_m: float | None = None
    floor: Line = ""
    speed_mps: float | None = None
    heading_deg: float | None = None
    origin: Line = ""
    flaws: Flaws = ()
    raw: Raw = ""


class StateEstimate(OrderBase, tag="state_estimate", frozen=True):
    """What the reports of a call come to. Worked out beside the desk; refused when the call has ended meanwhile."""

    call: Key
    lat: Latitude
    lon: Longitude
    radius_m: float
    areas: tuple[Outline, ...]
    certainty: Certainty
    share: float
    used: tuple[str, ...]
    disagree: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
