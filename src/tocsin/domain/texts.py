"""Whether every text in an order can be stored and shown exactly. Knows no order: walks whatever struct it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from tocsin.domain.refusals import Refusal

# C0 and C1 controls but tab and newline, lone surrogates, non-characters: nothing a person types or a screen shows.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
MANY_LINES = frozenset({"text", "summary", "reason"})
"""Fields for what somebody says. Every other text is a name, a number or an address, and keeps to one line."""


def unreadable(order: msgspec.Struct) -> Refusal | None:
    """The refusal of the first text, in the order of fields, that cannot be kept as it is; None when all can."""
    if simple(order):
        return None
    for field, text in texts(order):
        if text.isascii() and text.isprintable():
            continue
        found = (_FORBIDDEN if field in MANY_LINES else _FORBIDDEN_IN_LINE).search(text)
        if found:
            code = f"U+{ord(found[0]):04X}"
            return Refusal(
                "text_not_allowed",
                f"character {code} at {found.start()} cannot be kept here",
                field,
                {"character": code, "offset": found.start()},
            )
    return None


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside an order, with the path of its field."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from texts(item, f"{path}[{i}]")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name), f"{path}.{name}" if path else name)


_Shape: TypeAlias = tuple[Callable[[Any], tuple[str, ...]], tuple[str, ...], tuple[str, ...]]
_SHAPES: dict[type, _Shape] = {}
"""By type of struct: what reads the fields that are always texts, the fields that are always tuples of texts, and those
that may hold texts some other way."""
_NEVER_TEXT = (inspect.FloatType, inspect.IntType, inspect.BoolType, inspect.NoneType)


def simple(value: msgspec.Struct) -> bool:
    """Every text inside is printable ASCII. Nearly all are, and a yes needs no path to a field.

    Asked of every order there is, so what a type can hold is found out once.
    """
    kind = type(value)
    plain, lists, others = _SHAPES.get(kind) or _shape(kind)
    said = "".join(plain(value))
    for name in lists:
        said += "".join(getattr(value, name))
    if not (said.isascii() and said.isprintable()):
        return False
    for name in others:
        inner = getattr(value, name)
        if inner is not None and not _simple_inside(inner):
            return False
    return True


def _simple_inside(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    if isinstance(value, tuple):
        for item in value:  # noqa: SIM110 - a loop is twice as fast
            if not _simple_inside(item):
                return False
        return True
    return not isinstance(value, msgspec.Struct) or simple(value)


def _shape(kind: type[msgspec.Struct]) -> _Shape:
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    plain = [field.name for field in told.fields if _is_text(field.type)]
    lists = [field.name for field in told.fields if _is_texts(field.type)]
    known = {*plain, *lists}
    others = [field.name for field in told.fields if field.name not in known and _may_hold_text(field.type)]
    _SHAPES[kind] = found = _reader(plain), tuple(lists), tuple(others)
    return found


def _reader(fields: list[str]) -> Callable[[Any], tuple[str, ...]]:
    """What reads these fields; attrgetter gives a tuple for two of them or more only."""
    if len(fields) > 1:
        return attrgetter(*fields)
    return (lambda value: (getattr(value, fields[0]),)) if fields else lambda _: ()


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _is_text(kind: inspect.Type) -> bool:
    bare = _bare(kind)
    if isinstance(bare, inspect.LiteralType):
        return all(isinstance(one, str) for one in bare.values)
    return isinstance(bare, inspect.StrType)


def _is_texts(kind: inspect.Type) -> bool:
    bare = _bare(kind)
    return isinstance(bare, inspect.VarTupleType) and _is_text(bare.item_type)


def _may_hold_text(kind: inspect.Type) -> bool:
    bare = _bare(kind)
    if isinstance(bare, inspect.UnionType):
        return any(_may_hold_text(one) for one in bare.types)
    return not isinstance(bare, _NEVER_TEXT)
