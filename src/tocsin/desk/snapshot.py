"""Snapshots: the picture folded up to a position, so that a start reads what came after. Never believed blindly.

A snapshot is used only when this node made it (sealed whole by AES-256-GCM, the key in the data folder), when the same
code folded it (a fingerprint of every module that folds), and when the log's chain at its position is the chain it was
made at: a snapshot of another history, of a log that was cut short or put back from a backup, is refused and everything
is folded anew. It is a shortcut and no truth: whoever deletes it loses seconds. It names people, so the key is made of
the node's and the centre's master key together.

What a first picture does not need (old calls, closed incidents) is not decoded before it is asked for: `desk/thaw.py`.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec.structs import replace

from tocsin.desk.thaw import Thawing
from tocsin.domain.evolve import evolve
from tocsin.domain.room import Call, Incident, Room
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.port import Log, LogError
from tocsin.views.board import BoardFold
from tocsin.views.rows import IncidentRow
from tocsin.views.timeline import Positions, TimelineIndex

FILE, KEY = "snapshot", "snapshot.key"
MAGIC = b"tocsin snapshot 3\n"
"""The format's version: another number is refused."""
NONCE_B = 12
FOLDING = ("facts", "domain", "views")
"""Packages that decide what a picture of the same facts looks like."""

_say = logging.getLogger(__name__)


class Folded(msgspec.Struct):
    """All that is folded from facts, at one position of the log."""

    room: Room = msgspec.field(default_factory=Room)
    board: BoardFold = msgspec.field(default_factory=BoardFold)
    timelines: TimelineIndex = msgspec.field(default_factory=TimelineIndex)
    position: Position = 0
    last_at: Instant = 0.0

    def fold(self, entry: AnyEntry) -> None:
        """The same, one entry later."""
        evolve(self.room, entry.fact)
        self.board.fold(entry)
        self.timelines.fold(entry)
        self.position, self.last_at = entry.position, max(self.last_at, entry.recorded_at)


