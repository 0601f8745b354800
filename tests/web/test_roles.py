"""Every route with every role, with nobody and with a wrong csrf value; the matrix is computed from the access table.

A route added to the table is walked without touching this file. A route beside the table fails.
"""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from tocsin.access.roles import PERMISSIONS, ROLES, may
from tocsin.domain.orders import ORDER_KINDS, Order
from tocsin.web.door import ANYONE, PERSON, SIGNED_IN, Door, Route
from tocsin.web.routes import ROUTES

from .asgi import Answer, Client
from .conftest import Run, World

STREAM = "text/event-stream"
DENIED = {"not_signed_in", "not_permitted", "wrong_csrf", "wrong_origin"}
CALLABLE = [route for route in ROUTES if callable(route.permission)]


def filled(route: Route) -> str:
    return re.sub(r"\{\w+(:path)?\}", "none", route.path)


async def knock(client: Client, route: Route, body: Any = None, **more: str | None) -> Answer:
    """Ask for a route, with a body that is readable where one is needed; a stream is left as soon as it begins."""
    if route.media == STREAM:
        stream = await client.stream(filled(route), **more)
        answer = Answer(stream.status, stream.headers, b"" if stream.status == 200 else await body_of(stream))
        await stream.close()
        return answer
    raw = None if route.body is None else b"{}"
    if body is not None:
        return await client.ask(route.method, filled(route), body, **more)
    return await client.ask(route.method, filled(route), raw=raw, **more)


async def body_of(stream: Any) -> bytes:
    return await stream.parts.get() or b""


def denied(answer: Answer) -> str | None:
    """The name of the denial, or None when the request came through the door (whatever came of it then)."""
    if answer.status not in (401, 403):
        return None
    name = answer.json()["name"]
    return name if name in DENIED else None


def order_of(kind: str) -> dict[str, Any]:
    """The smallest readable order of a kind."""
    place = {"lat": 60.1, "lon": 24.9}
    known = {
        "line": "112", "call": "none", "incident": "none", "other": "none2", "unit": "E1", "units": ["E1"], "text": "x",
        "reason": "abandoned" if kind == "release_call" else "x", "type": "FIRE-OUTSIDE", "disposition": "handled",
        "unit_kind": "pumper", "agency": "fire", "capabilities": ["engine"], "home": place, "place": place,
        "crew_count": 1, "status": "en_route", "post": "Bridge", "hospital": "none", "wait_s": 60,
        "closure": "none", "alarm": "none", "proposal": "none",
        "subject": "call:none", "reference": "1", "link": "none", "outcome": "no_answer",
    }  # fmt: skip
    (struct,) = [one for one in get_args(Order) if one.__struct_config__.tag == kind]
    required = struct.__struct_fields__[: len(struct.__struct_fields__) - len(struct.__struct_defaults__)]
    return {"kind": kind, **{name: known[name] for name in required}}


@pytest.mark.parametrize("role", ROLES)
def test_every_route_lets_in_whom_the_table_lets_in(run: Run, role: str) -> None:
    async def test(world: World) -> None:
        walked = 0
        for route in ROUTES:
            if callable(route.permission):
                continue
            client = world.client(role)
            let_in = route.permission in (ANYONE, SIGNED_IN, PERSON) or may([role], route.permission) is not None
            answer = await knock(client, route)
            if route.glass and not let_in and may([role], "break_glass"):
                continue  # as far as the handler, and no further without a broken glass: test_glass.py
            assert denied(answer) == (None if let_in else "not_permitted"), (route.method, route.path, answer.raw)
            walked += 1
        assert walked >= len(ROUTES) - len(CALLABLE) - 2

    run(test)


