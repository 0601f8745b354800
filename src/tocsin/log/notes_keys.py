"""Files of signing keys: one line, readable by their owner alone. Refuses to show what is in them."""

from __future__ import annotations

from pathlib import Path

from tocsin.log.key_file import read_line, write_line
from tocsin.log.notes import NoteError, PrivateKey
from tocsin.log.port import LogError


def save_key(path: Path, key: PrivateKey) -> None:
    """Write a new key file, mode 0600. Raises NoteError when there is a file already, or it cannot be written."""
    try:
        write_line(path, key.secret())
    except LogError as error:
        raise NoteError(str(error)) from error


def load_key(path: Path) -> PrivateKey:
    """The key in a file. Raises NoteError: not there, not a key, or open to others."""
    try:
        text = read_line(path, "a signing key")
    except LogError as error:
        raise NoteError(str(error)) from error
    try:
        return PrivateKey.parse(text)
    except NoteError as error:
        raise NoteError(f"{path}: {error}") from error
