"""Bodies and answers about how people and machines get in. Knows no handler."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.access.tokens import Token
from tocsin.web.bodies import Form, Name


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
