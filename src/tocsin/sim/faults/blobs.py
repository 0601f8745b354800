"""What callers show, in memory and shared by all nodes (`tocsin.log.media.Blobs`); refuses as the store does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tocsin.facts.values import Instant

SETTLED_S = 20.0
"""After so long no node is about to record what it kept."""


class SharedBlobs(dict[tuple[str, str], tuple[bytes, Instant]]):
    """What outlives every node: sealed bytes and when they were kept, by call and name."""


class MemoryBlobs:
    """One node's way to them. `may_fail` raises LogError when it feels like it."""

    def __init__(self, shared: SharedBlobs, clock: Callable[[], Instant], may_fail: Callable[[str], None]) -> None:
        self._shared, self._clock, self._may_fail = shared, clock, may_fail

    def write(self, call: str, media: str, raw: bytes) -> None:
        """Kept; or not; or kept, and the word of it lost."""
        self._may_fail("write")
        self._shared[call, media] = raw, self._clock()
        self._may_fail("written")

    def read(self, call: str, media: str) -> bytes | None:
        """The bytes, if they are there."""
        self._may_fail("read")
        found = self._shared.get((call, media))
        return None if found is None else found[0]

    def remove(self, call: str, media: str) -> None:
        """Gone."""
        self._may_fail("remove")
        self._shared.pop((call, media), None)

    def names_of(self, call: str) -> Iterable[str]:
        """What there is of one call."""
        self._may_fail("names")
        return [media for home, media in self._shared if home == call]

    def names(self, *, settled: bool = False) -> Iterable[tuple[str, str]]:
        """Everything, or what has been there for a while."""
        self._may_fail("names")
        since = self._clock() - (SETTLED_S if settled else 0.0)
        return [name for name, (_, kept_at) in self._shared.items() if kept_at <= since]

    def close(self) -> None:
        """Nothing is open."""


def plain_of(media: str) -> bytes:
    """The picture of this name: who knows the name can tell whether it is whole."""
    return f"picture {media}".encode()
