"""Moving a log from one store to another, byte by byte, provably. Refuses to know either store.

Entries are linked anew as they arrive, so a flawed log is not copied; and read back from both at the end. A copy that
broke off is gone on with: the hash chain at the target's end says whether it is the beginning of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Protocol

from tocsin.facts.values import Position
from tocsin.log.hashes import Tip
from tocsin.log.port import Log, LogError, Receipt, Row

BATCH = 1_000


class Store(Log, Protocol):
    """A log that can be copied from and to."""

    def receipts(self, after: Position = 0) -> Iterator[Receipt]:
        """Receipts of orders that ended after `after`, in the order of their ends."""
        ...

    def start(self) -> Tip:
        """Where the log begins: nowhere, unless entries were let go."""
        ...

    def begin_at(self, start: Tip) -> None:
        """Let an empty log of tracks begin there. Raises LogError."""
        ...

    def restore(self, rows: Sequence[Row], receipts: Sequence[Receipt], expected: Position) -> None:
        """Write entries as another store kept them. Raises Raced or LogError; then nothing was written."""
        ...


def copy_log(source: Store, target: Store, progress: Callable[[Position], None] | None = None) -> int:
    """Bring `target` to where `source` stands; returns how many entries were copied, all of them compared.

    Raises LogError when the target holds anything else than the beginning of the source, when an entry of the source
    does not follow the one before it, or when a store fails; running it again goes on from there.
    """
    _refuse_another(source, target)
    first = after = target.position()
    receipts = _Receipts(source.receipts(after))
    rows = source.rows(after)
    while batch := list(islice(rows, BATCH)):
        target.restore(batch, receipts.up_to(batch[-1].position), after)
        after = batch[-1].position
        if progress is not None:
            progress(after)
    _compare(source, target, after)
    return after - first


def _refuse_another(source: Store, target: Store) -> None:
    if source.centre != target.centre:
        raise LogError(f"the logs are of two centres, {source.centre!r} and {target.centre!r}")
    start, stands = source.start(), target.head()
    if not stands.position and start.position:
        target.begin_at(start)
        return
    if stands.position < start.position:
        raise LogError(f"the source has let go of the entries after {stands.position}, where the target ends")
    if stands.position > source.position():
        raise LogError(f"the target holds {stands.position} entries, more than the source; it is another log")
    if stands.chain != _chain_at(source, stands.position, start):
        raise LogError(f"the target holds other entries than the source up to {stands.position}; nothing was written")


def _chain_at(source: Store, position: Position, start: Tip) -> bytes:
    if position == start.position:
        return start.chain
    return next((row.chain for row in source.rows(position - 1)), b"")


def _compare(source: Store, target: Store, end: Position) -> None:
    """Read both back to `end`; raises LogError at the first difference."""
    after = max(source.start().position, target.start().position)
    for one, other in zip_longest(_until(source, after, end), _until(target, after, end)):
        if one != other:
            raise LogError(f"entry {(one or other).position} is not the same in both")
    ours = (r for r in source.receipts(after) if r.last <= end)
    theirs = (r for r in target.receipts(after) if r.last <= end)
    # Receipts with one end are in no order among themselves.
    for one, other in zip_longest(_by_end(ours), _by_end(theirs)):
        if one != other:
            raise LogError(f"the receipts of orders that ended at {(one or other)[0][-1]} are not the same in both")


def _until(log: Store, after: Position, end: Position) -> Iterator[Row]:
    for row in log.rows(after):
        if row.position > end:
            return
        yield row


def _by_end(receipts: Iterator[Receipt]) -> Iterator[list[tuple[str, str, bytes, Position, Position]]]:
    group: list[tuple[str, str, bytes, Position, Position]] = []
    for r in receipts:
        if group and group[0][-1] != r.last:
            yield sorted(group)
            group = []
        group.append((r.by, r.order, r.digest, r.first, r.last))
    if group:
        yield sorted(group)


class _Receipts:
    """Receipts in the order of their ends, given out as far as the entries have come."""

    def __init__(self, receipts: Iterator[Receipt]) -> None:
        self._receipts = receipts
        self._next = next(receipts, None)

    def up_to(self, position: Position) -> list[Receipt]:
        """Those not given out yet that ended at or before `position`."""
        found = []
        while self._next is not None and self._next.last <= position:
            found.append(self._next)
            self._next = next(self._receipts, None)
        return found