class _Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a snapshot says of itself."""

    centre: str
    position: Position
    chain: bytes
    code: str


FROZEN: tuple[tuple[str, str, Any], ...] = (
    ("room", "calls", Call),
    ("room", "incidents", Incident),
    ("room", "by_number", list[str]),
    ("board", "closed", IncidentRow),
    ("timelines", "incidents", Positions),
)
"""Dicts that thaw: part of the picture, field, and what each value is."""
ALIKE = ("kept_position", "kept_media")
"""Fields of the room that mostly hold what `kept_record` does: then they are written once."""


class _Body(msgspec.Struct, frozen=True, array_like=True):
    """A picture as it is written."""

    folded: Folded
    frozen: tuple[dict[str, msgspec.Raw], ...]
    alike: tuple[str, ...]


def _body(folded: Folded) -> bytes:
    """The picture without what is frozen, and that apart."""
    frozen = [getattr(getattr(folded, part), name) for part, name, _ in FROZEN]
    room, record = folded.room, list(folded.room.kept_record.items())
    alike = [name for name in ALIKE if list(getattr(room, name).items()) == record]
    left: dict[str, dict[str, Any]] = {"room": {name: {} for name in alike}, "board": {}, "timelines": {}}
    for part, name, _ in FROZEN:
        left[part][name] = {}
    light = replace(folded, **{part: replace(getattr(folded, part), **fields) for part, fields in left.items()})
    return msgspec.msgpack.encode((light, frozen, alike), enc_hook=_out)


def _folded(raw: memoryview) -> Folded:
    """The picture in a body. Raises MsgspecError."""
    body = msgspec.msgpack.decode(raw, type=_Body, dec_hook=_in)
    folded = body.folded
    for (part, name, kind), frozen in zip(FROZEN, body.frozen, strict=True):
        thaw = msgspec.msgpack.Decoder(kind, dec_hook=_in).decode
        setattr(getattr(folded, part), name, Thawing(frozen, thaw))
    for name in set(body.alike) & set(ALIKE):
        setattr(folded.room, name, dict(folded.room.kept_record))
    return folded


def _out(value: Any) -> Any:
    if isinstance(value, Positions):
        return value.tobytes()
    raise TypeError(f"{type(value).__name__} cannot stand in a snapshot")


def _in(kind: type, raw: Any) -> Any:
    if kind is Positions:
        found = Positions("q")
        found.frombytes(raw)
        return found
    raise TypeError(f"{kind.__name__} cannot stand in a snapshot")


class Snapshots:
    """The snapshot of one log, in a node's data folder."""

    def __init__(self, folder: Path, log: Log, secret: bytes = b"") -> None:
        """`secret` comes from the master key: the folder alone opens nothing."""
        self._folder = folder
        self._log = log
        self._secret = secret
        self.destroy: Callable[[Mapping[str, Position]], object] = lambda _keys: None
        """Destroys keys of personal data up to a position. Whoever begins from a snapshot does not read of those that
        were erased before it: there is none before their keys are gone. May raise LogError."""

    def load(self) -> Folded | None:
        """What the snapshot holds, if it may be believed; why not is said. Raises LogError when the log fails."""
        try:
            raw = (self._folder / FILE).read_bytes()
        except OSError:
            return None
        try:
            return self._believed(raw)
        except (ValueError, msgspec.MsgspecError, OSError) as error:
            _say.warning("the snapshot is not used, everything is folded anew: %s", error)
            return None

    def _believed(self, raw: bytes) -> Folded:
        if not raw.startswith(MAGIC):
            raise ValueError("it has another format")
        sealed = memoryview(raw)[len(MAGIC) :]
        try:
            rest = memoryview(self._cipher().decrypt(bytes(sealed[:NONCE_B]), sealed[NONCE_B:], MAGIC))
        except InvalidTag:
            raise ValueError("it was not made here, or was changed") from None
        length = int.from_bytes(rest[:4], "big")
        label = msgspec.msgpack.decode(rest[4 : 4 + length], type=_Label)
        if label.centre != self._log.centre:
            raise ValueError(f"it is of centre {label.centre!r}")
        if label.code != code():
            raise ValueError("another release made it")
        if not label.chain or self._chain_at(label.position) != label.chain:
            raise ValueError("it is not of this log: the chain at its position is another")
        with undisturbed():
            folded = _folded(rest[4 + length :])
        if folded.position != label.position:
            raise ValueError("it contradicts itself")
        return folded

    def write(self, folded: Folded) -> None:
        """Put it in place of the one before, whole or not at all. Takes seconds: never on an event loop.

        Raises LogError.
        """
        label = _Label(self._log.centre, folded.position, self._chain_at(folded.position), code())
        head = msgspec.msgpack.encode(label)
        rest = len(head).to_bytes(4, "big") + head + _body(folded)
        nonce = secrets.token_bytes(NONCE_B)
        sealed = self._cipher().encrypt(nonce, rest, MAGIC)
        part = self._folder / f"{FILE}.{os.getpid()}.part"
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
                out.writelines((MAGIC, nonce, sealed))
                out.flush()
                os.fsync(out.fileno())
            part.replace(self._folder / FILE)
        except OSError as error:
            raise LogError(f"{part}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)

    def renew(self) -> Folded:
        """Fold what came after the last snapshot (or everything), and write the next. Raises LogError."""
        folded = self.load() or Folded()
        gone: dict[str, Position] = {}
        with undisturbed():
            for entry in self._log.read(folded.position):
                folded.fold(entry)
                if isinstance(entry.fact, PersonalErased):
                    gone |= dict.fromkeys(entry.fact.keys, entry.position)
        self.destroy(gone)
        if folded.position:
            self.write(folded)
        return folded

    def _chain_at(self, position: Position) -> bytes:
        row = next(iter(self._log.rows(position - 1)), None)
        return row.chain if row is not None and row.position == position else b""

    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.new(self._key(), b"seal\n" + self._secret, hashlib.sha256).digest())

    def _key(self) -> bytes:
        """The key of this node's snapshots, made when there is none; whoever lacks it can make none."""
        path = self._folder / KEY
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(secrets.token_bytes(32))
        except FileExistsError:
            pass
        key = path.read_bytes()
        if len(key) < 32:
            raise ValueError(f"{path} holds no key")
        return key


@cache
def code() -> str:
    """A fingerprint of all code that decides what facts fold to: other code, another picture."""
    found = hashlib.sha256()
    package = files("tocsin")
    for folder in FOLDING:
        for file in sorted(package.joinpath(folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith(".py"):
                found.update(file.name.encode() + file.read_bytes())
    for place in (
        ("log", "codec.py"),
        ("desk", "snapshot.py"),
        ("desk", "thaw.py"),
        ("geo", "spread.py"),
    ):  # rows use spread's footprints
        file = package.joinpath(*place)
        found.update(file.read_bytes())
    return found.hexdigest()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without Python's cycle collector, which would walk over a growing million of objects again and again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
