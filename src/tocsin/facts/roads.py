"""What happened to a road. Refuses to know how a closure changes a route."""

from __future__ import annotations

from tocsin.facts.base import FactBase
from tocsin.facts.values import Place


class RoadClosed(FactBase, tag="road.closed", frozen=True):
    """No way through at this place, from now on."""

    closure: str
    place: Place
    radius_m: float
    reason: str = ""


class RoadReopened(FactBase, tag="road.reopened", frozen=True):
    """The way is free again."""

    closure: str
