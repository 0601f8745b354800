"""Breaking the glass: it works at once, for a quarter of an hour, for one incident, and nobody misses it."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.domain.decide_glass import OPEN_S
from tocsin.log.port import LogError

from .conftest import T0, Run, World


async def broken(client: Any, incident: str, why: str = "their crew asks us by radio") -> Any:
    return await client.ask("POST", f"/api/incidents/{incident}/glass", {"why": why})


def test_an_auditor_reads_the_words_of_one_incident_for_a_time(run: Run) -> None:
    async def test(world: World) -> None:
        desk, auditor = world.client("dispatcher"), world.client("auditor")
        one = await world.incident(desk, summary="Rita Borg has fallen")
        other = await world.incident(desk, summary="Rita Borg again")
        path = f"/api/incidents/{one}"
        assert b"Rita" not in (await auditor.ask("GET", path)).raw
        opened = await broken(auditor, one)
        assert opened.json() == {"incident": one, "until": T0 + OPEN_S}
        assert b"Rita" in (await auditor.ask("GET", path)).raw
        assert b"Rita" in (await auditor.ask("GET", f"{path}/timeline")).raw
        assert b"Rita" not in (await auditor.ask("GET", f"/api/incidents/{other}")).raw
        world.clock.now += OPEN_S
        assert b"Rita" not in (await auditor.ask("GET", path)).raw
        assert b"Rita" not in (await auditor.ask("GET", f"{path}/timeline")).raw

    run(test)


def test_an_agency_opens_what_is_not_shared_with_it(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        incident = await world.incident(desk)
        world.access.add_account("pia", None, ["dispatcher"], T0, agency="police")
        police = world.client("pia")
        path = f"/api/incidents/{incident}"
        assert (await police.ask("GET", path)).status == 404
        assert (await police.ask("GET", f"{path}/timeline")).status == 404
        assert (await broken(police, incident)).status == 200
        assert (await police.ask("GET", path)).status == 200
        timeline = await police.ask("GET", f"{path}/timeline")
        assert "glass.broken" in [entry["fact"]["kind"] for entry in timeline.json()["entries"]]
        world.clock.now += OPEN_S
        assert (await police.ask("GET", path)).status == 404

    run(test)


def test_everybody_at_the_desk_is_told_until_somebody_takes_it(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("supervisor")
        incident = await world.incident(desk)
        await broken(world.client("auditor"), incident)
        (alarm,) = (await desk.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"].values()
        assert (alarm["alarm_kind"], alarm["subject"], alarm["incident"]) == ("glass_broken", "auditor", incident)
        await world.done(desk, "acknowledge_alarm", alarm=alarm["id"])
        assert (await desk.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"] == {}
        await broken(world.client("auditor"), incident)  # again: it is said again
        assert len((await desk.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"]) == 1

    run(test)


def test_only_a_supervisor_takes_its_alarm(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        await broken(world.client("auditor"), await world.incident(desk))
        refused = await world.order(desk, "acknowledge_alarm", alarm="glass_broken:auditor")
        assert (refused.status, refused.json()["name"], refused.json()["field"]) == (
            403,
            "supervisor_needed",
            "order.alarm",
        )
        assert len((await desk.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"]) == 1
        await world.done(world.client("supervisor"), "acknowledge_alarm", alarm="glass_broken:auditor")
        assert (await desk.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"] == {}

    run(test)


def test_nobody_takes_the_alarm_of_their_own_glass(run: Run) -> None:
    async def test(world: World) -> None:
        boss, alarm = world.client("supervisor"), "glass_broken:supervisor"
        await broken(boss, await world.incident(boss))
        refused = await world.order(boss, "acknowledge_alarm", alarm=alarm)
        assert (refused.status, refused.json()["name"], refused.json()["field"]) == (403, "own_glass", "order.alarm")
        assert list((await boss.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"]) == [alarm]
        await world.done(world.client("chief"), "acknowledge_alarm", alarm=alarm)

    run(test)


async def called(world: World) -> tuple[str, str]:
    """A call that belongs to an incident; both ids."""
    taker = world.client("call_taker")
    call = (await world.done(taker, "receive_call", line="112"))[0]["call"]
    await world.done(taker, "answer_call", call=call)
    place = {"lat": 60.17, "lon": 24.94, "text": "Somewhere"}
    opened = await world.done(taker, "open_incident", type="FIRE-OUTSIDE", place=place, calls=[call])
    return call, opened[0]["incident"]


async def looks(world: World) -> list[tuple[str, ...]]:
    found = (await world.client("auditor").ask("GET", "/api/looks")).json()
    return [(one["by"], one["what"], one["why"], one["call"]) for one in found if one["what"] not in ("looks", "board")]


@pytest.mark.parametrize("role", ["auditor", "pia"])
def test_where_a_caller_is_is_opened_through_it_and_recorded_with_its_reason_each_time(run: Run, role: str) -> None:
    async def test(world: World) -> None:
        world.access.add_account("pia", None, ["dispatcher"], T0, agency="police")
        call, incident = await called(world)
        reader, form = world.client(role), {"what": "position", "call": call}
        before = await reader.ask("POST", "/api/looks", form)
        assert (before.status, before.json()["name"]) == (
            (403, "not_permitted") if role == "auditor" else (404, "not_found")
        )
        assert await looks(world) == []
        await broken(reader, incident, "complaint 12")
        for _ in range(2):
            said = await reader.ask("POST", "/api/looks", form)
            assert (said.status, said.json()) == (200, {"why": "broken glass: complaint 12"})
        await reader.ask("GET", f"/api/incidents/{incident}/timeline")
        assert await looks(world) == [
            (role, "timeline", "broken glass: complaint 12", ""),
            *[(role, "position", "broken glass: complaint 12", call)] * 2,
            (role, "glass", "complaint 12", ""),
        ]
        world.clock.now += OPEN_S
        assert (await reader.ask("POST", "/api/looks", form)).status == before.status

    run(test)


def test_an_agency_opens_where_the_caller_of_its_own_incident_is_and_that_is_a_look(run: Run) -> None:
    async def test(world: World) -> None:
        world.access.add_account("ana", None, ["dispatcher"], T0, agency="fire")
        call, incident = await called(world)
        ana, form = world.client("ana"), {"what": "position", "call": call}
        assert (await ana.ask("POST", "/api/looks", form)).status == 404, "not its incident, not shared"
        await world.unit(world.client("chief"), "E1")
        await world.done(world.client("chief"), "share_incident", incident=incident, agency="fire", reason="a ladder")
        assert (await ana.ask("POST", "/api/looks", form)).json() == {"why": f"handling incident {incident}"}
        assert await looks(world) == [("ana", "position", f"handling incident {incident}", call)]
        await world.done(world.client("chief"), "close_incident", incident=incident, disposition="handled")
        own = await world.client("call_taker").ask("POST", "/api/looks", form)
        assert own.json() == {"why": f"reading closed incident {incident}"}

    run(test)


def test_each_time_stands_in_the_access_log_with_its_reason(run: Run) -> None:
    async def test(world: World) -> None:
        incident = await world.incident(world.client("dispatcher"))
        auditor = world.client("auditor")
        for why in ("complaint 12", "complaint 13"):
            await broken(auditor, incident, why)
        looks = (await auditor.ask("GET", "/api/looks?what=glass")).json()
        assert [(one["why"], one["incident"], one["stated"]) for one in looks] == [
            ("complaint 13", incident, False), ("complaint 12", incident, False),
        ]  # fmt: skip

    run(test)


def test_no_reason_no_incident_and_no_permission_are_named(run: Run) -> None:
    async def test(world: World) -> None:
        incident = await world.incident(world.client("dispatcher"))
        auditor = world.client("auditor")
        silent = await broken(auditor, incident, "  ")
        assert (silent.status, silent.json()["name"]) == (422, "reason_needed")
        gone = await broken(auditor, "none")
        assert (gone.status, gone.json()["name"]) == (409, "unknown_incident")
        for role in ("field_unit", "administrator"):
            assert (await broken(world.client(role), incident)).json()["name"] == "not_permitted"
        secret, _ = world.access.tokens.add("m", ["record"], 1, "adam", T0)  # type: ignore[misc]
        machine = await world.client().ask(
            "POST", f"/api/incidents/{incident}/glass", {"why": "because"}, authorization=f"Bearer {secret}"
        )
        assert machine.json()["name"] == "token_lacks_scope"

    run(test)


def test_help_does_not_wait_for_an_access_log_that_fails(run: Run, monkeypatch: Any) -> None:
    async def test(world: World) -> None:
        incident = await world.incident(world.client("dispatcher"))

        def full(*_: object) -> None:
            raise LogError("the disk is full")

        monkeypatch.setattr(world.site.looks._log, "append", full)
        assert (await broken(world.client("auditor"), incident)).status == 200
        assert world.site.looks.owed == 1

    run(test)
