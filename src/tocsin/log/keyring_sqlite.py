"""Wrapped keys in a SQLite file beside the log. New keys and erasures are durable; whose they are the log tells again.

Pages that held an erased key are overwritten (`secure_delete`), and the journal that may still hold it is emptied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

from tocsin.facts.values import Instant, Position
from tocsin.log.keyring import Bound, Kept
from tocsin.log.port import LogError
from tocsin.log.sqlite_file import plainly

APPLICATION_ID = 0x546F_636B
"""'Tock': the mark in the file's header."""
SCHEMA = 1
BUSY_S = 10.0
FILE = "keys.db"

_TABLES = (
    """CREATE TABLE keys (
        number INTEGER PRIMARY KEY AUTOINCREMENT, centre TEXT NOT NULL, name TEXT, position INTEGER NOT NULL DEFAULT 0,
        wrapped BLOB, mark BLOB NOT NULL, erased_at REAL)""",
    "CREATE INDEX keys_name ON keys (centre, name)",
    "CREATE INDEX keys_position ON keys (centre, position)",
)


_MARKS = "CREATE INDEX IF NOT EXISTS keys_mark ON keys (centre, mark) WHERE wrapped IS NOT NULL"
"""Tells at every start whether the master key is the one the keys are wrapped under; older files get it then."""
_OF = "FROM keys WHERE centre = ?1 AND wrapped IS NOT NULL"


