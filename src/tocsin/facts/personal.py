"""Which fields of a fact name or place a person, found by their mark. Refuses to know what is done with them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect


@cache
def personal_fields(fact_type: type[msgspec.Struct]) -> tuple[str, ...]:
    """Names of the fields marked PERSONAL, in order; inside a nested struct as `outer.inner`.

    The mark counts wherever it stands in the field's type: on the whole, in a tuple's items, on one side of `|`.
    """
    info = inspect.type_info(fact_type)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{fact_type.__name__} is not a struct")
    return tuple(_of_struct(info))


def _of_struct(info: inspect.StructType) -> Iterator[str]:
    for field in info.fields:
        if _marked(field.type):
            yield field.name
        else:
            yield from (f"{field.name}.{inner}" for inner in _of_inner(field.type))


def _marked(info: inspect.Type) -> bool:
    if isinstance(info, inspect.Metadata) and (info.extra or {}).get("personal"):
        return True
    return any(_marked(part) for part in _parts(info))


def _of_inner(info: inspect.Type) -> Iterator[str]:
    if isinstance(info, inspect.StructType):
        yield from _of_struct(info)
    for part in _parts(info):
        yield from _of_inner(part)


def _parts(info: Any) -> Iterator[inspect.Type]:
    """The types a type is made of, short of a struct's fields."""
    for name in ("type", "item_type", "key_type", "value_type"):
        part = getattr(info, name, None)
        if isinstance(part, inspect.Type):
            yield part
    for name in ("types", "item_types"):
        yield from getattr(info, name, None) or ()
