"""As an attacker would: forged sessions, another centre's, words that are SQL or headers, somebody else's keys."""

from __future__ import annotations

import asyncio
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from tocsin.desk.desk import Desk
from tocsin.log.memory import MemoryLog
from tocsin.web.ask import Site
from tocsin.web.door import ANYONE
from tocsin.web.routes import ROUTES

from .asgi import Client
from .conftest import CATALOGUE, Run, World, a_world, quick_access
from .test_agencies import of_agency, two_agencies
from .test_roles import knock

SQL = (
    "' OR '1'='1",
    "1; DROP TABLE accounts; --",
    "x' UNION SELECT name, hash FROM accounts --",
    '"; SELECT 1 --',
    "%27%20OR",
)


def forged(true: str) -> dict[str, str]:
    """Tokens that look like one."""
    return {
        "nothing": "", "another length": true[:-1], "one letter off": true[:-1] + ("A" if true[-1] != "A" else "B"),
        "its other case": true.swapcase(), "twice": true + true, "a digest": "0" * 64, "not ASCII": "ÿ" * 43,
        **{sql: sql for sql in SQL},
    }  # fmt: skip


def test_a_forged_session_opens_nothing(run: Run) -> None:
    async def test(world: World) -> None:
        true = world.client("supervisor")
        for name, token in forged(true.token).items():
            client = Client(world.app)
            client.token, client.csrf = token, true.csrf
            for route in ROUTES:
                if route.permission != ANYONE:
                    answer = await knock(client, route)
                    assert (answer.status, answer.json()["name"]) == (401, "not_signed_in"), (name, route.path)
        assert (await true.ask("GET", "/api/board")).status == 200

    run(test)


def test_a_session_and_a_csrf_value_of_two_people_do_not_make_one(run: Run) -> None:
    async def test(world: World) -> None:
        one, other = world.client("dispatcher"), world.client("supervisor")
        one.csrf = other.csrf
        answer = await world.order(one, "receive_call", line="112")
        assert (answer.status, answer.json()["name"]) == (403, "wrong_csrf")

    run(test)


def test_a_session_of_another_centre_is_none_here(accounts: Path, tmp_path: Path) -> None:
    """Two centres with accounts of the same names: neither's sessions or incidents are the other's."""

    async def test() -> None:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "accounts.db").write_bytes(accounts.read_bytes())
        async with a_world(tmp_path / "a" / "accounts.db") as here:
            access = quick_access(tmp_path / "b" / "accounts.db")
            desk = Desk(MemoryLog("south"), MemoryLog("south", durable=False), CATALOGUE, here.clock)
            await desk.start("south", "South", "exercise")
            there = World(desk, access, here.clock, Site(desk, access, clock=here.clock))
            incident = await there.incident(there.client("chief"), summary="zqsouth")
            stranger = Client(here.app)
            stranger.token, stranger.csrf = (away := there.client("chief")).token, away.csrf
            for path in ("/api/board", f"/api/incidents/{incident}", f"/api/incidents/{incident}/timeline"):
                assert (await stranger.ask("GET", path)).status == 401
                answer = await here.client("chief").ask("GET", path)
                assert b"zqsouth" not in answer.raw
                assert (path == "/api/board") == (answer.status == 200)
            await desk.stop()
            access.close()

    asyncio.run(test())


@pytest.mark.parametrize("words", SQL)
def test_words_that_are_sql_stay_words(run: Run, words: str) -> None:
    async def test(world: World) -> None:
        chief = world.client("chief")
        incident = await world.incident(chief, summary=words)
        assert (await chief.ask("GET", f"/api/incidents/{incident}")).json()["summary"] == words
        quoted = urllib.parse.quote(words, safe="")
        found = await chief.ask("GET", f"/api/incidents?status=any&why=testing&q={quoted}")
        assert {row["summary"] for row in found.json()} <= {words}
        for path in (
            "/api/incidents/{}",
            "/api/incidents/{}/timeline",
            "/api/units/{}/trail",
            "/api/units/{}/destination",
        ):
            answer = await chief.ask("GET", path.format(quoted))
            assert answer.status == 404, (path, answer.raw)
        admin = world.client("administrator")
        assert (await admin.ask("PATCH", f"/api/accounts/{quoted}", {"display": words})).status == 404
        assert (await Client(world.app).ask("POST", "/api/session", {"name": words, "password": words})).status == 401
        assert len((await admin.ask("GET", "/api/accounts")).json()) == len(world.access.accounts()) > 6
        agency = await admin.ask("PATCH", "/api/accounts/dispatcher", {"agency": words})
        assert agency.status == 200
        assert (await world.client("dispatcher").ask("GET", "/api/board")).json()["board"]["rows"]["incidents"] == {}

    run(test)


INJECTED = ("x\r\nSet-Cookie: tocsin_session=evil", "x\nLocation: https://evil.example", "x\x00y", "x\u2028y")


