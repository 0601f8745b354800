"""Calls that belong together over HTTP: asked about a live call by its id, and about no telephone number."""

from __future__ import annotations

import pytest

from tocsin.web.bodies import DraftForm
from tocsin.web.routes import ROUTES

from .conftest import Run, World

CORNER = {"lat": 60.17, "lon": 24.94, "text": "Mill Lane / Harbour Road", "how": "intersection"}
NUMBER = "+358 40 555 0101"


async def rung(world: World, client, **more) -> str:
    (fact, *_) = await world.done(client, "receive_call", line="112", **more)
    await world.done(client, "answer_call", call=fact["call"])
    return str(fact["call"])


def test_a_draft_is_answered_with_reasons_a_key_links_and_undo_splits(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("call_taker")
        first = await rung(world, client, number=NUMBER)
        await world.done(client, "note_call", call=first, text="smoke from a bin, big flames")
        await world.done(client, "locate_call", call=first, place=CORNER)
        incident = await world.incident(client, place=CORNER, calls=[first])
        world.clock.now += 120
        second = await rung(world, client, number="+358 40 555 0202")
        draft = {"place": CORNER, "type": "FIRE-OUTSIDE", "words": "flames from a bin"}
        answer = (await client.ask("POST", f"/api/calls/{second}/together", draft)).json()
        (found,) = answer["incidents"]
        assert (found["incident"], found["likely"]) == (incident, True)
        assert found["text"].startswith("2 min ago, same place, same type, both say ")
        assert "bin" in next(term for term in found["terms"] if term["name"] == "words")["words"]
        await world.done(client, "attach_call", call=second, incident=incident)
        (row,) = (await client.ask("GET", "/api/board")).json()["board"]["rows"]["incidents"].values()
        assert [caller["call"] for caller in row["callers"]] == [first, second]
        (split,) = await world.done(client, "detach_call", call=second)
        assert (split["call"], split["by"]) == (second, "call_taker")
        await world.incident(client, place=CORNER, calls=[second])

    run(test)


def test_what_stands_on_the_incident_alone_is_compared_with_the_call_too(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("call_taker")
        await world.incident(client, place=CORNER, summary="pallets behind the brewery")
        world.clock.now += 60
        call = await rung(world, client, number=NUMBER)
        draft = {"place": CORNER, "type": "FIRE-OUTSIDE", "words": "at the brewery"}
        (found,) = (await client.ask("POST", f"/api/calls/{call}/together", draft)).json()["incidents"]
        assert next(term for term in found["terms"] if term["name"] == "words")["words"] == ["brewery"]

    run(test)


def test_a_burst_is_one_group_and_the_odd_one_out_its_own(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        for i in range(40):
            place = {"lat": 60.17 + i * 1e-5, "lon": 24.94, "how": "caller", "radius_m": 30.0}
            await world.done(client, "receive_call", line="112", place=place)
            world.clock.now += 4
        (odd, *_) = await world.done(client, "receive_call", line="112", place={"lat": 60.21, "lon": 24.99})
        view = (await client.ask("GET", "/api/calls/groups")).json()
        assert view["position"] == world.desk.position()
        assert [(len(group["calls"]), group["ringing"]) for group in view["groups"]] == [(40, 40), (1, 1)]
        assert view["groups"][1]["calls"] == [odd["call"]]

    run(test)


@pytest.mark.parametrize(("call", "name"), [("99", "unknown_call"), ("1", "call_ended")])
def test_only_a_live_call_is_asked_about(run: Run, call: str, name: str) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        await rung(world, client)
        await world.done(client, "release_call", call="1", reason="information")
        answer = await client.ask("POST", f"/api/calls/{call}/together", {})
        assert (answer.status, answer.json()["name"], answer.json()["field"]) == (409, name, "call")

    run(test)


def test_nothing_here_takes_a_telephone_number() -> None:
    assert set(DraftForm.__struct_fields__) == {"place", "type", "words"}
    routes = [route for route in ROUTES if route.path.startswith("/api/calls/")]
    assert {route.path for route in routes} == {"/api/calls/{id}/together", "/api/calls/groups"}
    assert not any("number" in getattr(route.query, "__struct_fields__", ()) for route in ROUTES)


def test_a_draft_that_makes_no_sense_names_its_field(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        call = await rung(world, client)
        path = f"/api/calls/{call}/together"
        answer = await client.ask("POST", path, {"place": {"lat": 91, "lon": 0}})
        assert (answer.status, answer.json()["field"]) == (422, "place.lat")
        assert (await client.ask("POST", path, {"number": NUMBER})).status == 400
        strange = await client.ask("POST", path, {"words": "حريق \u0000 火" * 100, "type": "NOPE"})
        assert strange.json()["incidents"] == []

    run(test)


def test_the_same_caller_again_is_told_and_a_lost_one_is_called_back(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("call_taker")
        (first, *_) = await world.done(client, "receive_call", line="112", number=NUMBER)
        await world.done(client, "release_call", call=first["call"], reason="abandoned")
        rows = (await client.ask("GET", "/api/board")).json()["board"]["rows"]["calls"]
        assert rows[first["call"]]["status"] == "released"
        await world.done(client, "call_back", call=first["call"], outcome="no_answer")
        again = await rung(world, client, number="040 555 0101")
        rows = (await client.ask("GET", "/api/board")).json()["board"]["rows"]["calls"]
        assert [one["call"] for one in rows[again]["earlier"]] == [first["call"]]
        assert set(rows) == {again}, "whoever is spoken with need not be called back"

    run(test)