class SqliteKeys:
    """The keys of one centre."""

    def __init__(self, path: Path, centre: str) -> None:
        self._path, self._centre, self._lock = path, centre, RLock()
        with plainly(path):
            self._con = self._open()

    def _open(self) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.touch(mode=0o600)
        uri = f"file:{quote(str(self._path.absolute()))}?mode=rw"
        con = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA secure_delete = ON")
            con.execute("PRAGMA synchronous = NORMAL")
            self._tables(con)
        except BaseException:
            con.close()
            raise
        return con

    def _tables(self, con: sqlite3.Connection) -> None:
        con.execute("BEGIN IMMEDIATE")
        try:
            if not con.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for table in _TABLES:
                    con.execute(table)
                con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                con.execute(f"PRAGMA user_version = {SCHEMA}")
            if con.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
                con.execute(_MARKS)
            con.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                con.execute("ROLLBACK")
            raise
        if con.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise LogError(f"{self._path}: is a SQLite file, but does not hold Tocsin's keys")
        schema = con.execute("PRAGMA user_version").fetchone()[0]
        if schema != SCHEMA:
            raise LogError(f"{self._path}: has schema {schema}, this release reads schema {SCHEMA}")

    def make(self, wrapped: Sequence[bytes], mark: bytes) -> list[int]:
        """Keep new keys; durable on return. Answers their numbers."""

        def insert(con: sqlite3.Connection) -> list[int]:
            rows = [(self._centre, one, mark) for one in wrapped]
            con.executemany("INSERT INTO keys (centre, wrapped, mark) VALUES (?, ?, ?)", rows)
            last = con.execute("SELECT seq FROM sqlite_sequence WHERE name = 'keys'").fetchone()[0]
            return list(range(last - len(rows) + 1, last + 1))

        numbers: list[int] = self._write(insert, durable=True)
        return numbers

    def bind(self, bound: Iterable[Bound]) -> None:
        """Remember whose keys these are; after a power cut the log tells it again."""
        rows = [(one.name, one.position, one.number, self._centre) for one in bound]
        if rows:
            statement = "UPDATE keys SET name = ?, position = ? WHERE number = ? AND centre = ? AND name IS NULL"
            self._write(lambda con: con.executemany(statement, rows))

    def bound_up_to(self) -> Position:
        """The last position at which a key was bound."""
        return int(self._read("SELECT COALESCE(MAX(position), 0) FROM keys WHERE centre = ?", self._centre)[0][0])

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """Keys of these names that are not erased, the latest last."""
        marks = ", ".join("?" * len(names))
        found = self._read(
            f"SELECT number FROM keys WHERE centre = ? AND name IN ({marks}) AND erased_at IS NULL ORDER BY number",  # noqa: S608
            self._centre,
            *names,
        )
        return [number for (number,) in found]

    def wrapped(self, number: int) -> bytes | None:
        """A wrapped key, or None."""
        found = self._read("SELECT wrapped FROM keys WHERE number = ? AND centre = ?", number, self._centre)
        return found[0][0] if found else None

    def erase(self, names: Mapping[str, Position], at: Instant) -> int:
        """Destroy the keys of these names up to these positions; nothing of them is left in the file or its journal."""
        statement = """UPDATE keys SET wrapped = NULL, erased_at = ?
            WHERE centre = ? AND name = ? AND position < ? AND erased_at IS NULL"""
        rows = [(at, self._centre, name, position) for name, position in names.items()]
        gone: int = self._write(lambda con: con.executemany(statement, rows).rowcount, durable=True)
        self._empty_journal()
        return gone

    def unused(self) -> int:
        """Let go of keys that were made ahead and never used; only while nobody else works with them."""
        statement = "DELETE FROM keys WHERE centre = ? AND name IS NULL"
        gone: int = self._write(lambda con: con.execute(statement, (self._centre,)).rowcount)
        return gone

    def marks(self) -> dict[bytes, int]:
        """How many keys are wrapped under which master key, by its mark."""
        found = self._read(
            "SELECT mark, COUNT(*) FROM keys WHERE centre = ? AND wrapped IS NOT NULL GROUP BY mark", self._centre
        )
        return dict(found)

    def other_marks(self, mark: bytes) -> list[bytes]:
        """Marks of other master keys."""
        found = self._read(f"SELECT (SELECT MIN(mark) {_OF}), (SELECT MAX(mark) {_OF})", self._centre)
        return sorted({end for end in found[0] if end not in (None, mark)})

    def rows(self) -> list[Kept]:
        """Every key, as it is at one moment."""
        statement = "SELECT number, name, position, wrapped, mark, erased_at FROM keys WHERE centre = ? ORDER BY number"
        return [Kept(*row) for row in self._read(statement, self._centre)]

    def put(self, rows: Sequence[Kept]) -> None:
        """Keys of another store under their numbers."""
        statement = """INSERT OR REPLACE INTO keys (centre, number, name, position, wrapped, mark, erased_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)"""
        self._write(lambda con: con.executemany(statement, [(self._centre, *row) for row in rows]), durable=True)
        self._empty_journal()

    def rewrap(self, again: Callable[[bytes], bytes], mark: bytes) -> int:
        """Wrap every key anew, all or none; answers how many."""

        def each(con: sqlite3.Connection) -> int:
            rows = con.execute(
                "SELECT number, wrapped FROM keys WHERE centre = ? AND wrapped IS NOT NULL", (self._centre,)
            ).fetchall()
            con.executemany(
                "UPDATE keys SET wrapped = ?, mark = ? WHERE number = ?",
                [(again(wrapped), mark, number) for number, wrapped in rows],
            )
            return len(rows)

        count: int = self._write(each, durable=True)
        self._empty_journal()
        return count

    def copy_to(self, path: Path) -> None:
        """A consistent copy, while others read and write."""
        with self._lock, plainly(path):
            target = sqlite3.connect(path)
            try:
                self._con.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._con.close()

    def _empty_journal(self) -> None:
        with self._lock, plainly(self._path):
            self._con.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _read(self, statement: str, *values: object) -> list[Any]:
        with self._lock, plainly(self._path):
            return self._con.execute(statement, values).fetchall()

    def _write(self, work: Callable[[sqlite3.Connection], Any], *, durable: bool = False) -> Any:
        with self._lock, plainly(self._path, "; nothing was written"):
            con = self._con
            con.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            con.execute("BEGIN IMMEDIATE")
            try:
                found = work(con)
                con.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    con.execute("ROLLBACK")
                raise
            return found
