"""The small words every fact is built from: instants, places, people. Refuses to know what any of them is used for."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

Instant: TypeAlias = float
"""Seconds since 1970-01-01T00:00:00Z. A double holds today's instants to 0.24 µs; zones exist only at the edges."""

Position: TypeAlias = int
"""Place of a fact in its centre's log: 1, 2, 3 … without gaps. 0 is the empty log."""

PERSONAL = msgspec.Meta(extra={"personal": "record"})
"""Marks a field that names or places a person. Whatever hides, encrypts or erases finds its fields by this mark."""

PERSONAL_POSITION = msgspec.Meta(extra={"personal": "position"})
"""The same, for where exactly a caller was: kept for a shorter time than the words of the record."""

PERSONAL_MEDIA = msgspec.Meta(extra={"personal": "media"})
"""The same, for what a caller wrote or showed: chat, pictures, clips."""

PersonalText: TypeAlias = Annotated[str, PERSONAL]
Latitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-90, le=90, description="degrees north, WGS 84")]
Longitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-180, le=180, description="degrees east, WGS 84")]


class Place(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A point, the words for it, and how it came to be known."""

    lat: Latitude
    lon: Longitude
    text: str = ""
    how: str = "map"
    """address, interpolated, street, intersection, block, landmark, place, coordinates, milestone, exit, relative,
    alias, map, caller, registered; or erased: then the point says nothing."""
    radius_m: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = 0.0
    """Stated uncertainty. 0 means none was stated, not that there is none."""


PersonalPlace: TypeAlias = Annotated[Place, PERSONAL]
PersonalPosition: TypeAlias = Annotated[Place, PERSONAL_POSITION]


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One reported position of a unit; an array on the wire because thousands travel together."""

    unit: str
    at: Instant
    lat: Latitude
    lon: Longitude
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=150)] = 0.0
    heading_deg: Annotated[float, msgspec.Meta(ge=0, le=360)] = 0.0
