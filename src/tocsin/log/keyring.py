"""The keys under which personal data are sealed: one for each call, incident and crew, and kind of data.

Keys are made ahead, many in one durable write, so that no order waits for one; an entry says the number of its key, so
that which key belongs to whom can always be read from the log again. To erase somebody is to let go of their keys: the
record stays byte for byte, and cannot tell any more. Sealing is AES-256-GCM (NIST SP 800-38D) with a random nonce, tied
to the centre and to all that stands in the open beside it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.facts.values import Instant, Position
from tocsin.log.codec import Box, Codec
from tocsin.log.master import KEY_B, NONCE_B, MasterKey
from tocsin.log.port import Log, LogError

AHEAD = 512
"""Keys made in one durable write."""
BIND_AT = 256
"""So many new bindings are written together; until then they stand in memory, and in the log."""
AT_HAND = 50_000
AT_ONCE = 500
"""Opened keys kept in memory."""


def name_of(mark: str, subject: str) -> str:
    """What a key is called: `record/call:12`."""
    return f"{mark}/{subject}"


class Bound(NamedTuple):
    """Key `number` belongs to `name`, whose first entry under it stands at `position`."""

    number: int
    name: str
    position: Position


class Kept(NamedTuple):
    """A key as a store keeps it."""

    number: int
    name: str | None
    position: Position
    wrapped: bytes | None
    mark: bytes
    erased_at: Instant | None


class KeyStore(Protocol):
    """Where wrapped keys are kept: outside the log, so that they can go while the log stays. Methods raise LogError."""

    def make(self, wrapped: Sequence[bytes], mark: bytes) -> list[int]:
        """Keep new keys that belong to nobody yet; durable on return. Answers their numbers."""
        ...

    def bind(self, bound: Iterable[Bound]) -> None:
        """Remember whose keys these are. Need not be durable: the log tells it again."""
        ...

    def bound_up_to(self) -> Position:
        """Everything bound up to this position is remembered; what came later has to be read from the log."""
        ...

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """Keys that belong to any of `names` and are not erased, the latest last."""
        ...

    def wrapped(self, number: int) -> bytes | None:
        """A wrapped key; None when it is erased, or never was."""
        ...

    def marks(self) -> dict[bytes, int]:
        """How many keys are wrapped under which master key, by its mark."""
        ...

    def other_marks(self, mark: bytes) -> list[bytes]:
        """Of other master keys: the least and the greatest, if any. Quick, however many keys there are."""
        ...

    def erase(self, names: Mapping[str, Position], at: Instant) -> int:
        """Destroy the keys of these names that seal something before the position beside the name: what was said after
        somebody was erased has keys of its own. Durable on return, nothing of them left in the store. Answers how many.
        """
        ...


class KeyRing:
    """Seals and opens for one centre. Thread-safe."""

    def __init__(self, store: KeyStore, master: MasterKey, centre: str, ahead: int = AHEAD) -> None:
        self._store, self._master, self._centre = store, master, centre.encode()
        self._make_n = ahead
        self._lock = Lock()
        self._unbound: list[Bound] = []
        self._ahead: list[tuple[int, AESGCM]] = []
        self._own: dict[str, tuple[Position, int, AESGCM]] = {}
        """By name: the key new entries are sealed with, and from which position on."""
        self._retired: dict[str, Position] = {}
        """Names that were erased at these positions, whose keys may be there still: they seal nothing later."""
        self._at_hand: dict[int, AESGCM | None] = {}

    def seal(self, mark: str, subject: str, plain: bytes, bound: bytes, position: Position) -> Box:
        """Seal under the key of this kind and person, made where there is none. Raises LogError."""
        name = name_of(mark, subject)
        with self._lock:
            own = self._own.get(name)
            if own is None or own[0] <= self._retired.get(name, 0):
                own = self._own_key(name, position)
            _, number, aes = own
        nonce = os.urandom(NONCE_B)
        return Box(number, mark, nonce + aes.encrypt(nonce, plain, self._tied(bound)))

    def open(self, box: Box, bound: bytes) -> bytes | None:
        """What was sealed; None when its key was erased. Raises LogError for a box that was altered or moved."""
        with self._lock:
            aes = self._at_hand[box.key] if box.key in self._at_hand else self._fetch(box.key)
        if aes is None:
            return None
        try:
            return aes.decrypt(box.sealed[:NONCE_B], box.sealed[NONCE_B:], self._tied(bound))
        except (InvalidTag, ValueError) as error:
            raise LogError("what is sealed in it was altered, or belongs to another entry") from error

    def is_gone(self, number: int) -> bool:
        """Whether this key was destroyed, here or by another node before this one's last `erase`. Raises LogError."""
        with self._lock:
            return (self._at_hand[number] if number in self._at_hand else self._fetch(number)) is None

    def learn(self, log: Log, codec: Codec) -> None:
        """Read from the log whose keys those are that the store forgot in a power cut. Raises LogError."""
        told: dict[int, Bound] = {}
        for row in log.rows(max(0, self._store.bound_up_to() - 1)):
            subject, boxes = codec.boxes(row.position, row.raw)
            for box in boxes:
                told.setdefault(box.key, Bound(box.key, name_of(box.mark, subject), row.position))
        self._store.bind(told.values())

    def prove(self) -> None:
        """Raises LogError at once where the keys were wrapped under another master key."""
        others = sorted(mark.hex() for mark in self._store.other_marks(self._master.mark))
        if others:
            own = self._master.mark.hex()
            raise LogError(f"the keys were wrapped under master key {', '.join(others)}; this one is {own}")

    def settle(self) -> None:
        """Write down the bindings that stand in memory only."""
        with self._lock:
            self._bind()

    def retire(self, names: Mapping[str, Position]) -> None:
        """These names were erased at these positions: whatever is said later is sealed with new keys. Never blocks."""
        for name, position in names.items():
            self._retired[name] = max(position, self._retired.get(name, 0))

    def erase(self, names: Mapping[str, Position], at: Instant) -> int:
        """Destroy the keys of these names, up to the positions where that was recorded, here and in the store.

        Answers how many there were.
        """
        with self._lock:
            self._bind()
            self.retire(names)
            self._at_hand.clear()  # another node may have been first, and then nobody can say whose they were
            gone = self._store.erase(names, at)
            for name, position in names.items():
                if name in self._own and self._own[name][0] <= position:
                    del self._own[name]
                if self._retired.get(name) == position:
                    del self._retired[name]
            return gone

    def erase_now(self, names: Mapping[str, Position]) -> int:
        """`erase`, by the wall clock; harmless where they are gone already, here or on another node."""
        told = list(names.items())
        return sum(self.erase(dict(told[i : i + AT_ONCE]), time.time()) for i in range(0, len(told), AT_ONCE))

    def _bind(self) -> None:
        self._store.bind(self._unbound)
        self._unbound = []

    def _own_key(self, name: str, position: Position) -> tuple[Position, int, AESGCM]:
        """A new one. Another node, or this one before it started, may have used others for this name: a name may have
        many, asking for each would hold up every order, and whoever erases the name finds them all."""
        if not self._ahead:
            self._make()
        number, aes = self._ahead.pop()
        self._unbound.append(Bound(number, name, position))
        if len(self._unbound) >= BIND_AT:
            self._bind()
        return self._keep(name, (position, number, aes))

    def _keep(self, name: str, found: tuple[Position, int, AESGCM]) -> tuple[Position, int, AESGCM]:
        if len(self._own) >= AT_HAND:
            self._bind()
            self._own.clear()
        self._own[name] = found
        self._at_hand[found[1]] = found[2]
        return found

    def _make(self) -> None:
        self.prove()  # a master key that was rotated under a running server: keys of both would open with neither
        keys = [os.urandom(KEY_B) for _ in range(self._make_n)]
        numbers = self._store.make([self._master.wrap(key, self._centre) for key in keys], self._master.mark)
        self._ahead = [(number, AESGCM(key)) for number, key in zip(numbers, keys, strict=True)]

    def _fetch(self, number: int) -> AESGCM | None:
        wrapped = self._store.wrapped(number)
        aes = None if wrapped is None else AESGCM(self._master.unwrap(wrapped, self._centre))
        if len(self._at_hand) >= AT_HAND:
            self._at_hand.clear()
        self._at_hand[number] = aes
        return aes

    def _tied(self, bound: bytes) -> bytes:
        return self._centre + b"\n" + bound
