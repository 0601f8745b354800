"""Accounts of people whom another provider knows: bound to its name for them, with the roles it gives.

An account is made at the first sign-in and bound to (issuer, subject). A name that somebody here has already is
refused, unless an administrator has bound it: otherwise whoever may choose a name there could become anybody here.
Knows no protocol.
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.access.changes import HERE, By, note
from tocsin.access.last import LAST, closes_last_door
from tocsin.access.people import AccessRefusal, Account, Instant, Session, is_line, plain_name
from tocsin.access.roles import ROLES
from tocsin.access.rules import refuse_name, refuse_profile
from tocsin.access.sessions import ACCOUNT_COLUMNS, Sessions, account_of
from tocsin.access.tables import AnyTables, Con

_DISABLED = AccessRefusal("disabled", "This account is disabled; an administrator can enable it.")


class Known(NamedTuple):
    """Somebody as a provider says who they are."""

    issuer: str
    subject: str
    name: str
    display: str
    roles: tuple[str, ...]
    agency: str = ""


class Identity(NamedTuple):
    """Whom a provider knows under `subject`, and the account here that is theirs."""

    issuer: str
    subject: str
    account: str


class Identities:
    """Whom other providers know, as accounts. Thread-safe."""

    def __init__(self, tables: AnyTables, sessions: Sessions) -> None:
        self._tables, self._sessions = tables, sessions

    def of(self, account: str) -> list[Identity]:
        """The people of other providers that an account is bound to."""
        with self._tables.reading() as con:
            rows = con.execute(
                "SELECT issuer, subject, account FROM identities WHERE account = ? ORDER BY issuer, subject", (account,)
            ).fetchall()
        return [Identity(*row) for row in rows]

    def bind(self, issuer: str, subject: str, account: str, by: By = HERE) -> Identity | AccessRefusal:
        """An administrator says that this account is that person's there. Bound to another account, it is refused."""
        plain = plain_name(account)
        if no := _refuse(issuer, subject):
            return no
        with self._tables.writing() as con:
            if refuse_name(plain) is not None or _read(con, plain) is None:
                return AccessRefusal("unknown_account", f"There is no account {plain!r}.", "name")
            row = con.execute(
                "SELECT account FROM identities WHERE issuer = ? AND subject = ?", (issuer, subject)
            ).fetchone()
            if row is not None and row[0] != plain:
                text = f"{subject!r} is bound to the account {row[0]!r}; unbind it there first."
                return AccessRefusal("identity_bound", text, "subject")
            if row is None:
                con.execute("INSERT INTO identities VALUES (?, ?, ?)", (issuer, subject, plain))
                note(con, by, plain, "bound", f"{subject} {issuer}")
        return Identity(issuer, subject, plain)

    def unbind(self, issuer: str, subject: str, account: str, by: By = HERE) -> AccessRefusal | None:
        """It is theirs no more: their sign-in there opens nothing here, until somebody binds it again."""
        plain = plain_name(account)
        with self._tables.writing() as con:
            if Identity(issuer, subject, plain) not in self.of(plain):
                return AccessRefusal("unknown_identity", "This account is not bound to that.", "subject")
            if closes_last_door(con, plain, 1):
                return LAST
            con.execute("DELETE FROM identities WHERE issuer = ? AND subject = ?", (issuer, subject))
            note(con, by, plain, "unbound", f"{subject} {issuer}")
        return None

    def enter(self, known: Known, remote: str, now: Instant) -> Session | AccessRefusal:
        """A session for whoever the provider vouches for; roles and agency follow what it says today."""
        roles = tuple(role for role in ROLES if role in known.roles and role != "field_unit")
        if not roles:
            text = "Your sign-in is known, but it gives you no role here; an administrator can map one."
            return AccessRefusal("no_role_from_provider", text)
        with self._tables.writing() as con:
            found = self._account(con, known, roles, now)
            if isinstance(found, AccessRefusal):
                return found
            if found.disabled:
                return _DISABLED
            if (found.roles, found.agency) != (roles, known.agency):
                con.execute(
                    "UPDATE accounts SET roles = ?, agency = ? WHERE name = ?",
                    (" ".join(roles), known.agency, found.name),
                )
                by = By(found.name, now)
                note(con, by, found.name, "by_provider", " ".join((*roles, known.agency, known.issuer)).strip())
                found = _read(con, found.name) or found
            session = self._sessions.begin(con, found, now, "provider", remote)
        self._sessions.refresh(session.account)
        return session

    def _account(self, con: Con, known: Known, roles: tuple[str, ...], now: Instant) -> Account | AccessRefusal:
        row = con.execute(
            "SELECT account FROM identities WHERE issuer = ? AND subject = ?", (known.issuer, known.subject)
        ).fetchone()
        if row is not None:
            return _read(con, row[0]) or AccessRefusal("unknown_account", "This account is gone.", "name")
        plain = plain_name(known.name)
        display = known.display[:200] or known.name
        no = refuse_name(plain) or refuse_profile(display, roles, "", "en")
        if no is not None:
            return no
        if _read(con, plain) is not None:
            text = (
                f"There is an account {plain!r} here already; an administrator can bind it to this sign-in"
                f" (subject {known.subject!r} of {known.issuer})."
            )
            return AccessRefusal("name_is_anothers", text, "name")
        con.execute(
            "INSERT INTO accounts (name, display, roles, unit, language, hash, disabled, created_at, agency)"
            " VALUES (?, ?, ?, '', 'en', '', ?, ?, ?)",
            (plain, display, " ".join(roles), False, now, known.agency),
        )
        con.execute("INSERT INTO identities VALUES (?, ?, ?)", (known.issuer, known.subject, plain))
        note(con, By(plain, now), plain, "by_provider", " ".join((*roles, known.agency, known.issuer)).strip())
        return Account(plain, display, roles, "", "en", False, now, known.agency)


def _refuse(issuer: str, subject: str) -> AccessRefusal | None:
    for field, given, most in (("issuer", issuer, 500), ("subject", subject, 255)):  # OpenID Connect Core §2, `sub`
        if not given.strip() or len(given) > most or not is_line(given):
            text = f"The {field} is 1 to {most} characters in one line, as the provider says it."
            return AccessRefusal("impossible_identity", text, field)
    if not issuer.startswith(("https://", "http://")):
        text = "An issuer is an address: https://… exactly as the settings name it."
        return AccessRefusal("impossible_identity", text, "issuer")
    return None


def _read(con: Con, name: str) -> Account | None:
    row = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE name = ?", (name,)).fetchone()  # noqa: S608
    return None if row is None else account_of(row)
