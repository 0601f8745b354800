"""Travel as numbers handed in: the domain never searches a road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant


class Travel(msgspec.Struct, frozen=True):
    """How long a unit needs to a place, from which position, and how old that position is."""

    basis: Basis
    eta_s: float
    length_m: float
    lat: float
    lon: float
    position_at: Instant | None
    """None when the unit never reported: then it is taken to stand at its home."""


Travels: TypeAlias = Mapping[str, Travel]