@pytest.mark.parametrize("words", INJECTED)
def test_no_word_becomes_a_header(run: Run, words: str) -> None:
    """Whatever is echoed stands in the body; a line break in a name is refused by its name."""

    async def test(world: World) -> None:
        chief, quoted = world.client("chief"), urllib.parse.quote(words, safe="")
        paths = (
            f"/api/incidents/{quoted}",
            f"/api/incidents/{quoted}/export?why={quoted}",
            f"/assets/{quoted}",
            f"/{quoted}",
        )
        for path in paths:
            answer = await chief.ask("GET", path)
            assert answer.status in (400, 404, 422), (path, answer.raw)
            told = [*answer.headers, *answer.headers.values()]
            assert not any("\n" in one or "\r" in one or "evil" in one for one in told)
        admin = world.client("administrator")
        answer = await admin.ask("PATCH", "/api/accounts/dispatcher", {"agency": words})
        assert (answer.status, answer.json()["name"]) == (422, "impossible_agency")
        answer = await world.order(
            chief, "register_unit", unit=words, unit_kind="x", agency="fire", capabilities=[], home={"lat": 1, "lon": 1}
        )
        assert (answer.status, answer.json()["name"]) == (409, "text_not_allowed")

    run(test)


def test_a_key_of_somebody_else_answers_nobody_else(run: Run) -> None:
    """Orders are remembered by who gave them: another account under the same key neither repeats nor reads them."""

    async def test(world: World) -> None:
        _, ems = await two_agencies(world)
        order = {"kind": "note_incident", "incident": ems, "text": "zqsecret"}
        body = {"id": "the-key", "order": order}
        assert (await world.client("chief").ask("POST", "/api/orders", body)).status == 200
        answer = await world.client(of_agency(world, "ana", "fire")).ask("POST", "/api/orders", body)
        assert (answer.status, answer.json()["name"]) == (409, "not_yours")
        assert b"zqsecret" not in answer.raw

    run(test)


def test_an_account_that_becomes_an_agencys_reads_its_old_answers_no_more(run: Run) -> None:
    """What was ordered before is repeated under its key, but only what is still seen of it."""

    async def test(world: World) -> None:
        _, ems = await two_agencies(world)
        body = {"id": "again", "order": {"kind": "note_incident", "incident": ems, "text": "zqsecret"}}
        client = world.client("dispatcher")
        assert b"zqsecret" in (await client.ask("POST", "/api/orders", body)).raw
        world.access.change("dispatcher", agency="fire")
        answer = await client.ask("POST", "/api/orders", body)
        assert b"zqsecret" not in answer.raw
        assert answer.json()["repeated"] is True

    run(test)


@pytest.mark.parametrize("name", ["Host", "Origin", "Authorization", "X-Tocsin-Csrf", "Content-Type"])
def test_a_header_that_stands_there_twice_decides_nothing(run: Run, name: str) -> None:
    """One for us, another for whatever stands in front of us."""

    async def test(world: World) -> None:
        chief = world.client("chief")
        at = world.desk.position()
        raw = b'{"id": "twice", "order": {"kind": "receive_call", "line": "112"}}'
        true = {"origin": "http://localhost:9110", "content-type": "application/json"}
        scope = chief.scope("POST", "/api/orders", chief.headers("POST", true))  # type: ignore[arg-type]
        first = dict(scope["headers"]).get(name.lower().encode(), b"x")
        scope["headers"] += [(name.lower().encode(), value) for value in ([] if first != b"x" else [b"x"])]
        scope["headers"].append((name.lower().encode(), b"https://evil.example"))
        answer = await chief._send(scope, raw)
        assert (answer.status, answer.json()["name"], answer.json()["field"]) == (400, "malformed", name)
        assert world.desk.position() == at

    run(test)


def test_a_sign_in_link_and_a_session_that_were_used_are_used_up(run: Run) -> None:
    """A link opens once; a session that was signed out opens nothing, nor does its csrf value with another."""

    async def test(world: World) -> None:
        link = str(world.access.sign_in_link("dispatcher", world.clock()))
        first = await Client(world.app).ask("POST", "/api/session", {"link": link})
        assert first.status == 200
        again = await Client(world.app).ask("POST", "/api/session", {"link": link})
        assert (again.status, again.json()["name"]) == (401, "link_used_or_expired")
        gone, other = world.client("dispatcher"), world.client("dispatcher")
        assert (await gone.ask("DELETE", "/api/session")).status == 204
        for csrf in (gone.csrf, other.csrf):
            gone.csrf = csrf
            answer = await world.order(gone, "receive_call", line="112")
            assert (answer.status, answer.json()["name"]) == (401, "not_signed_in")
        assert (await other.ask("GET", "/api/board")).status == 200

    run(test)


def test_who_says_to_be_somebody_else_is_not_believed(run: Run) -> None:
    async def test(world: World) -> None:
        await two_agencies(world)
        ana = world.client(of_agency(world, "ana", "fire"))
        plain = (await ana.ask("GET", "/api/board")).json()["board"]["rows"]
        headers: list[dict[str, Any]] = [
            {"x_forwarded_user": "chief"}, {"x_agency": ""}, {"x_original_url": "/api/accounts"},
            {"x_http_method_override": "DELETE"}, {"forwarded": "for=127.0.0.1;host=localhost"},
        ]  # fmt: skip
        for more in headers:
            answer = await ana.ask("GET", "/api/board?agency=&role=supervisor", **more)
            assert (answer.status, answer.json()["name"]) == (400, "malformed")
            answer = await ana.ask("GET", "/api/board", **more)
            assert answer.json()["board"]["rows"] == plain, more

    run(test)
