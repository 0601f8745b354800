"""Bodies and answers about how people and machines get in. Knows no handler."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tocsin.access import Account
from tocsin.access.passkeys import Passkey
from tocsin.access.people import OpenSession
from tocsin.access.tokens import Token
from tocsin.facts.values import Instant
from tocsin.web.bodies import Form, Name, Secret


class NewToken(Form, frozen=True):
    """A new token for a machine. What names, scopes and times may be is said when one is refused."""

    name: Name
    scopes: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=80)]
    days: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 90.0
    agency: Annotated[str, msgspec.Meta(max_length=64)] = ""


class TokenMade(msgspec.Struct, frozen=True):
    """The secret, shown this once: `Authorization: Bearer …`."""

    secret: str
    token: Token


class TokensView(msgspec.Struct, frozen=True):
    """Every token there ever was, and the scopes one may have."""

    tokens: tuple[Token, ...]
    scopes: tuple[str, ...]


class PasskeyAnswer(Form, frozen=True):
    """What the browser's own interface gave for a passkey, as its toJSON() has it, and the id of the first half."""

    ceremony: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    credential: dict[str, Any]


class PasskeyMade(Form, frozen=True):
    """The same for a new passkey, and what its owner calls it."""

    ceremony: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    credential: dict[str, Any]
    label: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class PasswordChange(Form, frozen=True):
    """The old password and the new one; without the old one for 15 minutes after coming in by a link."""

    new: Secret
    old: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class IdentityForm(Form, frozen=True):
    """Somebody at another provider: its issuer, exactly as the settings have it, and its own name for the person."""

    issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class IdentityQuery(IdentityForm, frozen=True):
    """The same, asked about."""


class IdentityView(msgspec.Struct, frozen=True):
    """The same, bound to an account."""

    issuer: str
    subject: str


class AccountView(msgspec.Struct, frozen=True):
    """An account and its ways in, as an administrator sees them."""

    account: Account
    has_password: bool
    locked_until: Instant
    """The password is locked by wrong tries until then; 0: it is not."""
    sessions: tuple[OpenSession, ...]
    passkeys: tuple[Passkey, ...]
    identities: tuple[IdentityView, ...]


class IssuerView(msgspec.Struct, frozen=True):
    """Another provider: what the button says, and the issuer it is known by."""

    label: str
    issuer: str


class Choices(msgspec.Struct, frozen=True):
    """What an account may be given: roles, and the agencies, units and other providers that the centre knows."""

    roles: tuple[str, ...]
    agencies: tuple[str, ...]
    units: tuple[str, ...]
    issuers: tuple[IssuerView, ...]
    address: str
    """What browsers reach this server under, if the settings say; an invitation begins with it."""


class LinkMade(msgspec.Struct, frozen=True):
    """Opens the account once: this path on the server's address, shown this once."""

    path: str
    expires_at: Instant


class Ended(msgspec.Struct, frozen=True):
    """How many sessions were ended."""

    ended: int


class BackQuery(Form, frozen=True, forbid_unknown_fields=False):
    """What a provider sends a browser back with; what else it says is left alone."""

    code: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    state: Annotated[str, msgspec.Meta(max_length=500)] = ""
    iss: Annotated[str, msgspec.Meta(max_length=500)] = ""
    error: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ProviderView(msgspec.Struct, frozen=True):
    """Somebody else who says who people are: its name here, and what the button says."""

    name: str
    label: str


class WaysIn(msgspec.Struct, frozen=True):
    """What the sign-in page may offer besides name and password."""

    passkeys: bool
    providers: tuple[ProviderView, ...]
