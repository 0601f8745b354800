"""Key files: one line, readable by their owner alone. Refuses to show what is in them, or to write over one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tocsin.log.notes import NoteError, PrivateKey

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def save_key(path: Path, key: PrivateKey) -> None:
    """Write a new key file, mode 0600. Raises NoteError when there is a file already, or it cannot be written."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(f"{key.secret()}\n")
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise NoteError(f"{path}: there is a file already; a key is never written over") from error
    except OSError as error:
        raise NoteError(f"{path}: {error.strerror}") from error


def load_key(path: Path) -> PrivateKey:
    """The key in a file. Raises NoteError: not there, not a key, or open to others."""
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(10_000)
    except (OSError, UnicodeDecodeError) as error:
        raise NoteError(f"{path}: {getattr(error, 'strerror', None) or 'this is not a signing key'}") from error
    if mode & OTHERS:
        raise NoteError(f"{path}: others may read or write it; `chmod 600` it, and make a new key if anybody did")
    try:
        return PrivateKey.parse(text)
    except NoteError as error:
        raise NoteError(f"{path}: {error}") from error
