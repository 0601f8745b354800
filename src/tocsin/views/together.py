"""What screens are told of calls that belong together. Suggestions: nothing here is recorded, and nothing is merged."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tocsin.domain.evidence import Belongs
from tocsin.facts.values import Instant, Position

BelongsView: TypeAlias = Belongs


class TogetherView(msgspec.Struct, frozen=True):
    """Incidents one call may belong to, the likeliest first."""

    call: str
    now: Instant
    incidents: tuple[Belongs, ...]


class CallGroup(msgspec.Struct, frozen=True):
    """Calls that seem to be about one thing: about `incident`, or about what the first of them is about."""

    id: str
    """The incident, or the first call."""
    incident: str
    calls: tuple[str, ...]
    """In the order they came. An agency is named none: calls are the centre's until they belong to an incident."""
    ringing: int
    size: int
    """How many calls are in it."""


class GroupsView(msgspec.Struct, frozen=True):
    """All live and lost calls, grouped; one that stands alone has a group of its own. True at `position`."""

    position: Position
    groups: tuple[CallGroup, ...]
