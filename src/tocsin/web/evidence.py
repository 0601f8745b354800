"""What anybody may have of the record: its signed checkpoint and tiles of hashes, and a place for cosignatures.

Opens its tree at the first question, in a thread, because a long log takes a moment. Refuses to show an entry's words.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from tocsin.log.notes import COSIGNATURE, Checkpoint, Note, NoteError, PrivateKey, PublicKey
from tocsin.log.notes_keys import load_key, save_key
from tocsin.log.port import Log, LogError
from tocsin.log.tiles_published import Published

KEY, SIGNED = "record.key", "signed"
SIGN_EVERY_S = 1.0
"""A new checkpoint is signed at most this often, however many ask."""
_say = logging.getLogger(__name__)


class Shown(Protocol):
    """A log as witnesses see it."""

    def checkpoint(self) -> bytes:
        """The signed checkpoint of the log as it stands."""
        ...

    def bytes_for(self, path: str) -> bytes:
        """A tile of hashes."""
        ...

    def add_cosignatures(self, note: bytes, witnesses: Sequence[PublicKey]) -> int:
        """Take over what known witnesses signed; how many were new."""
        ...


class Evidence:
    """One centre's checkpoint, tiles and witnesses. `opening` blocks; it raises LogError for a log that was altered."""

    def __init__(self, opening: Callable[[], Shown], keys: Sequence[PublicKey], witnesses: Sequence[PublicKey]) -> None:
        self._opening = opening
        self._shown: Shown | None = None
        self._lock = Lock()
        self._signed_at = 0.0
        self._note = b""
        self._told = ""
        self.keys = tuple(keys)
        self.witnesses = tuple(key for key in witnesses if key.kind == COSIGNATURE)

    async def checkpoint(self) -> bytes:
        """The signed checkpoint, at most `SIGN_EVERY_S` old. Raises LogError; its operator is told once of each."""
        try:
            return await asyncio.to_thread(self._checkpoint)
        except LogError as error:
            if str(error) != self._told:
                self._told = str(error)
                _say.error("no checkpoint can be signed: %s", error)
            raise

    async def tile(self, path: str) -> bytes:
        """The tile at `path`, of the checkpoint given out last. Raises NoTile, LogError."""
        return await asyncio.to_thread(lambda: self._open().bytes_for(path))

    async def cosign(self, note: bytes) -> int:
        """Take over a witness's signature; how many were new. Raises NoteError, LogError."""
        return await asyncio.to_thread(self._cosign, note)

    def _open(self) -> Shown:
        with self._lock:
            if self._shown is None:
                shown = self._opening()
                shown.checkpoint()
                self._shown = shown
            return self._shown

    def _checkpoint(self) -> bytes:
        shown = self._open()
        with self._lock:
            if not self._note or time.monotonic() - self._signed_at >= SIGN_EVERY_S:
                self._note, self._signed_at = shown.checkpoint(), time.monotonic()
            return self._note

    def _cosign(self, note: bytes) -> int:
        shown = self._open()
        with self._lock:
            new = shown.add_cosignatures(note, self.witnesses)
            self._note = b""
            return new


def cosigned_at(note: Note, witness: PublicKey) -> int | None:
    """When this witness signed, in seconds since 1970; None when it has not."""
    for one in note.signatures:
        if (one.name, one.identity) == (witness.name, witness.identity):
            return int.from_bytes(one.signature[:8], "big")
    return None


def read(note: bytes) -> tuple[Note, Checkpoint]:
    """A note of our own, parsed."""
    parsed = Note.parse(note)
    return parsed, Checkpoint.read(parsed.text)


def evidence_of(log: Log, folder: Path, key_file: Path | None, origin: str, witnesses: Sequence[str]) -> Evidence:
    """The evidence of one log, signed with the key in `key_file`, or in `folder`, where one is made at the first start.

    A centre that moves from the second to the first signs with both, until its operator takes the old one away: whoever
    watches with the old public key goes on, and finds the new one beside it. Raises LogError: a key file that cannot be
    read, or a witness's key that is none.
    """
    trusted = [PublicKey.parse(text) for text in witnesses]
    own = folder / KEY
    if key_file is None and not own.exists():
        save_key(own, PrivateKey.make(origin or log.centre))
    files = dict.fromkeys(file for file in (key_file, own if own.exists() else None) if file is not None)
    keys = list({key.public: key for key in map(_signing, files)}.values())
    memory = folder / SIGNED

    def opening() -> Published:
        try:
            memory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LogError(f"{memory}: {error.strerror}") from error
        return Published(log, keys, memory, origin)

    return Evidence(opening, [key.public for key in keys], trusted)


def _signing(file: Path) -> PrivateKey:
    key = load_key(file)
    if key.public.kind == COSIGNATURE:
        raise NoteError(f"{file}: this is a witness's key; a centre signs with one of its own")
    return key
