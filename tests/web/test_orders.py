"""Orders over HTTP: done once, refused by name, exact in every script, and held to one's own unit."""

from __future__ import annotations

import asyncio

import pytest

from tocsin.web.door import LIMIT_B

from .conftest import Run, World

TEXTS = [
    "حريق في الطابق الثالث، ثلاثة أشخاص محاصرون",
    "三楼着火，有三人被困",
    "மூன்றாவது மாடியில் தீ",
    "🚒🔥👩🏽‍🚒 family 👨‍👩‍👧‍👦",
    "e\u0301 is not \u00e9; \u202bright to left\u202c",
    "line one\nline two\ttabbed",
    ("ன் 火 🚑 " * 2_000)[:10_000],
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text_in_any_script_comes_back_exactly(run: Run, text: str) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        incident = await world.incident(client)
        facts = await world.done(client, "note_incident", incident=incident, text=text)
        assert facts[0]["text"] == text
        timeline = await client.ask("GET", f"/api/incidents/{incident}/timeline")
        assert timeline.json()["entries"][-1]["fact"]["text"] == text
        board = await client.ask("GET", "/api/board")
        assert board.json()["board"]["rows"]["incidents"][incident]["last_note"] == text

    run(test)


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "\x1b[31m", "\x7f", "\u2028"])
def test_control_characters_are_refused_by_name_and_field(run: Run, text: str) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        answer = await world.order(client, "receive_call", line="112", caller=f"x{text}")
        assert answer.status == 409
        assert (answer.json()["name"], answer.json()["field"]) == ("text_not_allowed", "caller")
        assert not (await client.ask("GET", "/api/board")).json()["board"]["rows"]["calls"]

    run(test)


