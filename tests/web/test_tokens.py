"""Machines over HTTP: each route asks for its own scope, no cookie and no csrf, and what does not open says why."""

from __future__ import annotations

import pytest

from tocsin.access.people import FAILURES_PER_REMOTE
from tocsin.access.scopes import NEVER, scopes_there_are
from tocsin.domain.orders import ORDER_KINDS
from tocsin.web.door import ANYONE, PERSON, SIGNED_IN
from tocsin.web.routes import ROUTES

from .asgi import Client
from .conftest import T0, Run, World
from .test_roles import CALLABLE, knock, order_of

TELLING = {"token_unknown", "token_expired", "token_revoked", "token_lacks_scope", "person_needed", "not_signed_in"}


def machine(world: World, *scopes: str, **more: str) -> dict[str, str]:
    """The headers of a machine with these scopes."""
    secret, _ = world.access.tokens.add(f"m{len(world.access.tokens.all())}", scopes, 30, "adam", T0, **more)  # type: ignore[misc]
    return {"authorization": f"Bearer {secret}"}


def no(answer: object) -> str | None:
    if answer.status not in (401, 403):  # type: ignore[attr-defined]
        return None
    name = answer.json()["name"]  # type: ignore[attr-defined]
    return name if name in TELLING else None


def test_every_route_asks_a_machine_for_its_own_scope(run: Run) -> None:
    async def test(world: World) -> None:
        everything = set(scopes_there_are())
        walked = 0
        for route in ROUTES:
            if callable(route.permission):
                continue
            needs = route.permission
            client = Client(world.app)
            if needs in (ANYONE, SIGNED_IN):
                assert no(await knock(client, route, **machine(world, "report_hospital"))) is None, route.path
            elif needs == PERSON:
                assert no(await knock(client, route, **machine(world, *everything))) == "person_needed", route.path
            elif needs in NEVER:
                assert no(await knock(client, route, **machine(world, *everything))) == "token_lacks_scope", route.path
            else:
                others = [s for s in everything if s != needs and s not in ("watch", "record", "units")]
                assert no(await knock(client, route, **machine(world, needs))) is None, route.path
                assert no(await knock(client, route, **machine(world, *others))) == "token_lacks_scope", route.path
            walked += 1
        assert walked == len(ROUTES) - len(CALLABLE)

    run(test)


def test_every_kind_of_order_is_a_scope_of_its_own(run: Run) -> None:
    async def test(world: World) -> None:
        (route,) = CALLABLE
        for kind in ORDER_KINDS:
            body = {"id": f"m-{kind}", "order": order_of(kind)}
            given = kind in scopes_there_are()
            scope = kind if given else "watch"
            answer = await knock(Client(world.app), route, body, **machine(world, scope))
            assert no(answer) == (None if given else "token_lacks_scope"), (kind, answer.raw)
            if kind != "note_incident":
                refused = await knock(Client(world.app), route, body, **machine(world, "note_incident"))
                assert no(refused) == "token_lacks_scope", kind

    run(test)


def test_a_machine_gives_an_order_in_its_own_name_without_cookie_and_csrf(run: Run) -> None:
    async def test(world: World) -> None:
        headers = machine(world, "open_incident", "record")
        place = {"lat": 60.17, "lon": 24.94, "text": "Somewhere"}
        order = {"id": "a1", "order": {"kind": "open_incident", "type": "FIRE-OUTSIDE", "place": place}}
        client = Client(world.app)
        answer = await client.ask("POST", "/api/orders", order, **headers)
        assert answer.status == 200, answer.raw
        (entry,) = answer.json()["entries"]
        assert entry["by"] == "machine:m0"
        path = f"/api/incidents/{entry['fact']['incident']}/timeline"
        assert (await client.ask("GET", path, **headers)).status == 200
        (look,) = (await world.client("auditor").ask("GET", "/api/looks?what=timeline")).json()
        assert (look["by"], look["via"]) == ("machine:m0", "machine:m0")

    run(test)


