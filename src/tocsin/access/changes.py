"""What was changed about who may come in, by whom: written in the transaction of the change itself, so that there is no
change without its trace, whether the server makes it, another node or the command line.

From here the server takes it into the access log, where it cannot be altered unseen. Knows no log and no secret: of a
password or a name only that it is another one.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

from tocsin.access.people import COMMAND_LINE, Instant
from tocsin.access.tables import AnyTables, Con

TAKEN_MOST = 500
"""So many at a time: less than one write of the access log."""


class By(NamedTuple):
    """Who makes a change, and when; an instant of 0 is when it is taken into the access log."""

    name: str = COMMAND_LINE
    at: Instant = 0.0


HERE = By()
"""Somebody on the server's own command line."""


class Change(NamedTuple):
    """One change that was made; ids are in that order. `more` is what else there is to say: roles, an agency."""

    id: str
    at: Instant
    by: str
    account: str
    what: str
    more: str


def note(con: Con, by: By, account: str, what: str, more: str = "") -> None:
    """Write a change down, in the caller's transaction."""
    row = (f"{time.time_ns():016x}{secrets.token_hex(4)}", by.at, by.name, account, what, more[:300])
    con.execute("INSERT INTO changes (id, at, made_by, account, what, more) VALUES (?, ?, ?, ?, ?, ?)", row)


class Changes:
    """Changes that are not in the access log yet. Thread-safe."""

    def __init__(self, tables: AnyTables) -> None:
        self._tables = tables

    def waiting(self) -> list[Change]:
        """Those that wait, the oldest first."""
        with self._tables.reading() as con:
            rows = con.execute(
                f"SELECT id, at, made_by, account, what, more FROM changes ORDER BY id LIMIT {TAKEN_MOST}"  # noqa: S608
            ).fetchall()
        return [Change(*row) for row in rows]

    def taken(self, changes: Sequence[str]) -> None:
        """These are in the access log."""
        with self._tables.writing() as con:
            for change in changes:
                con.execute("DELETE FROM changes WHERE id = ?", (change,))
