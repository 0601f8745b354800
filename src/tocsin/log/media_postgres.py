"""What callers showed, in the database that a centre's nodes share: every node shows it, and any erases it for all.

The same sealed bytes as in files, in the schema of the record, whose log makes the table. Refuses to know what they
are.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from tocsin.log.postgres_session import Address, Sessions, plainly

SETTLED_S = 3_600
"""After so long, a picture that no fact names is nobody's: no node is still about to record it."""


class PostgresMedia:
    """The sealed pictures of one centre. Thread-safe; blocks, and raises LogError."""

    def __init__(self, conninfo: str, centre: str) -> None:
        self._address, self._centre = Address(conninfo), centre
        # Reading too goes to the machine that takes writes: a standby may not have it yet.
        self._sessions = Sessions(self._address, read_only=False)

    def write(self, call: str, media: str, raw: bytes) -> None:
        """Durable on return."""
        self._change(
            """INSERT INTO tocsin.media (centre, call, media, raw) VALUES (%s, %s, %s, %s)
            ON CONFLICT (centre, call, media) DO UPDATE SET raw = EXCLUDED.raw""",
            (self._centre, call, media, raw),
        )

    def read(self, call: str, media: str) -> bytes | None:
        """The bytes, or None when they are not there."""
        query = "SELECT raw FROM tocsin.media WHERE centre = %s AND call = %s AND media = %s"
        found = self._ask(query, (self._centre, call, media))
        return bytes(found[0][0]) if found else None

    def remove(self, call: str, media: str) -> None:
        """One of a call's."""
        statement = "DELETE FROM tocsin.media WHERE centre = %s AND call = %s AND media = %s"
        self._change(statement, (self._centre, call, media))

    def names_of(self, call: str) -> Iterable[str]:
        """Everything of the call."""
        query = "SELECT media FROM tocsin.media WHERE centre = %s AND call = %s ORDER BY media"
        return [media for (media,) in self._ask(query, (self._centre, call))]

    def names(self, *, settled: bool = False) -> Iterable[tuple[str, str]]:
        """Everything of the centre; `settled`: only what has been there for an hour."""
        query = """SELECT call, media FROM tocsin.media
            WHERE centre = %s AND kept_at <= now() - make_interval(secs => %s) ORDER BY call, media"""
        return [(call, media) for call, media in self._ask(query, (self._centre, SETTLED_S if settled else 0))]

    def close(self) -> None:
        """Let go of the connections."""
        self._sessions.close()

    def _ask(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with plainly(self._address.where):
            return self._sessions.ask(query, values)

    def _change(self, statement: Any, values: tuple[object, ...]) -> None:
        """On a connection of its own: pictures are rare, and none waits for another."""
        with (
            plainly(self._address.where),
            closing(self._address.connect(durable=True, read_only=False)) as con,
        ):
            con.execute(statement, values)
