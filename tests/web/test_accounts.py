"""Accounts over HTTP: who may come in and how, changed by administrators; every change in the access log."""

from __future__ import annotations

from typing import Any

import pytest
from tests.access.authenticator import Device

from tocsin.access import Session
from tocsin.access.people import LINK_S
from tocsin.log.port import LogError

from .asgi import Client
from .conftest import PASSWORD, T0, Run, World
from .test_ways_in import add

CITY = {"issuer": "https://id.example.org", "subject": "248289761001"}


async def told(world: World, query: str = "?what=account") -> list[tuple[str, str, str, str]]:
    answer = await world.client("auditor").ask("GET", f"/api/looks{query}")
    assert answer.status == 200, answer.raw
    return [(one["by"], one["account"], one["change"], one.get("more", "")) for one in answer.json()]


async def ok(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = await client.ask(method, path, body)
    assert answer.status in (200, 204), answer.raw
    return answer.json() if answer.status == 200 else None


def test_an_account_is_shown_with_its_ways_in_and_no_secret(run: Run) -> None:
    async def test(world: World) -> None:
        admin, desk = world.client("administrator"), world.client("dispatcher")
        await add(desk, Device("http://localhost:9110"), "desk 4")
        await ok(admin, "POST", "/api/accounts/Dispatcher/identities", CITY)
        answer = await admin.ask("GET", "/api/accounts/dispatcher")
        said = answer.json()
        assert (said["account"]["name"], said["has_password"], said["locked_until"]) == ("dispatcher", True, 0.0)
        assert [one["label"] for one in said["passkeys"]] == ["desk 4"]
        assert [one["how"] for one in said["sessions"]] == ["link"]
        assert said["identities"] == [CITY]
        assert desk.token.encode() not in answer.raw
        assert desk.csrf.encode() not in answer.raw
        assert b"argon2" not in answer.raw
        assert (await admin.ask("GET", "/api/accounts/nobody")).json()["name"] == "unknown_account"

    run(test)


def test_every_change_stands_in_the_access_log_with_who_made_it(run: Run) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        await ok(admin, "POST", "/api/accounts", {"name": "Bea", "roles": ["dispatcher"], "agency": "fire"})
        change = {"roles": ["supervisor", "dispatcher"], "agency": "", "password": PASSWORD, "display": "Bea Costa"}
        await ok(admin, "PATCH", "/api/accounts/bea", change)
        await ok(admin, "PATCH", "/api/accounts/bea", {"roles": ["supervisor", "dispatcher"]})  # as it was: no change
        await ok(admin, "POST", "/api/accounts/bea/link")
        await ok(admin, "POST", "/api/accounts/bea/identities", CITY)
        await ok(admin, "PATCH", "/api/accounts/bea", {"disabled": True})
        made = await ok(admin, "POST", "/api/tokens", {"name": "cad", "scopes": ["watch"]})
        await ok(admin, "DELETE", f"/api/tokens/{made['token']['id']}")
        by_hand = [one for one in await told(world) if one[0] == "administrator"]
        assert by_hand[::-1] == [
            ("administrator", "bea", "added", "dispatcher fire"),
            ("administrator", "bea", "roles", "dispatcher supervisor"),
            ("administrator", "bea", "agency", ""),
            ("administrator", "bea", "profile", ""),
            ("administrator", "bea", "password", ""),
            ("administrator", "bea", "link_made", ""),
            ("administrator", "bea", "bound", "248289761001 https://id.example.org"),
            ("administrator", "bea", "disabled", ""),
            ("administrator", "machine:cad", "token_made", "watch"),
            ("administrator", "machine:cad", "token_revoked", made["token"]["id"]),
        ]
        assert {one[1] for one in await told(world, "?by=bea&what=account")} == {"bea"}
        assert await told(world, "?what=account&incident=1001") == []

    run(test)


def test_an_invitation_opens_once_and_is_told(run: Run) -> None:
    async def test(world: World) -> None:
        made = await ok(world.client("administrator"), "POST", "/api/accounts/dispatcher/link")
        assert made["expires_at"] == T0 + LINK_S
        secret = made["path"].removeprefix("/#link=")
        assert isinstance(world.access.sign_in_by_link(secret, "", T0), Session)
        again = await Client(world.app).ask("POST", "/api/session", {"link": secret})
        assert again.json()["name"] == "link_used_or_expired"

    run(test)


def test_all_sessions_of_an_account_end(run: Run) -> None:
    async def test(world: World) -> None:
        first, second, other = world.client("dispatcher"), world.client("dispatcher"), world.client("supervisor")
        assert await ok(world.client("administrator"), "DELETE", "/api/accounts/dispatcher/sessions") == {"ended": 2}
        assert [(await one.ask("GET", "/api/session")).status for one in (first, second, other)] == [401, 401, 200]

    run(test)


def test_an_identity_is_bound_to_one_account_only(run: Run) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        await ok(admin, "POST", "/api/accounts/dispatcher/identities", CITY)
        refused = await admin.ask("POST", "/api/accounts/supervisor/identities", CITY)
        assert (refused.status, refused.json()["name"], refused.json()["field"]) == (409, "identity_bound", "subject")
        where = "?issuer=https%3A%2F%2Fid.example.org&subject=248289761001"
        await ok(admin, "DELETE", f"/api/accounts/dispatcher/identities{where}")
        gone = await admin.ask("DELETE", f"/api/accounts/dispatcher/identities{where}")
        assert (gone.status, gone.json()["name"]) == (404, "unknown_identity")
        await ok(admin, "POST", "/api/accounts/supervisor/identities", CITY)

    run(test)


@pytest.mark.parametrize(
    ("form", "field"),
    [({**CITY, "issuer": "id.example.org"}, "issuer"), ({**CITY, "subject": " "}, "subject"),
     ({**CITY, "subject": "a\nb"}, "subject")],
)  # fmt: skip
def test_an_identity_that_cannot_be_is_refused_at_its_field(run: Run, form: dict[str, str], field: str) -> None:
    async def test(world: World) -> None:
        answer = await world.client("administrator").ask("POST", "/api/accounts/dispatcher/identities", form)
        assert (answer.status, answer.json()["name"], answer.json()["field"]) == (422, "impossible_identity", field)

    run(test)


@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["auditor"]}, {"agency": "fire"}])
def test_the_last_administrator_cannot_be_locked_out(run: Run, change: dict[str, Any]) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        invited = {"name": "new", "roles": ["administrator"]}
        await ok(admin, "POST", "/api/accounts", invited)  # has never come in, and may never
        answer = await admin.ask("PATCH", "/api/accounts/administrator", change)
        assert (answer.status, answer.json()["name"]) == (409, "last_administrator")
        await ok(admin, "PATCH", "/api/accounts/new", {"password": PASSWORD})
        await ok(admin, "PATCH", "/api/accounts/administrator", change)

    run(test)


