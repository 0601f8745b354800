"""Accounts of agencies: what an agency sees and may order, and that every route says how it is limited by who asks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, get_args

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


async def two_agencies(world: World) -> tuple[str, str]:
    """A fire and an ambulance incident, each with a unit of its agency on it; their ids."""
    chief = world.client("chief")
    await world.unit(chief, "E1")
    home = {"lat": 60.18, "lon": 24.95}
    await world.done(
        chief, "register_unit", unit="A1", unit_kind="ambulance", agency="ems", capabilities=["als"], home=home
    )
    await world.done(chief, "unit_on_duty", unit="A1", crew_count=2)
    fire, ems = await world.incident(chief), await world.incident(chief, type="MED-ILLNESS")
    await world.done(chief, "dispatch_units", incident=fire, units=["E1"])
    await world.done(chief, "dispatch_units", incident=ems, units=["A1"])
    return fire, ems


def test_an_agency_sees_its_own_board_and_no_other_incident_exists_for_it(run: Run) -> None:
    async def test(world: World) -> None:
        fire, ems = await two_agencies(world)
        ana = world.client(of_agency(world, "ana", "fire"))
        board = (await ana.ask("GET", "/api/board")).json()
        assert (list(board["board"]["rows"]["incidents"]), list(board["board"]["rows"]["units"])) == ([fire], ["E1"])
        assert board["view"].startswith("fire@")
        assert [row["id"] for row in (await ana.ask("GET", "/api/incidents?status=any&why=testing")).json()] == [fire]
        for path in ("", "/timeline", "/recommendation", "/routes"):
            own, other = [await ana.ask("GET", f"/api/incidents/{one}{path}") for one in (fire, ems)]
            assert (own.status, other.status) == (200, 404), path
            none = await ana.ask("GET", f"/api/incidents/none{path}")
            assert other.json() | {"text": "", "facts": {}} == none.json() | {"text": "", "facts": {}}
        assert (await ana.ask("GET", "/api/units/A1/trail")).status == 404
        answer = await world.order(ana, "note_incident", incident=ems, text="x")
        assert (answer.status, answer.json()["name"]) == (409, "not_yours")

    run(test)


def test_an_agency_is_told_how_many_calls_seem_to_be_about_what_it_sees_and_which_never(run: Run) -> None:
    async def test(world: World) -> None:
        chief = world.client("chief")
        await world.unit(chief, "E1")
        home = {"lat": 60.18, "lon": 24.95}
        await world.done(
            chief, "register_unit", unit="A1", unit_kind="ambulance", agency="ems", capabilities=["als"], home=home
        )
        place = {"lat": 60.21, "lon": 24.99, "text": "Mill Lane 4", "how": "address"}
        fire = await world.incident(chief, place=place, summary="flames from a bin, smoke")
        await world.done(chief, "dispatch_units", incident=fire, units=["E1"])
        for n in range(3):
            await world.done(chief, "receive_call", line="112", number=f"+35840555010{n}", place=place)
            await world.done(chief, "note_call", call=str(n + 1), text="flames from a bin")
        (whole,) = (await chief.ask("GET", "/api/calls/groups")).json()["groups"]
        assert (whole["incident"], whole["calls"], whole["size"]) == (fire, ["1", "2", "3"], 3)
        ana, bo = (world.client(of_agency(world, name, agency)) for name, agency in (("ana", "fire"), ("bo", "ems")))
        (own,) = (await ana.ask("GET", "/api/calls/groups")).json()["groups"]
        assert own == whole | {"calls": []}
        assert (await bo.ask("GET", "/api/calls/groups")).json()["groups"] == []
        await world.done(chief, "share_incident", incident=fire, agency="ems", reason="burns", until=world.clock() + 60)
        assert [one["size"] for one in (await bo.ask("GET", "/api/calls/groups")).json()["groups"]] == [3]
        world.clock.now += 61
        assert (await bo.ask("GET", "/api/calls/groups")).json()["groups"] == [], "over by the clock"

    run(test)


def test_what_is_shared_comes_to_the_screens_of_the_agency_and_goes_again(run: Run) -> None:
    async def test(world: World) -> None:
        _, ems = await two_agencies(world)
        ana, chief = world.client(of_agency(world, "ana", "fire")), world.client("chief")
        picture = (await ana.ask("GET", "/api/board")).json()
        at = picture["board"]["position"]
        stream = await ana.stream(f"/api/tail?after={at}&view={picture['view']}")
        until = world.clock() + 60
        await world.done(chief, "share_incident", incident=ems, agency="fire", reason="their ladder", until=until)
        rows = (await facts(stream))["rows"]
        assert (list(rows["incidents"]), list(rows["units"])) == ([ems], ["A1"])
        await world.done(ana, "note_incident", incident=ems, text="on our way")
        assert (await facts(stream))["entries"][0]["fact"]["text"] == "on our way"
        world.clock.now += 61
        assert (await ana.ask("GET", f"/api/incidents/{ems}")).status == 404, "before the record says so"
        rows = (await facts(stream, lambda data: ems in data["rows"]["incidents"]))["rows"]
        assert (rows["incidents"][ems], rows["units"]["A1"]) == (None, None)
        await stream.close()

    run(test)


async def facts(stream: Any, fits: Callable[[Any], bool] = lambda _data: True) -> Any:
    """The data of the next `facts` event that fits."""
    while (event := await stream.event())["event"] != "facts" or not fits(event["data"]):
        pass
    return event["data"]


def test_a_picture_of_something_else_does_not_go_on_with_this_tail(run: Run) -> None:
    async def test(world: World) -> None:
        await two_agencies(world)
        ana = world.client(of_agency(world, "ana", "fire"))
        at = (await world.client("chief").ask("GET", "/api/board")).json()["board"]["position"]
        await ana.ask("GET", "/api/board")
        for view, first in (("", "reset"), ("ems@", "reset"), ("fire@", "tracks")):
            stream = await ana.stream(f"/api/tail?after={at}&view={view}")
            assert (await stream.event())["event"] == first, view
            await stream.close()

    run(test)


def test_a_tail_ends_when_its_account_becomes_an_agencys(run: Run) -> None:
    async def test(world: World) -> None:
        stream = await world.client("dispatcher").stream("/api/tail?after=0")
        world.access.change("dispatcher", agency="fire")
        world.desk._tail.pulse(world.clock())
        while await stream.event() is not None:
            pass

    run(test)


HARMLESS = {"position", "now", "give", "catalogue", "recording"}
"""What a handler may ask of the desk itself, though its answer is limited: nothing of it is about an incident."""


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.limit == "seen"], ids=lambda r: f"{r.method} {r.path}"
)
def test_what_is_limited_is_read_through_the_askers_view(route: Route) -> None:
    source = inspect.getsource(route.handler)
    assert "ask.view" in source
    asked = set(re.findall(r"(?:site\.desk|\bdesk)\.(\w+)", source.replace("ask.view", "")))
    assert asked <= HARMLESS, "read it through ask.view"
