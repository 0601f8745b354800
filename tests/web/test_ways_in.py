"""One's own account over HTTP: passkeys, open sessions, a new password; and what the sign-in page may offer."""

from __future__ import annotations

from typing import Any

from tests.access.authenticator import Device

from tocsin.access.people import RECENT_S

from .asgi import Client
from .conftest import PASSWORD, Run, World

HERE = "http://localhost:9110"


async def begun(client: Client, path: str) -> tuple[str, dict[str, Any]]:
    answer = await client.ask("POST", path, {})
    assert answer.status == 200, answer.raw
    return answer.json()["ceremony"], answer.json()["options"]


async def add(client: Client, device: Device, label: str = "key") -> Any:
    ceremony, options = await begun(client, "/api/passkeys/begin")
    form = {"ceremony": ceremony, "credential": device.create(options), "label": label}
    return await client.ask("POST", "/api/passkeys", form)


async def enter(world: World, device: Device) -> tuple[Client, Any]:
    client = Client(world.app)
    ceremony, options = await begun(client, "/api/session/passkey/begin")
    answer = await client.ask("POST", "/api/session/passkey", {"ceremony": ceremony, "credential": device.get(options)})
    if answer.status == 200:
        client.token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        client.csrf = answer.json()["csrf"]
    return client, answer


def test_a_passkey_is_added_and_opens(run: Run) -> None:
    async def test(world: World) -> None:
        desk, device = world.client("dispatcher"), Device(HERE)
        made = await add(desk, device)
        assert (made.status, made.json()["label"]) == (200, "key")
        client, answer = await enter(world, device)
        assert answer.json()["account"] == "dispatcher"
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert (await client.ask("GET", "/api/board")).status == 200
        gone = await desk.ask("DELETE", f"/api/passkeys/{made.json()['id']}")
        assert gone.status == 204
        _, refused = await enter(world, device)
        assert (refused.status, refused.json()["name"]) == (401, "passkey_refused")
        assert (await desk.ask("GET", "/api/passkeys")).json() == []

    run(test)


def test_a_way_in_is_added_only_soon_after_signing_in(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")
        world.clock.now += RECENT_S + 1
        answer = await desk.ask("POST", "/api/passkeys/begin", {})
        assert (answer.status, answer.json()["name"]) == (403, "sign_in_again")

    run(test)


def test_passkeys_need_a_name_to_belong_to(run: Run) -> None:
    async def test(world: World) -> None:
        client = Client(world.app)
        assert (await client.ask("GET", "/api/ways-in")).json() == {"passkeys": True, "providers": []}
        elsewhere = {"host": "127.0.0.1:9110"}
        assert (await client.ask("GET", "/api/ways-in", **elsewhere)).json()["passkeys"] is False
        refused = await client.ask("POST", "/api/session/passkey/begin", {}, **elsewhere)
        assert (refused.status, refused.json()["name"]) == (409, "passkeys_not_set_up")
        world.site.address = "https://tocsin.example.org"
        _, options = await begun(client, "/api/session/passkey/begin")
        assert options["rpId"] == "tocsin.example.org"

    run(test)


def test_an_administrator_removes_lost_passkeys(run: Run) -> None:
    async def test(world: World) -> None:
        device = Device(HERE)
        await add(world.client("dispatcher"), device)
        admin = world.client("administrator")
        assert (await admin.ask("DELETE", "/api/accounts/dispatcher/passkeys")).status == 204
        assert (await admin.ask("DELETE", "/api/accounts/nobody/passkeys")).json()["name"] == "unknown_account"
        _, refused = await enter(world, device)
        assert refused.status == 401

    run(test)


def test_ones_own_sessions_are_listed_and_ended(run: Run) -> None:
    async def test(world: World) -> None:
        one, two, other = world.client("dispatcher"), world.client("dispatcher"), world.client("auditor")
        listed = (await one.ask("GET", "/api/sessions")).json()
        assert [each["how"] for each in listed] == ["link", "link"]
        assert [each["current"] for each in listed].count(True) == 1
        theirs = next(each["id"] for each in listed if not each["current"])
        stranger = await other.ask("DELETE", f"/api/sessions/{theirs}")
        assert (stranger.status, stranger.json()["name"]) == (404, "unknown_session")
        assert (await two.ask("GET", "/api/session")).status == 200
        assert (await one.ask("DELETE", f"/api/sessions/{theirs}")).status == 204
        assert (await two.ask("GET", "/api/session")).status == 401
        third = world.client("dispatcher")
        assert (await one.ask("DELETE", "/api/sessions")).json() == {"ended": 1}
        assert (await third.ask("GET", "/api/session")).status == 401
        assert (await one.ask("GET", "/api/session")).status == 200
        assert (await other.ask("GET", "/api/session")).status == 200

    run(test)


def test_a_new_password_ends_every_session_and_begins_one(run: Run) -> None:
    async def test(world: World) -> None:
        one, two = world.client("dispatcher"), world.client("dispatcher")
        wrong = await one.ask("POST", "/api/password", {"old": "not this one at all", "new": "a louder night, please"})
        assert (wrong.status, wrong.json()["name"]) == (401, "wrong_name_or_password")
        short = await one.ask("POST", "/api/password", {"old": PASSWORD, "new": "short"})
        assert (short.status, short.json()["name"], short.json()["field"]) == (422, "password_too_short", "password")
        assert (await one.ask("GET", "/api/session")).status == 200
        done = await one.ask("POST", "/api/password", {"old": PASSWORD, "new": "a louder night, please"})
        assert done.status == 200
        for client in (one, two):
            assert (await client.ask("GET", "/api/session")).status == 401
        one.token = done.headers["set-cookie"].partition("=")[2].partition(";")[0]
        assert (await one.ask("GET", "/api/session")).status == 200
        again = {"name": "dispatcher", "password": "a louder night, please"}
        assert (await Client(world.app).ask("POST", "/api/session", again)).status == 200

    run(test)


def test_a_forged_session_opens_nothing(run: Run) -> None:
    async def test(world: World) -> None:
        for forged in ("", "x" * 43, "null", "../../etc/passwd", "a" * 5_000, "é", '"; DROP TABLE sessions; --'):
            client = Client(world.app)
            client.token = forged.encode().decode("latin-1")
            answer = await client.ask("GET", "/api/sessions")
            assert (answer.status, answer.json()["name"]) == (401, "not_signed_in"), forged

    run(test)


def test_whoever_was_just_let_in_by_a_link_sets_a_password_without_the_old_one(run: Run) -> None:
    async def test(world: World) -> None:
        desk = world.client("dispatcher")  # by a link
        fresh = "another long password"
        assert (await desk.ask("POST", "/api/password", {"new": fresh})).status == 200
        entered = await Client(world.app).ask("POST", "/api/session", {"name": "dispatcher", "password": fresh})
        assert entered.status == 200
        by_password = Client(world.app)
        by_password.token = entered.headers["set-cookie"].partition("=")[2].partition(";")[0]
        by_password.csrf = entered.json()["csrf"]
        late = world.client("dispatcher")
        world.clock.now += RECENT_S + 1
        for client in (by_password, late):
            answer = await client.ask("POST", "/api/password", {"new": PASSWORD})
            assert (answer.status, answer.json()["name"], answer.json()["field"]) == (
                401,
                "wrong_name_or_password",
                "old",
            )

    run(test)
