"""Passwords to argon2id hashes and tokens to SHA-256. Refuses to know whose they are.

Argon2id with RFC 9106's second recommendation (64 MiB, 3 passes): 50 to 250 ms and 64 MiB each, on purpose, so only a
few run at once. A token is 256 random bits, for which one SHA-256 is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 4
TOKEN_BYTES = 32


class Hasher:
    """Hashes and checks passwords, a few at a time. Thread-safe; calls block, so an event loop uses a thread."""

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self.turn = BoundedSemaphore(AT_ONCE)
        """Held while a password is checked: bounds memory, and how many guesses run before a failure is counted."""

    @cached_property
    def _nobody(self) -> str:
        """What a password for nobody is checked against. Made at the first check there is, whoever's it is."""
        return self._argon2.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """The argon2id hash, with its parameters and salt, as text."""
        return self._argon2.hash(_same_form(password))

    def is_right(self, stored: str, password: str) -> bool:
        """Whether the password gives this hash. An empty `stored` (nobody's) costs as much and is wrong."""
        nobody = self._nobody
        try:
            return self._argon2.verify(stored or nobody, _same_form(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False

    def is_dated(self, stored: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._argon2.check_needs_rehash(stored)


def _same_form(password: str) -> bytes:
    """NFKC, as NIST SP 800-63B asks: the same password from another keyboard gives the same bytes."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def new_token() -> str:
    """A secret for a cookie or a link: 43 characters that are safe in both."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
