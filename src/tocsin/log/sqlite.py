"""A log in one SQLite file: one writer, many readers, also in other processes. Refuses to know what facts mean.

WAL journal; `synchronous=FULL` for decisions (durable when `append` returns), `NORMAL` for tracks (never torn, but the
last moments before a power cut may be gone). The position is checked inside the writing transaction, so of two writers
one is told Raced. The head of each log (position, chain, Merkle peaks) is one row, updated in the same transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.check import Examiner
from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import Tip
from tocsin.log.memory import follow, link
from tocsin.log.port import Flaw, Head, Kind, LogError, Raced, Receipt, Row, kind_of
from tocsin.log.sqlite_file import MARKS, Readers, connect, plainly, prepare, refuse_headless
from tocsin.log.waiting import look_until

CHUNK = 1_000
FORGET_CHUNK = 5_000
LAST = 2**63 - 1
"""The last position SQLite can hold."""

_HEAD = "SELECT position, chain, peaks, start_position, start_chain, start_peaks, durable FROM heads WHERE centre = ?"
# SQLite keeps whatever type it is given: the casts make a tampered column bytes too, so that it is a flaw, not a crash.
_ROWS = """SELECT position, CAST(raw AS BLOB), CAST(leaf AS BLOB), CAST(chain AS BLOB) FROM entries
    WHERE centre = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?"""
_LEAVES = """SELECT CAST(leaf AS BLOB) FROM entries WHERE centre = ? AND position >= ? AND position < ?
    ORDER BY position"""
_RECEIPT_OF = 'SELECT digest, "first", "last" FROM receipts WHERE centre = ? AND "by" = ? AND "order" = ?'
_KEPT = {0: "tracks with relaxed durability", 1: "durable decisions", 2: "looks (the access log)"}
_INSERT = "INSERT INTO entries (centre, position, raw, leaf, chain) VALUES (?, ?, ?, ?, ?)"
_RECEIPT = 'INSERT INTO receipts (centre, "by", "order", digest, "first", "last") VALUES (?, ?, ?, ?, ?, ?)'


class SqliteLog:
    """One centre's log in a SQLite file. Made by `open`."""

    def __init__(self, path: Path, centre: str, writer: sqlite3.Connection | None, codec: Codec) -> None:
        self.centre = centre
        self._path = path
        self._codec = codec
        self._writer = writer
        self._lock = Lock()
        self._readers = Readers(path)

    @classmethod
    def open(
        cls,
        path: Path | str,
        centre: str,
        *,
        durable: bool = True,
        read_only: bool = False,
        codec: Codec = CODEC,
        kind: Kind | None = None,
    ) -> SqliteLog:
        """Open or create. Raises LogError: no log, another release's, damaged, unwritable, or of another kind."""
        path, kind = Path(path), kind_of(durable, kind)
        writer = None if read_only else prepare(path, centre, kind)
        log = cls(path, centre, writer, codec)
        try:
            log._check_kind(None if read_only else kind)
        except LogError:
            log.close()
            raise
        return log

    def _check_kind(self, kind: Kind | None) -> None:
        with self._reading() as con:
            row = con.execute(_HEAD, (self.centre,)).fetchone()
        if row is None:
            raise LogError(f"{self._path}: holds no log of centre {self.centre!r}")
        if kind is not None and row[6] != MARKS[kind]:
            kept = _KEPT.get(row[6], "another kind of log")
            raise LogError(f"{self._path}: was made to hold {kept} and cannot be opened otherwise")

    def position(self) -> Position:
        """Position of the last durable entry; 0 when empty."""
        return self._ends()[1].position

    def append(self, entries: Sequence[AnyEntry], expected: Position, receipts: Sequence[Receipt] = ()) -> None:
        """Write entries and receipts in one transaction. Raises Raced or LogError; then nothing was written."""
        with self._writing() as con:
            _, tip, _ = self._tips(con)
            if tip.position != expected:
                raise Raced(expected, tip.position)
            rows = link(entries, tip, self._codec)
            self._keep(con, tip, rows, receipts)

    def restore(self, rows: Sequence[Row], receipts: Sequence[Receipt], expected: Position) -> None:
        """Write entries as another store kept them. Raises Raced or LogError; then nothing was written."""
        with self._writing() as con:
            _, tip, _ = self._tips(con)
            if tip.position != expected:
                raise Raced(expected, tip.position)
            self._keep(con, follow(rows, tip), rows, receipts)

    def _keep(self, con: sqlite3.Connection, tip: Tip, rows: Sequence[Row], receipts: Sequence[Receipt]) -> None:
        con.executemany(_INSERT, ((self.centre, *row) for row in rows))
        con.executemany(_RECEIPT, ((self.centre, r.by, r.order, r.digest, r.first, r.last) for r in receipts))
        con.execute(
            "UPDATE heads SET position = ?, chain = ?, peaks = ? WHERE centre = ?",
            (tip.position, tip.chain, tip.pack(), self.centre),
        )

    def read(self, after: Position = 0, limit: int | None = None) -> Iterator[AnyEntry]:
        """Entries after `after`, in order, up to where the log stood when reading began. Raises LogError at a gap."""
        start, tip, _ = self._ends()
        after = max(after, start.position)
        end = tip.position if limit is None else min(tip.position, after + limit)
        while after < end:
            rows = self._chunk(after, end)
            if not rows or rows[-1].position - after != len(rows):
                raise LogError(f"{self._path}: entries after {after} are missing; `tocsin log verify` says which")
            yield from self._codec.decode_all([(row.position, row.raw) for row in rows])
            after = rows[-1].position

    def rows(self, after: Position = 0) -> Iterator[Row]:
        """Entries as they are kept, for export and verification; gaps and strays are passed on as they are."""
        while rows := self._chunk(after, LAST):
            yield from rows
            after = rows[-1].position

    def leaves(self, first: Position, count: int) -> list[bytes]:
        """The leaf hashes of `count` entries from `first`; raises LogError for one that does not exist."""
        with self._reading() as con:
            found = con.execute(_LEAVES, (self.centre, first, first + count)).fetchall()
        if len(found) != count:
            raise LogError(f"{self._path}: not all entries from {first} to {first + count - 1} are there")
        return [leaf for (leaf,) in found]

    def wait_for(self, position: Position, timeout_s: float) -> Position:
        """Block until the log stands at `position` or beyond, or `timeout_s` has passed; answers where it stands."""
        return look_until(position, timeout_s, self.position)

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """The entries at these positions, in the order asked; raises LogError for one that does not exist."""
        with self._reading() as con:
            found = []
            for position in positions:
                row = con.execute(
                    "SELECT CAST(raw AS BLOB) FROM entries WHERE centre = ? AND position = ?", (self.centre, position)
                ).fetchone()
                if row is None:
                    raise LogError(f"there is no entry {position} in {self._path}")
                found.append((position, row[0]))
        return self._codec.decode_all(found)

    def receipt(self, by: str, order: str) -> Receipt | None:
        """The receipt of an order done before, if any."""
        return next(iter(self.receipts_of([(by, order)])), None)

    def receipts_of(self, keys: Sequence[tuple[str, str]]) -> list[Receipt]:
        """The receipts there are under these (by, order)."""
        found = []
        with self._reading() as con:
            for by, order in keys:
                row = con.execute(_RECEIPT_OF, (self.centre, by, order)).fetchone()
                if row is not None:
                    found.append(Receipt(by, order, *row))
        return found

    def receipts(self, after: Position = 0) -> Iterator[Receipt]:
        """Receipts of orders that ended after `after`, in the order of their ends. Holds one connection meanwhile."""
        with self._reading() as con:
            for row in con.execute(
                'SELECT "by", "order", digest, "first", "last" FROM receipts WHERE centre = ? AND "last" > ?'
                ' ORDER BY "last"',
                (self.centre, after),
            ):
                yield Receipt(*row)

    def start(self) -> Tip:
        """Where the log begins: nowhere, unless entries were let go."""
        return self._ends()[0]

    def begin_at(self, start: Tip) -> None:
        """Let an empty log with a retention begin where another store's does. Raises LogError."""
        with self._writing() as con:
            _, tip, whole = self._tips(con)
            if whole or tip.position:
                raise LogError(
                    f"{self._path}: only an empty log with a retention can begin anywhere but at the beginning"
                )
            packed = (start.position, start.chain, start.pack())
            con.execute(
                """UPDATE heads SET position = ?, chain = ?, peaks = ?, start_position = ?, start_chain = ?,
                start_peaks = ? WHERE centre = ?""",
                (*packed, *packed, self.centre),
            )

    def head(self) -> Head:
        """Where the log stands, with its hashes."""
        tip = self._ends()[1]
        return Head(self.centre, tip.position, tip.chain, tip.root())

    def verify(self, noted: Sequence[Head] = (), progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Read everything back and check it, while others may append; [] means clean. Raises LogError if unreadable."""
        start, end, whole = self._ends()
        if whole and (start.position or start.chain != Tip.empty(self.centre).chain):
            start = Tip.empty(self.centre)
        rows = self._up_to(end.position)
        return Examiner(self._codec, self.centre, start, noted).run(rows, end, progress)

    def forget_before(self, instant: Instant) -> int:
        """Let go of entries recorded before `instant`, oldest first; returns how many. Where the rest begins is kept.

        Stops at the first entry that is young enough. Raises LogError on a log of decisions.
        """
        gone = 0
        while forgotten := self._forget_some(instant):
            gone += forgotten
        return gone

    def _forget_some(self, instant: Instant) -> int:
        with self._writing() as con:
            start, tip, whole = self._tips(con)
            if whole:
                raise LogError("decisions are never forgotten; only tracks and looks have a retention")
            began = start.position
            for row in con.execute(_ROWS, (self.centre, began, tip.position, FORGET_CHUNK)):
                if self._codec.recorded_at(row[0], row[1]) >= instant:
                    break
                start.add(row[2])
            con.execute("DELETE FROM entries WHERE centre = ? AND position <= ?", (self.centre, start.position))
            con.execute(
                "UPDATE heads SET start_position = ?, start_chain = ?, start_peaks = ? WHERE centre = ?",
                (start.position, start.chain, start.pack(), self.centre),
            )
        return start.position - began

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._readers.close()
        # The writer last: only a connection that may write can fold the journal into the file as it leaves.
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _up_to(self, end: Position) -> Iterator[Row]:
        """Every row there is, but not those that were properly appended since the head was read."""
        for row in self.rows(after=-LAST - 1):
            if row.position > end and row.position <= self.position():
                return
            yield row

    def _chunk(self, after: Position, end: Position) -> list[Row]:
        with self._reading() as con:
            return [Row(*row) for row in con.execute(_ROWS, (self.centre, after, end, CHUNK))]

    def _ends(self) -> tuple[Tip, Tip, bool]:
        with self._reading() as con:
            return self._tips(con)

    def _tips(self, con: sqlite3.Connection) -> tuple[Tip, Tip, bool]:
        """(where it starts, where it ends, whether it is never shortened)."""
        row = con.execute(_HEAD, (self.centre,)).fetchone()
        if row is None:
            raise LogError(f"{self._path}: the head of the log of centre {self.centre!r} is gone")
        try:
            return Tip.unpack(*row[3:6]), Tip.unpack(*row[0:3]), row[6] == MARKS["decisions"]
        except (AttributeError, TypeError, ValueError) as error:
            raise LogError(f"{self._path}: the head of the log is damaged: {error}") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with plainly(self._path), self._readers.borrow() as con:
            yield con

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; whatever goes wrong rolls it back."""
        with self._lock, plainly(self._path, "; nothing was written"):
            if self._writer is None:
                raise LogError(f"{self._path}: is open for reading only, or closed")
            con = self._writer
            con.execute("BEGIN IMMEDIATE")
            try:
                yield con
                con.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    con.execute("ROLLBACK")
                raise


def centres_in(path: Path | str) -> list[tuple[str, Kind]]:
    """The centres whose logs this file holds, each with the kind of its log. Raises LogError if it is no log."""
    path = Path(path)
    with plainly(path):
        con = connect(path, read_only=True)
        try:
            found = con.execute("SELECT centre, durable FROM heads ORDER BY centre").fetchall()
            refuse_headless(con, path)
        finally:
            con.close()
    kinds: dict[int, Kind] = {mark: kind for kind, mark in MARKS.items()}
    return [(centre, kinds.get(mark, "tracks")) for centre, mark in found]
