"""Finds the line of a TOML file on which a field stands, so that a mistake can be told by its place. Judges nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tocsin.sim.twin.errors import ScenarioError

T = TypeVar("T", bound=msgspec.Struct)
_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*\"?([\w-]+)\"?(?:\s*\.\s*\"?([\w-]+)\"?)?\s*=")
_STEP = re.compile(r"\.?([\w-]+)|\[(\d*|\.\.\.)\]")
RIGHT = {
    "matching regex": "write a time of day such as 07:00",
    "RFC3339": "write an instant such as 2026-01-05T00:00:00Z",
    "expected `array`, got": 'write a list, such as ["a", "b"]',
    "expected `float`, got `str`": "write a number without quotes",
    "expected `int`, got `str`": "write a whole number without quotes",
    "expected `int`, got `float`": "write a whole number",
    "expected `str`, got": "write it in quotes",
}
"""What would be right, by a part of what is told to be wrong."""
_AT = re.compile(r" - at `\$?(.*)`$")


def line_of(text: str, path: list[str | int]) -> int | None:
    """Line (from 1) of the deepest part of `path` that has one of its own; None when not even its table is there."""
    here: list[str | int] = []
    nth: dict[str, int] = {}
    best, depth = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        table = _TABLE.match(line)
        if table:
            here = [part.strip().strip('"') for part in table[2].split(".")]
            if table[1] == "[[":
                nth[table[2]] = nth.get(table[2], -1) + 1
                here.append(nth[table[2]])
            found = here
        else:
            key = _KEY.match(line)
            if not key:
                continue
            found = [*here, *(part for part in key.groups() if part)]
        same = sum(1 for _ in _common(found, path))
        if same == len(found) and same > depth:
            best, depth = number, same
    return best


def _common(found: list[str | int], path: list[str | int]) -> Any:
    for a, b in zip(found, path, strict=False):
        if a != b:
            return
        yield a


def path_of(words: str) -> list[str | int]:
    """`.fleet.shift[2].from` as its steps."""
    return [int(index) if index.isdigit() else name for name, index in _STEP.findall(words) if name or index.isdigit()]


def read_toml(file: Path, kind: type[T]) -> tuple[T, str]:
    """The file as a struct, and its text. Raises ScenarioError with file, line, field and what would be right."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(file, None, "", f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        raise ScenarioError(file, int(at[1]) if at else None, "", f"is not TOML: {error}") from None
    try:
        return msgspec.convert(values, kind), text
    except msgspec.ValidationError as error:
        raise _told(file, text, kind, str(error)) from None


def _told(file: Path, text: str, kind: type[msgspec.Struct], words: str) -> ScenarioError:
    at = _AT.search(words)
    path, wrong = path_of(at[1]) if at else [], _AT.sub("", words)
    unknown = re.search(r"unknown field `(.+)`", wrong)
    if unknown:
        known = ", ".join(_fields(kind, path))
        return ScenarioError(
            file, line_of(text, [*path, unknown[1]]), _dotted([*path, unknown[1]]), "there is no such field",
            f"the fields here are {known}",
        )  # fmt: skip
    missing = re.search(r"missing required field `(.+)`", wrong)
    if missing:
        field = _dotted([*path, missing[1]])
        return ScenarioError(file, line_of(text, path), field, "is missing", f"write {missing[1]} = …")
    choices = ", ".join(str(one) for one in getattr(_type_at(kind, path), "values", ()))
    plain = (wrong[:1].lower() + wrong[1:]).replace(" | null", "")
    right = f"write one of {choices}" if choices else next((say for part, say in RIGHT.items() if part in plain), "")
    return ScenarioError(file, line_of(text, path), _dotted(path), plain, right)


def _dotted(path: list[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _fields(kind: Any, path: list[str | int]) -> list[str]:
    """Names of the fields of the struct at `path`."""
    return [field.encode_name for field in getattr(_type_at(kind, path), "fields", ())]


def _type_at(kind: Any, path: list[str | int]) -> Any:
    """The type of what stands at `path` inside a struct; of `x | None`, x."""
    info: Any = msgspec.inspect.type_info(kind)
    for part in path:
        if isinstance(part, int):
            info = getattr(info, "item_type", info)
        else:
            info = next((field.type for field in getattr(info, "fields", ()) if field.encode_name == part), info)
        while isinstance(info, msgspec.inspect.Metadata):
            info = info.type
        while isinstance(info, msgspec.inspect.UnionType):
            info = next(one for one in info.types if not isinstance(one, msgspec.inspect.NoneType))
    return info
