"""The order of whoever must see an incident that is not theirs to see."""

from __future__ import annotations

from tocsin.domain.order_base import Line, OrderBase


class BreakGlass(OrderBase, tag="break_glass", frozen=True):
    """Open an incident without the right to it, for a time. Given by a route of its own."""

    incident: str
    why: Line
