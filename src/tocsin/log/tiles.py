"""The tree in tiles of 256 hashes: C2SP tlog-tiles made from a log's leaf hashes. Refuses to know what an entry says.

Of the tree only the roots of full level-0 tiles are kept (32 bytes for 256 entries); leaves are asked from the log, and
everything above is computed. The kept roots may lie in a file, to make a start quick: that file is believed only when
the root computed through it is the root that the log itself gives, so a torn or forged one costs time and no truth.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import NamedTuple, TypeAlias

from tocsin.log.hashes import HASH_BYTES, node_hash
from tocsin.log.port import Log, LogError
from tocsin.log.proofs import consistency_proof, inclusion_proof, range_hash

TILE = 256
HEIGHT = 8
MAX_LEVEL = 63
LEAVES_AT_ONCE = 64 * TILE
RECENT_TILES = 64
ENTRY_BYTES_MAX = 0xFFFF

Leaves: TypeAlias = Callable[[int, int], list[bytes]]
"""(first, count) -> leaf hashes of entries first … first+count-1, counted from 0. Raises LogError if one is missing."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class NoTile(LogError):  # noqa: N818 - the word for it
    """There is no such tile, or not yet."""


class TilePath(NamedTuple):
    """Which tile is meant: `level` None is a bundle of entries."""

    level: int | None
    number: int
    width: int

    def __str__(self) -> str:
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        part = "" if self.width == TILE else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{path}{part}"


def parse_path(path: str) -> TilePath:
    """Which tile a path names (no slash in front). Raises NoTile for anything but the one spelling of a tile's path."""
    found = _PATH.fullmatch(path)
    if found:
        level, number, width = found.groups()
        index = int(number.replace("x", "").replace("/", ""))
        tile = TilePath(None if level == "entries" else int(level), index, int(width or TILE))
        if str(tile) == path and (tile.level or 0) <= MAX_LEVEL and tile.width <= TILE:
            return tile
    raise NoTile(f"{path[:100]!r} is not the path of a tile")


