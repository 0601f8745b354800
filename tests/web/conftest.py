"""A real desk on logs in memory, real accounts in a temporary file, and the whole HTTP side around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from tocsin.access import Access
from tocsin.access.roles import ROLES
from tocsin.desk.desk import Desk
from tocsin.log.memory import MemoryLog
from tocsin.settings import load_catalogue
from tocsin.web.ask import Site
from tocsin.web.site import build_web

from .asgi import Client

PASSWORD = "a quiet night, please"
T0 = 1_800_000_000.0
CATALOGUE = msgspec.structs.replace(load_catalogue(), first_incident=1)


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> float:
        return self.now


class World:
    """One running centre and the people who may sign in."""

    def __init__(self, desk: Desk, access: Access, clock: Clock, site: Site) -> None:
        self.desk = desk
        self.access = access
        self.clock = clock
        self.site = site
        self.app = build_web(site)
        self.keys = 0

    def client(self, account: str | None = None) -> Client:
        """Somebody signed in by a link, which costs no password hashing; or nobody."""
        client = Client(self.app)
        if account:
            link = self.access.sign_in_link(account, self.clock())
            session = self.access.sign_in_by_link(str(link), "", self.clock())
            client.token, client.csrf = session.token, session.csrf  # type: ignore[union-attr]
        return client

    async def order(self, client: Client, kind: str, **fields: Any) -> Any:
        """Give an order; the answer whole."""
        self.keys += 1
        return await client.ask("POST", "/api/orders", {"id": f"k{self.keys}", "order": {"kind": kind, **fields}})

    async def done(self, client: Client, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Give an order that must be done; its facts."""
        answer = await self.order(client, kind, **fields)
        assert answer.status == 200, answer.raw
        return [entry["fact"] for entry in answer.json()["entries"]]

    async def incident(self, client: Client, **fields: Any) -> str:
        """Open an incident; its id."""
        place = {"lat": 60.17, "lon": 24.94, "text": "Somewhere"}
        facts = await self.done(client, "open_incident", **{"type": "FIRE-OUTSIDE", "place": place, **fields})
        return str(facts[0]["incident"])

    async def unit(self, client: Client, unit: str) -> None:
        """Register a unit and staff it."""
        home = {"lat": 60.18, "lon": 24.95}
        await self.done(
            client, "register_unit", unit=unit, unit_kind="pumper", agency="fire", capabilities=["engine"], home=home
        )
        await self.done(client, "unit_on_duty", unit=unit, crew_count=4)


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One account for each role, named like it; made once, for hashing is slow even when made quick."""
    path = tmp_path_factory.mktemp("accounts") / "accounts.db"
    access = quick_access(path)
    for role in ROLES:
        access.add_account(role, PASSWORD, [role], T0, unit="E1" if role == "field_unit" else "")
    access.add_account("chief", PASSWORD, ["dispatcher", "supervisor"], T0)
    access.close()
    return path


def quick_access(path: Path) -> Access:
    return Access.open(path, argon2=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


Run = Callable[[Callable[[World], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def run(accounts: Path, tmp_path: Path) -> Iterator[Run]:
    """Run a test's coroutine in a world of its own."""
    path = tmp_path / "accounts.db"
    path.write_bytes(accounts.read_bytes())

    def running(test: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            async with a_world(path) as world:
                await test(world)

        asyncio.run(whole())

    return running


@asynccontextmanager
async def a_world(path: Path, **site: Any) -> AsyncIterator[World]:
    clock = Clock()
    access = quick_access(path)
    desk = Desk(MemoryLog("north"), MemoryLog("north", durable=False), CATALOGUE, clock)
    await desk.start("north", "North", "exercise")
    try:
        yield World(desk, access, clock, Site(desk, access, clock=clock, **site))
    finally:
        await desk.stop()
        access.close()
