"""What a screen is told of coverage: one number, each group's, each area's, what each free unit holds, the cells."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.moveups import Why
from tocsin.facts.values import Instant, Latitude, Longitude, Place

CoverState: TypeAlias = Literal["none", "preparing", "ready", "failed"]


class CoverGroupView(msgspec.Struct, frozen=True):
    """One group now. Shares are of the group's demand, 0 to 1."""

    name: str
    capability: str
    target_s: float
    free: int
    busy: float
    """Fraction of the time a unit is busy, as counted from the room."""
    covered: float
    areas: dict[str, float]
    """By area (centre, north, north_east …): share of its demand expected to be reached in time."""
    lost: dict[str, float]
    """By free unit: what leaves with it."""


class MoveView(msgspec.Struct, frozen=True):
    """A proposal: this free unit should stand by at this post. Accepted by the order move_up_unit."""

    group: str
    unit: str
    post: str
    place: Place
    drive_s: float
    before: float
    after: float
    why: Why
    area: str
    """The area that gains most."""
    leaves: str = ""
    """The post it would give up; empty: its own station."""


class CoverView(msgspec.Struct, frozen=True):
    """Expected coverage now. `covered` is None while it is not known; `state` says why."""

    state: CoverState
    progress: float
    now: Instant
    covered: float | None = None
    demand: str = ""
    """What demand rests on: map, file or record."""
    groups: tuple[CoverGroupView, ...] = ()
    lost: dict[str, float] = {}
    """By free unit, all groups together: the gap that sending it opens."""
    moves: tuple[MoveView, ...] = ()
    """At most one of each group."""


class CellView(msgspec.Struct, frozen=True, array_like=True):
    """One cell: its square in degrees, the share of its demand that is served in time, its share of all demand."""

    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude
    served: float
    weight: float


class CellsView(msgspec.Struct, frozen=True):
    """The cells of one group now."""

    group: str
    now: Instant
    cells: tuple[CellView, ...]
