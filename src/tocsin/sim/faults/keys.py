"""Keys of personal data, in memory and shared by all nodes. Refuses as often as it is told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tocsin.facts.values import Instant, Position
from tocsin.log.keyring import Bound
from tocsin.log.port import LogError


class SharedKeys:
    """What outlives every node: wrapped keys by number, and whose they are."""

    def __init__(self) -> None:
        self.wrapped: dict[int, tuple[bytes, bytes]] = {}
        self.owner: dict[int, tuple[str, Position]] = {}
        self.last = 0
        self.bound_up_to: Position = 0


class Keys:
    """One node's way to them (`tocsin.log.keyring.KeyStore`). `may_fail` raises LogError when it feels like it."""

    def __init__(self, shared: SharedKeys, may_fail: Callable[[str], None]) -> None:
        self._shared, self._may_fail = shared, may_fail

    def make(self, wrapped: Sequence[bytes], mark: bytes) -> list[int]:
        """New keys."""
        self._may_fail("make")
        shared, first = self._shared, self._shared.last + 1
        for i, one in enumerate(wrapped):
            shared.wrapped[first + i] = one, mark
        shared.last += len(wrapped)
        return list(range(first, shared.last + 1))

    def bind(self, bound: Iterable[Bound]) -> None:
        """Whose they are."""
        self._may_fail("bind")
        for one in bound:
            if one.number in self._shared.wrapped and one.number not in self._shared.owner:
                self._shared.owner[one.number] = one.name, one.position
                self._shared.bound_up_to = max(self._shared.bound_up_to, one.position)

    def bound_up_to(self) -> Position:
        """How far that is known."""
        return self._shared.bound_up_to

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """The keys of these names."""
        self._may_fail("numbers_of")
        wanted = set(names)
        return sorted(number for number, (name, _) in self._shared.owner.items() if name in wanted)

    def wrapped(self, number: int) -> bytes | None:
        """A wrapped key, if it is there."""
        found = self._shared.wrapped.get(number)
        return None if found is None else found[0]

    def marks(self) -> dict[bytes, int]:
        """Under which master keys."""
        return dict(Counter(mark for _, mark in self._shared.wrapped.values()))

    def other_marks(self, mark: bytes) -> list[bytes]:
        """There is one master key."""
        return sorted({one for _, one in self._shared.wrapped.values()} - {mark})

    def erase(self, names: Mapping[str, Position], _at: Instant) -> int:
        """Gone."""
        self._may_fail("erase")
        gone = [n for n, (name, position) in self._shared.owner.items() if position < names.get(name, 0)]
        for number in gone:
            del self._shared.owner[number]
            del self._shared.wrapped[number]
        return len(gone)


def never(_what: str) -> None:
    """Does not fail."""


def refusing(chance: Callable[[], bool]) -> Callable[[str], None]:
    """Fails whenever `chance` says so."""

    def may_fail(what: str) -> None:
        if chance():
            raise LogError(f"the store of keys does not answer ({what})")

    return may_fail
