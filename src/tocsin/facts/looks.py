"""Reads are facts too: who looked at what of people's data, and why; and who changed who may. The third log (the access
log) holds nothing else.

Names no caller itself: what was searched for is kept as a keyed hash, so that "did anybody search for this?" has an
answer and the log is no second list of names (Directive (EU) 2016/680, Article 25, asks for who, when and why).
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tocsin.facts.base import FactBase
from tocsin.facts.values import Position

What: TypeAlias = Literal["board", "timeline", "position", "media", "search", "export", "glass", "looks"]
"""The live picture, all that was recorded of an incident, where exactly a caller was, what a caller showed or wrote, a
search in what is past, a copy taken out, an incident opened without the right to it, this very log."""
WHATS: tuple[What, ...] = get_args(What)

AccountChange: TypeAlias = Literal[
    "added", "roles", "agency", "unit", "profile", "password", "disabled", "enabled", "link_made", "sessions_ended",
    "passkey_added", "passkeys_removed", "bound", "unbound", "by_provider", "token_made", "token_revoked",
]  # fmt: skip
"""What was changed about who may come in, and as what."""

Mark: TypeAlias = Literal["fine", "question", "breach"]
MARKS: tuple[Mark, ...] = get_args(Mark)


class Looked(FactBase, tag="look.taken", frozen=True):
    """Somebody was shown what names or places a person. Recorded before it was shown."""

    what: What
    why: str
    stated: bool = False
    """The program said why, from the work in hand; otherwise the person did."""
    incident: str = ""
    call: str = ""
    shown: tuple[str, ...] = ()
    """Incidents that a search showed, the first 50."""
    count: int = 0
    """How many there were."""
    words: str = ""
    """Keyed hash of what was searched for, hexadecimal."""
    via: str = ""
    """The token of a machine, by its name."""


class LooksSampled(FactBase, tag="look.sampled", frozen=True):
    """The looks of a week that supervisors are asked to review: drawn by a seed, so that the draw can be repeated."""

    week: str
    """ISO 8601: 2026-W48."""
    seed: int
    looks: tuple[Position, ...]
    of: int
    """How many looks there were in the week."""


class LookReviewed(FactBase, tag="look.reviewed", frozen=True):
    """A supervisor has judged a look."""

    look: Position
    mark: Mark
    word: str


class AccountChanged(FactBase, tag="account.changed", frozen=True):
    """Somebody changed who may come in, or as what; `by` is who did it. Names no secret and nobody's full name."""

    account: str
    """Whose; `machine:cad` for a token."""
    what: AccountChange
    more: str = ""
    """What it became: roles, an agency, an issuer; or how many."""
    change: str = ""
    """Its id: the same change, should it ever be taken here twice, is known by it."""
