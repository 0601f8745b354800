"""What stands between the two halves of a ceremony (a passkey, another provider): a secret of ours, used once, soon.

The half that comes back names it by an id that only its own browser was given. Knows no cryptography.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from tocsin.access.hashing import new_token, token_digest
from tocsin.access.people import AccessRefusal, Instant
from tocsin.access.tables import AnyTables

CEREMONY_S = 300.0
WAITING_MOST = 10_000
"""Anybody may begin one: the oldest make room for the latest."""

Kind: TypeAlias = Literal["register", "passkey", "provider"]

OVER = AccessRefusal("ceremony_over", "This was begun too long ago, or was used before. Please begin again.")


class Ceremony(NamedTuple):
    """What was kept."""

    account: str
    secret: str


class Ceremonies:
    """Ceremonies under way, on all nodes of a centre."""

    def __init__(self, tables: AnyTables) -> None:
        self._tables = tables

    def begin(self, kind: Kind, account: str, secret: str, now: Instant) -> str:
        """Keep a secret; answers the id that brings it back, once."""
        name = new_token()
        with self._tables.writing(lasting=False) as con:
            con.execute("DELETE FROM ceremonies WHERE expires_at <= ?", (now,))
            if con.execute("SELECT count(*) FROM ceremonies").fetchone()[0] >= WAITING_MOST:
                con.execute("DELETE FROM ceremonies WHERE expires_at <= (SELECT min(expires_at) FROM ceremonies) + 30")
            row = (token_digest(name).hex(), kind, account, secret, now + CEREMONY_S)
            con.execute("INSERT INTO ceremonies VALUES (?, ?, ?, ?, ?)", row)
        return name

    def take(self, kind: Kind, name: str, now: Instant) -> Ceremony | None:
        """What was kept, if it is still good; used up whatever comes of it."""
        with self._tables.writing() as con:
            row = con.execute(
                "DELETE FROM ceremonies WHERE digest = ? AND kind = ? RETURNING account, secret, expires_at",
                (token_digest(name).hex(), kind),
            ).fetchone()
        return None if row is None or row[2] <= now else Ceremony(row[0], row[1])
