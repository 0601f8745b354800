"""The master key: one line in a file of its owner's, or in the environment. It wraps every other key and nothing else.

Refuses to show itself, to be written over, and to be read where others may read it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.log.key_file import read_line, write_line
from tocsin.log.port import LogError

KEY_B, NONCE_B, MARK_B = 32, 12, 8
VARIABLE = "TOCSIN_MASTER_KEY"
FILE = "master.key"
SNAPSHOT = b"snapshot"
"""What a snapshot is sealed with is derived for."""
RECEIPTS = b"receipts"
"""What receipts remember of an order's content is keyed by what is derived for this."""
I3_LOG = b"i3 logging service"
"""The key that signs what neighbours read is derived for."""


class MasterKey:
    """AES-256-GCM over other keys. `mark` names it without telling it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_B:
            raise LogError(f"a master key has {KEY_B} bytes, not {len(secret)}")
        self._secret = secret
        self._aes = AESGCM(secret)
        self.mark = sha256(b"tocsin master key\n" + secret).digest()[:MARK_B]

    @classmethod
    def new(cls) -> MasterKey:
        """A fresh one from the system's dice."""
        return cls(os.urandom(KEY_B))

    @classmethod
    def parse(cls, text: str) -> MasterKey:
        """From what `line` gave. Raises LogError."""
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError) as error:
            raise LogError(f"this is not a master key: {KEY_B} bytes in base64 are") from error

    @classmethod
    def find(cls, path: Path | None, default: Path, *, make: bool = True) -> MasterKey:
        """The key of the environment, else of the file named, else of the default file, which is made when absent.

        Raises LogError, also where a file was named that is not there: a new key would open nothing.
        """
        if told := os.environ.get(VARIABLE):
            try:
                return cls.parse(told)
            except LogError as error:
                raise LogError(f"{VARIABLE}: {error}") from error
        if path is None and make and not default.exists():
            cls.new().save(default)
        return cls.load(path or default)

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """From a file. Raises LogError: not there, not a key, or open to others."""
        text = read_line(path, "a master key")
        try:
            return cls.parse(text)
        except LogError as error:
            raise LogError(f"{path}: {error}") from error

    def save(self, path: Path) -> None:
        """Into a new file, mode 0600, there after a power cut too. Raises LogError; never writes over anything."""
        write_line(path, self.line())

    def line(self) -> str:
        """The key as text: for a safe, never for a screen."""
        return base64.b64encode(self._secret).decode()

    def derive(self, purpose: bytes) -> bytes:
        """32 bytes for one purpose, which tell nothing of the key or of those for another (HMAC-SHA-256)."""
        return hmac.digest(self._secret, b"tocsin derived key\n" + purpose, "sha256")

    def wrap(self, key: bytes, bound: bytes) -> bytes:
        """Another key, sealed; `bound` is what it is tied to."""
        nonce = os.urandom(NONCE_B)
        return nonce + self._aes.encrypt(nonce, key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """The key that was wrapped. Raises LogError when this is not the master key it was wrapped under."""
        try:
            return self._aes.decrypt(wrapped[:NONCE_B], wrapped[NONCE_B:], bound)
        except (InvalidTag, ValueError) as error:
            raise LogError("a key was wrapped under another master key, or was altered") from error
