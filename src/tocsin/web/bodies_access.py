"""Bodies and answers about how people and machines get in. Knows no handler."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tocsin.access.tokens import Token
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
    """The old password and the new one."""

    old: Secret
    new: Secret


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
