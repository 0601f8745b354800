"""Files that hold a key: one line, readable by their owner alone. Refuses to show it, and to write over a file.

Knows nothing of what kind of key it is.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tocsin.log.port import LogError

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST = 10_000


def read_line(path: Path, what: str) -> str:
    """The text of a key file; `what` is what it should hold, such as "a master key". Raises LogError."""
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(MOST)
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"{path}: {getattr(error, 'strerror', None) or f'this is not {what}'}") from error
    if mode & OTHERS:
        raise LogError(f"{path}: others may read or write it; `chmod 600` it, and change the key if anybody did")
    return text


def write_line(path: Path, line: str) -> None:
    """A new file, mode 0600, there after a power cut too. Raises LogError; never writes over anything."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(f"{line}\n")
            out.flush()
            os.fsync(out.fileno())
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise LogError(f"{path}: there is a file already; a key is never written over") from error
    except OSError as error:
        raise LogError(f"{path}: {error.strerror}") from error
