"""A backup: files of one moment in one sealed file, whose beginning, order and end cannot be changed unseen.

Format: a line of magic, 12 random bytes, then pieces of a tar archive, each `length(4) ‖ AES-256-GCM(piece)` under the
nonce `random(7) ‖ number(4) ‖ last(1)` (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a
piece that is missing, moved or cut off at the end is found. Refuses to know what the files mean.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.log.port import LogError

MAGIC = b"tocsin backup 1\n"
PIECE_B = 1 << 20
SALT_B, TAG_B = 7, 16
DEPTH_MOST = 3
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class _Sealing(io.RawIOBase):
    """Where a tar archive is written to."""

    def __init__(self, out: io.BufferedWriter, key: bytes) -> None:
        self._out, self._aes, self._salt = out, AESGCM(key), os.urandom(SALT_B)
        self._held, self._number = bytearray(), 0
        out.write(MAGIC + self._salt)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        while len(self._held) > PIECE_B:
            self._put(bytes(self._held[:PIECE_B]), last=False)
            del self._held[:PIECE_B]
        return len(piece)

    def end(self) -> None:
        self._put(bytes(self._held), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = self._aes.encrypt(_nonce(self._salt, self._number, last), piece, MAGIC)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class _Opening(io.RawIOBase):
    """Where a tar archive is read from. Raises LogError at the first piece that is not as it was written."""

    def __init__(self, file: io.BufferedReader, key: bytes, name: str) -> None:
        self._pieces = _pieces(file, AESGCM(key), name)
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: object) -> int:
        view = memoryview(into)  # type: ignore[arg-type]
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        count = min(len(view), len(self._held))
        view[:count], self._held = self._held[:count], self._held[count:]
        return count


def _nonce(salt: bytes, number: int, last: bool) -> bytes:
    return salt + number.to_bytes(4, "big") + bytes([last])


def _pieces(file: io.BufferedReader, aes: AESGCM, name: str) -> Iterator[bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise LogError(f"{name}: is not a backup of Tocsin")
    salt, number, more = file.read(SALT_B), 0, True
    while more:
        length = int.from_bytes(file.read(4), "big")
        sealed = file.read(length)
        if len(sealed) != length or not TAG_B <= length <= PIECE_B + TAG_B:
            raise LogError(f"{name}: is cut off or damaged after {number} pieces")
        more = (at := file.tell()) != file.seek(0, os.SEEK_END)
        file.seek(at)
        try:
            yield aes.decrypt(_nonce(salt, number, not more), sealed, MAGIC)
        except InvalidTag:
            words = "the key is another one, or " if number == 0 else ""
            raise LogError(f"{name}: {words}piece {number + 1} was changed, moved or cut off") from None
        number += 1


def seal_files(files: Sequence[tuple[str, Path]], target: Path, key: bytes) -> None:
    """Write `files` (name, path) to `target`, which appears under its name only when it is whole. Raises LogError."""
    part = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            sealing = _Sealing(out, key)
            with tarfile.open(fileobj=sealing, mode="w|", bufsize=PIECE_B) as tar:
                for name, path in files:
                    tar.add(path, name)
            sealing.end()
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except OSError as error:
        raise LogError(f"{target}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def open_files(source: Path, folder: Path, key: bytes) -> list[str]:
    """Put the files of a backup into `folder`; answers their names. Plain files only, nothing outside. LogError."""
    names: list[str] = []
    try:
        with source.open("rb") as file, tarfile.open(fileobj=_reader(file, key, source), mode="r|") as tar:
            for member in tar:
                if not member.isreg() or not _ours(member.name):
                    raise LogError(f"{source}: holds {member.name!r}, which no backup of ours does")
                tar.extract(member, folder, filter="data")
                names.append(member.name)
    except (OSError, tarfile.TarError) as error:
        raise LogError(f"{source}: {getattr(error, 'strerror', None) or error}") from error
    return names


def _ours(name: str) -> bool:
    """A plain file of the folder, or of a folder in it: no way out, nothing hidden."""
    parts = name.split("/")
    return len(parts) <= DEPTH_MOST and all(_NAME.fullmatch(part) for part in parts)


def _reader(file: io.BufferedReader, key: bytes, source: Path) -> io.BufferedReader:
    return io.BufferedReader(_Opening(file, key, str(source)), PIECE_B)
