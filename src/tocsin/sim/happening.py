"""What happens in the world before anybody at the desk knows of it: an emergency, who calls about it, and its truth."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.values import Instant, Place

Ending: TypeAlias = Literal["emergency", "information", "abandoned"]


class Caller(msgspec.Struct, frozen=True):
    """One call: when it comes after the happening, over which line, and what is said."""

    after_s: float = 0.0
    line: str = "112"
    number: str = ""
    name: str = ""
    sentences: tuple[str, ...] = ()
    patience_s: float = 180.0
    """Hangs up when nobody answers for so long."""
    place: Place | None = None
    """What the network sends along before anybody speaks."""


class Sent(msgspec.Struct, frozen=True):
    """A unit of a kind that goes, so many seconds after the first, and whether it was called off before it arrived."""

    after_s: float
    unit_kind: str
    called_off_after_s: float | None = None


class Happening(msgspec.Struct, frozen=True):
    """Something that happened, as it really is."""

    id: str
    at: Instant
    ending: Ending
    type: str
    place: Place
    """Where it is; its text is what the caller says."""
    callers: tuple[Caller, ...]
    priority: int | None = None
    summary: str = ""
    patients: int = 0
    """How many will be taken to a hospital."""
    disposition: str = "handled"
    sent: tuple[Sent, ...] = ()
    """Who goes, when the record says so; empty: the desk's own recommendation."""
    answer_after_s: float | None = None
    talk_s: float | None = None
    """From answering to the incident being opened; None: as long as the call-taker needs."""
    known_place: bool = False
    """The place is taken as told instead of being searched by its words."""


class Truth(msgspec.Struct):
    """What is still to be done at an incident: shared by the crews that are on it."""

    happening: Happening | None
    patients: int
    taken: int = 0
    """Patients some ambulance has taken on."""
    reached: bool = False
    """Some unit was on scene."""
