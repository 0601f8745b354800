"""What became of what is known about people: erased, or held back from erasure. Names nobody itself."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tocsin.facts.base import FactBase

Kind: TypeAlias = Literal["call", "record", "position", "media", "crew"]
"""Kinds of personal data that have a retention of their own: calls that came to no incident (whole), the words of an
incident and its calls, the exact positions of its callers, what they wrote or showed, the names of a crew (and what a
hospital said of itself)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
EraseReason: TypeAlias = Literal["retention", "request", "court"]


class PersonalErased(FactBase, tag="personal.erased", frozen=True):
    """The keys of these names are destroyed: what they sealed cannot be read by anybody any more."""

    subject: str
    """`incident:7`, `call:12` or `crew:E1:20782`."""
    kinds: tuple[Kind, ...]
    keys: tuple[str, ...]
    reason: EraseReason
    incident: str = ""
    call: str = ""


class HoldPlaced(FactBase, tag="personal.held", frozen=True):
    """Nothing about this subject may be erased until the hold is lifted: a court, an inquiry, a complaint."""

    subject: str
    reference: str
    """The case's number at whoever asked; never a name."""
    incident: str = ""
    call: str = ""


class HoldLifted(FactBase, tag="personal.released", frozen=True):
    """Retention runs again."""

    subject: str
    incident: str = ""
    call: str = ""