def test_what_does_not_open_says_why_and_too_many_wait(run: Run) -> None:
    async def test(world: World) -> None:
        client = Client(world.app)
        headers = machine(world, "watch")
        token = world.access.tokens.all()[0]
        assert (await client.ask("GET", "/api/board", **headers)).status == 200
        world.access.tokens.revoke(token.id, T0)
        answer = await client.ask("GET", "/api/board", **headers)
        assert (answer.status, answer.json()["name"]) == (401, "token_revoked")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        headers = machine(world, "watch")
        world.clock.now += 31 * 86_400
        assert (await client.ask("GET", "/api/board", **headers)).json()["name"] == "token_expired"
        for _ in range(FAILURES_PER_REMOTE):
            answer = await client.ask("GET", "/api/board", authorization="Bearer tocsin_guess")
        assert (answer.status, answer.json()["name"]) == (429, "throttled")
        assert int(answer.headers["retry-after"]) > 0

    run(test)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "bearer\ttocsin", "tocsin_x", "Bearer \xff\xfe"])
def test_a_header_that_is_no_token_opens_nothing(run: Run, header: str) -> None:
    async def test(world: World) -> None:
        answer = await Client(world.app).ask("GET", "/api/board", authorization=header)
        assert (answer.status, answer.json()["name"]) in ((401, "not_signed_in"), (401, "token_unknown"))

    run(test)


def test_a_bad_token_is_not_made_good_by_a_cookie(run: Run) -> None:
    async def test(world: World) -> None:
        answer = await world.client("supervisor").ask("GET", "/api/board", authorization="Bearer tocsin_guess")
        assert (answer.status, answer.json()["name"]) == (401, "token_unknown")

    run(test)


def test_a_tail_ends_when_its_token_is_revoked(run: Run) -> None:
    async def test(world: World) -> None:
        stream = await Client(world.app).stream("/api/tail", **machine(world, "watch"))
        world.access.tokens.revoke(world.access.tokens.all()[0].id, T0)
        while await stream.event() is not None:
            pass
        await stream.close()

    run(test)


def test_administrators_make_list_and_revoke_and_the_secret_is_shown_once(run: Run) -> None:
    async def test(world: World) -> None:
        admin = world.client("administrator")
        form = {"name": "CAD", "scopes": ["watch", "calls"], "days": 30}
        made = (await admin.ask("POST", "/api/tokens", form)).json()
        assert made["token"]["created_by"] == "administrator"
        answer = await Client(world.app).ask("GET", "/api/board", authorization=f"Bearer {made['secret']}")
        assert answer.status == 200
        listed = await admin.ask("GET", "/api/tokens")
        assert made["secret"] not in listed.raw.decode()
        assert [one["name"] for one in listed.json()["tokens"]] == ["cad"]
        assert "watch" in listed.json()["scopes"]
        twice = await admin.ask("POST", "/api/tokens", form)
        assert (twice.status, twice.json()["name"]) == (409, "name_taken")
        strange = await admin.ask("POST", "/api/tokens", {**form, "scopes": ["all"]})
        assert (strange.status, strange.json()["name"], strange.json()["field"]) == (422, "unknown_scope", "scopes")
        gone = await admin.ask("DELETE", f"/api/tokens/{made['token']['id']}")
        assert gone.json()["revoked_at"] == T0
        assert (await admin.ask("DELETE", "/api/tokens/none")).json()["name"] == "unknown_token"

    run(test)


def test_a_machine_reports_positions_of_its_agencys_units_only(run: Run) -> None:
    async def test(world: World) -> None:
        await world.unit(world.client("chief"), "E1")
        moves = {"moves": [["E1", T0, 60.18, 24.95]]}
        client = Client(world.app)
        fire = await client.ask("POST", "/api/tracks", moves, **machine(world, "units", agency="fire"))
        police = await client.ask("POST", "/api/tracks", moves, **machine(world, "units", agency="police"))
        centre = await client.ask("POST", "/api/tracks", moves, **machine(world, "units"))
        assert (fire.status, police.status, centre.status) == (200, 403, 200)
        assert police.json()["field"] == "moves[0][0]"

    run(test)