def tiles_between(old: int, new: int) -> Iterator[TilePath]:
    """The level-0 tiles that hold entries old … new-1 of a tree of `new` entries, the last perhaps partial."""
    return (TilePath(0, number, min(TILE, new - number * TILE)) for number in range(old // TILE, -(-new // TILE)))


def subtree(hashes: Sequence[bytes]) -> bytes:
    """Root over 2^k hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


class Tiles:
    """The tree over a log's leaf hashes, as far as it was told to `grow`. Thread-safe."""

    def __init__(self, leaves: Leaves, keep: Path | None = None) -> None:
        self._leaves = leaves
        self._keep = keep
        self._lock = RLock()
        self._recent: OrderedDict[int, list[bytes]] = OrderedDict()
        self._full: list[list[bytes]] = [[]]
        """Roots of the full tiles of level 0, 1, …"""
        self._kept = 0
        self.size = 0

    @classmethod
    def of(cls, log: Log, keep: Path | None = None) -> Tiles:
        """Tiles of a log that has let go of nothing."""
        return cls(lambda first, count: log.leaves(first + 1, count), keep)

    def grow(self, size: int, root: bytes) -> None:
        """Take in entries up to `size`, whose root the log says is `root`.

        Raises LogError when the leaves give another root: then the log or the file of kept roots was altered. The
        latter is made anew first, so that only the log can be to blame.
        """
        with self._lock:
            if size < self.size:
                raise LogError(f"a tree of {self.size} entries cannot shrink to {size}")
            if not self.size and self._keep is not None:
                self._load(size // TILE)
            for fresh in (False, True):
                self._extend(size)
                if self.root(size) == root:
                    break
                self._forget()
                if fresh:
                    self.size = 0
                    raise LogError("the entries of this log do not give its Merkle root; `tocsin log verify` tells why")
            self.size = size
            self._save()

    def root(self, size: int) -> bytes:
        """Merkle tree head of the first `size` entries."""
        return range_hash(self.node, 0, size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """RFC 6962 proof that entry `index` (from 0) is in the tree of `size` entries. Raises ProofError."""
        return inclusion_proof(self.node, index, self.size if size is None else size)

    def consistency(self, old: int, new: int | None = None, *, whole: bool = False) -> list[bytes]:
        """RFC 6962 proof that the tree of `new` entries begins with that of `old`. Raises ProofError."""
        return consistency_proof(self.node, old, self.size if new is None else new, whole=whole)

    def node(self, height: int, index: int) -> bytes:
        """Hash of a perfect subtree that lies within the entries taken in."""
        with self._lock:
            if height < HEIGHT:
                first = index << height
                at = first % TILE
                return subtree(self._tile(first // TILE, at + (1 << height))[at : at + (1 << height)])
            level, above = height // HEIGHT - 1, height % HEIGHT
            return subtree(self._full[level][index << above : (index + 1) << above])

    def bytes_for(self, path: str, size: int | None = None) -> bytes:
        """The tile of hashes at `path` (no slash in front), in a tree of `size` entries; never an entry's words.

        Raises NoTile.
        """
        tile = parse_path(path)
        if tile.level is None:
            raise NoTile("bundles of entries hold personal data and are not among the hashes")
        size = self.size if size is None else min(size, self.size)
        end = tile.number * TILE + tile.width
        if end > size >> (HEIGHT * tile.level):
            raise NoTile(f"there is no tile {path} in a tree of {size} entries")
        with self._lock:
            if tile.level == 0:
                return b"".join(self._tile(tile.number, tile.width)[: tile.width])
            return b"".join(self._full[tile.level - 1][end - tile.width : end])

    def _tile(self, index: int, width: int) -> list[bytes]:
        """At least `width` leaves of a level-0 tile; full ones are remembered for a while."""
        found = self._recent.get(index)
        if found is None or len(found) < width:
            count = TILE if index < len(self._full[0]) else width
            found = self._recent[index] = self._leaves(index * TILE, count)
            if len(self._recent) > RECENT_TILES:
                self._recent.popitem(last=False)
        return found

    def _extend(self, size: int) -> None:
        while (done := len(self._full[0])) < size // TILE:
            count = min(LEAVES_AT_ONCE, (size // TILE - done) * TILE)
            leaves = self._leaves(done * TILE, count)
            for first in range(0, count, TILE):
                self._push(subtree(leaves[first : first + TILE]))

    def _push(self, root: bytes) -> None:
        level = 0
        while True:
            self._full[level].append(root)
            if len(self._full[level]) % TILE:
                return
            root = subtree(self._full[level][-TILE:])
            level += 1
            if level == len(self._full):
                self._full.append([])

    def _forget(self) -> None:
        self._full, self._kept = [[]], 0
        self._recent.clear()

    def _load(self, count: int) -> None:
        try:
            kept = self._keep.read_bytes() if self._keep else b""
        except FileNotFoundError:
            return
        except OSError as error:
            raise LogError(f"{self._keep}: {error.strerror}") from error
        for at in range(0, min(len(kept) // HASH_BYTES, count) * HASH_BYTES, HASH_BYTES):
            self._push(kept[at : at + HASH_BYTES])
        self._kept = len(self._full[0])

    def _save(self) -> None:
        if self._keep is not None and len(self._full[0]) > self._kept:
            write_whole(self._keep, b"".join(self._full[0]))
            self._kept = len(self._full[0])


def bundle_for(log: Log, path: str, size: int) -> bytes:
    """The bundle of entries at `path`, each the stored bytes behind their length. These hold personal data.

    Raises NoTile, or LogError for an entry that the format cannot hold (its lengths are 16 bits).
    """
    tile = parse_path(path)
    end = tile.number * TILE + tile.width
    if tile.level is not None or end > size:
        raise NoTile(f"there is no bundle {path} in a tree of {size} entries")
    found = []
    for row in log.rows(end - tile.width):
        if row.position > end:
            break
        if len(row.raw) > ENTRY_BYTES_MAX:
            raise LogError(
                f"entry {row.position} is too long for a bundle: {len(row.raw)} bytes, {ENTRY_BYTES_MAX} fit"
            )
        found.append(len(row.raw).to_bytes(2, "big") + row.raw)
        if row.position == end:
            break
    if len(found) != tile.width:
        raise LogError(f"not all entries from {end - tile.width + 1} to {end} are there")
    return b"".join(found)


def write_whole(path: Path, content: bytes) -> None:
    """A file that appears under its name only when it is whole and on the disk. Raises LogError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise LogError(f"{path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
