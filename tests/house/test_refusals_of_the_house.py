"""What Tocsin refuses to be is kept by its shape: there is no way in for it, so there is nothing to misuse.

It never identifies people by face, voice or gait, never searches footage for a person, never reads plates, and never
says where a phone is: no endpoint takes a number and gives a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec
import pytest
from tests.world import given, room_of

from tocsin.domain import orders
from tocsin.domain.decide import decide
from tocsin.facts.union import FACT_TYPES
from tocsin.facts.values import Place

NEVER = re.compile(
    r"face|facial|biometr|gait|voiceprint|speaker_?id|recogni[sz]|identify|footage|cctv|license_?plate|number_?plate"
    r"|plate|anpr|lpr|imei|imsi|msisdn|ping_?phone|find_?phone|phone_?loc|locate_?phone|cell_?(?:id|site|tower)"
    r"|deepfake|upscale|enhance",
    re.IGNORECASE,
)
NUMBER = re.compile(r"number|phone|msisdn|imei|imsi|caller|tel$|subscriber", re.IGNORECASE)


@pytest.fixture(scope="module")
def routes() -> tuple[Any, ...]:
    return pytest.importorskip("tocsin.web.routes", reason="there is no table of routes yet").ROUTES


def structs(kind: Any, seen: set[Any] | None = None) -> Iterator[type[msgspec.Struct]]:
    """Every struct a type is made of."""
    seen = set() if seen is None else seen
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from structs(field.type, seen)
    for part in get_args(kind):
        yield from structs(part, seen)


def fields(kind: Any) -> set[tuple[str, str]]:
    """Every field in a type, with the struct it stands in."""
    return {(struct.__name__, name) for struct in structs(kind) for name in struct.__struct_fields__}


def words(route: Any) -> Iterator[str]:
    """Every word a route is known by or asks for."""
    yield from (route.path, route.summary, getattr(route.handler, "__name__", ""))
    for kind in (route.query, route.body):
        for struct, name in fields(kind):
            yield f"{struct}.{name}"


def offences(table: Iterable[Any]) -> list[str]:
    """Routes that sound like what we refuse."""
    return [f"{route.method} {route.path}: {word}" for route in table for word in words(route) if NEVER.search(word)]


def phone_finders(table: Iterable[Any]) -> list[str]:
    """Routes that take a number, or a person's name, and give a place."""
    found = []
    for route in table:
        asked = {(s, name) for kind in (route.query, route.body) for s, name in fields(kind) if NUMBER.search(name)}
        asked |= {("path", name) for name in re.findall(r"{(\w+)", route.path) if NUMBER.search(name)}
        gives = any(struct is Place or "lat" in struct.__struct_fields__ for struct in structs(route.answer))
        if gives and asked - {("ReceiveCall", "number"), ("ReceiveCall", "caller")}:
            found.append(f"{route.method} {route.path}: {sorted(asked)}")
    return found


def test_no_route_searches_for_a_person(routes):
    assert len(routes) > 10
    assert offences(routes) == []


def test_no_route_takes_a_number_and_gives_a_place(routes):
    assert phone_finders(routes) == []


def test_a_number_is_written_down_and_never_looked_up():
    """The one order that takes a number answers with what it was told, and not with a place."""
    (fact,) = decide(room_of(), orders.ReceiveCall("112", "+351 912 345 678", "Ana"), given())
    assert fact.place is None
    takes = {(s, n) for s, n in fields(orders.Order) if NUMBER.search(n)}
    assert takes == {("ReceiveCall", "number"), ("ReceiveCall", "caller")}


def test_no_order_and_no_fact_knows_a_face_a_plate_or_a_handset():
    told = [*(f"{s}.{n}" for s, n in fields(orders.AnyOrder)), *orders.ORDER_KINDS]
    told += [f"{s}.{n}" for kind in FACT_TYPES for s, n in fields(kind)]
    assert [word for word in told if NEVER.search(word)] == []


class Spy(msgspec.Struct):
    """What a bad route might ask."""

    phone: str


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [("/api/face-search", None, None), ("/api/plates/{id}", None, None), ("/api/where", Spy, list[Place])],
)
def test_such_a_route_would_be_found(routes, path, body, answer):
    bad = msgspec.structs.replace(routes[0], path=path, body=body, answer=answer, summary="")
    assert offences([bad]) or phone_finders([bad])
