"""Orders about standing by and about hospitals, one struct each."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from tocsin.domain.order_base import Key, Line, OrderBase, Text
from tocsin.facts.values import Instant, Place

Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Beds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Wait: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Codes: TypeAlias = Annotated[tuple[Key, ...], msgspec.Meta(max_length=40)]


class MoveUpUnit(OrderBase, tag="move_up_unit", frozen=True):
    """Send a free unit to stand by at a post. `before` and `after`: the coverage that the person was shown."""

    unit: Key
    post: Line
    place: Place
    group: Line = ""
    before: Share = 0.0
    after: Share = 0.0


class UnitIsAtPost(OrderBase, tag="unit_at_post", frozen=True):
    """It stands at the post it was sent to."""

    unit: Key


class CallHomeUnit(OrderBase, tag="call_home_unit", frozen=True):
    """It need not stand by there any more."""

    unit: Key
    reason: Text = ""


class DeclineMove(OrderBase, tag="decline_move", frozen=True):
    """Turn a proposed move down: the unit is left alone for a while."""

    unit: Key
    post: Line
    reason: Text = ""


class RegisterHospital(OrderBase, tag="register_hospital", frozen=True):
    """Make a hospital known, or change what is known of it."""

    hospital: Line
    place: Place
    capabilities: Codes = ()
    beds: Beds = 0


class DivertHospital(OrderBase, tag="divert_hospital", frozen=True):
    """It asks that patients be taken elsewhere. Without `until`: until it says otherwise."""

    hospital: Line
    reason: Text = ""
    until: Instant | None = None


class ReopenHospital(OrderBase, tag="reopen_hospital", frozen=True):
    """It takes patients again."""

    hospital: Line


class ReportHospital(OrderBase, tag="report_hospital", frozen=True):
    """How full it says it is."""

    hospital: Line
    wait_s: Wait
    beds_free: Beds | None = None
