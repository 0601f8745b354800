"""A log in PostgreSQL, shared by any number of nodes; who wins is decided by the expected position. Knows no rules.

A group of decisions is one statement: the head row moves from where we believe it to be, and entries and receipts are
inserted only where it did. No statement, no lock and no transaction outlives a round trip, so a node that dies holds
nobody up. Durable: `synchronous_commit` is on, which with a synchronous standby means two machines. Tracks go through
COPY, relaxed. When the connection dies between write and acknowledgement, a `fence` in the head row is raised before
the log is asked: what was not written by then can never be written later, so the answer is definite.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple

import psycopg
from psycopg.types.numeric import Int8

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log import postgres_schema as schema
from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import Tip
from tocsin.log.memory import follow, link
from tocsin.log.port import Kind, LogError, Raced, Receipt, Row, Unsure, kind_of
from tocsin.log.postgres_read import CHANNEL, HEAD, TRACKS, PostgresReader, key_of
from tocsin.log.postgres_session import Address, Connection, is_lost, plainly, words_for

FORGET_CHUNK = 5_000
PATIENCE_S = 3.0
"""How long a write whose connection died tries to learn what became of it."""
DAY_S = 86_400
LAST_DAY = 1_000_000

_MOVE = """UPDATE tocsin.heads SET position = %(to)s, chain = %(to_chain)s, peaks = %(to_peaks)s
    WHERE centre = %(centre)s AND log = %(log)s
    AND position = %(from)s AND chain = %(from_chain)s AND fence = %(fence)s"""
_RECEIPTS = """INSERT INTO tocsin.receipts (centre, log, key, by_whom, order_id, digest, first, last)
    SELECT %(centre)s, %(log)s, r.* FROM moved, unnest(%(keys)b::bytea[], %(bys)b::bytea[], %(orders)b::bytea[],
        %(digests)b::bytea[], %(firsts)b::bigint[], %(lasts)b::bigint[]) AS r"""
_WRITE = f"""WITH moved AS ({_MOVE} RETURNING 1), kept AS (
    INSERT INTO tocsin.{{table}} (centre, position, raw, leaf, chain)
    SELECT %(centre)s, %(from)s + r.nth, r.raw, r.leaf, r.chain
    FROM moved, unnest(%(raws)b::bytea[], %(leaves)b::bytea[], %(chains)b::bytea[])
        WITH ORDINALITY AS r (raw, leaf, chain, nth)
    ), noted AS ({_RECEIPTS})
    SELECT pg_notify('{CHANNEL}', %(notice)s) FROM moved"""  # noqa: S608 - our own constants
_COPY = "COPY tocsin.tracks (centre, position, day, raw, leaf, chain) FROM STDIN (FORMAT binary)"
_FENCE = """UPDATE tocsin.heads SET fence = fence + 1 WHERE centre = %s AND log = %s
    RETURNING position, chain, peaks, fence"""


class _Stand(NamedTuple):
    """Where we believe the log stands, and the fence that our next write must find."""

    tip: Tip
    fence: int


class PostgresLog(PostgresReader):
    """One centre's log in a PostgreSQL database. Made by `open`."""

    def __init__(self, address: Address, centre: str, codec: Codec, *, kind: Kind, read_only: bool) -> None:
        super().__init__(address, centre, codec, kind=kind, read_only=read_only)
        self._closed = False
        self._lock = Lock()
        self._writer: Connection | None = None
        self._stand: _Stand | None = None
        self._notices: list[str] = []

    @classmethod
    def open(
        cls,
        conninfo: str,
        centre: str,
        *,
        durable: bool = True,
        read_only: bool = False,
        codec: Codec = CODEC,
        kind: Kind | None = None,
    ) -> PostgresLog:
        """Open or create the centre's log at a `postgresql://` address (several hosts: whichever may be written).

        Raises LogError: unreachable, not ours, another release's, a standby when we are to write, fsync off.
        """
        log = cls(Address(conninfo), centre, codec, kind=kind_of(durable, kind), read_only=read_only)
        try:
            log._prepare()
        except BaseException:
            log.close()
            raise
        return log

    def _prepare(self) -> None:
        with plainly(self._where):
            if not self._read_only:
                schema.prepare(self._writing(), self._where, self.centre, self._log)
            with self._readers.borrow() as con:
                schema.require(con, self._where)
            if not self._readers.ask(HEAD, (self.centre, self._log)):
                raise LogError(f"{self._where}: holds no log of centre {self.centre!r}")

    def append(self, entries: Sequence[AnyEntry], expected: Position, receipts: Sequence[Receipt] = ()) -> None:
        """Write entries and receipts in one transaction. Raises Raced or LogError; then nothing was written.

        Raises Unsure when the database was lost under the write and could not be asked again within `PATIENCE_S`.
        """
        with self._lock, plainly(self._where, "; nothing was written"):
            stand = self._stand or self._look()
            while True:
                if stand.tip.position != expected:
                    stand = self._look()
                if stand.tip.position != expected:
                    raise Raced(expected, stand.tip.position)
                tip = stand.tip.copy()
                rows = link(entries, tip, self._codec)
                self._codec.settle()
                if self._keep(stand, tip, rows, receipts):
                    return
                stand = self._look()

    def restore(self, rows: Sequence[Row], receipts: Sequence[Receipt], expected: Position) -> None:
        """Write entries as another store kept them. Raises Raced or LogError; then nothing was written."""
        with self._lock, plainly(self._where, "; nothing was written"):
            stand = self._look()
            if stand.tip.position != expected:
                raise Raced(expected, stand.tip.position)
            tip = follow(rows, stand.tip)
            if not self._keep(stand, tip, rows, receipts):
                raise Raced(expected, self._look().tip.position)

    def begin_at(self, start: Tip) -> None:
        """Let an empty log with a retention begin where another store's does. Raises LogError."""
        packed = (start.position, start.chain, start.pack())
        with self._lock, plainly(self._where, "; nothing was written"):
            self._stand = None
            done = self._writing().execute(
                """UPDATE tocsin.heads SET position = %s, chain = %s, peaks = %s, start_position = %s,
                start_chain = %s, start_peaks = %s WHERE centre = %s AND log = %s AND position = 0""",
                (*packed, *packed, self.centre, "" if self._whole else self._log),
            )
            if not done.rowcount:
                raise LogError(
                    f"{self._where}: only an empty log with a retention can begin anywhere but at the beginning"
                )

    def _keep(self, stand: _Stand, tip: Tip, rows: Sequence[Row], receipts: Sequence[Receipt]) -> bool:
        """Write once; False when the log does not stand there any more. A lost connection is settled before more."""
        values = self._values(stand, tip, rows, receipts)
        for again in (True, False):
            try:
                kept = self._write_once(values, rows)
            except psycopg.Error as error:
                if not is_lost(error):
                    raise
                stand = self._settle(error)
                if self._is_kept(rows, receipts):
                    return True
                if not again:
                    raise
                values["fence"] = stand.fence
                continue
            self._stand = _Stand(tip, stand.fence) if kept else None
            return kept
        raise AssertionError("unreachable")

    def _is_kept(self, rows: Sequence[Row], receipts: Sequence[Receipt]) -> bool:
        """Whether this very group is in the log, others perhaps after it."""
        if rows:
            return any(row == rows[-1] for row in self._chunk(rows[-1].position - 1, rows[-1].position))
        return any(self.receipt(r.by, r.order) == r for r in receipts[:1])

    def _write_once(self, values: dict[str, Any], rows: Sequence[Row]) -> bool:
        con = self._writing()
        self._notices.clear()
        kept = self._one_statement(con, values) if self._durable else self._copy(con, values, rows)
        if self._notices and kept:
            self._drop()
            raise Unsure(f"{self._where}: written here, but perhaps not on the standby: {'; '.join(self._notices)}")
        return kept

    def _one_statement(self, con: Connection, values: dict[str, Any]) -> bool:
        write: Any = _WRITE.format(table=self._log)
        return con.execute(write, values, prepare=True).rowcount == 1

    def _copy(self, con: Connection, values: dict[str, Any], rows: Sequence[Row]) -> bool:
        """Tracks: head, COPY and receipts in one transaction; the day's table is made when it turns out missing."""
        days = [self._day(row) for row in rows]
        while True:
            try:
                with con.transaction(), con.cursor() as cursor:
                    if cursor.execute(_MOVE, values).rowcount != 1:
                        return False
                    with cursor.copy(_COPY) as copy:
                        copy.set_types(["text", "int8", "int4", "bytea", "bytea", "bytea"])
                        for day, row in zip(days, rows, strict=True):
                            copy.write_row((self.centre, row.position, day, row.raw, row.leaf, row.chain))
                    cursor.execute(f"WITH moved AS (SELECT 1) {_RECEIPTS}", values)
                    cursor.execute(f"SELECT pg_notify('{CHANNEL}', %s)", (values["notice"],))
                return True
            except psycopg.errors.CheckViolation:  # no partition for one of the days
                for day in sorted(set(days)):
                    schema.make_day(con, day)

    def _day(self, row: Row) -> int:
        return int(min(max(self._codec.recorded_at(row.position, row.raw) // DAY_S, 0), LAST_DAY))

    def _values(self, stand: _Stand, tip: Tip, rows: Sequence[Row], receipts: Sequence[Receipt]) -> dict[str, Any]:
        named = [(r.by.encode(), r.order.encode()) for r in receipts]
        return {
            "centre": self.centre,
            "log": self._log,
            "from": Int8(stand.tip.position),
            "from_chain": stand.tip.chain,
            "fence": Int8(stand.fence),
            "to": Int8(tip.position),
            "to_chain": tip.chain,
            "to_peaks": tip.pack(),
            "raws": [row.raw for row in rows],
            "leaves": [row.leaf for row in rows],
            "chains": [row.chain for row in rows],
            "keys": [key_of(by, order) for by, order in named],
            "bys": [by for by, _ in named],
            "orders": [order for _, order in named],
            "digests": [r.digest for r in receipts],
            "firsts": [Int8(r.first) for r in receipts],
            "lasts": [Int8(r.last) for r in receipts],
            "notice": f"{self._log} {tip.position} {self.centre}"[:2_000],
        }

    def _settle(self, error: psycopg.Error) -> _Stand:
        """Raise the fence and see where the log stands: whatever was under way is in it now, or never will be."""
        until = time.monotonic() + PATIENCE_S
        while True:
            self._drop()
            self._notices.clear()
            try:
                row = self._writing().execute(_FENCE, (self.centre, self._log)).fetchone()
                if row is None:
                    raise LogError(f"{self._where}: the head of the log of centre {self.centre!r} is gone")
                if not self._notices:
                    self._stand = _Stand(self._tip(row[0:3]), row[3])
                    return self._stand
                raise Unsure(f"{self._where}: written here, but perhaps not on the standby: {self._notices[0]}")
            except psycopg.Error as lost:
                if time.monotonic() > until or not is_lost(lost):
                    self._drop()
                    raise Unsure(
                        f"{self._where}: {words_for(error)}; whether the group was written is not known yet"
                    ) from error
                time.sleep(0.1)

    def _look(self) -> _Stand:
        _, tip, fence = self._ends()
        self._stand = _Stand(tip, fence)
        return self._stand

    def _writing(self) -> Connection:
        """The writing connection, made when there is none."""
        if self._closed or self._read_only:
            raise LogError(f"{self._where}: is open for reading only, or closed")
        if self._writer is None or self._writer.closed:
            self._writer = self._address.connect(durable=self._durable, read_only=False)
            self._writer.add_notice_handler(self._heard)
        return self._writer

    def _heard(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        """The server's word that a commit did not wait for its standby comes as a warning and not as an error."""
        if diagnostic.severity_nonlocalized == "WARNING":
            self._notices.append(str(diagnostic.message_primary))

    def _drop(self) -> None:
        self._stand = None
        con, self._writer = self._writer, None
        if con is not None:
            with suppress(psycopg.Error):
                con.close()

    def forget_before(self, instant: Instant) -> int:
        """Let go of entries recorded before `instant`, oldest first; returns how many. Where the rest begins is kept.

        Stops at the first entry that is young enough. Raises LogError on a log of decisions.
        """
        if self._whole:
            raise LogError("decisions are never forgotten; only tracks and looks have a retention")
        gone = 0
        with self._lock, plainly(self._where):
            while forgotten := self._forget_some(instant):
                gone += forgotten
            if self._log == TRACKS:
                schema.drop_days(self._writing(), int(instant // DAY_S))
        return gone

    def _forget_some(self, instant: Instant) -> int:
        con = self._writing()
        with con.transaction(), con.cursor(binary=True) as cursor:
            row = cursor.execute(f"{HEAD} FOR UPDATE", (self.centre, self._log)).fetchone()
            start, tip, _ = self._split(row)
            began = start.position
            query = f"{self._rows} AND position > %s AND position <= %s ORDER BY position LIMIT %s"
            for position, raw, leaf, _ in cursor.execute(
                query,
                (self.centre, began, tip.position, FORGET_CHUNK),
            ).fetchall():
                if self._codec.recorded_at(position, raw) >= instant:
                    break
                start.add(leaf)
            done: Any = f"DELETE FROM tocsin.{self._log} WHERE centre = %s AND position <= %s"  # noqa: S608
            cursor.execute(done, (self.centre, start.position))
            cursor.execute(
                """UPDATE tocsin.heads SET start_position = %s, start_chain = %s, start_peaks = %s
                WHERE centre = %s AND log = %s""",
                (start.position, start.chain, start.pack(), self.centre, self._log),
            )
        return start.position - began

    def close(self) -> None:
        """Let go of the database. Closing twice is harmless."""
        self._stop_hearing()
        self._readers.close()
        with self._lock:
            self._closed = True
            self._drop()


def centres_in(conninfo: str) -> list[tuple[str, Kind]]:
    """The centres whose logs a database holds, each with the kind of that log. Raises LogError."""
    address = Address(conninfo)
    with plainly(address.where):
        con = address.connect(durable=False, read_only=True)
        try:
            schema.require(con, address.where)
            found = con.execute("SELECT centre, log FROM tocsin.heads ORDER BY log, centre").fetchall()
            for log in schema.LASTING:
                schema.refuse_headless(con, address.where, log)
        finally:
            con.close()
    return [(centre, log) for centre, log in found]
