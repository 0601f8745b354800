"""The built console as files: compressed once, kept in memory, cached hard where their name bears a hash.

Refuses to know what the console does. Where it was not built, says in one line how to build it.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

import msgspec

from tocsin.web.problems import No
from tocsin.web.reply import NO_STORE, Reply
from tocsin.web.squeeze import gzipped

ABSENT = (
    "<!doctype html><meta charset=utf-8><title>Tocsin</title>"
    "<p>The console is not built yet. Run <code>make console</code> in the project's folder and load this page again."
)
_MEDIA = {
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".map": "application/json",
}
_TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
_BEST = 9


class Kept(msgspec.Struct, frozen=True):
    """A file as it is sent."""

    stamp: tuple[int, int]
    raw: bytes
    small: bytes
    """gzip member, or nothing when it does not pay."""
    media: str
    etag: bytes


class Console:
    """The folder of the built console."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, Kept] = {}

    def page(self, accepts: bytes, known: bytes) -> Reply:
        """The one page behind every window's address."""
        if not (self._folder / "index.html").is_file():
            return Reply(200, ABSENT.encode(), ((b"content-type", b"text/html; charset=utf-8"), NO_STORE))
        return self.file("index.html", accepts, known)

    def file(self, name: str, accepts: bytes, known: bytes, forever: bool = False) -> Reply:
        """A file by its path in the folder. Raises No 404; a path that climbs out is not found either."""
        path = self._found(name)
        kept = self._keep(path)
        age = b"public, max-age=31536000, immutable" if forever else b"no-cache"
        headers = [(b"etag", kept.etag), (b"cache-control", age), (b"vary", b"accept-encoding")]
        if kept.etag in known:
            return Reply(304, b"", headers)
        headers.append((b"content-type", kept.media.encode()))
        if kept.small and b"gzip" in accepts:
            return Reply(200, kept.small, [*headers, (b"content-encoding", b"gzip")])
        return Reply(200, kept.raw, headers)

    def _found(self, name: str) -> Path:
        try:
            path = (self._folder / name.replace("\0", "")).resolve()
            if path.is_relative_to(self._folder) and path.is_file():
                return path
        except (OSError, ValueError):
            pass  # a name no file can have: too long, too deep, half a character
        raise No(404, "unknown_route", "There is no such file here.")

    def _keep(self, path: Path) -> Kept:
        about = path.stat()
        stamp = (about.st_mtime_ns, about.st_size)
        kept = self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            kept = self._kept[path] = _read(path, stamp)
        return kept


def _read(path: Path, stamp: tuple[int, int]) -> Kept:
    raw = path.read_bytes()
    media = _MEDIA.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    small = gzipped(raw, _BEST) if media.startswith(_TEXT) else b""
    small = small if len(small) < len(raw) else b""
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    etag = b'"%s"' % hashlib.sha256(raw).hexdigest()[:20].encode()
    return Kept(stamp, raw, small, media + charset, etag)
