"""The SQLite file of accounts, sessions, links and failures. Refuses to know why a row is written.

Everything goes through one connection under one lock: queries take microseconds, and a commit that must last a few
milliseconds. What other processes write (the command line, while the server runs) is noticed by `changed_elsewhere`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, Protocol
from urllib.parse import quote

from tocsin.access.people import AccessError

APPLICATION_ID = 0x546F_6361
"""'Toca': the mark in the file's header."""
BUSY_S = 10.0

TABLES = (
    """CREATE TABLE accounts (
        name TEXT NOT NULL PRIMARY KEY, display TEXT NOT NULL, roles TEXT NOT NULL, unit TEXT NOT NULL,
        language TEXT NOT NULL, hash TEXT NOT NULL, disabled INTEGER NOT NULL, created_at REAL NOT NULL)""",
    """CREATE TABLE sessions (
        digest BLOB NOT NULL PRIMARY KEY, account TEXT NOT NULL, csrf TEXT NOT NULL,
        created_at REAL NOT NULL, seen_at REAL NOT NULL, expires_at REAL NOT NULL)""",
    "CREATE INDEX sessions_account ON sessions (account)",
    "CREATE TABLE links (digest BLOB NOT NULL PRIMARY KEY, account TEXT NOT NULL, expires_at REAL NOT NULL)",
    "CREATE TABLE failures (who TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX failures_who ON failures (who, at)",
    "CREATE TABLE locks (who TEXT NOT NULL PRIMARY KEY, until REAL NOT NULL)",
)
LATER: tuple[tuple[str, ...], ...] = (
    ("ALTER TABLE accounts ADD COLUMN agency TEXT NOT NULL DEFAULT ''",),  # 2: accounts of agencies
    (  # 3: tokens of machines
        """CREATE TABLE tokens (
            id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
            agency TEXT NOT NULL, created_at DOUBLE PRECISION NOT NULL, created_by TEXT NOT NULL,
            expires_at DOUBLE PRECISION NOT NULL, used_at DOUBLE PRECISION NOT NULL,
            revoked_at DOUBLE PRECISION NOT NULL)""",
    ),
    (  # 4: passkeys, other providers' accounts, broken glass; how a session began
        """CREATE TABLE passkeys (
            id TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, public_key TEXT NOT NULL, counter BIGINT NOT NULL,
            label TEXT NOT NULL, synced INTEGER NOT NULL, created_at DOUBLE PRECISION NOT NULL,
            used_at DOUBLE PRECISION NOT NULL)""",
        """CREATE TABLE ceremonies (
            digest TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, secret TEXT NOT NULL,
            expires_at DOUBLE PRECISION NOT NULL)""",
        """CREATE TABLE identities (
            issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (issuer, subject))""",
        """CREATE TABLE glass (
            account TEXT NOT NULL, incident TEXT NOT NULL, until DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (account, incident))""",
        "ALTER TABLE sessions ADD COLUMN how TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN remote TEXT NOT NULL DEFAULT ''",
    ),
    (  # 5: changes of accounts, until they are in the access log
        """CREATE TABLE changes (
            id TEXT NOT NULL PRIMARY KEY, at DOUBLE PRECISION NOT NULL, made_by TEXT NOT NULL, account TEXT NOT NULL,
            what TEXT NOT NULL, more TEXT NOT NULL)""",
    ),
    ("DROP TABLE glass",),  # 6: whose glass is broken is heard from the record
)
"""What each later schema adds, in words that SQLite and PostgreSQL both understand. Tables are brought forward when
they are opened, one step after the other; what is further on than this release is refused."""
SCHEMA = 1 + len(LATER)

_WORDS = {
    "SQLITE_FULL": "the disk is full; nothing was written",
    "SQLITE_READONLY": "the file may not be written",
    "SQLITE_CANTOPEN": "the file cannot be opened",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_NOTADB": "the file is not one of accounts (or its first page is damaged)",
    "SQLITE_BUSY": "another process holds the file; nothing was written",
    "SQLITE_IOERR": "the disk failed",
}


class Rows(Protocol):
    """What a question brought."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Con(Protocol):
    """Where rows are asked for, `?` standing for a value."""

    def execute(self, query: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Ask."""
        ...


class AnyTables(Protocol):
    """What keeps accounts, sessions, links and failures: a file, or a database that several nodes share."""

    def reading(self) -> AbstractContextManager[Con]:
        """The connection, for queries."""
        ...

    def writing(self, *, lasting: bool = True) -> AbstractContextManager[Con]:
        """One transaction, alone."""
        ...

    def later(self, work: Callable[[], None]) -> None:
        """Do what need not be waited for."""
        ...

    def changed_elsewhere(self) -> bool:
        """Whether somebody else has written since this was last asked."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


class Tables:
    """The open file. Raises AccessError for whatever goes wrong in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        if not path.parent.is_dir():
            raise AccessError(f"{path.parent}: there is no such directory")
        if path.is_dir():
            raise AccessError(f"{path}: is a directory, not a file")
        with self._plainly():
            self._con = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=rwc",
                uri=True,
                timeout=BUSY_S,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            with self._plainly():
                self._prepare()
        except BaseException:
            self._con.close()
            raise
        self._version = self._data_version()

    def _prepare(self) -> None:
        if not self._is_empty():
            self._refuse_foreign()
        else:
            # Hashes and names: for the eyes of the account that runs the server.
            self._path.chmod(0o600)
        self._con.execute("PRAGMA journal_mode = WAL")
        with self.writing() as con:
            if self._is_empty():
                for table in TABLES:
                    con.execute(table)
                con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                con.execute("PRAGMA user_version = 1")
            for step in LATER[con.execute("PRAGMA user_version").fetchone()[0] - 1 :]:
                for statement in step:
                    con.execute(statement)
            con.execute(f"PRAGMA user_version = {SCHEMA}")

    def _is_empty(self) -> bool:
        tables = self._con.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return not tables and not self._con.execute("PRAGMA application_id").fetchone()[0]

    def _refuse_foreign(self) -> None:
        if self._con.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise AccessError(f"{self._path}: is a SQLite file, but not one of accounts")
        schema = self._con.execute("PRAGMA user_version").fetchone()[0]
        if not 1 <= schema <= SCHEMA:
            raise AccessError(f"{self._path}: has schema {schema}, this release reads schema {SCHEMA}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for queries."""
        with self._lock, self._plainly():
            yield self._con

    @contextmanager
    def writing(self, *, lasting: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction. What need not survive a power cut (when somebody was last seen) is not `lasting`."""
        with self._lock, self._plainly():
            self._con.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield self._con
                self._con.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._con.execute("ROLLBACK")
                raise

    def later(self, work: Callable[[], None]) -> None:
        """At once: a file is near."""
        work()

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked."""
        with self._lock, self._plainly():
            before, self._version = self._version, self._data_version()
        return before != self._version

    def _data_version(self) -> int:
        return int(self._con.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        with self._lock:
            self._con.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            words = next((words for code, words in _WORDS.items() if name.startswith(code)), str(error))
            raise AccessError(f"{self._path}: {words}") from error
