"""Which fields of a fact name or place a person, found by their mark, and whom a fact is about.

Refuses to know what is done with them: hiding, sealing and erasing are other people's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import inspect

from tocsin.facts.base import FactBase
from tocsin.facts.values import Place

Keeping: TypeAlias = Literal["record", "position", "media", "crew"]
"""A kind of personal data, by how long it is kept: the words of a call or incident, exact positions of callers, what
callers wrote or showed, the names of crews."""

DAY_S = 86_400
NOWHERE = Place(0.0, 0.0, how="erased")
"""What stands for a place that was erased."""


@cache
def personal_fields(fact_type: type) -> tuple[str, ...]:
    """Names of the fields marked PERSONAL, in order; inside a nested struct as `outer.inner`.

    The mark counts wherever it stands in the field's type: on the whole, in a tuple's items, on one side of `|`.
    """
    return tuple(name for name, _ in _of_struct(_info(fact_type)))


@cache
def kept_apart(fact_type: type) -> dict[str, tuple[str, ...]]:
    """The fact's own fields that hold anything personal, by the kind of mark they bear: record, position or media."""
    out: dict[str, list[str]] = {}
    for name, mark in _of_struct(_info(fact_type)):
        fields = out.setdefault(mark, [])
        outer = name.partition(".")[0]
        if outer not in fields and not any(outer in others for others in out.values()):
            fields.append(outer)
    return {mark: tuple(fields) for mark, fields in out.items() if fields}


@cache
def blanks(fact_type: type) -> dict[str, Any]:
    """What stands for each personal field once it is erased: nothing where it may be left out, else an empty value."""
    out: dict[str, Any] = {}
    own = {name for fields in kept_apart(fact_type).values() for name in fields}
    for field in _info(fact_type).fields:
        if field.name in own and field.required:
            out[field.name] = _blank(field.type)
    return out


def blanked(fact: Any) -> Any:
    """The same fact with nobody in it."""
    kind: type = type(fact)
    raw = {name: value for name, value in msgspec.to_builtins(fact).items() if name not in _own(kind)}
    return msgspec.convert({**raw, **blanks(kind)}, kind)


def subject_of(fact: FactBase) -> str:
    """Whom the personal fields of a fact are about, as `call:12`, `incident:7` or `crew:E1:20782`; or nobody: ''.

    Crews, what hospitals said, and what partners logged of nobody here are told apart by the day, counted from
    1970-01-01 UTC.

    A fact that names a call is about its caller, also where it names an incident too.
    """
    for name in ("call", "report", "incident"):
        if found := getattr(fact, name, ""):
            return f"{name}:{found}"
    for family, name in (("crew", "unit"), ("hospital", "hospital"), ("partner", "partner")):
        if found := getattr(fact, name, ""):
            return f"{family}:{found}:{int(fact.at // DAY_S)}"
    return ""


def _own(fact_type: type[msgspec.Struct]) -> set[str]:
    return {name for fields in kept_apart(fact_type).values() for name in fields}


def _blank(info: inspect.Type) -> Any:
    """The emptiest value of a type that has to be something."""
    match info:
        case inspect.Metadata():
            return _blank(info.type)
        case inspect.StrType():
            return ""
        case inspect.IntType() | inspect.FloatType():
            return 0
        case inspect.LiteralType():
            return info.values[0]
        case inspect.CollectionType() | inspect.VarTupleType():
            return []
        case inspect.UnionType():
            return None if info.includes_none else _blank(info.types[0])
        case inspect.StructType() if info.cls is Place:
            return msgspec.to_builtins(NOWHERE)
        case inspect.StructType():
            tag = {info.tag_field: info.tag} if info.tag_field else {}
            return tag | {field.name: _blank(field.type) for field in info.fields if field.required}
    raise TypeError(f"a required personal field of type {type(info).__name__} has no blank: give it a default")


def _info(fact_type: type) -> inspect.StructType:
    info = inspect.type_info(fact_type)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{fact_type.__name__} is not a struct")
    return info


def _of_struct(info: inspect.StructType) -> Iterator[tuple[str, str]]:
    for field in info.fields:
        if mark := _mark(field.type):
            yield field.name, mark
        else:
            yield from ((f"{field.name}.{inner}", mark) for inner, mark in _of_inner(field.type))


def _mark(info: inspect.Type) -> str:
    if isinstance(info, inspect.Metadata) and (mark := (info.extra or {}).get("personal")):
        return str(mark)
    return next((mark for part in _parts(info) if (mark := _mark(part))), "")


def _of_inner(info: inspect.Type) -> Iterator[tuple[str, str]]:
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
