"""The answer to a search, and the one error of this package. Refuses to know how answers are found."""

from typing import Literal

import msgspec

from tocsin.geo.errors import RegionError

Kind = Literal[
    "address", "interpolated", "street", "intersection", "block", "landmark", "place", "coordinates",
    "milestone", "exit", "relative", "alias",
]  # fmt: skip
Sure = Literal["sure", "likely", "ask"]
Doubt = Literal[
    "begun",
    "old_name",
    "mended",
    "sounded",
    "translated",
    "estimated",
    "no_number",
    "no_corner",
    "apart",
    "two_ways",
    "namesake",
    "several",
    "weak",
    "part",
]


class PlacesError(RegionError):
    """The index of places cannot be built or opened; the text is one line for a person."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One place that a text may mean.

    `text` is the label in the local name, `detail` what tells it from its namesakes, `radius_m` the distance in metres
    within which the true point is expected, `score` sorts answers (about 0 to 1, higher is likelier) and `how` says
    in a short phrase how the answer was found. `lat` and `lon` are degrees (WGS 84). `confidence` is for the eye:
    "sure" (named and placed as the map has it), "likely" (mended or estimated), "ask" (ask the caller: namesakes,
    several that fit, or only a part found); `doubts` name the reasons.
    """

    text: str
    detail: str
    kind: Kind
    lat: float
    lon: float
    radius_m: float
    score: float
    how: str
    doubts: tuple[Doubt, ...] = ()
    confidence: Sure = "likely"
