"""The SQLite file under a log: its schema, its marks, its connections, and one clear line for each way it can fail.

Refuses to know what an entry is. A file is ours by its `application_id`; its schema by its `user_version`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from urllib.parse import quote

from tocsin.log.hashes import genesis
from tocsin.log.port import Kind, LogError, headless

APPLICATION_ID = 0x546F_6373
"""'Tocs': the mark in the file's header that tells a log from any other SQLite file."""

SCHEMA = 1
MARKS: dict[Kind, int] = {"tracks": 0, "decisions": 1, "looks": 2}
"""How a head row says which kind of log it is the head of."""
BUSY_S = 10.0

_TABLES = (
    """CREATE TABLE entries (
        centre TEXT NOT NULL, position INTEGER NOT NULL, raw BLOB NOT NULL, leaf BLOB NOT NULL, chain BLOB NOT NULL,
        PRIMARY KEY (centre, position)) WITHOUT ROWID""",
    """CREATE TABLE receipts (
        centre TEXT NOT NULL, "by" TEXT NOT NULL, "order" TEXT NOT NULL, digest BLOB NOT NULL,
        "first" INTEGER NOT NULL, "last" INTEGER NOT NULL, PRIMARY KEY (centre, "by", "order")) WITHOUT ROWID""",
    """CREATE TABLE heads (
        centre TEXT NOT NULL PRIMARY KEY, durable INTEGER NOT NULL,
        position INTEGER NOT NULL, chain BLOB NOT NULL, peaks BLOB NOT NULL,
        start_position INTEGER NOT NULL, start_chain BLOB NOT NULL, start_peaks BLOB NOT NULL) WITHOUT ROWID""",
)

HEADLESS = """WITH RECURSIVE one (centre) AS (SELECT min(centre) FROM entries UNION ALL
    SELECT (SELECT min(e.centre) FROM entries e WHERE e.centre > one.centre) FROM one WHERE one.centre IS NOT NULL)
    SELECT centre FROM one WHERE centre IS NOT NULL AND centre NOT IN (SELECT centre FROM heads)"""
"""Centres that have entries and no head: one step in the index for each centre, however many entries."""

_WORDS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the file may not be written",
    "SQLITE_CANTOPEN": "the file cannot be opened",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_NOTADB": "the file is not a Tocsin log (or its first page is damaged)",
    "SQLITE_BUSY": "another process holds the file",
    "SQLITE_LOCKED": "another process holds the file",
    "SQLITE_IOERR": "the disk failed",
    "SQLITE_CONSTRAINT": "an entry or receipt with this key is there already",
    "SQLITE_TOOBIG": "an entry is too big for the store",
}


@contextmanager
def plainly(path: Path, after: str = "") -> Iterator[None]:
    """Say what SQLite could not do as one LogError: the file, the cause, and what became of the work."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        words = next((words for code, words in _WORDS.items() if name.startswith(code)), str(error))
        raise LogError(f"{path}: {words}{after} ({name or type(error).__name__})") from error
    except UnicodeEncodeError as error:
        raise LogError(f"{path}: a text holds half a character{after}") from error


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to a file that is a log already. Raises LogError if it is not, sqlite3.Error if it cannot open."""
    if not path.is_file():
        raise LogError(f"{path}: there is no such file")
    try:
        return _checked(_connect(path, "ro" if read_only else "rw"), path)
    except sqlite3.OperationalError:
        if not read_only or os.access(path.parent, os.W_OK):
            raise
    return _checked(_connect_still(path), path)


def _checked(con: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    try:
        _refuse_foreign(con, path)
    except BaseException:
        con.close()
        raise
    return con


def _connect_still(path: Path) -> sqlite3.Connection:
    """Read a file whose folder we may not write to, as on a disk kept as evidence: no index can be put beside it.

    With nothing left in the journal the file is whole by itself. Otherwise both are copied to a place of our own, where
    SQLite folds the journal in; the copy is gone with the connection.
    """
    journal = path.with_name(path.name + "-wal")
    if not journal.exists() or not journal.stat().st_size:
        return _connect(path, "ro&immutable=1")
    with TemporaryDirectory(prefix="tocsin-log-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, copy.with_name(journal.name))
        con = _connect(copy, "rw")
        # An open file outlives its name. The first read opens all that SQLite needs.
        con.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return con


def prepare(path: Path, centre: str, kind: Kind) -> sqlite3.Connection:
    """The writing connection: makes file, tables and the centre's head row where they are missing. Raises LogError."""
    if path.is_dir():
        raise LogError(f"{path}: is a directory, not a file")
    if not path.parent.is_dir():
        raise LogError(f"{path.parent}: there is no such directory")
    with plainly(path):
        con = _connect(path, "rwc")
        try:
            if not _is_empty(con):
                _refuse_foreign(con, path)
            con.execute("PRAGMA journal_mode = WAL")
            con.execute(f"PRAGMA synchronous = {'NORMAL' if kind == 'tracks' else 'FULL'}")
            _create(con, path, centre, MARKS[kind])
        except BaseException:
            con.close()
            raise
    return con


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    # Each connection is used by one thread at a time (a lock, or borrowed), not always by the one that made it.
    return sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


def _is_empty(con: sqlite3.Connection) -> bool:
    return not con.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not _pragma(con, "application_id")


def _pragma(con: sqlite3.Connection, name: str) -> int:
    return int(con.execute(f"PRAGMA {name}").fetchone()[0])


def _refuse_foreign(con: sqlite3.Connection, path: Path) -> None:
    if _pragma(con, "application_id") != APPLICATION_ID:
        raise LogError(f"{path}: is a SQLite file, but not a Tocsin log")
    schema = _pragma(con, "user_version")
    if schema != SCHEMA:
        raise LogError(f"{path}: has schema {schema}, this release reads schema {SCHEMA}")


def _create(con: sqlite3.Connection, path: Path, centre: str, mark: int) -> None:
    """Tables and head row; the check is repeated inside the transaction because two processes may come at once."""
    with plainly(path):
        if not _is_empty(con) and con.execute("SELECT 1 FROM heads WHERE centre = ?", (centre,)).fetchone():
            return
        con.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(con):
                for table in _TABLES:
                    con.execute(table)
                con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                con.execute(f"PRAGMA user_version = {SCHEMA}")
            refuse_headless(con, path, centre)
            begin = (0, genesis(centre), b"")
            con.execute("INSERT OR IGNORE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (centre, mark, *begin, *begin))
            con.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                con.execute("ROLLBACK")
            raise


def refuse_headless(con: sqlite3.Connection, path: Path, only: str = "") -> None:
    """Raises LogError when a centre, or `only` this one, has entries and no head."""
    for (centre,) in con.execute(HEADLESS):
        if only in ("", centre):
            raise LogError(f"{path}: {headless(centre)}")


class Readers:
    """Reading connections, borrowed for one query at a time so that no reader ever holds back the journal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection for the caller alone. Raises LogError once closed."""
        con = self._take()
        try:
            yield con
        finally:
            self._give(con)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise LogError(f"{self._path}: is closed")
            if self._idle:
                return self._idle.pop()
        return connect(self._path, read_only=True)

    def _give(self, con: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(con)
                return
        con.close()

    def close(self) -> None:
        """Close what is idle now, and what is borrowed when it comes back."""
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for con in idle:
            con.close()
