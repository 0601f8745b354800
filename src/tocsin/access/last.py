"""Somebody must always be left who manages accounts: the rule that keeps the last administrator in. Knows no screen."""

from __future__ import annotations

from tocsin.access.people import AccessRefusal, Account
from tocsin.access.sessions import ACCOUNT_COLUMNS, account_of
from tocsin.access.tables import Con

LAST = AccessRefusal("last_administrator", "Nobody would be left who can come in and manage accounts.", "roles")


def leaves_nobody(con: Con, before: Account, after: Account) -> bool:
    """Whether nobody would be left. Somebody invited who has no way in of their own yet does not count as left."""
    if not _administers(before) or _administers(after):
        return False
    others = _others(con, before.name)
    return not others or (_ways_in(con, before.name) > 0 and not any(_ways_in(con, name) for name in others))


def closes_last_door(con: Con, name: str, doors: int) -> bool:
    """Whether taking so many ways in from this account would leave no administrator who can come in."""
    row = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE name = ?", (name,)).fetchone()  # noqa: S608
    if not doors or row is None or not _administers(account_of(row)) or _ways_in(con, name) > doors:
        return False
    return not any(_ways_in(con, other) for other in _others(con, name))


def _others(con: Con, name: str) -> list[str]:
    rows = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE name <> ?", (name,)).fetchall()  # noqa: S608
    return [one.name for one in map(account_of, rows) if _administers(one)]


def _administers(account: Account) -> bool:
    return "administrator" in account.roles and not account.disabled and not account.agency


def _ways_in(con: Con, name: str) -> int:
    """How many lasting ways in an account has: a password, passkeys, people of other providers."""
    row = con.execute(
        "SELECT (SELECT count(*) FROM accounts WHERE name = ? AND hash <> '')"
        " + (SELECT count(*) FROM passkeys WHERE account = ?) + (SELECT count(*) FROM identities WHERE account = ?)",
        (name, name, name),
    ).fetchone()
    return int(row[0])