@pytest.mark.parametrize("role", ROLES)
def test_every_kind_of_order_is_taken_from_whom_the_table_says(run: Run, role: str) -> None:
    async def test(world: World) -> None:
        (route,) = CALLABLE
        for kind in ORDER_KINDS:
            grant = may([role], kind)
            answer = await knock(world.client(role), route, {"id": f"{role}-{kind}", "order": order_of(kind)})
            # A note on an incident that one's unit is not on is held to `own`.
            held = grant == "own" and kind == "note_incident"
            expected = "not_permitted" if grant is None or held else None
            assert denied(answer) == expected, (kind, answer.raw)
            if expected is None:
                assert answer.status in (200, 409), (kind, answer.raw)

    run(test)


def test_nobody_comes_in_without_signing_in(run: Run) -> None:
    async def test(world: World) -> None:
        for route in ROUTES:
            expected = None if route.permission == ANYONE else "not_signed_in"
            answer = await knock(Client(world.app), route)
            assert denied(answer) == expected, (route.method, route.path)

    run(test)


@pytest.mark.parametrize("csrf", ["wrong", "", None, "ÿ"])
def test_nothing_is_changed_without_the_csrf_value(run: Run, csrf: str | None) -> None:
    async def test(world: World) -> None:
        walked = 0
        for route in ROUTES:
            if route.method == "GET" or route.permission == ANYONE:
                continue
            for role in ROLES:
                answer = await knock(world.client(role), route, x_tocsin_csrf=csrf)
                assert denied(answer) == "wrong_csrf", (route.method, route.path, role)
                walked += 1
        assert walked >= len(ROLES) * 4

    run(test)


def test_no_page_elsewhere_may_change_anything_not_even_sign_in(run: Run) -> None:
    async def test(world: World) -> None:
        for route in ROUTES:
            if route.method != "GET":
                answer = await knock(world.client("administrator"), route, origin="https://evil.example")
                assert denied(answer) == "wrong_origin", (route.method, route.path)

    run(test)


def test_the_application_has_no_route_beside_the_table(run: Run) -> None:
    async def test(world: World) -> None:
        router = world.app._app
        doors = {path.path: path.app for path in router.routes}
        assert doors.keys() == {route.path for route in ROUTES}
        for path, door in doors.items():
            assert isinstance(door, Door)
            methods = {route.method for route in ROUTES if route.path == path}
            assert set(door._routes) - {"HEAD"} == methods

    run(test)


def test_every_permission_of_a_route_is_in_the_access_table() -> None:
    named = {route.permission for route in ROUTES if not callable(route.permission)} - {ANYONE, SIGNED_IN, PERSON}
    assert named <= PERMISSIONS.keys()
    assert set(ORDER_KINDS) <= PERMISSIONS.keys()


def test_head_is_checked_like_get(run: Run) -> None:
    async def test(world: World) -> None:
        assert (await Client(world.app).ask("HEAD", "/api/board")).status == 401
        assert (await world.client("auditor").ask("HEAD", "/api/board")).status == 403
        assert (await world.client("dispatcher").ask("HEAD", "/api/board")).status == 200

    run(test)


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("PUT", "/api/orders", "POST"), ("POST", "/api/board", "GET, HEAD"), ("HEAD", "/api/tail", "GET"),
    ("DELETE", "/api/accounts/x", "GET, HEAD, PATCH"), ("TRACE", "/", "GET, HEAD"),
])  # fmt: skip
def test_a_wrong_method_is_told_the_right_ones(run: Run, method: str, path: str, allow: str) -> None:
    async def test(world: World) -> None:
        answer = await world.client("dispatcher").ask(method, path)
        assert (answer.status, answer.json()["name"], answer.headers["allow"]) == (405, "wrong_method", allow)

    run(test)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/orders/", "/api/boards", "/none", "//", "/api/incidents/a/b"])
def test_an_unknown_address_is_a_problem_too(run: Run, path: str) -> None:
    async def test(world: World) -> None:
        answer = await world.client("dispatcher").ask("GET", path)
        assert (answer.status, answer.json()["name"]) == (404, "unknown_route")

    run(test)
