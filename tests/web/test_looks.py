"""Reads are facts too: every look over HTTP stands in the access log before its answer, with who, what and why."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.log.port import LogError

from .asgi import Client
from .conftest import Run, World

AT = {"lat": 38.7, "lon": -9.1, "text": "Rua do Ouro", "how": "address"}


async def looks_of(world: World, who: str = "auditor", query: str = "") -> list[dict[str, Any]]:
    answer = await world.client(who).ask("GET", f"/api/looks{query}")
    assert answer.status == 200, answer.raw
    return [look for look in answer.json() if look["what"] != "looks"]


async def closed(world: World, client: Client) -> str:
    incident = await world.incident(client)
    await world.done(client, "close_incident", incident=incident, disposition="handled")
    return incident


def test_opening_the_picture_and_an_open_incident_states_its_own_reason(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        incident = await world.incident(desk)
        await desk.ask("GET", "/api/board")
        await desk.ask("GET", f"/api/incidents/{incident}/timeline")
        found = [(one["by"], one["what"], one["why"], one["stated"]) for one in await looks_of(world)]
        assert found == [
            ("dispatcher", "timeline", f"handling incident {incident}", True),
            ("dispatcher", "board", "the live picture", True),
        ]

    run(test)


def test_a_closed_incident_is_a_look_each_time(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        incident = await closed(world, desk)
        for why in ("", "?why=complaint%2012"):
            assert (await desk.ask("GET", f"/api/incidents/{incident}/timeline{why}")).status == 200
        found = [(one["what"], one["why"], one["incident"], one["stated"]) for one in await looks_of(world)]
        assert found == [
            ("timeline", "complaint 12", incident, False),
            ("timeline", f"reading closed incident {incident}", incident, False),
        ]

    run(test)


def test_nothing_is_read_around_the_picture_and_the_window_without_a_look(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        ended, open_ = await closed(world, desk), await world.incident(desk)

        async def told(by: str) -> list[tuple[str, str, str, list[str]]]:
            found = reversed(await looks_of(world, query=f"?by={by}"))
            return [(one["what"], one["why"], one["incident"], one["shown"]) for one in found]

        assert (await desk.ask("GET", "/api/incidents?status=closed")).status == 200
        for incident in (open_, ended):
            assert (await desk.ask("GET", f"/api/incidents/{incident}")).status == 200
        stream = await desk.stream("/api/tail?after=0")
        stream.left.set()
        assert await told("dispatcher") == [
            ("search", "the incidents that ended last", "", [ended]),
            ("timeline", f"handling incident {open_}", open_, []),
            ("timeline", f"reading closed incident {ended}", ended, []),
            ("board", "the live picture", "", []),
        ]

    run(test)


def test_a_crew_that_is_shown_its_incident_has_looked(run: Run) -> None:
    async def test(world: World) -> None:
        desk, crew = world.client("dispatcher"), world.client("field_unit")
        incident = await world.incident(desk)
        await world.unit(world.client("supervisor"), "E1")
        assert (await crew.ask("GET", "/api/field")).json()["incident"] is None
        assert not await looks_of(world)
        await world.done(desk, "dispatch_units", incident=incident, units=["E1"])
        assert (await crew.ask("GET", "/api/field")).json()["incident"]["id"] == incident
        (look,) = await looks_of(world)
        assert (look["what"], look["by"], look["incident"]) == ("board", "field_unit", incident)

    run(test)


def test_searching_what_is_past_asks_why_and_keeps_no_words(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        incident = await world.incident(desk, summary="Rita Borg has fallen")
        for query in ("status=any&q=rita", "status=any&q=rita&why=x", "status=any&why=%20%20%20", "status=any"):
            refused = await desk.ask("GET", f"/api/incidents?{query}")
            assert (refused.status, refused.json()["name"], refused.json()["field"]) == (422, "reason_needed", "why")
        answer = await desk.ask("GET", "/api/incidents?status=any&q=rita&why=complaint+12%2F2026")
        assert [row["id"] for row in answer.json()] == [incident]
        (look,) = await looks_of(world, query="?what=search")
        assert (look["by"], look["why"], look["shown"], look["count"]) == (
            "dispatcher", "complaint 12/2026", [incident], 1,
        )  # fmt: skip
        kept = b"".join(row.raw for row in world.site.looks._log.rows())
        assert b"ita" not in kept
        assert (await looks_of(world, query=f"?incident={incident}")) == [look]
        assert (await looks_of(world, query="?by=supervisor")) == []

    run(test)


def test_a_copy_taken_out_asks_why(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        incident = await closed(world, desk)
        assert (await desk.ask("GET", f"/api/incidents/{incident}/export")).status in (400, 422)
        answer = await desk.ask("GET", f"/api/incidents/{incident}/export?why=court+order")
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert len(answer.raw.splitlines()) == 2
        (look,) = await looks_of(world)
        assert (look["what"], look["why"], look["incident"], look["count"]) == ("export", "court order", incident, 2)
        assert (await desk.ask("GET", "/api/incidents/none/export?why=court+order")).status == 404

    run(test)


def test_a_screen_says_that_a_callers_position_was_opened(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("call_taker")
        (fact,) = await world.done(desk, "receive_call", line="112")
        said = await desk.ask("POST", "/api/looks", {"what": "position", "call": fact["call"]})
        assert said.json() == {"why": f"taking call {fact['call']}"}
        gone = await desk.ask("POST", "/api/looks", {"what": "position", "call": "none"})
        assert (gone.status, gone.json()["field"]) == (404, "call")
        (look,) = await looks_of(world)
        assert (look["what"], look["call"], look["by"]) == ("position", fact["call"], "call_taker")
        await world.done(desk, "answer_call", call=fact["call"])
        opened = (await world.done(desk, "open_incident", type="FIRE-OUTSIDE", calls=[fact["call"]], place=AT))[0]
        later = await desk.ask("POST", "/api/looks", {"what": "position", "call": fact["call"]})
        assert later.json() == {"why": f"handling incident {opened['incident']}"}, "the caller may have hung up"

    run(test)


def test_nothing_past_is_shown_that_could_not_be_recorded_and_live_work_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        gone, open_ = await closed(world, desk), await world.incident(desk)

        def full(*_: object) -> None:
            raise LogError("the disk is full")

        monkeypatch.setattr(world.site.looks._log, "append", full)
        row = f"/api/incidents/{gone}"
        for path in (row, f"{row}/timeline", f"{row}/export?why=court", "/api/incidents?status=any&why=complaint"):
            refused = await desk.ask("GET", path)
            assert (refused.status, refused.json()["name"]) == (503, "not_recorded"), path
        for path in ("/api/board", f"/api/incidents/{open_}/timeline"):
            assert (await desk.ask("GET", path)).status == 200
        assert world.site.looks.owed == 2

    run(test)


def test_reading_the_access_log_is_a_look_too(run: Run) -> None:
    async def test(world: World) -> None:
        await world.client("supervisor").ask("GET", "/api/looks")
        answer = await world.client("auditor").ask("GET", "/api/looks?by=supervisor")
        assert [look["what"] for look in answer.json()] == ["looks"]

    run(test)
