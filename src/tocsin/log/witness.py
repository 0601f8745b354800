"""A witness: somebody outside who remembers a log's tree, so that nothing can be rewritten unseen. Knows hashes only.

It keeps the leaf hashes (32 bytes an entry, no words of any caller) and the last checkpoint it believed. A new one is
believed when it is signed, and when the remembered leaves and the new ones together give its root: then what was there
is still there, unchanged and in order. When they do not, the witness fetches the tree that the new checkpoint does fit,
and writes down what proves the rewriting to anybody: two checkpoints under the centre's own signature, and the proof
that the second tree does not begin with the first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from tocsin.facts.values import Position
from tocsin.log.hashes import HASH_BYTES
from tocsin.log.notes import Checkpoint, Note, NoteError, PrivateKey, PublicKey
from tocsin.log.port import LogError
from tocsin.log.tiles import TILE, NoTile, TilePath, Tiles, tiles_between, write_whole
from tocsin.log.witness_evidence import Evidence
from tocsin.log.witness_source import Source

CHECKPOINT, LEAVES, ROOTS, COSIGNED = "checkpoint", "leaves", "roots", "cosigned"


class Seen(Enum):
    """What a look at a log came to."""

    FIRST = "first"
    SAME = "same"
    GROWN = "grown"
    SHORTER = "shorter"
    REWRITTEN = "rewritten"


class Outcome(NamedTuple):
    """What a witness found: `old` and `new` are sizes; `evidence` is where the proof of a rewriting was put."""

    seen: Seen
    old: Position
    new: Position
    words: str
    evidence: Path | None = None

    @property
    def fine(self) -> bool:
        """Whether nothing is to be held against the centre."""
        return self.seen not in (Seen.SHORTER, Seen.REWRITTEN)


class Witness:
    """One log, watched from a folder of one's own. One process at a time."""

    def __init__(self, folder: Path, source: Source, keys: Sequence[PublicKey], origin: str = "") -> None:
        """Raises LogError when the folder cannot be made or does not hold what a witness remembers."""
        self._folder = folder
        self._source = source
        self._keys = keys
        self._origin = origin
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / LEAVES).touch()
        except OSError as error:
            raise LogError(f"{folder}: {error.strerror}") from error
        self._last = self._remembered()

    def look(self, cosigner: PrivateKey | None = None) -> Outcome:
        """Fetch the checkpoint, judge it against what is remembered, and remember it if it is fine.

        Raises LogError when nothing can be said: unreachable, not signed, or tiles that do not fit their checkpoint.
        """
        data = self._source.fetch(CHECKPOINT)
        note, new = self._believed(data)
        if self._last is None:
            outcome = self._take(note, new, 0)
        elif new.size == self._last.size:
            outcome = self._same(note, new, self._last)
        elif new.size < self._last.size:
            outcome = self._shorter(note, new, self._last)
        else:
            outcome = self._grown(note, new, self._last)
        if outcome.fine and cosigner is not None:
            write_whole(self._folder / COSIGNED, note.signed([cosigner], int(time.time())).bytes())
        return outcome

    def tiles(self) -> Tiles:
        """The tree as it is remembered, to make proofs from."""
        tiles = Tiles(self._leaves, self._folder / ROOTS)
        if self._last is not None:
            tiles.grow(self._last.size, self._last.root)
        return tiles

    def _believed(self, data: bytes) -> tuple[Note, Checkpoint]:
        note = Note.parse(data)
        note.check(self._keys)
        new = Checkpoint.read(note.text)
        if new.origin != (self._origin or self._keys[0].name):
            raise NoteError(f"the checkpoint is of {new.origin!r}, not of {self._origin or self._keys[0].name!r}")
        return note, new

    def _remembered(self) -> Checkpoint | None:
        try:
            data = (self._folder / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogError(f"{self._folder / CHECKPOINT}: {error.strerror}") from error
        try:
            last = self._believed(data)[1]
        except NoteError as error:
            raise LogError(f"{self._folder}: what is remembered there does not fit: {error}") from error
        self._last = last
        try:
            self.tiles()
        except LogError as error:
            raise LogError(f"{self._folder}: the remembered hashes are damaged: {error}") from error
        return last

    def _same(self, note: Note, new: Checkpoint, last: Checkpoint) -> Outcome:
        if new.root == last.root:
            return Outcome(Seen.SAME, last.size, new.size, f"as it was: {new.size:,} entries")
        return self._accuse(Evidence(self._note(), note.bytes(), []), last, new, "with other entries")

    def _shorter(self, note: Note, new: Checkpoint, last: Checkpoint) -> Outcome:
        tiles = self.tiles()
        if tiles.root(new.size) == new.root:
            words = f"{last.size - new.size:,} entries that were signed are gone: it stood at {last.size:,}"
            return Outcome(Seen.SHORTER, last.size, new.size, f"{words}, now at {new.size:,}")
        proof = tiles.consistency(new.size, last.size, whole=True)
        return self._accuse(Evidence(self._note(), note.bytes(), proof), last, new, "with other entries")

    def _grown(self, note: Note, new: Checkpoint, last: Checkpoint) -> Outcome:
        try:
            return self._take(note, new, last.size)
        except _DoesNotFit:
            theirs = self._their_tree(new)
        changed = _first_difference(self._leaves(0, last.size), theirs)
        tree = Tiles(lambda first, count: theirs[first : first + count])
        tree.grow(new.size, new.root)
        proof = tree.consistency(last.size, new.size, whole=True)
        evidence = Evidence(self._note(), note.bytes(), proof)
        return self._accuse(evidence, last, new, f"from entry {changed + 1} on")

    def _take(self, note: Note, new: Checkpoint, old: Position) -> Outcome:
        """Add the new leaves to the remembered ones; believe them only when together they give the new root."""
        self._append(old, self._fetch(old, new.size))
        try:
            Tiles(self._leaves, self._folder / ROOTS).grow(new.size, new.root)
        except LogError as error:
            if old:
                raise _DoesNotFit from error
            raise LogError("the tiles do not fit their checkpoint; nothing can be said") from error
        write_whole(self._folder / CHECKPOINT, note.bytes())
        self._last = new
        if not old:
            return Outcome(Seen.FIRST, 0, new.size, f"seen for the first time: {new.size:,} entries")
        return Outcome(Seen.GROWN, old, new.size, f"grown from {old:,} to {new.size:,} entries, nothing altered")

    def _their_tree(self, new: Checkpoint) -> list[bytes]:
        theirs = self._fetch(0, new.size)
        try:
            Tiles(lambda first, count: theirs[first : first + count]).grow(new.size, new.root)
        except LogError as error:
            raise LogError("the tiles do not fit their checkpoint; nothing can be said") from error
        return theirs

    def _fetch(self, old: Position, new: Position) -> list[bytes]:
        """Their leaf hashes of entries old … new-1. Raises LogError."""
        found: list[bytes] = []
        for tile in tiles_between(old, new):
            found += self._fetch_tile(tile)
        return found[old % TILE if new > old else 0 :]

    def _fetch_tile(self, tile: TilePath) -> list[bytes]:
        try:
            data = self._source.fetch(str(tile))
        except NoTile:
            if tile.width == TILE:
                raise
            data = self._source.fetch(str(tile._replace(width=TILE)))  # it has been filled since
        if len(data) not in (tile.width * HASH_BYTES, TILE * HASH_BYTES):
            raise LogError(f"{tile}: {len(data)} bytes are not {tile.width} hashes")
        return [data[at : at + HASH_BYTES] for at in range(0, tile.width * HASH_BYTES, HASH_BYTES)]

    def _leaves(self, first: int, count: int) -> list[bytes]:
        with (self._folder / LEAVES).open("rb") as file:
            file.seek(first * HASH_BYTES)
            data = file.read(count * HASH_BYTES)
        if len(data) != count * HASH_BYTES:
            raise LogError(f"not all hashes from {first + 1} to {first + count} are there")
        return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]

    def _append(self, old: Position, leaves: Sequence[bytes]) -> None:
        """What lies behind the believed part was never believed, and is written over."""
        try:
            with (self._folder / LEAVES).open("r+b") as file:
                file.truncate(old * HASH_BYTES)
                file.seek(0, os.SEEK_END)
                file.write(b"".join(leaves))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise LogError(f"{self._folder / LEAVES}: {error.strerror}") from error

    def _note(self) -> bytes:
        return (self._folder / CHECKPOINT).read_bytes()

    def _accuse(self, evidence: Evidence, last: Checkpoint, new: Checkpoint, how: str) -> Outcome:
        evidence.judge(self._keys)
        path = self._folder / f"evidence-{last.size}-{new.size}-{new.root.hex()[:8]}.json"
        write_whole(path, evidence.encode())
        words = f"REWRITTEN {how}: the {last.size:,} entries that were signed are not what is signed now"
        return Outcome(Seen.REWRITTEN, last.size, new.size, words, path)


class _DoesNotFit(LogError):  # noqa: N818 - never leaves this file
    """The remembered leaves and the new ones do not give the new root."""


def _first_difference(ours: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    for n, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            return n
    raise LogError("the tiles changed while they were read; look again")