def test_the_last_way_in_of_the_last_administrator_stays(run: Run) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        await ok(admin, "POST", "/api/accounts", {"name": "root", "roles": ["administrator"]})
        root = world.client("root")
        key = (await add(root, Device("http://localhost:9110"))).json()["id"]
        await ok(root, "PATCH", "/api/accounts/administrator", {"disabled": True})
        for path in ("/api/accounts/root/passkeys", f"/api/passkeys/{key}", f"/api/accounts/root/passkeys/{key}"):
            answer = await root.ask("DELETE", path)
            assert (answer.status, answer.json()["name"]) == (409, "last_administrator"), path
        await ok(root, "POST", "/api/accounts/root/identities", CITY)
        await ok(root, "DELETE", f"/api/accounts/root/passkeys/{key}")

    run(test)


def test_a_change_stands_and_its_trace_waits_while_the_access_log_fails(run: Run, monkeypatch: Any) -> None:
    async def test(world: World) -> None:
        admin, log = world.client("administrator"), world.site.looks._log
        works = log.append

        def fails(*_given: Any, **_more: Any) -> None:
            raise LogError("the disk is full; nothing was written")

        monkeypatch.setattr(log, "append", fails)
        await ok(admin, "PATCH", "/api/accounts/dispatcher", {"disabled": True})
        waits = (await Client(world.app).ask("GET", "/api/health")).json()["looks_owed"]
        assert waits >= 1
        monkeypatch.setattr(log, "append", works)
        await world.site.minder.take()
        assert ("administrator", "dispatcher", "disabled", "") in await told(world)
        assert (await Client(world.app).ask("GET", "/api/health")).json()["looks_owed"] == 0
        await world.site.minder.take()  # nothing is told twice
        assert sum(one[2] == "disabled" for one in await told(world)) == 1

    run(test)


def test_what_a_centre_knows_is_offered(run: Run) -> None:
    async def test(world: World) -> None:
        await world.unit(world.client("chief"), "E7")
        said = await ok(world.client("administrator"), "GET", "/api/account-choices")
        assert (said["agencies"], said["units"], said["issuers"]) == (["fire"], ["E7"], [])
        assert "field_unit" in said["roles"]

    run(test)
