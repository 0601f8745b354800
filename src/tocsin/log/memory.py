"""A log that lasts as long as the process: for tests, the twin and proofs. Refuses to touch a disk.

It keeps the same bytes and hashes as every other store, so what holds here holds there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.check import Examiner
from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import Tip, leaf_hash
from tocsin.log.port import Flaw, Head, Kind, LogError, Raced, Receipt, Row, kind_of
from tocsin.log.waiting import look_until

CHUNK = 1_000


class Kept:
    """What is remembered, whoever looks at it."""

    def __init__(self, centre: str) -> None:
        self.lock = Lock()
        self.rows: list[Row] = []
        self.start = Tip.empty(centre)
        self.tip = Tip.empty(centre)
        self.receipts: dict[tuple[str, str], Receipt] = {}


class MemoryLog:
    """One centre's log in memory."""

    def __init__(
        self,
        centre: str,
        *,
        durable: bool = True,
        codec: Codec = CODEC,
        kind: Kind | None = None,
        kept: Kept | None = None,
    ) -> None:
        """`kept` is what another node's log holds: nodes that share one store each come with a codec of their own."""
        self.centre = centre
        self.kept = kept or Kept(centre)
        self._whole = kind_of(durable, kind) == "decisions"
        self._codec = codec

    def position(self) -> Position:
        """Position of the last entry; 0 when empty."""
        return self.kept.tip.position

    def append(self, entries: Sequence[AnyEntry], expected: Position, receipts: Sequence[Receipt] = ()) -> None:
        """Keep `entries` and `receipts`, all or none. Raises Raced or LogError."""
        with self.kept.lock:
            if self.kept.tip.position != expected:
                raise Raced(expected, self.kept.tip.position)
            tip = self.kept.tip.copy()
            rows = link(entries, tip, self._codec)
            self._codec.settle()
            keyed = {(r.by, r.order): r for r in receipts}
            if len(keyed) != len(receipts) or keyed.keys() & self.kept.receipts.keys():
                raise LogError("an order in this group was recorded before; nothing was written")
            self.kept.rows.extend(rows)
            self.kept.receipts.update(keyed)
            self.kept.tip = tip

    def read(self, after: Position = 0, limit: int | None = None) -> Iterator[AnyEntry]:
        """Entries after `after`, in order, up to where the log stood when reading began."""
        end = self.kept.tip.position
        if limit is not None:
            end = min(end, max(after, self.kept.start.position) + limit)
        while rows := self._slice(after, end):
            yield from self._codec.decode_all([(row.position, row.raw) for row in rows])
            after = rows[-1].position

    def rows(self, after: Position = 0) -> Iterator[Row]:
        """Entries as they are kept, for export."""
        end = self.kept.tip.position
        while rows := self._slice(after, end):
            yield from rows
            after = rows[-1].position

    def leaves(self, first: Position, count: int) -> list[bytes]:
        """The leaf hashes of `count` entries from `first`; raises LogError for one that does not exist."""
        with self.kept.lock:
            at = first - self.kept.start.position - 1
            if count and not 0 <= at <= at + count <= len(self.kept.rows):
                raise LogError(f"not all entries from {first} to {first + count - 1} are there")
            return [row.leaf for row in self.kept.rows[at : at + count]]

    def wait_for(self, position: Position, timeout_s: float) -> Position:
        """Block until the log stands at `position` or beyond, or `timeout_s` has passed; answers where it stands."""
        return look_until(position, timeout_s, self.position)

    def restore(self, rows: Sequence[Row], receipts: Sequence[Receipt], expected: Position) -> None:
        """Keep entries as another store kept them. Raises Raced or LogError; then nothing was kept."""
        with self.kept.lock:
            if self.kept.tip.position != expected:
                raise Raced(expected, self.kept.tip.position)
            tip = follow(rows, self.kept.tip)
            self.kept.rows.extend(rows)
            self.kept.receipts.update({(r.by, r.order): r for r in receipts})
            self.kept.tip = tip

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """The entries at these positions; raises LogError for one that does not exist."""
        rows = []
        with self.kept.lock:
            for position in positions:
                if not self.kept.start.position < position <= self.kept.tip.position:
                    raise LogError(f"there is no entry {position}; the log stands at {self.kept.tip.position}")
                rows.append(self.kept.rows[position - self.kept.start.position - 1])
        return self._codec.decode_all([(row.position, row.raw) for row in rows])

    def receipt(self, by: str, order: str) -> Receipt | None:
        """The receipt of an order done before, if any."""
        return self.kept.receipts.get((by, order))

    def receipts_of(self, keys: Sequence[tuple[str, str]]) -> list[Receipt]:
        """The receipts there are under these (by, order)."""
        return [self.kept.receipts[key] for key in keys if key in self.kept.receipts]

    def receipts(self, after: Position = 0) -> Iterator[Receipt]:
        """Receipts of orders that ended after `after`, in the order of their ends."""
        with self.kept.lock:
            found = [r for r in self.kept.receipts.values() if r.last > after]
        yield from sorted(found, key=lambda r: r.last)

    def start(self) -> Tip:
        """Where the log begins: nowhere, unless entries were let go."""
        return self.kept.start.copy()

    def begin_at(self, start: Tip) -> None:
        """Let an empty log with a retention begin where another store's does. Raises LogError."""
        with self.kept.lock:
            if self._whole or self.kept.tip.position:
                raise LogError("only an empty log with a retention can begin anywhere but at the beginning")
            self.kept.start, self.kept.tip = start.copy(), start.copy()

    def head(self) -> Head:
        """Where the log stands, with its hashes."""
        tip = self.kept.tip
        return Head(self.centre, tip.position, tip.chain, tip.root())

    def verify(self, noted: Sequence[Head] = (), progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Read everything back and check it; [] means clean."""
        with self.kept.lock:
            rows, start, end = list(self.kept.rows), self.kept.start, self.kept.tip
        return Examiner(self._codec, self.centre, start, noted).run(rows, end, progress)

    def forget_before(self, instant: Instant) -> int:
        """Let go of the entries recorded before `instant`, oldest first; returns how many. Never of decisions."""
        if self._whole:
            raise LogError("decisions are never forgotten; only tracks and looks have a retention")
        with self.kept.lock:
            start, gone = self.kept.start.copy(), 0
            for row in self.kept.rows:
                if self._codec.recorded_at(row.position, row.raw) >= instant:
                    break
                start.add(row.leaf)
                gone += 1
            del self.kept.rows[:gone]
            self.kept.start = start
        return gone

    def close(self) -> None:
        """Nothing to let go of."""

    def _slice(self, after: Position, end: Position) -> list[Row]:
        with self.kept.lock:
            start = self.kept.start.position
            first = max(after, start) - start
            return self.kept.rows[first : min(first + CHUNK, max(end - start, 0))]


def link(entries: Sequence[AnyEntry], tip: Tip, codec: Codec) -> list[Row]:
    """Entries as rows that follow `tip`, which grows by them. Raises LogError where a position would leave a gap."""
    rows = []
    for entry in entries:
        raw = codec.encode(entry)
        leaf = leaf_hash(raw)
        tip.add(leaf)
        if entry.position != tip.position:
            raise LogError(f"an entry says position {entry.position}, but it would be written at {tip.position}")
        rows.append(Row(entry.position, raw, leaf, tip.chain))
    return rows


def follow(rows: Sequence[Row], tip: Tip) -> Tip:
    """The tip after rows that another store kept; raises LogError at the first that does not fit `tip` or itself."""
    tip = tip.copy()
    for row in rows:
        leaf = leaf_hash(row.raw)
        tip.add(leaf)
        if (row.position, row.leaf, row.chain) != (tip.position, leaf, tip.chain):
            raise LogError(f"entry {row.position} does not follow the entry before it; `tocsin log verify` tells more")
    return tip
