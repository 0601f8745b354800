"""No function here takes a phone number and returns a place: a place comes out only of a message that carries it.

Held by the shape of the whole package, so that a new function cannot slip by, and shown to catch one that would.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

import tocsin.standards
from tocsin.facts.personal import personal_fields
from tocsin.facts.shapes import Circle
from tocsin.facts.values import Place
from tocsin.geo.spread import Spread
from tocsin.standards.aml import parse_data, parse_text
from tocsin.standards.aml_report import AmlReport
from tocsin.standards.civic import Civic
from tocsin.standards.flaws import Unusable
from tocsin.standards.held import Asking, Device, HeldAnswer, Reference
from tocsin.standards.pidf_lo import Located, PidfLo

NUMBER = re.compile(r"number|phone|msisdn|im[es]i|iccid|caller|sender|tel$|subscriber|device|asking|who", re.IGNORECASE)
CARRIES = {"message", "octets", "body", "data", "element", "root", "part", "info", "text", "values", "holder"}
WIRES = {
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "asyncio",
    "sqlite3",
    "subprocess",
    "os",
    "httpx",
    "requests",
    "ftplib",
}


def modules() -> list[ModuleType]:
    names = [info.name for info in pkgutil.iter_modules(tocsin.standards.__path__)]
    return [importlib.import_module(f"tocsin.standards.{name}") for name in names]


def functions() -> list[Callable[..., Any]]:
    found = []
    for module in modules():
        for _, thing in inspect.getmembers(module, lambda x: inspect.isfunction(x) or inspect.isclass(x)):
            if thing.__module__ == module.__name__:
                found += (
                    [thing]
                    if inspect.isfunction(thing)
                    else [f for _, f in inspect.getmembers(thing, inspect.isfunction)]
                )
    return [function for function in found if function.__module__.startswith("tocsin.standards.")]


def structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from structs(field.type)
    for part in get_args(kind):
        yield from structs(part)


def gives_a_place(function: Callable[..., Any]) -> bool:
    answer = get_type_hints(function).get("return")
    return any(
        kind is Place or kind is Civic or {"lat", "ring"} & set(kind.__struct_fields__) for kind in structs(answer)
    )


def asks_for_a_number(function: Callable[..., Any]) -> bool:
    hints = get_type_hints(function)
    asked = [name for name in inspect.signature(function).parameters if NUMBER.search(name)]
    return any(hints.get(name) is not dict for name in asked)


def reads_a_message(function: Callable[..., Any]) -> bool:
    """Whether what the place comes out of has to be handed in."""
    parameters = inspect.signature(function).parameters.values()
    return any(p.name in CARRIES and p.default is inspect.Parameter.empty for p in parameters)


def offences(all_functions: list[Callable[..., Any]]) -> list[str]:
    return [
        f.__qualname__ for f in all_functions if gives_a_place(f) and asks_for_a_number(f) and not reads_a_message(f)
    ]


def test_no_function_takes_a_number_and_gives_a_place():
    found = functions()
    assert len(found) > 80
    assert sum(gives_a_place(function) for function in found) >= 10
    assert offences(found) == []


def where_is(number: str) -> Place | None:
    """What must never be written here."""
    return Place(0.0, 0.0, number)


def answer_for(device: Device) -> HeldAnswer:
    """Nor this."""
    return HeldAnswer()


@pytest.mark.parametrize("bad", [where_is, answer_for])
def test_such_a_function_would_be_found(bad):
    assert offences([bad]) == [bad.__qualname__]


@pytest.mark.parametrize("answer", [parse_text("", "+351912345678"), parse_data(b"", "+351912345678")])
def test_a_number_without_a_message_gives_nothing(answer):
    assert isinstance(answer, Unusable)


def test_the_number_does_not_change_the_place():
    text = 'A"ML=1;lt=+38.71667;lg=-9.13333;rd=25'
    assert (
        parse_text(text, "+351912345678").shape
        == parse_text(text, "+33612345678").shape
        == Circle(38.71667, -9.13333, 25.0)
    )


def test_nothing_here_can_reach_a_wire_or_a_file():
    for module in modules():
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert names & WIRES == set(), module.__name__
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert calls & {"open", "eval", "exec", "__import__"} == set(), module.__name__


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (AmlReport, {"number", "shape", "altitude_m", "floor", "pairing"}),
        (Located, {"shapes", "civic"}),
        (PidfLo, {"entity", "located.shapes", "located.civic"}),
        (Civic, {"fields", "label"}),
        (Spread, {"lat", "lon", "outline"}),
        (Asking, {"device.value"}),
        (Reference, {"uri"}),
    ],
)
def test_what_names_or_places_a_person_is_marked(kind, fields):
    assert set(personal_fields(kind)) == fields
