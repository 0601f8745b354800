"""Proof by reading: rows as a store holds them, checked against each other and against heads noted elsewhere.

Knows hashes and stored bytes, refuses to know which store they came from. After a flaw it goes on from what the row
itself says, so that one changed entry is one line in the report and not one for every entry after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tocsin.facts.values import Position
from tocsin.log.codec import Codec
from tocsin.log.hashes import Tip, chain_hash, leaf_hash
from tocsin.log.port import Flaw, Head, LogError, Row

PROGRESS_EVERY = 5_000
MAX_FLAWS = 1_000
"""A report longer than this tells nobody more; the rest is left unread."""


class Examiner:
    """Reads rows in order and collects flaws. `start` is where the log begins: empty, unless some were let go."""

    def __init__(self, codec: Codec, centre: str, start: Tip, noted: Sequence[Head]) -> None:
        self._codec = codec
        self._tip = start.copy()
        self._start = start.position
        self._lost = False
        self._noted: dict[Position, list[Head]] = {}
        self.flaws: list[Flaw] = []
        for head in noted:
            self._note(head, centre)
        self._compare(start.position)

    def _note(self, head: Head, centre: str) -> None:
        if head.centre != centre:
            self._flaw(head.position, f"the noted head is of centre {head.centre!r}, this log is of {centre!r}")
        elif head.position < self._start:
            self._flaw(head.position, f"the noted head cannot be checked: entries up to {self._start} were let go")
        else:
            self._noted.setdefault(head.position, []).append(head)

    def run(self, rows: Iterable[Row], end: Tip, progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Check every row, then the end; returns the flaws, first position first."""
        for row in rows:
            self._row(row, end.position)
            if progress is not None and row.position % PROGRESS_EVERY == 0:
                progress(row.position)
            if len(self.flaws) >= MAX_FLAWS:
                break
        else:
            self._end(end)
        if progress is not None:
            progress(self._tip.position)
        return sorted(self.flaws, key=lambda flaw: flaw.position)

    def _row(self, row: Row, end: Position) -> None:
        if not self._in_place(row, end):
            return
        position, raw, kept, chain = row
        leaf = leaf_hash(raw)
        if leaf != kept:
            self._flaw(position, "its bytes were changed: they do not give its leaf hash")
        if not self._lost and chain_hash(self._tip.chain, kept) != chain:
            self._flaw(position, "it does not follow the entry before it: the hash chain breaks here")
        self._readable(row)
        self._tip.follow(leaf, chain)
        self._lost = False
        if position in self._noted:
            self._compare(position)

    def _in_place(self, row: Row, end: Position) -> bool:
        due = self._tip.position + 1
        if row.position < due:
            self._flaw(row.position, "it stands where no entry may stand")
            return False
        if row.position > end:
            self._flaw(row.position, f"it stands after the head of the log, which is at {end}")
        if row.position > due:
            self._missing(due, row.position - 1)
            self._tip = _unknown(row.position - 1)
            self._lost = True
        return True

    def _missing(self, first: Position, last: Position) -> None:
        what = "it is missing" if first == last else f"it is missing, and so is every entry up to {last}"
        self._flaw(first, what)
        for position in [p for p in self._noted if first <= p <= last]:
            self._flaw(position, "a head was noted here, and the entry is gone")
            del self._noted[position]

    def _readable(self, row: Row) -> None:
        try:
            self._codec.check(row.position, row.raw)
        except LogError as error:
            self._flaw(row.position, str(error))

    def _compare(self, position: Position) -> None:
        for head in self._noted.pop(position, ()):
            if head.chain != self._tip.chain:
                self._flaw(position, "the head noted here has another chain: this entry or one before it was altered")
            elif head.root and not self.flaws and head.root != self._tip.root():
                self._flaw(position, "the head noted here has another root: this entry or one before it was altered")

    def _end(self, end: Tip) -> None:
        if self._tip.position < end.position:
            self._missing(self._tip.position + 1, end.position)
        elif self._tip.position == end.position and self._tip.chain != end.chain:
            self._flaw(end.position, "the head of the log has another chain than its last entry")
        elif not self.flaws and self._tip.root() != end.root():
            self._flaw(end.position, "the head of the log has another Merkle root than its entries")
        for position in self._noted:
            self._flaw(position, f"a head was noted here, but the log ends at {end.position}")

    def _flaw(self, position: Position, what: str) -> None:
        self.flaws.append(Flaw(position, what))


def _unknown(position: Position) -> Tip:
    """A tip after missing entries: nothing can be compared with it, and the next row's own chain takes over."""
    return Tip(position, b"", [b""] * position.bit_count())