def test_an_order_sent_twice_is_done_once(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        body = {"id": "k", "order": {"kind": "receive_call", "line": "112"}}
        first, again = [(await client.ask("POST", "/api/orders", body)).json() for _ in range(2)]
        assert (first["repeated"], again["repeated"]) == (False, True)
        assert {**again, "repeated": False} == first
        other = await client.ask("POST", "/api/orders", {"id": "k", "order": {"kind": "receive_call", "line": "113"}})
        assert (other.status, other.json()["name"]) == (409, "key_reused")
        somebody = await world.client("call_taker").ask("POST", "/api/orders", body)
        assert somebody.json()["repeated"] is False

    run(test)


def test_the_record_says_who_ordered_and_what_they_had_seen(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("chief")
        body = {"id": "k", "seen": 1, "order": {"kind": "receive_call", "line": "112"}}
        entry = (await client.ask("POST", "/api/orders", body)).json()["entries"][0]
        assert (entry["by"], entry["seen"], entry["order"]) == ("chief", 1, "k")

    run(test)


@pytest.mark.parametrize("seen", [-1, 10_000, 2**63, 10**30])
def test_a_position_nobody_can_have_seen_is_impossible(run: Run, seen: int) -> None:
    async def test(world: World) -> None:
        body = {"id": "k", "seen": 0, "order": {"kind": "receive_call", "line": "112"}}
        raw = b'{"id":"k","seen":%d,"order":{"kind":"receive_call","line":"112"}}' % seen
        client = world.client("dispatcher")
        answer = await client.ask("POST", "/api/orders", raw=raw)
        assert (answer.status, answer.json()["field"]) == (422, "seen")
        assert (await client.ask("POST", "/api/orders", body)).json()["repeated"] is False

    run(test)


def test_a_refusal_is_409_with_its_name(run: Run) -> None:
    async def test(world: World) -> None:
        answer = await world.order(world.client("dispatcher"), "answer_call", call="none")
        assert (answer.status, answer.json()["name"]) == (409, "unknown_call")

    run(test)


def test_two_dispatchers_one_unit_one_winner(run: Run) -> None:
    async def test(world: World) -> None:
        chief = world.client("chief")
        await world.unit(chief, "E1")
        incidents = [await world.incident(chief), await world.incident(chief)]
        clients = [world.client("dispatcher"), world.client("supervisor")]
        answers = await asyncio.gather(
            *(
                world.order(who, "dispatch_units", incident=incident, units=["E1"])
                for who, incident in zip(clients, incidents, strict=True)
            )
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        winner = next(i for i, answer in enumerate(answers) if answer.status == 200)
        assert answers[1 - winner].json()["facts"]["incident"] == incidents[winner]

    run(test)


@pytest.mark.parametrize(
    ("more", "status", "name"),
    [
        ({"content_type": "text/plain"}, 415, "wrong_content_type"),
        ({"content_type": None}, 415, "wrong_content_type"),
        ({"content_type": "application/json; charset=utf-8"}, 200, None),
        ({"content_length": str(LIMIT_B + 1)}, 413, "too_large"),
        ({"content_length": "-1"}, 413, "too_large"),
        ({"origin": "http://localhost:9110"}, 200, None),
        ({"origin": "http://evil.example"}, 403, "wrong_origin"),
        ({"origin": "null"}, 403, "wrong_origin"),
        ({"sec_fetch_site": "cross-site"}, 403, "wrong_origin"),
        ({"sec_fetch_site": "same-site"}, 403, "wrong_origin"),
        ({"x_tocsin_csrf": "wrong"}, 403, "wrong_csrf"),
        ({"x_tocsin_csrf": None}, 403, "wrong_csrf"),
        ({"cookie": None}, 401, "not_signed_in"),
        ({"cookie": "tocsin_session=forged"}, 401, "not_signed_in"),
        ({"host": "evil.example"}, 400, "wrong_host"),
        ({"host": "127.0.0.1:1"}, 200, None),
        ({"host": "[::1]:9110"}, 200, None),
        ({"host": None}, 400, "wrong_host"),
    ],
)
def test_what_surrounds_an_order_is_checked(
    run: Run, more: dict[str, str | None], status: int, name: str | None
) -> None:
    async def test(world: World) -> None:
        before = world.desk.position()
        body = {"id": "k", "order": {"kind": "receive_call", "line": "112"}}
        answer = await world.client("dispatcher").ask("POST", "/api/orders", body, **more)
        assert (answer.status, answer.json().get("name")) == (status, name)
        assert world.desk.position() == before + (1 if status == 200 else 0)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"

    run(test)


def test_a_body_that_grows_too_large_is_cut_short(run: Run) -> None:
    async def test(world: World) -> None:
        raw = b'{"id":"k","order":{"kind":"receive_call","line":"%b"}}' % (b"x" * 2 * LIMIT_B)
        answer = await world.client("dispatcher").ask("POST", "/api/orders", raw=raw, content_length=None)
        assert (answer.status, answer.json()["facts"]) == (413, {"limit_b": LIMIT_B})

    run(test)


def test_a_field_unit_speaks_for_itself_alone(run: Run) -> None:
    async def test(world: World) -> None:
        chief, crew = world.client("chief"), world.client("field_unit")
        await world.unit(chief, "E1")
        await world.unit(chief, "E2")
        incident = await world.incident(chief)
        other = await world.incident(chief)
        await world.done(chief, "dispatch_units", incident=incident, units=["E1"])
        await world.done(crew, "stamp_unit", unit="E1", status="acknowledged")
        await world.done(crew, "note_incident", incident=incident, text="smoke from the roof")
        refused = [
            await world.order(crew, "stamp_unit", unit="E2", status="acknowledged"),
            await world.order(crew, "unit_off_duty", unit="E2"),
            await world.order(crew, "note_incident", incident=other, text="x"),
            await world.order(crew, "close_incident", incident=incident, disposition="handled"),
        ]
        assert [answer.status for answer in refused] == [403] * 4
        assert [answer.json().get("field", "") for answer in refused] == [
            "order.unit",
            "order.unit",
            "order.incident",
            "",
        ]
        field = (await crew.ask("GET", "/api/field")).json()
        assert (field["unit"]["id"], field["incident"]["id"]) == ("E1", incident)

    run(test)


def test_a_crew_reports_its_own_position_and_no_other(run: Run) -> None:
    async def test(world: World) -> None:
        chief, crew = world.client("chief"), world.client("field_unit")
        await world.unit(chief, "E1")
        await world.unit(chief, "E2")
        now = world.clock()
        own = await crew.ask("POST", "/api/tracks", {"moves": [["E1", now, 60.2, 24.9, 12.5, 90]]})
        assert own.json() == {"accepted": 1}
        both = {"moves": [["E1", now + 1, 60.2, 24.9], ["E2", now + 1, 60.2, 24.9]]}
        other = await crew.ask("POST", "/api/tracks", both)
        assert (other.status, other.json()["field"]) == (403, "moves[1][0]")
        assert (await chief.ask("POST", "/api/tracks", both)).status == 403
        trail = await chief.ask("GET", "/api/units/E1/trail")
        assert trail.json() == [["E1", now, 60.2, 24.9, 12.5, 90.0]]
        wild = await crew.ask("POST", "/api/tracks", {"moves": [["E1", now, 95, 24.9]]})
        assert (wild.status, wild.json()["field"]) == (422, "moves[0][2]")

    run(test)


def test_a_full_queue_and_a_failing_store_are_said_plainly(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")

        def broken(*_: object) -> None:
            from tocsin.log.port import LogError

            raise LogError("the disk is full; nothing was written")

        good = world.desk._log.append
        world.desk._log.append = broken  # type: ignore[method-assign]
        answer = await world.order(client, "receive_call", line="112")
        assert (answer.status, answer.json()["name"]) == (503, "not_recorded")
        assert "retry-after" in answer.headers
        world.desk._log.append = good  # type: ignore[method-assign]
        assert (await world.order(client, "receive_call", line="112")).status == 200

    run(test)


def test_a_fault_of_ours_bears_a_reference_and_no_trace(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test(world: World) -> None:
        def fault() -> bytes:
            raise ZeroDivisionError("secret detail")

        world.desk.picture_bytes = fault  # type: ignore[method-assign]
        answer = await world.client("dispatcher").ask("GET", "/api/board")
        said = answer.json()
        assert (answer.status, said["name"]) == (500, "internal_error")
        assert said["facts"]["reference"] in said["text"]
        assert b"secret" not in answer.raw
        assert b"Traceback" not in answer.raw
        assert any(said["facts"]["reference"] in record.getMessage() for record in caplog.records)

    run(test)
