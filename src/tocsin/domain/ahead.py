"""A room that may run ahead of what is durable. Whatever is folded into it leaves the room beneath it untouched.

A batch is decided in such a room and only then recorded. Recorded: the same facts are folded into the room beneath.
Refused by the store, or another writer was first: the room ahead is dropped, and nothing has to be undone or folded
anew, however long the log is. Refuses to know what a fact changes: what is read here is a copy, made when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

import msgspec

from tocsin.domain.room import Room

V = TypeVar("V")
_MISSING: Any = object()


class Ahead(MutableMapping[str, V]):
    """A dict over another one, with its order. The one beneath must not change while this one is used."""

    __slots__ = ("_beneath", "_gone", "_later", "_own")

    def __init__(self, beneath: dict[str, V]) -> None:
        self._beneath = beneath
        self._own: dict[str, V] = {}
        self._gone: set[str] = set()
        self._later: dict[str, None] = {}
        """Keys that stand behind those beneath, in the order in which they came."""

    def __getitem__(self, key: str) -> V:
        found = self._own.get(key, _MISSING)
        if found is not _MISSING:
            own: V = found
            return own
        if key in self._gone:
            raise KeyError(key)
        copy = self._own[key] = own_copy(self._beneath[key])
        return copy

    def __setitem__(self, key: str, value: V) -> None:
        if key in self._gone or key not in self._beneath:
            self._later[key] = None
        self._own[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._own.pop(key, None)
        self._later.pop(key, None)
        if key in self._beneath:
            self._gone.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self._own or (key in self._beneath and key not in self._gone)

    def __iter__(self) -> Iterator[str]:
        for key in self._beneath:
            if key not in self._gone:
                yield key
        yield from self._later

    def __len__(self) -> int:
        return len(self._beneath) - len(self._gone) + len(self._later)


def own_copy(value: V) -> V:
    """`value` with everything in it that can change; what cannot is shared."""
    copied: Any = value
    if isinstance(value, msgspec.Struct):
        if not value.__struct_config__.frozen:
            copied = type(value)(*[own_copy(getattr(value, name)) for name in value.__struct_fields__])
    elif isinstance(value, dict):
        copied = {key: own_copy(one) for key, one in value.items()}
    elif isinstance(value, list):
        copied = [own_copy(one) for one in value]
    elif isinstance(value, set):
        copied = set(value)
    return copied  # type: ignore[no-any-return]


def ahead_of(room: Room) -> Room:
    """A room that begins as `room` is, for as long as `room` stays as it is."""
    parts = {name: getattr(room, name) for name in room.__struct_fields__}
    layers: dict[str, Any] = {
        name: Ahead(part) if isinstance(part, dict) else own_copy(part) for name, part in parts.items()
    }
    return Room(**layers)
