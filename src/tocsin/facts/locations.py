"""What was said about where a caller is, by whom, and what all of it comes to.

A report is kept as it came, flaws and all; an estimate is what the desk made of the reports at a moment, so that the
record shows the area that was on the screen. No report without a shape is ever plotted.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

from tocsin.facts.base import FactBase
from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.shapes import Shape
from tocsin.facts.values import PERSONAL_POSITION, Instant, Latitude, Longitude, PersonalText

LocationSource: TypeAlias = Literal["aml", "cell", "registered", "pidf_lo", "held", "caller_link", "spoken", "map"]
"""aml: the handset itself; cell: the network's antenna; registered: the line's address; pidf_lo, held: a location
object by value or fetched; caller_link: the caller's own page; spoken: the caller's words; map: placed by hand."""
LOCATION_SOURCES: tuple[LocationSource, ...] = get_args(LocationSource)

Certainty: TypeAlias = Literal["spot", "block", "district", "wide", "divided"]
"""How small the area is: within 50 m, 250 m, 1,500 m of the best point, wider, or several places apart."""

PersonalShape: TypeAlias = Annotated[Shape | None, PERSONAL_POSITION]
Outline: TypeAlias = tuple[tuple[float, float], ...]
"""(lat, lon) in order, first not repeated; longitudes may run on past ±180 rather than jump."""


class ReportFlaw(msgspec.Struct, frozen=True):
    """Something in a message was not as its standard has it; the rest was used."""

    field: str
    what: str
    text: str


class LocationReported(FactBase, tag="location.reported", frozen=True):
    """Somebody or something said where a caller is. Without a `call` it waits for one of its `number`."""

    report: str
    source: LocationSource
    call: str = ""
    number: PersonalText = ""
    shape: PersonalShape = None
    """None: no fix, or nothing that can be read. Never plotted."""
    confidence: Confidence = UNSTATED
    fixed_at: Instant | None = None
    """When the caller was there, by the sender's clock; None when it does not say."""
    method: str = ""
    text: PersonalText = ""
    """An address or words, as they came."""
    altitude_m: Annotated[float | None, PERSONAL_POSITION] = None
    floor: Annotated[str, PERSONAL_POSITION] = ""
    speed_mps: float | None = None
    heading_deg: float | None = None
    origin: str = ""
    """Partner or machine it came from."""
    flaws: tuple[ReportFlaw, ...] = ()
    late: bool = False
    """A newer fix of the same source was there already."""
    raw: Annotated[str, PERSONAL_POSITION] = ""
    """The message as it came, up to a limit; `flaws` say where it was cut."""


class LocationMatched(FactBase, tag="location.matched", frozen=True):
    """A report that waited found its call."""

    report: str
    call: str


class LocationExpired(FactBase, tag="location.expired", frozen=True):
    """No call of that number came in time: the report is nobody's, and is not looked at again."""

    report: str


class PlaceTaken(FactBase, tag="location.taken", frozen=True):
    """The place that was written down with it came from this report or estimate, and not from somebody's own words."""

    basis: str
    call: str = ""
    incident: str = ""


class AreaEstimated(FactBase, tag="location.estimated", frozen=True):
    """Where the caller is by all reports together, as the screen showed it."""

    call: str
    estimate: str
    lat: Annotated[Latitude, PERSONAL_POSITION] = 0.0
    lon: Annotated[Longitude, PERSONAL_POSITION] = 0.0
    radius_m: float = 0.0
    """Circle around the best point that holds the whole main area."""
    areas: Annotated[tuple[Outline, ...], PERSONAL_POSITION] = ()
    """Outlines that together hold the caller with chance `share`, the likeliest first."""
    certainty: Certainty = "wide"
    share: float = 0.95
    used: tuple[str, ...] = ()
    """Reports it rests on; `place` is the place written down for the call."""
    disagree: tuple[str, ...] = ()
    """Reports that most likely are wrong, given the others."""
    replaced: tuple[str, ...] = ()
    """Reports left out because a better one of the same kind is there."""
