"""Bodies, queries and answers about the access log. Knows no handler."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.looks import AccountChange, Mark, What
from tocsin.facts.values import Instant, Position
from tocsin.web.bodies import Form, Limit

Seen: TypeAlias = What | Literal["account"]
"""What the list shows: looks, and changes of accounts."""
Why: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
"""A reason, in a few words; never a caller's name."""


class WhyQuery(Form, frozen=True):
    """Why, in a few words: it stands in the access log."""

    why: Why = ""


class NeedsWhy(Form, frozen=True):
    """Why, in a few words: it stands in the access log, and nothing is shown without it."""

    why: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]


class LooksQuery(Form, frozen=True):
    """Which looks: of one account, of one kind, about one incident; before a position, to go on where a page ended."""

    by: Annotated[str, msgspec.Meta(max_length=64)] = ""
    what: Seen | Literal[""] = ""
    incident: Annotated[str, msgspec.Meta(max_length=64)] = ""
    before: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 2**53
    limit: Limit = 100


class ReviewQuery(Form, frozen=True):
    """Which week (ISO 8601); none named: the one that ended last."""

    week: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-W\d{2})?$")] = ""


class GlassForm(Form, frozen=True):
    """Why an incident is opened without the right to it: it stands in the record and the weekly review."""

    why: Why


class GlassOpened(msgspec.Struct, frozen=True):
    """The incident may be read until then."""

    incident: str
    until: Instant


class LookForm(Form, frozen=True):
    """What a screen has opened, of which live call."""

    what: Literal["position", "media"]
    call: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class LookNoted(msgspec.Struct, frozen=True):
    """The reason that was stated."""

    why: str


class LookView(msgspec.Struct, frozen=True):
    """One look: who was shown what, and why. `stated`: the program said why, from the work in hand."""

    position: Position
    at: Instant
    by: str
    what: Seen
    why: str
    stated: bool
    incident: str = ""
    call: str = ""
    shown: tuple[str, ...] = ()
    count: int = 0
    via: str = ""
    account: str = ""
    """Whose account was changed, when that is what this entry tells."""
    change: AccountChange | None = None
    more: str = ""


class ReviewForm(Form, frozen=True):
    """What a supervisor found about a look."""

    look: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    mark: Mark
    word: Why = ""


class ReviewDone(msgspec.Struct, frozen=True):
    """Where the review stands in the access log."""

    position: Position


class ReviewedLook(msgspec.Struct, frozen=True):
    """A look, and what was found about it; `mark` is empty until somebody has looked into it."""

    look: LookView
    mark: str
    word: str
    reviewed_by: str
    always: bool
    """It is here whatever was drawn: a broken glass."""


class ReviewView(msgspec.Struct, frozen=True):
    """The looks of a week to review. `of`: how many there were to draw from; `seed`: how they were drawn."""

    week: str
    of: int
    seed: int
    looks: tuple[ReviewedLook, ...]
    owed: dict[str, int] = {}
    """By week, of the last four that ended: how many looks still wait for a supervisor's word."""


class WeekView(msgspec.Struct, frozen=True):
    """Looks of one ISO week by kind; how many were reviewed, and how many of those were a breach."""

    week: str
    looks: dict[str, int]
    reviewed: int
    breaches: int


class CountsView(msgspec.Struct, frozen=True):
    """What a centre publishes, the latest week first."""

    centre: str
    weeks: tuple[WeekView, ...]
