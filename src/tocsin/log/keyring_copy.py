"""Keys of personal data from one store to another, as they are wrapped. Opens none, and brings no erased key back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.log.keyring import Kept
from tocsin.log.port import LogError


class Copied(Protocol):
    """A store whose keys can be moved. Methods raise LogError."""

    def rows(self) -> list[Kept]:
        """Every key, by its number, as it is at one moment."""
        ...

    def put(self, rows: Sequence[Kept]) -> None:
        """Keep keys of another store under their numbers, in place of those there; durable on return."""
        ...


def copy_keys(source: Copied, target: Copied) -> int:
    """Bring `target` to what `source` holds; answers how many keys were new or had changed. Raises LogError.

    A key that `target` has under another name, or that is not in `source`, is somebody's: then nothing is copied. Keys
    that were made ahead and belong to nobody yet may be replaced. What is erased on either side is erased on both.
    """
    there = {kept.number: kept for kept in target.rows()}
    here = {kept.number: kept for kept in source.rows()}
    for kept in there.values():
        twin = here.get(kept.number)
        if kept.name is not None and (twin is None or twin.name not in (None, kept.name)):
            raise LogError(f"the target has a key {kept.number} of its own; keys are copied where there are none")
    fresh = [_merged(kept, there.get(kept.number)) for kept in here.values() if kept != there.get(kept.number)]
    target.put(fresh)
    return len(fresh)


def _merged(kept: Kept, there: Kept | None) -> Kept:
    if there is None or there.erased_at is None or there.name is None:
        return kept
    return there
