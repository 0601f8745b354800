"""What callers showed, sealed, in a data folder or a database: copied as it is, counted when keys are at hand."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from tocsin.cli.log_stores import is_address
from tocsin.facts.caller_links import LinkMedia
from tocsin.facts.union import AnyEntry
from tocsin.log.keyring import KeyRing
from tocsin.log.media import FOLDER, Blobs, Media, MediaFolder, copy_media
from tocsin.log.port import LogError


@contextmanager
def blobs_at(where: str, centre: str) -> Iterator[Blobs]:
    """Where a centre's pictures are kept. Raises LogError."""
    if not is_address(where):
        yield MediaFolder(Path(where) / FOLDER)
        return
    try:
        module = importlib.import_module("tocsin.log.media_postgres")
    except ImportError as error:
        raise LogError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from error
    with closing(module.PostgresMedia(where, centre)) as blobs:
        yield blobs


def move_media(source: str, target: str, centre: str) -> int:
    """Copy the sealed pictures of a centre that are not there yet; answers how many."""
    with blobs_at(source, centre) as here, blobs_at(target, centre) as there:
        return copy_media(here, there)


def media_files(folder: Path) -> list[tuple[str, Path]]:
    """Every picture's file in a data folder, by its name there."""
    names = sorted(MediaFolder(folder / FOLDER).names())
    return [(f"{FOLDER}/{call}/{media}", folder / FOLDER / call / media) for call, media in names]


class Pictures:
    """Counts what the record says was shown and what is there; with keys, opens each and compares its hash."""

    def __init__(self, folder: Path, ring: KeyRing | None) -> None:
        self._blobs = MediaFolder(folder / FOLDER)
        self._media = Media(self._blobs, ring) if ring else None
        self.there = self.missing = 0

    def hear(self, entry: AnyEntry) -> None:
        """One entry of the record. Raises LogError for a picture that was altered."""
        fact = entry.fact
        if not isinstance(fact, LinkMedia):
            return
        if self._media is None:
            self.there += self._blobs.read(fact.call, fact.media) is not None
        elif not entry.erased:
            raw = self._media.get(fact.call, fact.media)
            if raw is not None and sha256(raw).hexdigest() == fact.sha256:
                self.there += 1
            else:
                self.missing += 1
