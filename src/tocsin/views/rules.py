"""What the wire says of the rules in force: run cards with their lines, the terms of a choice, the pace of drives."""

from __future__ import annotations

from typing import Literal

import msgspec

from tocsin.facts.values import Instant


class LineView(msgspec.Struct, frozen=True):
    """One line of needs as the centre wrote it, and where it stands."""

    line: int
    text: str


class CardView(msgspec.Struct, frozen=True):
    """A run card. Empty lists: every type, everywhere, each priority."""

    code: str
    line: int
    name: dict[str, str]
    types: tuple[str, ...]
    groups: tuple[str, ...]
    priorities: tuple[int, ...]
    areas: tuple[str, ...]
    target_s: float | None
    levels: tuple[tuple[LineView, ...], ...]
    """What the first alarm sends, what the second adds, and so on."""


class AgencyView(msgspec.Struct, frozen=True):
    """Whom an agency's units may serve, and where; a neighbour goes last."""

    name: str
    line: int
    types: tuple[str, ...]
    groups: tuple[str, ...]
    areas: tuple[str, ...]
    neighbour: bool


class NamedLine(msgspec.Struct, frozen=True):
    """An area, or the vehicles of one crew."""

    line: int
    names: tuple[str, ...]


class TermsView(msgspec.Struct, frozen=True):
    """What counts, for one priority."""

    priority: int
    target_s: float
    late: float
    lost: float
    minute: float
    neighbour: float
    siren: bool
    """Whether it is driven to with siren."""


class MistakeView(msgspec.Struct, frozen=True):
    """A mistake in the file as it lies on the disk: where, and what would be right."""

    line: int
    field: str
    text: str


class RestView(msgspec.Struct, frozen=True):
    """When crews are left alone, and by which priorities."""

    after_incident_s: float
    duty_longest_s: float
    priorities: tuple[int, ...]


class PlansPage(msgspec.Struct, frozen=True):
    """The whole plan file in force, and how the file on the disk stands to it."""

    source: Literal["file", "packaged", "none"]
    file: str = ""
    """The file's name, without its folder."""
    version: str = ""
    """Edition in force; every choice on record names its own."""
    on_disk: str = ""
    """Edition that lies on the disk now: another one holds from the next start. Empty: it cannot be read."""
    mistakes: tuple[MistakeView, ...] = ()
    """Of the file on the disk; with any, the next start would be refused."""
    plans: tuple[CardView, ...] = ()
    agencies: tuple[AgencyView, ...] = ()
    areas: tuple[NamedLine, ...] = ()
    crews: tuple[NamedLine, ...] = ()
    terms: tuple[TermsView, ...] = ()
    rest: RestView | None = None


class PaceRow(msgspec.Struct, frozen=True):
    """Factors on the map's seconds, by hours, for one group of roads driven in one way; above 1: slower."""

    group: str
    siren: bool
    factors: tuple[float, ...]


class PaceView(msgspec.Struct, frozen=True):
    """By what times of arrival are reckoned."""

    source: Literal["map", "learned", "none"]
    """The map's own speeds; learned from this room's drives; or there is no map, and all is straight lines."""
    name: str = ""
    applied_by: str = ""
    applied_at: str = ""
    """Who said yes, and when."""
    since: str = ""
    until: str = ""
    drives: int = 0
    """Learned from so many drives, between these days."""
    hours: tuple[str, ...] = ()
    rows: tuple[PaceRow, ...] = ()
    error_s: tuple[float, float] | None = None
    """Median error on drives held out: by the map, and as learned."""
    held: tuple[float, float] | None = None
    """Share of drives held out that lay within the 90 % interval: by the map, and as learned."""
    problem: str = ""
    """Why the file in force is not driven by."""


class RulesView(msgspec.Struct, frozen=True):
    """Everything that decides who is proposed, as it is in force now."""

    now: Instant
    plans: PlansPage
    pace: PaceView
