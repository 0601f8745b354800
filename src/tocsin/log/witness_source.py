"""Where a witness reads: a folder, or an address on the web. Refuses to judge what it reads."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

from tocsin.log.port import LogError
from tocsin.log.tiles import NoTile

MAX_BYTES = 1_000_000
TIMEOUT_S = 20.0
COSIGNATURES = "api/log/cosignatures"
"""Where a centre takes cosignatures, beside its checkpoint."""


class Source(Protocol):
    """Something that has tiles and a checkpoint."""

    def fetch(self, path: str) -> bytes:
        """The resource at `path`. Raises NoTile when it is not there, LogError when it cannot be read."""
        ...


class Folder:
    """Tiles as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str) -> bytes:
        """The file at `path`. Raises NoTile, LogError."""
        try:
            with (self._folder / path).open("rb") as file:
                return _not_too_much(file.read(MAX_BYTES + 1), path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoTile(f"{self._folder}: there is no {path}") from error
        except OSError as error:
            raise LogError(f"{self._folder / path}: {error.strerror}") from error


class Web:
    """Tiles under an http or https address. Follows no redirection to another kind of address."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.rstrip("/")
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.ProxyHandler(),
        ):
            self._opener.add_handler(handler)

    def fetch(self, path: str) -> bytes:
        """The answer to GET. Raises NoTile, LogError."""
        address = f"{self._prefix}/{path}"
        try:
            with self._opener.open(address, timeout=TIMEOUT_S) as answer:
                return _not_too_much(answer.read(MAX_BYTES + 1), address)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                error.close()
                raise NoTile(f"there is no {address}") from error
            raise LogError(f"{address}: answered {error.code}: {_said(error)}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise LogError(f"{address}: {reason}") from error

    def send(self, note: bytes) -> None:
        """Hand the centre a note that we cosigned. Raises LogError when it is not taken."""
        address = f"{self._prefix}/{COSIGNATURES}"
        body = json.dumps({"note": note.decode()}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - http alone
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                answer.read(MAX_BYTES)
        except urllib.error.HTTPError as error:
            raise LogError(f"{address}: answered {error.code}: {_said(error)}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise LogError(f"{address}: {getattr(error, 'reason', None) or error}") from error


def _said(error: urllib.error.HTTPError) -> str:
    """What the centre says in words, where it says any; in one line that cannot move a terminal's cursor."""
    try:
        text = str(json.loads(error.read(4_000))["text"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        text = str(error.reason)
    finally:
        error.close()
    return "".join(character for character in text[:500] if character.isprintable())


def source_at(place: str) -> Source:
    """A folder or a web address. Raises LogError for anything else."""
    if place.startswith(("http://", "https://")):
        return Web(place)
    if not Path(place).is_dir():
        raise LogError(f"{place}: is neither a folder nor an http address")
    return Folder(Path(place))


def _not_too_much(content: bytes, what: str) -> bytes:
    if len(content) > MAX_BYTES:
        raise LogError(f"{what}: is far too long")
    return content
