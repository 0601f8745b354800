"""The accounts of a centre in PostgreSQL, shared by all its nodes. Refuses to know why a row is written.

The tables are those of the file, in a schema of the centre's own. Writers go one at a time (an advisory lock), as they
do in a file. What another node writes is told by a notice; a lost notice costs nothing, for whenever the ear connects
anew everything held in memory is asked for again. What need not last is written behind the caller's back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from tocsin.access.people import AccessError
from tocsin.access.tables import LATER, SCHEMA, Rows

CHANNEL = "tocsin_access"
LOCK = 0x546F_6361
RETRY_S = 1.0
"""How long callers are told at once that the database could not be reached: nobody queues for it."""

_DEFAULTS: dict[str, Any] = {
    "application_name": "tocsin accounts",
    "connect_timeout": 5,
    "client_encoding": "utf8",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "target_session_attrs": "read-write",
}
_TABLES = (
    "CREATE TABLE schema_version (version integer NOT NULL)",
    "INSERT INTO schema_version VALUES (1)",
    """CREATE TABLE accounts (
        name text COLLATE "C" NOT NULL PRIMARY KEY, display text NOT NULL, roles text NOT NULL, unit text NOT NULL,
        language text NOT NULL, hash text NOT NULL, disabled boolean NOT NULL, created_at double precision NOT NULL)""",
    """CREATE TABLE sessions (
        digest bytea NOT NULL PRIMARY KEY, account text NOT NULL, csrf text NOT NULL,
        created_at double precision NOT NULL, seen_at double precision NOT NULL,
        expires_at double precision NOT NULL)""",
    "CREATE INDEX sessions_account ON sessions (account)",
    """CREATE TABLE links (
        digest bytea NOT NULL PRIMARY KEY, account text NOT NULL, expires_at double precision NOT NULL)""",
    "CREATE TABLE failures (who text NOT NULL, at double precision NOT NULL)",
    "CREATE INDEX failures_who ON failures (who, at)",
    "CREATE TABLE locks (who text NOT NULL PRIMARY KEY, until double precision NOT NULL)",
)

_say = logging.getLogger(__name__)
_Raw = psycopg.Connection[tuple[Any, ...]]


class _Spoken:
    """A connection that is asked in the words of the file: `?` stands for a value."""

    def __init__(self, con: _Raw) -> None:
        self._con = con

    def execute(self, query: str, parameters: Sequence[Any] = ()) -> Rows:
        """Ask; the answer is iterable, and has fetchone, fetchall and rowcount."""
        asked: Any = query.replace("?", "%s")
        return self._con.execute(asked, tuple(parameters))


class PostgresTables:
    """One centre's accounts in a database. Raises AccessError for whatever goes wrong in it."""

    def __init__(self, conninfo: str, centre: str) -> None:
        self._centre = centre
        self._schema = f"tocsin access {centre}"
        self._lock = RLock()
        self._con: _Raw | None = None
        self._refused_until = 0.0
        self._why = ""
        self._closed = Event()
        self._changed = Event()
        self._behind = ThreadPoolExecutor(1, "accounts")
        with self._plainly():
            self._options = {**_DEFAULTS, **psycopg.conninfo.conninfo_to_dict(conninfo)}
            self._prepare(self._connected())
        self._ear = Thread(target=self._listen, name="accounts-ear", daemon=True)
        self._ear.start()

    def _prepare(self, con: _Raw) -> None:
        with con.transaction():
            con.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            if con.execute("SELECT to_regnamespace(%s)", (f'"{self._schema}"',)).fetchone() == (None,):
                con.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
                for table in _TABLES:
                    con.execute(table)
            found = con.execute("SELECT max(version) FROM schema_version").fetchone()
            version = int(found[0]) if found and found[0] else 0
            if not 1 <= version <= SCHEMA:
                raise AccessError(f"{self._where}: has schema {version or '?'}, this release reads schema {SCHEMA}")
            for number, step in enumerate(LATER[version - 1 :], version + 1):
                for statement in step:
                    con.execute(statement)
                con.execute("INSERT INTO schema_version VALUES (%s)", (number,))

    @property
    def _where(self) -> str:
        return f"accounts in PostgreSQL at {self._options.get('host') or 'this machine'}"

    def _connect(self) -> _Raw:
        con: _Raw = psycopg.connect(**self._options, autocommit=True)
        try:
            con.execute("SET lock_timeout TO '10s'; SET statement_timeout TO '20s'")
            con.execute("SET idle_in_transaction_session_timeout TO '20s'")
            con.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self._schema)))
        except BaseException:
            con.close()
            raise
        return con

    def _connected(self) -> _Raw:
        if self._closed.is_set():
            raise AccessError(f"{self._where}: closed")
        if self._con is not None and not self._con.closed:
            return self._con
        if monotonic() < self._refused_until:
            raise AccessError(self._why)
        try:
            self._con = self._connect()
        except psycopg.Error as error:
            self._why, self._refused_until = self._words(error), monotonic() + RETRY_S
            raise
        return self._con

    @contextmanager
    def reading(self) -> Iterator[_Spoken]:
        """The connection, for queries; one that died while nobody looked is replaced first."""
        with self._lock, self._plainly():
            con = self._connected()
            try:
                con.execute("SELECT 1")
            except psycopg.OperationalError:
                con.close()
                con = self._connected()
            yield _Spoken(con)

    @contextmanager
    def writing(self, *, lasting: bool = True) -> Iterator[_Spoken]:
        """One transaction, one at a time over all nodes; the others are told. What need not last tells nobody."""
        with self._lock, self._plainly(), self.reading() as spoken, self._connected().transaction():
            if lasting:
                spoken.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))
                spoken.execute(f"SELECT pg_notify('{CHANNEL}', ?)", (self._centre,))
            else:
                spoken.execute("SET LOCAL synchronous_commit TO off")
            yield spoken

    def later(self, work: Callable[[], None]) -> None:
        """Do it soon, in a thread: whoever asks does not wait, and is not told when it fails."""

        def done() -> None:
            try:
                work()
            except AccessError as error:
                _say.warning("not written: %s", error)

        with suppress(RuntimeError):  # closing
            self._behind.submit(done)

    def changed_elsewhere(self) -> bool:
        """Whether another node has written since this was last asked. Asks nobody: the ear has heard it."""
        if self._changed.is_set():
            self._changed.clear()
            return True
        return False

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connect() as ear:
                    ear.execute(f"LISTEN {CHANNEL}")
                    self._changed.set()  # whatever was said while nobody listened
                    self._heed(ear)
            except psycopg.Error:
                self._closed.wait(RETRY_S)

    def _heed(self, ear: _Raw) -> None:
        while not self._closed.is_set():
            for notice in ear.notifies(timeout=1.0):
                con = self._con
                if notice.payload == self._centre and (con is None or notice.pid != con.info.backend_pid):
                    self._changed.set()
            ear.execute("SELECT 1")

    def close(self) -> None:
        """Let go of the database. Closing twice is harmless."""
        self._behind.shutdown(wait=True)
        self._closed.set()
        with self._lock:
            if self._con is not None:
                self._con.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError) and self._con is not None:
                self._con.close()
            raise AccessError(self._words(error)) from error

    def _words(self, error: psycopg.Error) -> str:
        cause = " ".join(str(error).split()) or type(error).__name__
        return f"{self._where if hasattr(self, '_options') else 'accounts in PostgreSQL'}: {cause}"
