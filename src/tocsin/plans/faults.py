"""Mistakes in a plan file, each with its line, its field and what would be right; and values taken field by field.

Field by field, because whoever mends a file wants to hear of every mistake at once and not of one a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from tocsin.plans.lines import Path, line_of, words_of

S = TypeVar("S", bound=msgspec.Struct)


class Fault(msgspec.Struct, frozen=True, order=True):
    """One mistake. `field` as a person writes it; `text` says what is wrong and what would be right."""

    line: int
    field: str
    text: str


class Faults:
    """Mistakes found so far in a file, and notes: things that are allowed and may not be meant."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines
        self.found: list[Fault] = []
        self.notes: list[Fault] = []

    def add(self, path: Path, text: str) -> None:
        """Something is wrong at `path`."""
        self.found.append(Fault(line_of(self._lines, path), words_of(path), text))

    def note(self, path: Path, text: str) -> None:
        """Something at `path` may not be meant."""
        self.notes.append(Fault(line_of(self._lines, path), words_of(path), text))

    def unknown(self, path: Path, what: str, word: str, known: Iterable[str]) -> None:
        """`word` names no `what` there is."""
        self.add(path, f"there is no {what} '{word}'{meant(word, known)}")

    def struct(self, kind: type[S], table: Any, path: Path) -> S | None:
        """`table` as a `kind`, every field checked by itself; None when it cannot be one."""
        if not isinstance(table, Mapping):
            self.add(path, f"is {_named(table)}; write a table")
            return None
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        values: dict[str, Any] = {}
        whole = True
        for key, value in table.items():
            if key not in fields:
                self.add((*path, key), f"there is no such key here{meant(key, fields)}")
                continue
            try:
                values[key] = msgspec.convert(_finite(value), fields[key].type)
            except msgspec.ValidationError as error:
                whole = False
                self.add((*path, key), _explain(str(error)))
        for name, field in fields.items():
            if field.required and name not in table:
                whole = False
                self.add((*path, name), "is missing")
        return kind(**values) if whole else None

    def tables(self, kind: type[S], data: Mapping[str, Any], name: str) -> list[tuple[Path, S]]:
        """Every `[[name]]` table as a `kind`, with its path."""
        rows = data.get(name, [])
        if not isinstance(rows, list):
            self.add((name,), f"is {_named(rows)}; write [[{name}]] tables")
            return []
        read = [((name, i), self.struct(kind, row, (name, i))) for i, row in enumerate(rows)]
        return [(path, row) for path, row in read if row is not None]

    def repeated(self, named: Iterable[tuple[Path, str]], what: str) -> None:
        """Every name may stand once."""
        seen: dict[str, Path] = {}
        for path, name in named:
            if name in seen:
                self.add(path, f"{what} '{name}' stands there twice, first in line {line_of(self._lines, seen[name])}")
            seen.setdefault(name, path)


def meant(word: str, known: Iterable[str]) -> str:
    """What may have been meant, or what there is when that is little."""
    names = sorted(set(known))
    near = get_close_matches(word, names, 1, 0.6) or [name for name in names if name.lower() == word.lower()]
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def _named(value: Any) -> str:
    kinds = {str: "a text", bool: "yes or no", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "something else")


def _finite(value: Any) -> Any:
    """`value`, unless it is a number without end: no sum of terms means anything with one. Raises ValidationError."""
    if isinstance(value, float) and not math.isfinite(value):
        raise msgspec.ValidationError(f"{value} is not a number one can reckon with; write a finite one")
    return value


def _explain(message: str) -> str:
    what, _, place = message.partition(" - at `$")
    where = place.rstrip("`").removeprefix(".")
    what = what[0].lower() + what[1:].replace("`", "'").replace(" | null", "")
    for ours, theirs in (("'str'", "a text"), ("'int'", "a whole number"), ("'float'", "a number"),
                         ("'array'", "a list"), ("'object'", "a table"), ("'bool'", "true or false")):  # fmt: skip
        what = what.replace(ours, theirs)
    if what == "expected a list, got a text":
        what += '; write ["…"]'
    return f"{what}, at {where}" if where else what
