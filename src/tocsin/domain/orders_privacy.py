"""Orders about what is known of people: to erase it, to hold it, to let time do its work."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.domain.order_base import Line, OrderBase
from tocsin.facts.privacy import Kind

Subject: TypeAlias = Annotated[
    str,
    msgspec.Meta(
        max_length=140,
        pattern="^(incident|call|crew|hospital|report|partner):.+$",
        description="incident:7, call:12 or crew:E1:20782",
    ),
]


class ErasePersonal(OrderBase, tag="erase_personal", frozen=True):
    """Destroy what is known about somebody before its time: the person asked, or a court. Cannot be undone."""

    subject: Subject
    kinds: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=5)] = ()
    """Nothing named: all there is."""
    reason: Literal["request", "court"] = "request"


class HoldPersonal(OrderBase, tag="hold_personal", frozen=True):
    """Keep it, whatever the retention says. `reference`: the case's number, never a name."""

    subject: Subject
    reference: Annotated[Line, msgspec.Meta(min_length=1)]


class ReleaseHold(OrderBase, tag="release_hold", frozen=True):
    """Retention runs again."""

    subject: Subject


class EraseDue(OrderBase, tag="erase_due", frozen=True):
    """Time has passed: erase what is due. Given by the clock, never accepted from the network."""
