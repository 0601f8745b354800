"""Dicts whose values are decoded when they are first asked for: a start needs few of a year's calls and incidents.

A value still frozen is bytes out of a snapshot that was believed whole, so thawing cannot fail. Every way to read one
goes through here; keys, their order and their number are there at once.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, ValuesView
from typing import Any, TypeVar

import msgspec

V = TypeVar("V")


class _Values(ValuesView[V]):
    _mapping: Thawing[V]

    def __iter__(self) -> Iterator[V]:
        return map(self._mapping.__getitem__, self._mapping)

    def __reversed__(self) -> Iterator[V]:
        return map(self._mapping.__getitem__, reversed(self._mapping))


class _Items(ItemsView[str, V]):
    _mapping: Thawing[V]

    def __iter__(self) -> Iterator[tuple[str, V]]:
        return ((key, self._mapping[key]) for key in self._mapping)


class Thawing(dict[str, V]):
    """A dict of `kind`, frozen so far as `frozen` is."""

    __slots__ = ("_thaw",)

    def __init__(self, frozen: dict[str, msgspec.Raw], thaw: Callable[[msgspec.Raw], V]) -> None:
        super().__init__(frozen)  # type: ignore[arg-type]
        self._thaw = thaw

    def __iter__(self) -> Iterator[str]:
        # Defined so that Python does not copy this dict by the values that lie in it: `dict(…)` and `{**…}` ask too.
        return super().__iter__()

    def __getitem__(self, key: str) -> V:
        value: Any = super().__getitem__(key)
        if type(value) is msgspec.Raw:
            value = self[key] = self._thaw(value)
        found: V = value
        return found

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default`."""
        return self[key] if key in self else default  # noqa: SIM401 - this is that method

    def pop(self, key: str, *default: Any) -> Any:
        """The value, gone from here; or `default`."""
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, V]:
        """The last key and its value, gone from here."""
        key = next(reversed(self))
        return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value, which is `default` from now on if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def values(self) -> Any:
        """All values, in order."""
        return _Values(self)

    def items(self) -> Any:
        """All keys with their values, in order."""
        return _Items(self)

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == (dict(other.items()) if isinstance(other, Thawing) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def copy(self) -> dict[str, V]:
        """A plain dict of the same, thawed."""
        return dict(self.items())
