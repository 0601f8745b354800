"""Signed notes and checkpoints: short texts that anybody can check years later. Refuses to know logs or stores.

C2SP signed-note (Ed25519, kind 1), tlog-checkpoint, and tlog-cosignature (timestamped Ed25519, kind 4). Keys are
written as that world writes them: `name+id+base64` for the public one, `PRIVATE+KEY+…` for the other.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.facts.values import Position
from tocsin.log.hashes import HASH_BYTES
from tocsin.log.port import LogError

ED25519, COSIGNATURE = 1, 4
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_PRIVATE = "PRIVATE+KEY+"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class NoteError(LogError):
    """A note, key or checkpoint that is not what it should be; one line says what."""


class PublicKey(NamedTuple):
    """What a signature is checked with."""

    name: str
    kind: int
    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """From `name+id+base64`. Raises NoteError."""
        parts = text.strip().split("+", 2)
        if len(parts) == 3:
            name, identity, encoded = parts
            data = _unbase64(encoded)
            if is_key_name(name) and data and len(data) == 33 and data[0] in (ED25519, COSIGNATURE):
                key = cls(name, data[0], data[1:])
                if key.identity.hex() == identity:
                    return key
        raise NoteError(f"{text.strip()[:100]!r} is not a public key of Ed25519: name+id+base64")

    @property
    def identity(self) -> bytes:
        """Four bytes that tell this key from others of its name."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.identity.hex()}+{_base64(bytes([self.kind]) + self.raw)}"

    def check(self, text: bytes, signature: bytes) -> None:
        """Raises NoteError unless `signature` is this key's over `text`."""
        try:
            if self.kind == COSIGNATURE:
                text = _cosigned(text, int.from_bytes(signature[:8], "big"))
                signature = signature[8:]
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature of {self.name} is wrong") from error


class PrivateKey:
    """What a centre or a witness signs with."""

    def __init__(self, name: str, kind: int, seed: bytes) -> None:
        if not is_key_name(name):
            raise NoteError(f"{name!r} cannot name a key: it is empty, or has a space or a plus in it")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.public = PublicKey(name, kind, self._key.public_key().public_bytes_raw())

    @classmethod
    def make(cls, name: str, *, witness: bool = False) -> PrivateKey:
        """A new one. Raises NoteError for a name that cannot be one."""
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        return cls(name, COSIGNATURE if witness else ED25519, seed)

    @classmethod
    def parse(cls, text: str) -> PrivateKey:
        """From the line in a key file. Raises NoteError, which never repeats the key."""
        text = text.strip()
        parts = text.removeprefix(_PRIVATE).split("+", 2)
        data = _unbase64(parts[2]) if text.startswith(_PRIVATE) and len(parts) == 3 else None
        if data and len(data) == 33 and data[0] in (ED25519, COSIGNATURE):
            key = cls(parts[0], data[0], data[1:])
            if key.public.identity.hex() == parts[1]:
                return key
        raise NoteError("this is not a signing key")

    def secret(self) -> str:
        """The line for the key file."""
        public = self.public
        return f"{_PRIVATE}{public.name}+{public.identity.hex()}+{_base64(bytes([public.kind]) + self._seed)}"

    def line(self, text: bytes, at_s: int = 0) -> str:
        """The signature line under `text`; a witness says when, in seconds since 1970."""
        if self.public.kind == COSIGNATURE:
            signature = at_s.to_bytes(8, "big") + self._key.sign(_cosigned(text, at_s))
        else:
            signature = self._key.sign(text)
        return f"— {self.public.name} {_base64(self.public.identity + signature)}\n"


class Signature(NamedTuple):
    """One line under a note."""

    name: str
    identity: bytes
    signature: bytes
    line: str


class Note(NamedTuple):
    """A text and the signatures under it, none of them checked yet."""

    text: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Raises NoteError for bytes that are no signed note."""
        if len(data) > MAX_NOTE_BYTES:
            raise NoteError("the note is too long")
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise NoteError("the note is not UTF-8") from error
        if any(character < " " and character != "\n" for character in whole):
            raise NoteError("the note has a control character in it")
        text, found, under = whole.rpartition("\n\n")
        if not found or not under.endswith("\n"):
            raise NoteError("the note has no signatures under it")
        lines = under[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError("the note has too many signatures")
        return cls(f"{text}\n".encode(), tuple(_signature(line) for line in lines))

    def check(self, trusted: Iterable[PublicKey]) -> list[PublicKey]:
        """The trusted keys that signed. Raises NoteError when none did, or when one of their signatures is wrong."""
        by = {(key.name, key.identity): key for key in trusted}
        found = []
        for one in self.signatures:
            key = by.get((one.name, one.identity))
            if key is not None:
                key.check(self.text, one.signature)
                found.append(key)
        if not found:
            told = ", ".join(f"{one.name}+{one.identity.hex()}" for one in self.signatures)
            raise NoteError(f"the note is not signed by a key that you trust, but by {told}")
        return found

    def bytes(self) -> bytes:
        """The note as it is passed on."""
        return self.text + b"\n" + "".join(one.line for one in self.signatures).encode()

    def signed(self, keys: Sequence[PrivateKey], at_s: int = 0) -> Note:
        """The note with one more line for each key."""
        lines = [_signature(key.line(self.text, at_s).removesuffix("\n")) for key in keys]
        return Note(self.text, (*self.signatures, *lines))


class Checkpoint(NamedTuple):
    """Where a log stands, as it is signed: C2SP tlog-checkpoint, without extension lines of our own."""

    origin: str
    size: Position
    root: bytes

    def note(self) -> Note:
        """The text to sign. Raises NoteError for an origin that cannot be one line."""
        if not self.origin or any(character < " " for character in self.origin):
            raise NoteError(f"{self.origin!r} cannot be the origin of a checkpoint")
        return Note(f"{self.origin}\n{self.size}\n{_base64(self.root)}\n".encode(), ())

    @classmethod
    def read(cls, text: bytes) -> Checkpoint:
        """From a note's text. Raises NoteError."""
        lines = text.decode().removesuffix("\n").split("\n")
        if len(lines) < 3 or not all(lines) or not _NUMBER.fullmatch(lines[1]):
            raise NoteError("the note is not a checkpoint: origin, size and root hash, a line each")
        root = _unbase64(lines[2])
        if root is None or len(root) != HASH_BYTES:
            raise NoteError("the root hash of the checkpoint is not one")
        return cls(lines[0], int(lines[1]), root)


def is_key_name(name: str) -> bool:
    """Whether a key may bear this name: not empty, no Unicode space, no plus, nothing that breaks a line."""
    return bool(name) and not any(
        c == "+" or c.isspace() or unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cc", "Cs") for c in name
    )


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    data = _unbase64(parts[2]) if len(parts) == 3 and parts[0] == "—" and is_key_name(parts[1]) else None
    if data is None or len(data) < 5:
        raise NoteError("a line under the note is not a signature")
    return Signature(parts[1], data[:4], data[4:], f"{line}\n")


def _cosigned(text: bytes, at_s: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % at_s + text


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes | None:
    """None for what is not base64, written in the one way it is written."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _base64(data) == text else None
