"""Wrapped keys in PostgreSQL, in a schema of their own, shared by every node of a centre.

What an erased key was stays in the server's own old pages until VACUUM, which is asked for at once, and in its archived
journal and base backups for as long as those are kept: docs/how-to/personal-data.md says what to do about that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from threading import RLock
from typing import Any, TypeVar

import psycopg

from tocsin.facts.values import Instant, Position
from tocsin.log.keyring import Bound, Kept
from tocsin.log.port import LogError
from tocsin.log.postgres_session import Address, Connection, is_lost, plainly

T = TypeVar("T")
LOCK = 0x546F_636B
"""The advisory lock for making the tables: 'Tock'."""

_TABLES = """CREATE SCHEMA IF NOT EXISTS tocsin_keys;
    CREATE TABLE IF NOT EXISTS tocsin_keys.keys (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, centre text COLLATE "C" NOT NULL,
        name text COLLATE "C", position bigint NOT NULL DEFAULT 0,
        wrapped bytea, mark bytea NOT NULL, erased_at double precision);
    CREATE INDEX IF NOT EXISTS keys_name ON tocsin_keys.keys (centre, name);
    CREATE INDEX IF NOT EXISTS keys_position ON tocsin_keys.keys (centre, position);
    CREATE INDEX IF NOT EXISTS keys_mark ON tocsin_keys.keys (centre, mark) WHERE wrapped IS NOT NULL"""


class PostgresKeys:
    """The keys of one centre."""

    def __init__(self, conninfo: str, centre: str) -> None:
        self._address, self._centre, self._lock = Address(conninfo), centre, RLock()
        self._con: Connection | None = None
        self._do(self._prepare)

    def _prepare(self, con: Connection) -> None:
        with con.transaction():
            con.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            # `IF NOT EXISTS` asks for the right to make what is there already: a node that may not, need not.
            if con.execute("SELECT to_regclass('tocsin_keys.keys_mark')").fetchone() == (None,):
                con.execute(_TABLES)

    def make(self, wrapped: Sequence[bytes], mark: bytes) -> list[int]:
        """Keep new keys; durable on return. Answers their numbers."""
        statement = """INSERT INTO tocsin_keys.keys (centre, wrapped, mark)
            SELECT %s, w, %s FROM unnest(%s::bytea[]) WITH ORDINALITY AS t(w, n) ORDER BY n RETURNING number"""
        rows = self._do(lambda con: con.execute(statement, (self._centre, mark, list(wrapped))).fetchall())
        return sorted(number for (number,) in rows)

    def bind(self, bound: Iterable[Bound]) -> None:
        """Remember whose keys these are: one statement, and no wait for the disk. The group of entries that is sealed
        with them is committed after it, and waits for all that stands before it in the journal."""
        rows = list(bound)
        if not rows:
            return
        statement = """UPDATE tocsin_keys.keys AS k SET name = b.name, position = b.position
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS b(number, name, position)
            WHERE k.number = b.number AND k.centre = %s AND k.name IS NULL"""
        values = [one.number for one in rows], [one.name for one in rows], [one.position for one in rows], self._centre

        def work(con: Connection) -> None:
            with con.transaction():
                con.execute("SET LOCAL synchronous_commit = off")
                con.execute(statement, values)

        self._do(work)

    def bound_up_to(self) -> Position:
        """The last position at which a key was bound."""
        return int(self._ask("SELECT COALESCE(MAX(position), 0) FROM tocsin_keys.keys WHERE centre = %s")[0][0])

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """Keys of these names that are not erased, the latest last."""
        found = self._ask(
            """SELECT number FROM tocsin_keys.keys
            WHERE centre = %s AND name = ANY(%s) AND erased_at IS NULL ORDER BY number""",
            list(names),
        )
        return [number for (number,) in found]

    def wrapped(self, number: int) -> bytes | None:
        """A wrapped key, or None."""
        found = self._ask("SELECT wrapped FROM tocsin_keys.keys WHERE centre = %s AND number = %s", number)
        return found[0][0] if found else None

    def erase(self, names: Mapping[str, Position], at: Instant) -> int:
        """Destroy the keys of these names, up to these positions."""
        statement = """UPDATE tocsin_keys.keys AS k SET wrapped = NULL, erased_at = %s
            FROM unnest(%s::text[], %s::bigint[]) AS gone(name, before)
            WHERE k.centre = %s AND k.name = gone.name AND k.position < gone.before AND k.erased_at IS NULL"""
        values = (at, list(names), list(names.values()), self._centre)
        gone = self._do(lambda con: con.execute(statement, values).rowcount)
        if gone:
            self._do(lambda con: con.execute("VACUUM tocsin_keys.keys"))
        return gone

    def marks(self) -> dict[bytes, int]:
        """How many keys are wrapped under which master key, by its mark."""
        return dict(
            self._ask(
                """SELECT mark, COUNT(*) FROM tocsin_keys.keys
                WHERE centre = %s AND wrapped IS NOT NULL GROUP BY mark"""
            )
        )

    def other_marks(self, mark: bytes) -> list[bytes]:
        """Marks of other master keys."""
        one = """(SELECT mark FROM tocsin_keys.keys
            WHERE centre = %s AND wrapped IS NOT NULL ORDER BY centre {0}, mark {0} LIMIT 1)"""
        ends = self._ask(f"{one.format('')} UNION {one.format('DESC')}", self._centre)
        return sorted(end for (end,) in ends if end != mark)

    def rows(self) -> list[Kept]:
        """Every key, as it is at one moment."""
        found = self._ask(
            """SELECT number, name, position, wrapped, mark, erased_at FROM tocsin_keys.keys
            WHERE centre = %s ORDER BY number"""
        )
        return [Kept(*row) for row in found]

    def put(self, rows: Sequence[Kept]) -> None:
        """Keys of another store under their numbers. Raises LogError where another centre's key has one of these."""

        def each(con: Connection) -> None:
            with con.transaction():
                con.execute("LOCK TABLE tocsin_keys.keys IN EXCLUSIVE MODE")
                numbers = [row.number for row in rows]
                taken = con.execute(
                    "SELECT COUNT(*) FROM tocsin_keys.keys WHERE number = ANY(%s) AND centre <> %s",
                    (numbers, self._centre),
                ).fetchone()
                if taken and taken[0]:
                    raise LogError(f"{self._address.where}: holds keys of another centre under the same numbers")
                con.execute(
                    "DELETE FROM tocsin_keys.keys WHERE number = ANY(%s) AND centre = %s", (numbers, self._centre)
                )
                con.cursor().executemany(
                    """INSERT INTO tocsin_keys.keys (centre, number, name, position, wrapped, mark, erased_at)
                    OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                    [(self._centre, *row) for row in rows],
                )
                con.execute(
                    """SELECT setval(pg_get_serial_sequence('tocsin_keys.keys', 'number'),
                    GREATEST((SELECT MAX(number) FROM tocsin_keys.keys), 1))"""
                )

        if rows:
            self._do(each)

    def rewrap(self, again: Callable[[bytes], bytes], mark: bytes) -> int:
        """Wrap every key anew, all or none; answers how many."""

        def each(con: Connection) -> int:
            with con.transaction():
                rows = con.execute(
                    """SELECT number, wrapped FROM tocsin_keys.keys
                    WHERE centre = %s AND wrapped IS NOT NULL FOR UPDATE""",
                    (self._centre,),
                ).fetchall()
                con.cursor().executemany(
                    "UPDATE tocsin_keys.keys SET wrapped = %s, mark = %s WHERE number = %s",
                    [(again(wrapped), mark, number) for number, wrapped in rows],
                )
            return len(rows)

        return self._do(each)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            con, self._con = self._con, None
        if con is not None:
            with suppress(psycopg.Error):
                con.close()

    def _ask(self, query: Any, *values: object) -> list[tuple[Any, ...]]:
        return self._do(lambda con: con.execute(query, (self._centre, *values)).fetchall())

    def _do(self, work: Callable[[Connection], T]) -> T:
        """On the connection; once more on a new one when the old one had died. Every statement here may be repeated."""
        with self._lock, plainly(self._address.where):
            for last in (False, True):
                if self._con is None:
                    self._con = self._address.connect(durable=True, read_only=False)
                try:
                    return work(self._con)
                except psycopg.Error as error:
                    if not is_lost(error) and not self._con.broken:
                        raise
                    self._con = None
                    if last:
                        raise
        raise AssertionError("unreachable")
