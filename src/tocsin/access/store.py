"""The one door to accounts and sign-in. Secrets never enter the log: this file is mutable, and what is deleted is gone.

Every method is thread-safe. `sign_in`, `add_account` and a change of password take 50 to 250 ms on purpose (argon2): an
event loop calls them in a thread. `session` takes microseconds. `now` is always handed in. A no is an AccessRefusal,
returned; AccessError is raised when the file itself fails.
"""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from tocsin.access.accounts import Accounts, find, unknown
from tocsin.access.changes import HERE, By, note
from tocsin.access.failures import account_key, count_failure, forget_failures, locked_until, remote_key
from tocsin.access.hashing import Hasher, new_token, token_digest
from tocsin.access.people import (
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_REMOTE,
    LINK_S,
    PASSWORD_MAX,
    RECENT_S,
    AccessError,
    AccessRefusal,
    Instant,
    OpenSession,
    Session,
    plain_name,
)
from tocsin.access.rules import refuse_name
from tocsin.access.tables import Con, Tables

FILE = "accounts.db"
"""Its name in a data folder: the server and the command line must mean the same one."""

_WRONG = AccessRefusal("wrong_name_or_password", "Name or password is wrong.")
_DISABLED = AccessRefusal("disabled", "This account is disabled; an administrator can enable it.")
_NO_OLD = AccessRefusal(
    "wrong_name_or_password",
    "Say the password you have. Without it: an administrator's link lets you in, and for 15 minutes lets you set one.",
    "old",
)
_LINK = AccessRefusal("link_used_or_expired", "This link was used before, or its time is over. Please ask for another.")


