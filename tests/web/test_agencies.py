"""Accounts of agencies: what an agency sees and may order, and that every route says how it is limited by who asks."""

from __future__ import annotations

import inspect
from typing import get_args

import msgspec
import pytest

from tocsin.web.door import Limit, Route
from tocsin.web.routes import ROUTES

from .conftest import PASSWORD, T0, Run, World
from .test_roles import knock


def of_agency(world: World, name: str, agency: str, *roles: str, unit: str = "") -> str:
    """An account of an agency; its name."""
    made = world.access.add_account(name, None, roles or ("dispatcher",), T0, agency=agency, unit=unit)
    assert made.agency == agency, made
    return name


def test_every_route_says_how_it_is_limited_and_none_can_leave_it_out() -> None:
    assert {route.limit for route in ROUTES} <= set(get_args(Limit))
    assert "limit" not in {f.name for f in msgspec.structs.fields(Route) if not f.required}
    with pytest.raises(TypeError):
        Route("GET", "/api/new", "read_board", inspect.isroutine, None, "A new one.")  # type: ignore[call-arg]


def test_what_is_for_the_whole_centre_is_refused_to_an_agency(run: Run) -> None:
    async def test(world: World) -> None:
        name = of_agency(world, "fire", "fire", "administrator", "supervisor")
        for route in ROUTES:
            answer = await knock(world.client(name), route)
            refused = answer.status == 403 and answer.json()["name"] == "not_yours"
            assert refused == (route.limit == "centre"), (route.method, route.path, answer.raw[:200])

    run(test)


def test_an_agency_is_given_to_an_account_and_seen_in_its_session_at_once(run: Run) -> None:
    async def test(world: World) -> None:
        admin, ana = world.client("administrator"), world.client("dispatcher")
        answer = await admin.ask("PATCH", "/api/accounts/dispatcher", {"agency": "fire"})
        assert (answer.status, answer.json()["agency"]) == (200, "fire")
        assert (await ana.ask("GET", "/api/session")).json()["agency"] == "fire"
        form = {"name": "new", "roles": ["dispatcher"], "password": PASSWORD, "agency": "ems"}
        assert (await admin.ask("POST", "/api/accounts", form)).json()["agency"] == "ems"
        wrong = await admin.ask("PATCH", "/api/accounts/new", {"agency": "a\u200bb"})
        assert (wrong.status, wrong.json()["name"]) == (422, "impossible_agency")
        last = await admin.ask("PATCH", "/api/accounts/administrator", {"agency": "fire"})
        assert (last.status, last.json()["name"]) == (409, "last_administrator")

    run(test)
