"""What a centre shows of its log to anyone: a signed checkpoint and tiles of hashes. Never an entry's words.

Before a checkpoint is signed, the tree must give the root that the log states, and must begin with the tree that was
signed before: a centre's key never signs two histories, whatever somebody did to the store in between. The last signed
checkpoint is on the disk before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

from tocsin.log.notes import COSIGNATURE, Checkpoint, Note, NoteError, PrivateKey, PublicKey
from tocsin.log.port import Log, LogError
from tocsin.log.tiles import TILE, TilePath, Tiles, bundle_for, tiles_between, write_whole

CHECKPOINT = "checkpoint"
ROOTS = "roots"


class Published:
    """One centre's log as witnesses see it. `folder` is the centre's own memory of what it signed. Thread-safe."""

    def __init__(self, log: Log, keys: Sequence[PrivateKey], folder: Path, origin: str = "") -> None:
        """Raises LogError when the log is not the one whose checkpoint `folder` holds."""
        self._log = log
        self._keys = keys
        self._origin = origin or log.centre
        self._file = folder / CHECKPOINT
        self._tiles = Tiles.of(log, folder / ROOTS)
        self._lock = Lock()
        self._note: Note | None = None
        if not folder.is_dir():
            raise LogError(f"{folder}: there is no such directory")
        self._last = self._load()

    def checkpoint(self) -> bytes:
        """The signed checkpoint of the log as it stands now. Raises LogError rather than sign another history."""
        with self._lock:
            head = self._log.head()
            now = Checkpoint(self._origin, head.position, head.root)
            if self._note is None or now != self._last or not self._is_ours(self._note):
                self._tiles.grow(head.position, head.root)
                self._refuse_another_history(now)
                note = now.note().signed(self._keys)
                if self._note is not None and self._note.text == note.text:
                    ours = {(one.name, one.identity) for one in note.signatures}
                    others = (one for one in self._note.signatures if (one.name, one.identity) not in ours)
                    note = Note(note.text, (*note.signatures, *others))
                write_whole(self._file, note.bytes())
                self._note, self._last = note, now
            return self._note.bytes()

    def _is_ours(self, note: Note) -> bool:
        """Whether each of our keys has signed it: a key may be new."""
        return {(key.public.name, key.public.identity) for key in self._keys} <= {
            (one.name, one.identity) for one in note.signatures
        }

    def bytes_for(self, path: str) -> bytes:
        """The resource at `path` under the prefix, no slash in front: `checkpoint`, or a tile of hashes.

        Tiles are those of the last checkpoint that was given out. Raises NoTile.
        """
        if path == CHECKPOINT:
            return self.checkpoint()
        return self._tiles.bytes_for(path, self._last.size if self._last else 0)

    def entries_for(self, path: str) -> bytes:
        """A bundle of entries: personal data, for those who may read the record itself. Raises NoTile, LogError."""
        return bundle_for(self._log, path, self._last.size if self._last else 0)

    def add_cosignatures(self, note: bytes, witnesses: Iterable[PublicKey]) -> int:
        """Take over the signatures that known witnesses put under the current checkpoint; how many were new.

        Raises NoteError for a note about another checkpoint, or without a witness's signature that holds.
        """
        given = Note.parse(note)
        trusted = [key for key in witnesses if key.kind == COSIGNATURE]
        known_names = {(key.name, key.identity) for key in trusted}
        if not any((one.name, one.identity) in known_names for one in given.signatures):
            raise NoteError("the centre knows none of the witnesses who signed; its settings name them (`witnesses`)")
        names = {(key.name, key.identity) for key in given.check(trusted)}
        with self._lock:
            if self._note is None or given.text != self._note.text:
                raise NoteError("the witness signed another checkpoint than the current one")
            known = {(one.name, one.identity) for one in self._note.signatures}
            new = [one for one in given.signatures if (one.name, one.identity) in names - known]
            self._note = Note(self._note.text, (*self._note.signatures, *new))
            write_whole(self._file, self._note.bytes())
        return len(new)

    def write_to(self, folder: Path) -> Checkpoint:
        """Put tiles and checkpoint into a folder that any web server can serve; only what is new is written.

        The checkpoint comes last, so that whoever reads it finds its tiles. Raises LogError.
        """
        note = self.checkpoint()
        last = self._last
        assert last is not None
        for tile in _all_tiles(last.size):
            file = folder / str(tile)
            if not file.exists():
                try:
                    file.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise LogError(f"{file.parent}: {error.strerror}") from error
                write_whole(file, self._tiles.bytes_for(str(tile), last.size))
        write_whole(folder / CHECKPOINT, note)
        return last

    def _load(self) -> Checkpoint | None:
        """What was signed last, believed only under our own signature."""
        try:
            note = Note.parse(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, NoteError) as error:
            raise LogError(f"{self._file}: the last signed checkpoint cannot be read: {error}") from error
        last = Checkpoint.read(note.text)
        note.check([key.public for key in self._keys])
        if last.origin != self._origin:
            raise LogError(f"{self._file}: is a checkpoint of {last.origin!r}, not of {self._origin!r}")
        self._note = note
        head = self._log.head()
        self._tiles.grow(head.position, head.root)
        self._refuse_another_history(Checkpoint(self._origin, head.position, head.root), last)
        return last

    def _refuse_another_history(self, now: Checkpoint, last: Checkpoint | None = None) -> None:
        last = last or self._last
        if last is None:
            return
        if now.size < last.size:
            raise LogError(
                f"the log stands at {now.size}, but its checkpoint at {last.size} was signed: it was cut short"
            )
        if self._tiles.root(last.size) != last.root:
            raise LogError(f"the log does not begin with the {last.size} entries that were signed: it was altered")


def _all_tiles(size: int) -> list[TilePath]:
    """Every tile of a tree of `size` entries, leaves first."""
    tiles, level = [], 0
    while size:
        tiles += [TilePath(level, tile.number, tile.width) for tile in tiles_between(0, size)]
        size, level = size // TILE, level + 1
    return tiles
