"""What is known of an incident and of a call, as far as they are compared, and what speaks for their being one thing.

Positions bear their uncertainty, words the attributes they stand for. Data alone: nothing here decides.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.lexicon import attribute_of
from tocsin.facts.values import Instant, Place

TermName: TypeAlias = Literal["time", "place", "type", "words", "number"]
TypeFit: TypeAlias = Literal["same", "alike", "group", "other"]
Heard: TypeAlias = Mapping[str, str]
"""What somebody said: by token (see `lexicon.Lexicon.heard`), the words behind it."""

DEGREE_M = 111_195.0
STATED = 0.5
"""Standard deviation along an axis over a stated radius: those hold about 86 to 95 % of callers."""
SIGMA_M = {
    "address": 12.0, "intersection": 30.0, "interpolated": 30.0, "block": 50.0, "map": 20.0, "alias": 20.0,
    "landmark": 40.0, "place": 60.0, "street": 150.0, "relative": 150.0, "registered": 20.0, "caller": 40.0,
}  # fmt: skip
"""For a place that states no radius, by how it was found."""


class Spot(msgspec.Struct, frozen=True):
    """Where, and the standard deviation along an axis."""

    lat: float
    lon: float
    sigma_m: float
    said: bool = True
    """Where help is needed; otherwise where the caller is."""


class Known(msgspec.Struct, frozen=True, eq=False, dict=True):
    """An incident as far as a call is compared with it."""

    id: str
    type: str
    opened_at: Instant
    spots: tuple[Spot, ...]
    """Its place first, then its callers'."""
    told: tuple[Heard, ...] = ()
    """What each of its callers said, the first one first."""
    numbers: frozenset[str] = frozenset()
    """Of its callers, digits only."""
    called_at: tuple[Instant, ...] = ()
    closed_at: Instant | None = None
    text: str = ""
    """Words of its place."""

    @cached_property
    def said(self) -> Counter[str]:
        """How many of its callers said each token."""
        return Counter(token for heard in self.told for token in heard)

    @cached_property
    def values(self) -> dict[str, str]:
        """By attribute, a token of it that was said."""
        return {attribute: token for token in self.said if (attribute := attribute_of(token))}

    def words(self, token: str) -> str:
        """What a caller said for it."""
        return next((heard[token] for heard in self.told if token in heard), "")


class Draft(msgspec.Struct, frozen=True):
    """A call, as much of it as is known yet."""

    at: Instant
    spot: Spot | None = None
    type: str = ""
    heard: Heard = {}
    number: str = ""
    """Digits only."""
    text: str = ""


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason for or against, in natural logarithms of odds, and what it rests on."""

    name: TermName
    weight: float
    distance_m: float | None = None
    sigma_m: float | None = None
    """Of both positions together."""
    age_s: float | None = None
    """Since the last word of it: its last caller, or its opening."""
    calls: int = 0
    fit: TypeFit | None = None
    words: tuple[str, ...] = ()
    """What both say: in the words of this call."""
    against: tuple[tuple[str, str], ...] = ()
    """What cannot both be: in the words of this call, and of a caller before."""
    same_place: bool = False
    """The same words were written down for both places."""


class Belongs(msgspec.Struct, frozen=True):
    """An incident a call may belong to. `share`: of all certainty, the rest goes to the others and to something new."""

    incident: str
    share: float
    likely: bool
    terms: tuple[Term, ...]
    text: str
    """The reasons in one English sentence."""
    closed: bool = False


def spot_of(place: Place | None, *, said: bool = True) -> Spot | None:
    """A place with the spread its radius, or the way it was found, stands for."""
    if place is None or place.how == "erased":
        return None
    sigma = max(10.0, place.radius_m * STATED) if place.radius_m else SIGMA_M.get(place.how, 80.0)
    return Spot(place.lat, place.lon, sigma, said and place.how != "caller")


def metres(one: Spot, other: Spot) -> float:
    """Distance on a plane: right to a part in a thousand over a city."""
    north = (other.lat - one.lat) * DEGREE_M
    east = (other.lon - one.lon) * DEGREE_M * math.cos(math.radians(one.lat))
    return math.hypot(north, east)
