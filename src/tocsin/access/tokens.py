"""Keys for machines: made once and shown once, kept as a SHA-256, limited by scopes and time. Knows no HTTP.

A token that does not open is refused by name (unknown, expired, revoked), and an address that tries too many is told to
wait, under a key of its own: a machine with an old token locks no person out.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from tocsin.access.changes import HERE, By, note
from tocsin.access.failures import count_failure, locked_until, remote_key
from tocsin.access.hashing import new_token, token_digest
from tocsin.access.people import FAILURES_PER_REMOTE, MACHINE, AccessRefusal, Instant, Session, is_plain, plain_name
from tocsin.access.scopes import permissions_in, refuse_scopes
from tocsin.access.sessions import Sessions
from tocsin.access.tables import AnyTables

PREFIX = "tocsin_"
"""Begins every token, so that those who search repositories for secrets find one."""
DAYS_MOST = 731.0
SAVE_USED_S = 60.0
_UNKNOWN = AccessRefusal("token_unknown", "There is no such token.")
_REVOKED = AccessRefusal("token_revoked", "This token was revoked; an administrator can make another.")
_EXPIRED = AccessRefusal("token_expired", "This token's time is over; an administrator can make another.")
_COLUMNS = "id, name, scopes, agency, created_at, created_by, expires_at, used_at, revoked_at"


class Token(msgspec.Struct, frozen=True):
    """A machine's key as people see it; the secret is not here. Instants are 0 where it has not happened."""

    id: str
    name: str
    scopes: tuple[str, ...]
    agency: str
    created_at: Instant
    created_by: str
    expires_at: Instant
    used_at: Instant = 0.0
    revoked_at: Instant = 0.0


class _Held:
    __slots__ = ("saved_at", "session", "token")

    def __init__(self, token: Token, session: Session) -> None:
        self.token, self.session, self.saved_at = token, session, token.used_at


class Tokens:
    """The tokens of one centre. Thread-safe."""

    def __init__(self, tables: AnyTables, sessions: Sessions) -> None:
        self._tables, self._sessions = tables, sessions
        self._held: dict[bytes, _Held] = {}
        sessions.on_change.append(self._held.clear)

    def add(
        self, name: str, scopes: Sequence[str], days: float, by: str, now: Instant, *, agency: str = ""
    ) -> tuple[str, Token] | AccessRefusal:
        """A new token: its secret, which is kept nowhere, and what is kept."""
        plain = plain_name(name)
        if not plain or len(plain) > 48 or not is_plain(plain):
            return AccessRefusal("impossible_name", "A token's name has 1 to 48 visible characters.", "name")
        if len(agency) > 64 or not is_plain(agency):
            return AccessRefusal("impossible_agency", "An agency has at most 64 visible characters.", "agency")
        if not 0 < days <= DAYS_MOST:
            return AccessRefusal("impossible_expiry", f"A token lasts up to {DAYS_MOST:.0f} days.", "days")
        if (no := refuse_scopes(scopes)) is not None:
            return no
        secret = PREFIX + new_token()
        token = Token(secrets.token_hex(6), plain, tuple(dict.fromkeys(scopes)), agency, now, by, now + days * 86_400)
        with self._tables.writing() as con:
            if con.execute("SELECT 1 FROM tokens WHERE name = ? AND revoked_at = 0", (plain,)).fetchone():
                return AccessRefusal("name_taken", f"There is a token {plain!r} already; revoke it first.", "name")
            con.execute(
                f"INSERT INTO tokens (digest, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",  # noqa: S608
                (
                    token_digest(secret).hex(),
                    token.id,
                    plain,
                    " ".join(token.scopes),
                    agency,
                    now,
                    by,
                    token.expires_at,
                ),
            )
            note(con, By(by, now), MACHINE + plain, "token_made", " ".join((*token.scopes, agency)).strip())
        return secret, token

    def all(self) -> list[Token]:
        """Every token there ever was, the latest first."""
        with self._tables.reading() as con:
            rows = con.execute(f"SELECT {_COLUMNS} FROM tokens ORDER BY created_at DESC, id").fetchall()  # noqa: S608
        return [_token(row) for row in rows]

    def revoke(self, token: str, now: Instant, by: str = HERE.name) -> Token | AccessRefusal:
        """End it at once, by its id. It stays in the list, for the record names it."""
        with self._tables.writing() as con:
            done = con.execute(
                "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at = 0", (now, token)
            ).rowcount
            row = con.execute(f"SELECT {_COLUMNS} FROM tokens WHERE id = ?", (token,)).fetchone()  # noqa: S608
            if done:
                note(con, By(by, now), MACHINE + row[1], "token_revoked", token)
        self._held.clear()
        return AccessRefusal("unknown_token", "There is no token with this id.", "id") if row is None else _token(row)

    def is_at_hand(self, secret: str, now: Instant) -> bool:
        """Whether `find` would answer from memory."""
        self._sessions.look_elsewhere(now)
        return token_digest(secret) in self._held

    def find(self, secret: str, remote: str, now: Instant) -> Session | AccessRefusal:
        """The machine behind a secret, as a session without a cookie; or why not, by name."""
        self._sessions.look_elsewhere(now)
        digest = token_digest(secret)
        held = self._held.get(digest) or self._load(digest)
        if held is None:
            no = _UNKNOWN
        elif held.token.revoked_at:
            no = _REVOKED
        elif now >= held.token.expires_at:
            no = _EXPIRED
        else:
            self._use(digest, held, now)
            return held.session
        return self._fail(no, remote, now)

    def _load(self, digest: bytes) -> _Held | None:
        with self._tables.reading() as con:
            row = con.execute(f"SELECT {_COLUMNS} FROM tokens WHERE digest = ?", (digest.hex(),)).fetchone()  # noqa: S608
            if row is None:
                return None
            token = _token(row)
            held = self._held[digest] = _Held(token, _session(token))
        return held

    def _fail(self, no: AccessRefusal, remote: str, now: Instant) -> AccessRefusal:
        key = f"token {remote_key(remote)}"
        with self._tables.reading() as con:
            until = locked_until(con, key, now)
        if until is not None:
            return AccessRefusal("throttled", "Too many tokens that do not open, from this address.", until=until)
        with self._tables.writing(lasting=False) as con:
            count_failure(con, key, FAILURES_PER_REMOTE, now)
        return no

    def _use(self, digest: bytes, held: _Held, now: Instant) -> None:
        if now - held.saved_at < SAVE_USED_S:
            return
        held.saved_at = now

        def save() -> None:
            with self._tables.writing(lasting=False) as con:
                con.execute("UPDATE tokens SET used_at = ? WHERE digest = ?", (now, digest.hex()))

        self._tables.later(save)


def _row(token: Token) -> tuple[str, str, str, str, float, str, float]:
    scopes = " ".join(token.scopes)
    return token.id, token.name, scopes, token.agency, token.created_at, token.created_by, token.expires_at


def _token(row: tuple[str, str, str, str, float, str, float, float, float]) -> Token:
    return Token(row[0], row[1], tuple(row[2].split()), *row[3:])


def _session(token: Token) -> Session:
    who = MACHINE + token.name
    return Session(
        who, who, (), "", "en", "", "", token.created_at, token.expires_at, token.agency, permissions_in(token.scopes)
    )
