"""The shape all facts share, and the line in which one is kept. Refuses to know which facts exist."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from tocsin.facts.values import Instant, Position


class FactBase(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True, gc=False):
    """Something that happened at `at`. Its stored name is its tag, a string we chose, never an import path.

    Facts hold words, numbers and places, never each other: Python's collector of cycles need not walk them.
    """

    at: Instant


F = TypeVar("F", bound=FactBase)


class Entry(msgspec.Struct, Generic[F], frozen=True, omit_defaults=True, gc=False):
    """One fact as it stands in a log: where, when recorded, by whose order, and what that person had seen."""

    position: Position
    recorded_at: Instant
    by: str
    """Account that gave the order; `clock` when time itself did."""
    order: str
    """Idempotency key of the order. One order may leave several entries, all in one transaction."""
    seen: Position
    """Log position the person had on the screen when ordering: evidence of what they could have known."""
    fact: F
    erased: bool = False
    """Some of what named or placed a person here was erased, or is sealed and the key is not at hand. Never stored."""
