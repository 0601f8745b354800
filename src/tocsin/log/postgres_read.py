"""Reading a log in PostgreSQL: also from a standby, also while others append. Refuses to write.

Every question is one bounded query on a borrowed connection, asked again on a new one when the old had died unnoticed,
so that a restarted server costs a reader nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from threading import Lock
from typing import Any

import psycopg

from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Position
from tocsin.log.check import Examiner
from tocsin.log.codec import Codec
from tocsin.log.hashes import Tip
from tocsin.log.port import Flaw, Head, Kind, LogError, Receipt, Row
from tocsin.log.postgres_session import Address, Connection, Sessions, plainly
from tocsin.log.waiting import look_until

CHUNK = 1_000
LAST = 2**63 - 1
"""The last position a bigint can hold."""
DECISIONS: Kind = "decisions"
TRACKS: Kind = "tracks"
CHANNEL = "tocsin"
POLL_S = 1.0
"""A notice may be lost; nobody who waits looks later than this."""
STANDBY_POLL_S = 0.2

HEAD = """SELECT position, chain, peaks, start_position, start_chain, start_peaks, fence
    FROM tocsin.heads WHERE centre = %s AND log = %s"""


class PostgresReader:
    """What one may ask of a centre's log in a PostgreSQL database."""

    def __init__(self, address: Address, centre: str, codec: Codec, *, kind: Kind, read_only: bool) -> None:
        self.centre = centre
        self._where = address.where
        self._codec = codec
        self._durable = kind != TRACKS
        self._whole = kind == DECISIONS
        """Never shortened."""
        self._log = kind
        self._address = address
        self._read_only = read_only
        self._readers = Sessions(address, read_only=read_only)
        self._ear: Connection | None = None
        self._ear_lock = Lock()
        self._deaf = False
        self._rows = f"SELECT position, raw, leaf, chain FROM tocsin.{self._log} WHERE centre = %s"  # noqa: S608

    def position(self) -> Position:
        """Position of the last durable entry; 0 when empty."""
        return self._ends()[1].position

    def read(self, after: Position = 0, limit: int | None = None) -> Iterator[AnyEntry]:
        """Entries after `after`, in order, up to where the log stood when reading began. Raises LogError at a gap."""
        start, tip, _ = self._ends()
        after = max(after, start.position)
        end = tip.position if limit is None else min(tip.position, after + limit)
        while after < end:
            rows = self._chunk(after, end)
            if not rows or rows[-1].position - after != len(rows):
                raise LogError(f"{self._where}: entries after {after} are missing; `tocsin log verify` says which")
            yield from self._codec.decode_all([(row.position, row.raw) for row in rows])
            after = rows[-1].position

    def rows(self, after: Position = 0) -> Iterator[Row]:
        """Entries as they are kept, for export and verification; gaps and strays are passed on as they are."""
        while rows := self._chunk(after, LAST):
            yield from rows
            after = rows[-1].position

    def leaves(self, first: Position, count: int) -> list[bytes]:
        """The leaf hashes of `count` entries from `first`; raises LogError for one that does not exist."""
        found = self._ask(
            f"SELECT leaf FROM tocsin.{self._log} WHERE centre = %s AND position >= %s AND position < %s"  # noqa: S608
            " ORDER BY position",
            (self.centre, first, first + count),
        )
        if len(found) != count:
            raise LogError(f"{self._where}: not all entries from {first} to {first + count - 1} are there")
        return [leaf for (leaf,) in found]

    def at(self, positions: Sequence[Position]) -> list[AnyEntry]:
        """The entries at these positions, in the order asked; raises LogError for one that does not exist."""
        wanted = list(positions)
        query = f"SELECT position, raw FROM tocsin.{self._log} WHERE centre = %s AND position = ANY(%s)"  # noqa: S608
        found = dict(self._ask(query, (self.centre, wanted)))
        for position in wanted:
            if position not in found:
                raise LogError(f"there is no entry {position} in {self._where}")
        return self._codec.decode_all([(position, found[position]) for position in wanted])

    def receipt(self, by: str, order: str) -> Receipt | None:
        """The receipt of an order done before, if any."""
        return next(iter(self.receipts_of([(by, order)])), None)

    def receipts_of(self, keys: Sequence[tuple[str, str]]) -> list[Receipt]:
        """The receipts there are under these (by, order)."""
        with plainly(self._where):
            wanted = {key_of(by.encode(), order.encode()): (by, order) for by, order in keys}
        found = self._ask(
            "SELECT key, digest, first, last FROM tocsin.receipts WHERE centre = %s AND log = %s AND key = ANY(%s)",
            (self.centre, self._log, list(wanted)),
        )
        return [Receipt(*wanted[key], *rest) for key, *rest in found]

    def receipts(self, after: Position = 0) -> Iterator[Receipt]:
        """Receipts of orders that ended after `after`, in the order of their ends. Holds one connection meanwhile."""
        with plainly(self._where), self._readers.borrow() as con, con.transaction():
            con.execute("SET LOCAL statement_timeout TO 0")  # sorting them all may take a while
            with con.cursor("receipts", binary=True) as cursor:
                cursor.itersize = CHUNK
                cursor.execute(
                    """SELECT by_whom, order_id, digest, first, last FROM tocsin.receipts
                    WHERE centre = %s AND log = %s AND last > %s ORDER BY last""",
                    (self.centre, self._log, after),
                )
                for by, order, *rest in cursor:
                    yield Receipt(by.decode(), order.decode(), *rest)

    def start(self) -> Tip:
        """Where the log begins: nowhere, unless entries were let go."""
        return self._ends()[0]

    def head(self) -> Head:
        """Where the log stands, with its hashes."""
        tip = self._ends()[1]
        return Head(self.centre, tip.position, tip.chain, tip.root())

    def verify(self, noted: Sequence[Head] = (), progress: Callable[[Position], None] | None = None) -> list[Flaw]:
        """Read everything back and check it, while others may append; [] means clean. Raises LogError if unreadable."""
        start, end, _ = self._ends()
        if self._whole and (start.position or start.chain != Tip.empty(self.centre).chain):
            start = Tip.empty(self.centre)
        return Examiner(self._codec, self.centre, start, noted).run(self._up_to(end.position), end, progress)

    def wait_for(self, position: Position, timeout_s: float) -> Position:
        """Block until the log stands at `position` or beyond, or `timeout_s` has passed; answers where it stands.

        Woken by the append itself (NOTIFY), and looks every `POLL_S` in case that word was lost. A standby hears no
        such word and is looked at every `STANDBY_POLL_S`. Raises LogError when the database is lost meanwhile.
        """
        until = time.monotonic() + timeout_s
        with plainly(self._where):
            try:
                ear = self._take_ear()
            except psycopg.errors.ReadOnlySqlTransaction:
                return look_until(position, timeout_s, self.position, STANDBY_POLL_S)
            try:
                while (found := self.position()) < position and (left_s := until - time.monotonic()) > 0:
                    self._await_word(ear, position, min(left_s, POLL_S))
            except BaseException:
                ear.close()
                raise
            self._give_ear(ear)
            return found

    def _await_word(self, ear: Connection, position: Position, timeout_s: float) -> None:
        """Until this log says that it grew that far; words of other logs and centres are none of ours."""
        for notice in ear.notifies(timeout=timeout_s):
            log, at, centre = [*notice.payload.split(" ", 2), "", ""][:3]
            if (log, centre) == (self._log, self.centre) and int(at or 0) >= position:
                return

    def _take_ear(self) -> Connection:
        """A connection that listens. It is kept: words that come between two waits are not lost."""
        with self._ear_lock:
            ear, self._ear = self._ear, None
        if ear is None or ear.closed:
            ear = self._address.connect(durable=False, read_only=self._read_only)
            try:
                ear.execute(f"LISTEN {CHANNEL}")
            except BaseException:
                ear.close()
                raise
        return ear

    def _give_ear(self, ear: Connection) -> None:
        with self._ear_lock:
            if self._ear is None and not self._deaf:
                self._ear = ear
                return
        ear.close()

    def _stop_hearing(self) -> None:
        with self._ear_lock:
            ear, self._ear, self._deaf = self._ear, None, True
        if ear is not None:
            ear.close()

    def _up_to(self, end: Position) -> Iterator[Row]:
        """Every row there is, but not those that were properly appended since the head was read."""
        for row in self.rows(after=-LAST - 1):
            if row.position > end and row.position <= self.position():
                return
            yield row

    def _chunk(self, after: Position, end: Position) -> list[Row]:
        query = f"{self._rows} AND position > %s AND position <= %s ORDER BY position LIMIT %s"
        return [Row(*row) for row in self._ask(query, (self.centre, after, end, CHUNK))]

    def _ask(self, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with plainly(self._where):
            return self._readers.ask(query, parameters)

    def _ends(self) -> tuple[Tip, Tip, int]:
        found = self._ask(HEAD, (self.centre, self._log))
        return self._split(found[0] if found else None)

    def _split(self, row: tuple[Any, ...] | None) -> tuple[Tip, Tip, int]:
        """(where it starts, where it ends, the fence)."""
        if row is None:
            raise LogError(f"{self._where}: the head of the log of centre {self.centre!r} is gone")
        return self._tip(row[3:6]), self._tip(row[0:3]), row[6]

    def _tip(self, row: tuple[Any, ...]) -> Tip:
        try:
            return Tip.unpack(*row)
        except (TypeError, ValueError) as error:
            raise LogError(f"{self._where}: the head of the log is damaged: {error}") from error


def key_of(by: bytes, order: bytes) -> bytes:
    """One short key for two long texts; the length keeps them apart."""
    return sha256(b"%d " % len(by) + by + order).digest()
