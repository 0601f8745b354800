"""What a log promises. Every store keeps these promises under one suite of tests; nothing above names a concrete store.

A log belongs to one centre. Its entries have positions 1, 2, 3 … without gaps; commit order is read order. `append` is
one transaction: durable (as far as the log's durability goes) when it returns, or nothing happened. A second writer
that raced is refused by the position it expected, catches up and decides again: that one rule makes double assignment
impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position

Kind: TypeAlias = Literal["decisions", "tracks", "looks"]
"""*Decisions*: durable, never shortened. *Tracks*: relaxed, with a retention. *Looks* (the access log): durable, with a
retention."""


def kind_of(durable: bool, kind: Kind | None) -> Kind:
    """The kind that was named, or the one that goes with this durability."""
    return kind or ("decisions" if durable else "tracks")


class LogError(Exception):
    """The store could not do what was asked; one clear line says why. Nothing was half done."""


class Raced(LogError):  # noqa: N818 - the word of the house
    """Somebody else appended first: `position` is where the log really stands."""

    def __init__(self, expected: Position, position: Position) -> None:
        super().__init__(f"expected to append after position {expected}, but the log stands at {position}")
        self.expected = expected
        self.position = position


class Unsure(LogError):  # noqa: N818 - the word of the house
    """The store was lost between write and acknowledgement, and could not be asked again: the group is in the log whole
    or not at all. Reading tells which, and a receipt tells who asked."""


class Row(NamedTuple):
    """One entry as it is kept."""

    position: Position
    raw: bytes
    leaf: bytes
    chain: bytes


class Receipt(msgspec.Struct, frozen=True):
    """An order that was done before: its entries are `first` to `last`. `digest` tells a repeat from a re-used key."""

    by: str
    order: str
    digest: bytes
    first: Position
    last: Position


class Head(msgspec.Struct, frozen=True):
    """Where a log stands. Noted elsewhere, it proves later that nothing up to `position` was changed or dropped."""

    centre: str
    position: Position
    chain: bytes
    """SHA-256 hash chain over the leaf hashes up to `position`."""
    root: bytes
    """RFC 6962 §2.1 Merkle tree head over the stored bytes of entries 1 … position."""


class Flaw(msgspec.Struct, frozen=True):
    """What `verify` found: at which position, and what is wrong, in one line."""

    position: Position
    what: str


def headless(centre: str) -> str:
    """A log whose head was taken out: it must not pass for one that never was, nor be begun anew."""
    return f"the head of centre {centre!r} is gone, and its entries are there: altered or damaged; use a backup"


class Log(Protocol):
    """One centre's memory. Methods block; callers on an event loop use a thread. One thread may append at a time."""

    centre: str

    def position(self) -> Position:
        """Position of the last durable entry; 0 when empty."""
        ...

    def append(self, entries: Sequence[AnyEntry], expected: Position, receipts: Sequence[Receipt] = ()) -> None:
        """Write `entries` (positions expected+1 …) and `receipts` in one transaction.

        Raises Raced when the log does not stand at `expected`, LogError when the store fails; then nothing was written.
        One LogError is different: Unsure, from a store over a network.
        """
        ...

    def read(self, after: Position = 0, limit: int | None = None) -> Iterator[AnyEntry]:
        """Entries after `after`, in order, decoded (old shapes upcast). Safe while another thread appends."""
        ...

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """The entries at these positions, in the order asked; raises LogError for one that does not exist."""
        ...

    def rows(self, after: Position = 0) -> Iterator[Row]:
        """Entries after `after` as they are kept; gaps and strays are passed on as they are."""
        ...

    def leaves(self, first: Position, count: int) -> list[bytes]:
        """The leaf hashes of `count` entries from `first`; raises LogError for one that does not exist."""
        ...

    def wait_for(self, position: Position, timeout_s: float) -> Position:
        """Block until the log stands at `position` or beyond, or `timeout_s` has passed; answers where it stands."""
        ...

    def receipt(self, by: str, order: str) -> Receipt | None:
        """The receipt of an order done before, if any."""
        ...

    def receipts_of(self, keys: Sequence[tuple[str, str]]) -> list[Receipt]:
        """The receipts there are under these (by, order), in no order: one question, however many keys."""
        ...

    def head(self) -> Head:
        """Where the log stands, with its hashes."""
        ...

    def verify(self, noted: Sequence[Head] = (), progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Read everything back and check bytes, leaves, chain, positions and heads noted elsewhere; [] means clean."""
        ...

    def forget_before(self, instant: Instant) -> int:
        """Let go of entries recorded before `instant`, oldest first; answers how many. What remains still verifies.

        Raises LogError on a log of decisions: those are never shortened.
        """
        ...

    def close(self) -> None:
        """Let go of the store. Closing twice is harmless."""
        ...
