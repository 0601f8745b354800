"""Connections to a PostgreSQL database: where it is, how we talk to it, one clear line for each way it can fail.

Refuses to know what an entry is. A connection serves one thread at a time; a broken one is thrown away, and the next
use connects anew, so that a restarted server or a promoted standby needs no restart of ours. Passwords are never said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tocsin.log.port import LogError

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

OLDEST = 150_000
"""PostgreSQL 15: the oldest server whose behaviour our tests know."""

MAX_IDLE = 4
_DEFAULTS: dict[str, Any] = {
    "application_name": "tocsin",
    "connect_timeout": 5,
    "client_encoding": "utf8",
    # A peer that died without a word is noticed within seconds instead of hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SESSION = """SET search_path TO pg_catalog; SET lock_timeout TO '10s'; SET statement_timeout TO '60s';
    SET idle_in_transaction_session_timeout TO '20s'; SET default_transaction_isolation TO 'read committed';
    SET default_transaction_read_only TO {read_only}; SET synchronous_commit TO {commit}"""
_STRONG = ("on", "remote_apply")
"""What of `synchronous_commit` keeps an acknowledged fact when this machine, and its standby's, lose power."""

_WORDS = {
    "53100": "the disk is full",
    "53200": "the server is out of memory",
    "53300": "the server takes no more connections",
    "25006": "the database may only be read (it is a standby)",
    "57P": "the server is stopping or starting",
    "57014": "the server broke the statement off",
    "55P03": "another writer holds the log",
    "40": "another writer was in the way",
    "28": "the server does not let this user in",
    "3D000": "there is no such database",
    "42501": "this user may not do that",
    "42P01": "the tables are not there",
    "23505": "an entry or receipt with this key is there already",
    "XX001": "the database is damaged",
    "XX002": "the database is damaged",
    "58": "the server's disk failed",
}


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection went away, so that nothing is known of what was under way."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = error.sqlstate or ""
    return not state or state[:2] == "08" or state[:4] == "57P0"


class Address:
    """Where a database is. Raises LogError for words that are no address."""

    def __init__(self, conninfo: str) -> None:
        try:
            given = conninfo_to_dict(conninfo)
        except psycopg.Error as error:
            raise LogError(f"this is no PostgreSQL address: {_one_line(error)}") from error
        self.options: dict[str, Any] = {**_DEFAULTS, **given}
        hosts = str(given.get("host") or given.get("hostaddr") or "this machine")
        self.where = f"PostgreSQL database {given.get('dbname') or 'of the user'} at {hosts}"
        self.many = "," in hosts

    def connect(self, *, durable: bool, read_only: bool) -> Connection:
        """A connection ready for use. Raises psycopg.Error, or LogError for a server that we cannot trust."""
        options = self.options
        if self.many and not read_only:
            # Of several machines only the primary may write, and only its word is the latest.
            options = {"target_session_attrs": "read-write", **options}
        con: Connection = psycopg.connect(**options, autocommit=True)
        try:
            self._set(con, durable=durable, read_only=read_only)
        except BaseException:
            con.close()
            raise
        return con

    def _set(self, con: Connection, *, durable: bool, read_only: bool) -> None:
        if con.info.server_version < OLDEST:
            raise LogError(f"{self.where}: is PostgreSQL {con.info.server_version // 10_000}, 15 or later is needed")
        row = con.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('server_encoding')"
        ).fetchone()
        commit, fsync, encoding = row or ("", "", "")
        if encoding != "UTF8":
            raise LogError(f"{self.where}: keeps text as {encoding}, UTF8 is needed")
        if durable and not read_only and fsync != "on":
            raise LogError(f"{self.where}: runs with fsync off and would not keep what it acknowledges")
        strong = commit if commit in _STRONG else "on"
        con.execute(_SESSION.format(read_only="on" if read_only else "off", commit=strong if durable else "off"))


@contextmanager
def plainly(where: str, after: str = "") -> Iterator[None]:
    """Say what PostgreSQL could not do as one LogError: the database, the cause, and what became of the work."""
    try:
        yield
    except psycopg.Error as error:
        raise LogError(f"{where}: {words_for(error)}{after}") from error
    except UnicodeEncodeError as error:
        raise LogError(f"{where}: a text holds half a character{after}") from error


def words_for(error: psycopg.Error) -> str:
    """The cause in words, with the server's own code."""
    state = error.sqlstate or ""
    words = next((words for code, words in _WORDS.items() if state.startswith(code)), "")
    if state == "42501" and error.diag.message_primary:
        return f"{words} ({state}: {error.diag.message_primary})"  # on what: so that somebody can grant it
    if words:
        return f"{words} ({state})"
    if is_lost(error):
        return f"cannot be reached ({_one_line(error)})"
    return _one_line(error)


def _one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class Sessions:
    """Connections for reading, borrowed for one query at a time. Thread-safe."""

    def __init__(self, address: Address, *, read_only: bool) -> None:
        self._address = address
        self._read_only = read_only
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._closed = False

    @contextmanager
    def borrow(self) -> Iterator[Connection]:
        """A connection for the caller alone. Raises LogError once closed, psycopg.Error if there is none to be had."""
        con = self._take()
        try:
            yield con
        except psycopg.Error as error:
            if is_lost(error) or con.broken:
                self._forget()
            raise
        finally:
            self._give(con)

    def ask(self, query: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of one question, binary; asked once more on a new connection when the old one had died unnoticed."""
        for last in (False, True):
            try:
                with self.borrow() as con, con.cursor(binary=True) as cursor:
                    return cursor.execute(query, parameters).fetchall()
            except psycopg.Error as error:
                if last or not is_lost(error):
                    raise
        raise AssertionError("unreachable")

    def _take(self) -> Connection:
        with self._lock:
            if self._closed:
                raise LogError(f"{self._address.where}: is closed")
            if self._idle:
                return self._idle.pop()
        # Never `durable`: these connections write nothing, so nothing of theirs needs to be.
        return self._address.connect(durable=False, read_only=self._read_only)

    def _give(self, con: Connection) -> None:
        with self._lock:
            if not self._closed and not con.closed and len(self._idle) < MAX_IDLE:
                self._idle.append(con)
                return
        with suppress(psycopg.Error):
            con.close()

    def _forget(self) -> None:
        """One died: the others were of the same server."""
        with self._lock:
            idle, self._idle = self._idle, []
        for con in idle:
            with suppress(psycopg.Error):
                con.close()

    def close(self) -> None:
        """Close what is idle now, and what is borrowed when it comes back."""
        self._closed = True
        self._forget()
