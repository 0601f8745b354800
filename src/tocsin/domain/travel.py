"""Travel as numbers handed in: the domain never searches a road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant


class Travel(msgspec.Struct, frozen=True, gc=False):
    """How long a unit needs to a place, from which position, and how old that position is."""

    basis: Basis
    eta_s: float
    length_m: float
    lat: float
    lon: float
    position_at: Instant | None
    """None when the unit never reported: then it is taken to stand at its home."""
    sigma: float = 0.0
    """Standard deviation of the logarithm of the drive's true time around its median `eta_s`; 0: no range is stated."""
    siren: bool = True
    """Whether `eta_s` takes sirens for granted."""


Travels: TypeAlias = Mapping[str, Travel]
