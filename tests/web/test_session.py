"""Signing in and out over HTTP: cookie, csrf, throttling, and what a revoked session may still do (nothing)."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tocsin.access.people import FAILURES_PER_ACCOUNT, LOCKED_S
from tocsin.web import slowly

from .asgi import Client
from .conftest import PASSWORD, Run, World


def test_signing_in_sets_a_cookie_no_script_can_read(run: Run) -> None:
    async def test(world: World) -> None:
        answer = await Client(world.app).ask("POST", "/api/session", {"name": "Dispatcher", "password": PASSWORD})
        assert answer.status == 200
        said = answer.json()
        assert (said["account"], said["roles"], said["mode"], said["centre"]) == (
            "dispatcher",
            ["dispatcher"],
            "exercise",
            "north",
        )
        cookie = answer.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert said["csrf"] not in cookie

    run(test)


def test_over_https_or_when_told_so_the_cookie_is_secure(run: Run) -> None:
    async def test(world: World) -> None:
        world.site.secure = True
        answer = await Client(world.app).ask("POST", "/api/session", {"name": "dispatcher", "password": PASSWORD})
        assert "; Secure" in answer.headers["set-cookie"]

    run(test)


def test_signing_in_again_ends_the_session_before(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("dispatcher")
        before = client.token
        answer = await client.ask("POST", "/api/session", {"name": "dispatcher", "password": PASSWORD})
        assert before not in answer.headers["set-cookie"]
        assert (await client.ask("GET", "/api/session")).status == 401

    run(test)


def test_a_link_opens_once(run: Run) -> None:
    async def test(world: World) -> None:
        link = str(world.access.sign_in_link("auditor", world.clock()))
        first = await Client(world.app).ask("POST", "/api/session", {"link": link})
        again = await Client(world.app).ask("POST", "/api/session", {"link": link})
        assert (first.status, first.json()["account"]) == (200, "auditor")
        assert (again.status, again.json()["name"]) == (401, "link_used_or_expired")

    run(test)


def test_wrong_passwords_lock_and_the_answer_says_for_how_long(run: Run) -> None:
    async def test(world: World) -> None:
        wrong = {"name": "dispatcher", "password": "not the right one"}
        for _ in range(FAILURES_PER_ACCOUNT):
            answer = await Client(world.app).ask("POST", "/api/session", wrong)
            assert (answer.status, answer.json()["name"]) == (401, "wrong_name_or_password")
        locked = await Client(world.app).ask("POST", "/api/session", {**wrong, "password": PASSWORD})
        assert (locked.status, locked.json()["name"]) == (429, "locked")
        assert int(locked.headers["retry-after"]) == LOCKED_S
        world.clock.now += LOCKED_S + 1
        assert (await Client(world.app).ask("POST", "/api/session", {**wrong, "password": PASSWORD})).status == 200

    run(test)


def test_neither_or_both_ways_in_are_refused(run: Run) -> None:
    async def test(world: World) -> None:
        for form in ({}, {"name": "a", "link": "b"}):
            answer = await Client(world.app).ask("POST", "/api/session", form)
            assert (answer.status, answer.json()["field"]) == (422, "name")

    run(test)


def test_signing_out_ends_the_session_and_takes_the_cookie(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("supervisor")
        answer = await client.ask("DELETE", "/api/session")
        assert answer.status == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert (await client.ask("GET", "/api/board")).status == 401

    run(test)


def test_a_session_ends_by_itself(run: Run) -> None:
    async def test(world: World) -> None:
        client = world.client("supervisor")
        assert (await client.ask("GET", "/api/board")).status == 200
        world.clock.now += 13 * 3600
        assert (await client.ask("GET", "/api/board")).status == 401

    run(test)


def test_accounts_are_kept_by_administrators(run: Run) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        new = {"name": "Núria", "roles": ["dispatcher"], "password": "uma noite calma", "language": "pt"}
        made = await admin.ask("POST", "/api/accounts", new)
        assert (made.status, made.json()["name"], made.json()["display"]) == (200, "núria", "Núria")
        assert "password" not in made.json()
        assert (await admin.ask("POST", "/api/accounts", new)).json()["name"] == "name_taken"
        short = await admin.ask("PATCH", "/api/accounts/núria", {"password": "short"})
        assert (short.status, short.json()["name"], short.json()["field"]) == (422, "password_too_short", "password")
        off = await admin.ask("PATCH", "/api/accounts/núria", {"disabled": True})
        assert (off.status, off.json()["disabled"]) == (200, True)
        listed = (await admin.ask("GET", "/api/accounts")).json()
        assert {"name": "núria", "disabled": True}.items() <= next(a for a in listed if a["name"] == "núria").items()
        gone = await admin.ask("PATCH", "/api/accounts/nobody", {"disabled": True})
        assert (gone.status, gone.json()["name"]) == (404, "unknown_account")
        last = await admin.ask("PATCH", "/api/accounts/administrator", {"disabled": True})
        assert (last.status, last.json()["name"]) == (409, "last_administrator")

    run(test)


def test_a_crowd_at_the_sign_in_page_is_bounded_and_delays_nobody_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowly, "WAITING", 40)
    over = threading.Event()

    async def test(world: World) -> None:
        monkeypatch.setattr(world.access, "sign_in", lambda *_: over.wait(30))
        crowd = [
            asyncio.ensure_future(Client(world.app).ask("POST", "/api/session", {"name": f"x{i}", "password": "?"}))
            for i in range(41)
        ]
        while not any(guess.done() for guess in crowd):
            await asyncio.sleep(0.01)
        (refused,) = [guess.result() for guess in crowd if guess.done()]
        assert (refused.status, refused.json()["name"]) == (503, "busy")
        link = str(world.access.sign_in_link("auditor", world.clock()))
        let_in = Client(world.app).ask("POST", "/api/session", {"link": link})
        assert (await asyncio.wait_for(let_in, 10)).status == 200
        over.set()
        await asyncio.gather(*crowd, return_exceptions=True)

    run(test)
