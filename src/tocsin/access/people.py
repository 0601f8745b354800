"""The shapes of access: accounts, sessions, refusals, and how long things last. Knows no store."""

from __future__ import annotations

import hmac
import unicodedata
from typing import Literal, TypeAlias

import msgspec

Instant: TypeAlias = float
"""Seconds since 1970-01-01T00:00:00Z, handed in by the caller."""

RECENT_S = 900.0
"""Who adds a way in must have signed in this lately: a screen left alone is not enough."""
SESSION_S = 12 * 3600.0
"""A session ends this long after signing in, whatever happens: a shift, and no second one."""
IDLE_S = 8 * 3600.0
"""A session ends after this long without a request."""
LINK_S = 600.0
"""A sign-in link opens once, within this time."""
FAILURES_WITHIN_S = 900.0
LOCKED_S = 900.0
FAILURES_PER_ACCOUNT = 5
"""So many failures within FAILURES_WITHIN_S lock the account's password for LOCKED_S. A sign-in link still opens it."""
FAILURES_PER_REMOTE = 50
"""The same for one address, whatever accounts were tried; a whole control room may be behind one address."""

PASSWORD_MIN = 12
PASSWORD_MAX = 1_024
NAME_MAX = 64
DISPLAY_MAX = 200
LANGUAGE_MAX = 16
MACHINE = "machine:"
"""Begins the name of a machine in the record; no person's name may."""
COMMAND_LINE = "command line"
RESERVED = frozenset({"clock", COMMAND_LINE})
"""Names that stand in the record for something that is no person."""


class AccessError(Exception):
    """The store of accounts could not do what was asked; one clear line says why. Nothing was half done."""


class AccessRefusal(msgspec.Struct, frozen=True):
    """A named no. `field` is what to look at, `until` when asking again makes sense."""

    name: Literal[
        "wrong_name_or_password",
        "locked",
        "throttled",
        "disabled",
        "link_used_or_expired",
        "unknown_account",
        "name_taken",
        "impossible_name",
        "impossible_display",
        "impossible_language",
        "impossible_unit",
        "impossible_agency",
        "password_too_short",
        "password_too_long",
        "password_is_name",
        "impossible_password",
        "unknown_role",
        "no_role",
        "unit_needed",
        "last_administrator",
        "impossible_expiry",
        "impossible_label",
        "passkey_refused",
        "passkey_copied",
        "passkey_known",
        "unknown_passkey",
        "too_many_passkeys",
        "ceremony_over",
        "sign_in_again",
        "unknown_session",
        "no_role_from_provider",
        "name_is_anothers",
        "impossible_identity",
        "identity_bound",
        "unknown_identity",
        "no_scope",
        "unknown_scope",
        "unknown_token",
        "token_unknown",
        "token_expired",
        "token_revoked",
    ]
    text: str
    field: str = ""
    until: Instant | None = None


class Account(msgspec.Struct, frozen=True):
    """Somebody who may sign in. The password's hash is not here: it never leaves the store."""

    name: str
    """Unique, in the form `plain_name` gives; this is the `by` of the record."""
    display: str
    roles: tuple[str, ...]
    unit: str
    """The unit of a field account, or empty."""
    language: str
    disabled: bool
    created_at: Instant
    agency: str = ""
    """Whose account it is: it sees that agency's incidents and those shared with it. Empty: the whole centre's."""


How: TypeAlias = Literal["password", "link", "passkey", "provider"]
"""How a session began."""


class Session(msgspec.Struct, frozen=True):
    """Somebody who is signed in, as of the last change to their account."""

    account: str
    display: str
    roles: tuple[str, ...]
    unit: str
    language: str
    csrf: str
    token: str
    """The secret of the cookie. Only its SHA-256 is stored."""
    created_at: Instant
    expires_at: Instant
    agency: str = ""
    """The account's agency; empty: the whole centre."""
    scopes: frozenset[str] | None = None
    """A machine's permissions; None for a person, who has roles."""

    def __repr__(self) -> str:
        """Without the secrets, for logs."""
        return f"Session(account={self.account!r}, roles={self.roles!r})"

    def is_csrf(self, given: str) -> bool:
        """Whether this is the session's CSRF secret; takes the same time for every wrong guess."""
        return hmac.compare_digest(self.csrf.encode(), given.encode("utf-8", "surrogatepass"))


class OpenSession(msgspec.Struct, frozen=True):
    """One of somebody's open sessions, as they see it; no secret is here."""

    id: str
    created_at: Instant
    seen_at: Instant
    expires_at: Instant
    how: str
    remote: str
    current: bool = False


def plain_name(name: str) -> str:
    """The one form of a name: NFKC, casefolded, without blanks around it. `Ana`, `ANA` and `ａｎａ` are one account."""
    # Casefolding can undo NFKC and the other way round; the second round settles it (Unicode 3.13, D147).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold()).strip()


def is_plain(text: str) -> bool:
    """Whether nothing in a name is invisible, turns its line round, or is a separator other than the blank."""
    kinds = [(character, unicodedata.category(character)) for character in text]
    return not any(kind[0] == "C" or (kind[0] == "Z" and character != " ") for character, kind in kinds)


def is_line(text: str) -> bool:
    """Whether every character can stand in one line: no control, no line break, no half of a surrogate pair."""
    return not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
