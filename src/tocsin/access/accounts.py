"""The people who may sign in: added, changed, closed. Refuses to know how they sign in, and what they may do.

A no is an AccessRefusal, returned; AccessError is raised when the file itself fails. Methods are thread-safe; those
that are given a password take 50 to 250 ms on purpose (argon2), so an event loop calls them in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tocsin.access.ceremonies import Ceremonies
from tocsin.access.changes import HERE, By, Changes, note
from tocsin.access.failures import account_key, locked_until, unlock
from tocsin.access.hashing import Hasher
from tocsin.access.identities import Identities
from tocsin.access.last import LAST, leaves_nobody
from tocsin.access.passkeys import Passkeys
from tocsin.access.people import AccessRefusal, Account, Instant, plain_name
from tocsin.access.roles import ROLES
from tocsin.access.rules import refuse_name, refuse_password, refuse_profile
from tocsin.access.sessions import ACCOUNT_COLUMNS, Sessions, account_of
from tocsin.access.tables import AnyTables, Con
from tocsin.access.tokens import Tokens

V = TypeVar("V")


class Accounts:
    """The accounts of one file."""

    def __init__(self, tables: AnyTables, hasher: Hasher) -> None:
        self._tables = tables
        self._hasher = hasher
        self._sessions = Sessions(tables)
        self.changes = Changes(tables)
        self.tokens = Tokens(tables, self._sessions)
        self.passkeys = Passkeys(tables, self._sessions)
        self.ceremonies = Ceremonies(tables)
        self.identities = Identities(tables, self._sessions)

    def accounts(self) -> list[Account]:
        """All accounts by name."""
        with self._tables.reading() as con:
            rows = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts ORDER BY name").fetchall()  # noqa: S608
        return [account_of(row) for row in rows]

    def account(self, name: str) -> Account | None:
        """One account, by its name in any form."""
        with self._tables.reading() as con:
            return find(con, plain_name(name))

    def add_account(
        self,
        name: str,
        password: str | None,
        roles: Sequence[str],
        now: Instant,
        *,
        display: str = "",
        unit: str = "",
        language: str = "en",
        agency: str = "",
        by: By = HERE,
    ) -> Account | AccessRefusal:
        """A new account. Without a password it opens by sign-in links alone."""
        plain = plain_name(name)
        account = Account(plain, display or name.strip(), _in_order(roles), unit, language, False, now, agency)
        no = refuse_name(plain) or refuse_profile(account.display, roles, unit, language, agency)
        no = no or (refuse_password(password, plain) if password is not None else None)
        if no is not None:
            return no
        stored = self._hash(password)
        with self._tables.writing() as con:
            if find(con, plain) is not None:
                return AccessRefusal("name_taken", f"There is an account {plain!r} already.", "name")
            con.execute(
                f"INSERT INTO accounts ({ACCOUNT_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (*_row(account)[:6], now, agency, stored),
            )
            note(con, By(by.name, now), plain, "added", " ".join((*account.roles, agency)).strip())
        return account

    def change(
        self,
        name: str,
        *,
        display: str | None = None,
        roles: Sequence[str] | None = None,
        unit: str | None = None,
        language: str | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        agency: str | None = None,
        by: By = HERE,
    ) -> Account | AccessRefusal:
        """Change what is given, all or nothing. Open sessions follow at once; a new password or closing ends them."""
        plain = plain_name(name)
        no = refuse_password(password, plain) if password is not None else None
        if no is not None:
            return no
        stored = self._hash(password) if password is not None else None
        with self._tables.writing() as con:
            before = find(con, plain)
            if before is None:
                return unknown(plain)
            after = Account(
                plain,
                _or(display, before.display),
                _in_order(_or(roles, before.roles)),
                _or(unit, before.unit),
                _or(language, before.language),
                _or(disabled, before.disabled),
                before.created_at,
                _or(agency, before.agency),
            )
            no = refuse_profile(after.display, _or(roles, before.roles), after.unit, after.language, after.agency)
            if no is None and leaves_nobody(con, before, after):
                no = LAST
            if no is not None:
                return no
            _write(con, after, stored)
            for what, more in _changed(before, after, stored is not None):
                note(con, by, plain, what, more)
            if stored is not None or disabled is False:
                unlock(con, account_key(plain))
        self._sessions.refresh(plain)
        return after

    def has_password(self, name: str) -> bool:
        """Whether the account can be opened by a password at all."""
        with self._tables.reading() as con:
            row = con.execute("SELECT hash FROM accounts WHERE name = ?", (name,)).fetchone()
        return row is not None and bool(row[0])

    def locked(self, name: str, now: Instant) -> Instant:
        """Until when wrong tries have locked its password; 0: they have not."""
        with self._tables.reading() as con:
            return locked_until(con, account_key(name), now) or 0.0

    def set_password(self, name: str, password: str) -> Account | AccessRefusal:
        """A new password: sessions and links of the account end, and a lock on it is lifted."""
        return self.change(name, password=password)

    def set_roles(self, name: str, roles: Sequence[str]) -> Account | AccessRefusal:
        """New roles, at once also for open sessions."""
        return self.change(name, roles=roles)

    def disable(self, name: str) -> Account | AccessRefusal:
        """Close an account: its sessions and links end. It stays in the list, for the record names it."""
        return self.change(name, disabled=True)

    def enable(self, name: str) -> Account | AccessRefusal:
        """Open it again, and lift a lock on it."""
        return self.change(name, disabled=False)

    def _hash(self, password: str | None) -> str:
        if password is None:
            return ""
        with self._hasher.turn:
            return self._hasher.hash(password)


def find(con: Con, plain: str) -> Account | None:
    """One account by its plain name."""
    if refuse_name(plain) is not None:
        return None
    row = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE name = ?", (plain,)).fetchone()  # noqa: S608
    return None if row is None else account_of(row)


def _row(account: Account) -> tuple[str, str, str, str, str, bool, str]:
    roles = " ".join(account.roles)
    return account.name, account.display, roles, account.unit, account.language, account.disabled, account.agency


def _write(con: Con, account: Account, stored: str | None) -> None:
    name, *rest = _row(account)
    con.execute(
        "UPDATE accounts SET display = ?, roles = ?, unit = ?, language = ?, disabled = ?, agency = ? WHERE name = ?",
        (*rest, name),
    )
    if stored is not None:
        con.execute("UPDATE accounts SET hash = ? WHERE name = ?", (stored, name))
    if stored is not None or account.disabled:
        con.execute("DELETE FROM sessions WHERE account = ?", (name,))
        con.execute("DELETE FROM links WHERE account = ?", (name,))


def _changed(before: Account, after: Account, password: bool) -> Iterator[tuple[str, str]]:
    """What became otherwise, each with what it became. A name people are shown is theirs: not repeated here."""
    if before.roles != after.roles:
        yield "roles", " ".join(after.roles)
    if before.agency != after.agency:
        yield "agency", after.agency
    if before.unit != after.unit:
        yield "unit", after.unit
    if (before.display, before.language) != (after.display, after.language):
        yield "profile", ""
    if password:
        yield "password", ""
    if before.disabled != after.disabled:
        yield ("disabled" if after.disabled else "enabled"), ""


def unknown(plain: str) -> AccessRefusal:
    """Nobody has this name."""
    return AccessRefusal("unknown_account", f"There is no account {plain!r}.", "name")


def _in_order(roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(role for role in ROLES if role in roles)


def _or(given: V | None, before: V) -> V:
    return before if given is None else given