class Access(Accounts):
    """Accounts, sessions, links and failures of one file."""

    @classmethod
    def open(cls, path: Path | str, *, argon2: PasswordHasher | None = None) -> Access:
        """Open or create the file. Raises AccessError. `argon2` is for tests that have no time."""
        return cls(Tables(Path(path)), Hasher(argon2))

    @classmethod
    def at(cls, conninfo: str, centre: str, *, argon2: PasswordHasher | None = None) -> Access:
        """Open or create the centre's accounts in a database that all its nodes share. Raises AccessError."""
        try:
            from tocsin.access.tables_postgres import PostgresTables
        except ImportError as error:
            raise AccessError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from error
        return cls(PostgresTables(conninfo, centre), Hasher(argon2))

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._tables.close()

    def sign_in(self, name: str, password: str, remote: str, now: Instant) -> Session | AccessRefusal:
        """By name and password. The same words, and about the same time, whether the name or the password is wrong."""
        plain = plain_name(name)
        plain = plain if refuse_name(plain) is None else ""
        no = self._locked(plain, remote, now)
        if no is not None:
            return no
        with self._hasher.turn:
            # Asked again: whoever waited for a turn may have been locked meanwhile.
            return self._locked(plain, remote, now) or self._check(plain, password, remote, now)

    def sign_in_link(self, name: str, now: Instant, by: str = HERE.name) -> str | AccessRefusal:
        """The secret of a link that opens this account once within LINK_S, also while its password is locked."""
        plain, token = plain_name(name), new_token()
        with self._tables.writing() as con:
            account = find(con, plain)
            if account is None:
                return unknown(plain)
            if account.disabled:
                return _DISABLED
            con.execute("DELETE FROM links WHERE expires_at <= ?", (now,))
            con.execute("INSERT INTO links VALUES (?, ?, ?)", (token_digest(token), plain, now + LINK_S))
            note(con, By(by, now), plain, "link_made")
        return token

    def sign_in_by_link(self, token: str, remote: str, now: Instant) -> Session | AccessRefusal:
        """By a link; it is used up whatever comes of it."""
        with self._tables.writing() as con:
            until = locked_until(con, remote_key(remote), now) if remote else None
            if until is not None:
                return _throttled(until)
            found = con.execute(
                "DELETE FROM links WHERE digest = ? RETURNING account, expires_at", (token_digest(token),)
            ).fetchone()
            if found is None or found[1] <= now:
                _count(con, None, remote, now)
                return _LINK
            account = find(con, found[0])
            if account is None or account.disabled:
                return _DISABLED
            return self._sessions.begin(con, account, now, "link", remote)

    def is_at_hand(self, token: str, now: Instant) -> bool:
        """Whether `session` would answer from memory; otherwise it asks the store, and an event loop uses a thread."""
        return self._sessions.is_at_hand(token, now)

    def session(self, token: str, now: Instant) -> Session | None:
        """The session of this token if it is good; for every request."""
        return self._sessions.find(token, now)

    def sign_out(self, token: str) -> None:
        """End the session of this token, if there is one."""
        self._sessions.end(token)

    def sessions_of(self, account: str, now: Instant, current: str = "") -> list[OpenSession]:
        """The open sessions of an account, the latest first."""
        return self._sessions.of(account, now, current)

    def end_session(self, account: str, session: str) -> AccessRefusal | None:
        """End one of an account's own sessions, by its id."""
        return self._sessions.end_one(account, session)

    def end_all_sessions(self, account: str, by: By = HERE) -> int:
        """End every session of an account; answers how many."""
        return self._sessions.end_all(account, by)

    def end_other_sessions(self, account: str, current: str) -> int:
        """End all of an account's sessions but the one that asks."""
        return self._sessions.end_others(account, current)

    def change_own_password(self, name: str, old: str, new: str, remote: str, now: Instant) -> Session | AccessRefusal:
        """A new password by whoever knows the old one: every session ends, and a new one begins."""
        known = self.sign_in(name, old, remote, now)
        if isinstance(known, AccessRefusal):
            return known
        changed = self._replace_password(known.account, new, remote, now)
        if isinstance(changed, AccessRefusal):
            self.sign_out(known.token)
        return changed

    def set_password_after_link(self, token: str, new: str, remote: str, now: Instant) -> Session | AccessRefusal:
        """The same by whoever has just come in by a link: that is how somebody invited gets a password at all."""
        with self._tables.reading() as con:
            row = con.execute(
                "SELECT account, how, created_at FROM sessions WHERE digest = ?", (token_digest(token),)
            ).fetchone()
        if row is None or row[1] != "link" or now - row[2] > RECENT_S:
            return _NO_OLD
        return self._replace_password(row[0], new, remote, now)

    def _replace_password(self, name: str, new: str, remote: str, now: Instant) -> Session | AccessRefusal:
        changed = self.change(name, password=new, by=By(name, now))
        if isinstance(changed, AccessRefusal):
            return changed
        with self._tables.writing() as con:
            return self._sessions.begin(con, changed, now, "password", remote)

    def _locked(self, plain: str, remote: str, now: Instant) -> AccessRefusal | None:
        with self._tables.reading() as con:
            until = locked_until(con, account_key(plain), now)
            if until is not None:
                text = "Too many wrong passwords: this account is locked for a while. A sign-in link still opens it."
                return AccessRefusal("locked", text, until=until)
            until = locked_until(con, remote_key(remote), now) if remote else None
        return None if until is None else _throttled(until)

    def _check(self, plain: str, password: str, remote: str, now: Instant) -> Session | AccessRefusal:
        with self._tables.reading() as con:
            row = con.execute("SELECT hash FROM accounts WHERE name = ?", (plain,)).fetchone()
        stored = row[0] if row is not None and len(password) <= PASSWORD_MAX else ""
        if not self._hasher.is_right(stored, password[:PASSWORD_MAX]):
            with self._tables.writing() as con:
                _count(con, plain, remote, now)
            return _WRONG
        fresh = self._hasher.hash(password) if self._hasher.is_dated(stored) else stored
        with self._tables.writing() as con:
            account = find(con, plain)
            # The password may have been changed, and the account closed, while it was being checked.
            kept = con.execute(
                "UPDATE accounts SET hash = ? WHERE name = ? AND hash = ?", (fresh, plain, stored)
            ).rowcount
            if account is None or not kept:
                return _WRONG
            if account.disabled:
                return _DISABLED
            forget_failures(con, account_key(plain))
            return self._sessions.begin(con, account, now, "password", remote)


def _count(con: Con, plain: str | None, remote: str, now: Instant) -> None:
    if plain is not None:
        count_failure(con, account_key(plain), FAILURES_PER_ACCOUNT, now)
    if remote:
        count_failure(con, remote_key(remote), FAILURES_PER_REMOTE, now)


def _throttled(until: Instant) -> AccessRefusal:
    return AccessRefusal("throttled", "Too many failed sign-ins from this address; please wait a while.", until=until)
