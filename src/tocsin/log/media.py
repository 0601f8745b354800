"""What callers showed, beside the log: one sealed blob each, under the key of its call, gone when that key is.

A picture in the log would make every start, copy and backup of the record carry it for ever, as noise once its key is
gone. Here it is sealed with the very key that seals what the call's facts say of it, tied to call and name; erasing the
key makes it unreadable, and the blob is removed besides. Files here, a table (`media_postgres`) where nodes share a
database. Refuses to know what is in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec

from tocsin.facts.values import Position
from tocsin.log.codec import Box
from tocsin.log.keyring import KeyRing
from tocsin.log.port import LogError

MARK = "media"
FOLDER = "media"
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_PREFIX = f"{MARK}/call:"


class Blobs(Protocol):
    """Where sealed bytes are kept, by call and name. Methods block, and raise LogError."""

    def write(self, call: str, media: str, raw: bytes) -> None:
        """Durable on return."""
        ...

    def read(self, call: str, media: str) -> bytes | None:
        """The bytes, or None when they are not there."""
        ...

    def remove(self, call: str, media: str) -> None:
        """Harmless where there is none."""
        ...

    def names_of(self, call: str) -> Iterable[str]:
        """What there is of one call."""
        ...

    def names(self, *, settled: bool = False) -> Iterable[tuple[str, str]]:
        """Everything there is, as (call, media); `settled`: without what another node may be about to record."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Media:
    """Sealed pictures and clips of one centre. Blocks; thread-safe."""

    def __init__(self, blobs: Blobs, ring: KeyRing, position: Callable[[], Position] = lambda: 0) -> None:
        self._blobs, self._ring = blobs, ring
        self.position = position
        """Where the log stands: a key made here is looked for from there on."""

    def put(self, call: str, media: str, plain: bytes) -> None:
        """Keep it, durably, before the fact that names it is recorded. Raises LogError."""
        box = self._ring.seal(MARK, f"call:{call}", plain, _tied(call, media), self.position())
        self._ring.settle()  # whichever node hears of an erasure must find the key
        self._blobs.write(call, media, msgspec.msgpack.encode(box))

    def get(self, call: str, media: str) -> bytes | None:
        """The picture; None when it is not there or its key is erased. Raises LogError for one that was altered."""
        raw = self._blobs.read(call, media)
        if raw is None:
            return None
        try:
            box = msgspec.msgpack.decode(raw, type=Box)
        except msgspec.MsgspecError as error:
            raise LogError(f"what is kept as {media} cannot be read: {error}") from error
        return self._ring.open(box, _tied(call, media))

    def drop(self, call: str, media: str) -> None:
        """It was not recorded after all."""
        self._blobs.remove(call, media)

    def forget(self, keys: Mapping[str, Position]) -> None:
        """Destroy the keys of these names (`media/call:12`) up to these positions, and remove the pictures that were
        sealed with them. What was shown later has a key of its own, and stays. Raises LogError."""
        self._ring.erase_now(keys)
        for call in (key.removeprefix(_PREFIX) for key in keys if key.startswith(_PREFIX)):
            for media in self._blobs.names_of(call):
                raw = self._blobs.read(call, media)
                with suppress(msgspec.MsgspecError):  # one that is damaged says nothing, and holds up no erasure
                    if raw is not None and self._ring.is_gone(msgspec.msgpack.decode(raw, type=Box).key):
                        self._blobs.remove(call, media)

    def sweep(self, known: Callable[[str], bool]) -> int:
        """Remove what no fact names: a power cut between keeping and recording. Answers how many."""
        lost = [(call, media) for call, media in self._blobs.names(settled=True) if not known(media)]
        for call, media in lost:
            self._blobs.remove(call, media)
        return len(lost)


class MediaFolder:
    """Blobs as files: one folder a call."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, call: str, media: str, raw: bytes) -> None:
        """Written beside and moved into place, so that half a picture is never read."""
        folder = self._path / _safe(call)
        part = folder / f"{_safe(media)}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
                out.write(raw)
                out.flush()
                os.fsync(out.fileno())
            part.replace(folder / _safe(media))
        except OSError as error:
            raise LogError(f"{part}: {error.strerror}") from error

    def read(self, call: str, media: str) -> bytes | None:
        """The file's bytes."""
        try:
            return (self._path / _safe(call) / _safe(media)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogError(f"{media}: {error.strerror}") from error

    def remove(self, call: str, media: str) -> None:
        """The file; and the call's folder with the last."""
        folder = self._path / _safe(call)
        try:
            (folder / _safe(media)).unlink(missing_ok=True)
        except OSError as error:
            raise LogError(f"{folder}: {error.strerror}") from error
        with suppress(OSError):  # others are in it
            folder.rmdir()

    def names_of(self, call: str) -> Iterable[str]:
        """Every whole file of the call."""
        return [file.name for file in (self._path / _safe(call)).glob("*") if file.suffix != ".part"]

    def names(self, *, settled: bool = False) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - one server writes here
        """Every file, half-written ones too."""
        if self._path.is_dir():
            for file in self._path.glob("*/*"):
                yield file.parent.name, file.name

    def close(self) -> None:
        """Nothing is open."""


def copy_media(source: Blobs, target: Blobs) -> int:
    """Bring what is whole and not there yet into another store, sealed as it is; answers how many. Raises LogError."""
    there, copied = set(target.names()), 0
    for call, media in source.names():
        raw = None if media.endswith(".part") or (call, media) in there else source.read(call, media)
        if raw is not None:  # else it was erased since
            target.write(call, media, raw)
            copied += 1
    return copied


def _safe(name: str) -> str:
    """A name that is no way out of the folder. Raises LogError."""
    if not _NAME.fullmatch(name.removesuffix(".part")):
        raise LogError(f"{name[:80]!r} is no name of a call or picture")
    return name


def _tied(call: str, media: str) -> bytes:
    return f"media\n{call}\n{media}".encode()
