"""Bytes from the network into typed values, or a Problem that names the field. Knows no route and no rule.

msgspec checks shape and range in one pass; what is added here: words for people, repeated JSON names (RFC 8259 §4 calls
their meaning unpredictable, so they are refused), and one reading of each query parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import unquote_to_bytes

import msgspec

from tocsin.web.problems import No, impossible, malformed

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at (?:the )?(?:`\$(?P<path>[^`]*)`|key in `\$(?P<key>[^`]*)`))?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`$", re.DOTALL)
_CHOICE = re.compile(r"Invalid (?:enum )?value '(?P<value>.*)'$", re.DOTALL)
_TYPE = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`$")
_BOUND = re.compile(r"Expected `(?P<type>[^`]+)` (?P<how>of length )?(?P<sign>>=|<=|>|<) (?P<limit>\S+)$")
_WORDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "an array",
}
_UNITS = {"str": " characters", "array": " items", "object": " entries"}


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def body(raw: bytes, kind: type[T]) -> T:
    """A request body as `kind`. Raises No 400 (cannot be read) or 422 (a value out of range), naming the field."""
    try:
        value: T = _decoder(cast(Hashable, kind)).decode(raw)
        _NAMES.decode(raw.decode())
    except RecursionError:
        raise malformed("The body is nested too deeply to be read.") from None
    except UnicodeDecodeError as error:
        raise malformed(f"The body is not UTF-8: {error.reason}.") from None
    except msgspec.ValidationError as error:
        raise explain(str(error)) from None
    except msgspec.DecodeError as error:
        raise malformed(_not_json(raw, str(error))) from None
    except ValueError:
        raise malformed("The body holds a number with more digits than can be read.") from None
    return value


def query(raw: bytes, kind: type[T]) -> T:
    """A query string as `kind`, every parameter at most once. Raises No 400 or 422, naming the parameter."""
    pairs: dict[str, str] = {}
    for part in raw.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        key = _text(name, "")
        if key in pairs:
            raise malformed(f"The parameter '{_short(key)}' is given twice.", key)
        pairs[key] = _text(value, key)
    try:
        return msgspec.convert(pairs, kind, strict=False)
    except msgspec.ValidationError as error:
        raise explain(str(error)) from None


def explain(message: str) -> No:
    """msgspec's message as a Problem: `- at `$.order.place.lat`` becomes the field, the rest a sentence."""
    found = _PLACE.match(message)
    what = found["what"] if found else message
    path = ((found["path"] or found["key"] or "") if found else "").removeprefix(".")
    if unknown := _UNKNOWN.match(what):
        field = _join(path, unknown["name"])
        return malformed(f"There is no field '{_short(field)}' here.", field)
    if missing := _MISSING.match(what):
        field = _join(path, missing["name"])
        return malformed(f"The field '{field}' is missing.", field)
    if choice := _CHOICE.match(what):
        return impossible(f"{_named(path)} cannot be '{_short(choice['value'])}'.", path)
    if kind := _TYPE.match(what):
        return malformed(f"{_named(path)} must be {_kinds(kind['wanted'])}, not {_kinds(kind['got'])}.", path)
    if bound := _BOUND.match(what):
        return _out_of_bounds(path, bound)
    if "out of range" in what:
        return impossible(f"{_named(path)} is a number too large to be meant.", path)
    return malformed(f"{_named(path)} cannot be read: {what}.", path)


def _out_of_bounds(path: str, bound: re.Match[str]) -> No:
    unit = _UNITS.get(bound["type"].split(" ")[0], "") if bound["how"] else ""
    limit = float(bound["limit"])
    text = f"{_named(path)} must be {_WORDS[bound['sign']]} {limit:g}{unit}."
    return impossible(text, path, bound=bound["sign"], limit=limit)


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > 1 and len({name for name, _ in pairs}) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise malformed(f"The field '{_short(twice)}' is given twice in one object.", twice)


_NAMES = json.JSONDecoder(object_pairs_hook=_once)


def _not_json(raw: bytes, message: str) -> str:
    if not raw.strip():
        return "The body is empty; a JSON object was expected."
    if "truncated" in message:
        half = rb"\\u[dD][89abAB]"
        cut = "The body ends too early to be JSON."
        return "The body holds half of a surrogate pair." if re.search(half, raw) else cut
    return f"The body is not JSON: {message.removeprefix('JSON is malformed: ')}."


def _text(raw: bytes, field: str) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise malformed("The query is not UTF-8.", field) from None


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names.split(" | "))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _named(path: str) -> str:
    return f"The field '{_short(path)}'" if path else "The body"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
