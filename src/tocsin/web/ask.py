"""What a handler is given and what it may hand back. Knows no route; a handler sees a request only through this."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.access import Access, AccessRefusal
from tocsin.access.people import Session
from tocsin.access.roles import Grant
from tocsin.desk.desk import Desk
from tocsin.desk.looks import Looks
from tocsin.desk.showing import Showing
from tocsin.desk.view import View
from tocsin.log.memory import MemoryLog
from tocsin.plans.page import PlanPages
from tocsin.settings import Provider
from tocsin.views.audience import Audience, audience_of
from tocsin.views.board_glass import broken
from tocsin.views.board_state import Glass
from tocsin.web.bodies import RegionView
from tocsin.web.bodies_access import ProviderView
from tocsin.web.console import Console
from tocsin.web.evidence import Evidence
from tocsin.web.framer import Framer
from tocsin.web.hosts import known_hosts
from tocsin.web.minder import Minder
from tocsin.web.openid import OpenID
from tocsin.web.slowly import Slowly
from tocsin.web.squeeze import Squeezer

COOKIE = "tocsin_session"

Stream: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An answer that writes itself: the tail, the basemap."""


class Site:
    """Everything the handlers of one server share."""

    def __init__(
        self,
        desk: Desk,
        access: Access,
        *,
        region: RegionView | None = None,
        basemap: Path | None = None,
        static: Path | None = None,
        hosts: Sequence[str] = (),
        secure: bool = False,
        clock: Callable[[], float] = time.time,
        evidence: Evidence | None = None,
        looks: Looks | None = None,
        address: str = "",
        publish_looks: bool = False,
        providers: Sequence[Provider] = (),
        showing: Showing | None = None,
        plans: PlanPages | None = None,
    ) -> None:
        self.desk = desk
        self.plans = plans
        """The plan file in force as a page."""
        self.evidence = evidence
        self.address = address
        """What browsers reach this server under; empty: not said."""
        self.openid = {one.name: OpenID(one) for one in providers}
        self.providers = tuple(ProviderView(one.name, one.label or one.name) for one in providers)
        self.publish_looks = publish_looks
        self.showing = showing
        """What callers showed, where there is a place for it."""
        self.looks = looks or Looks(MemoryLog("looks", kind="looks"), clock)
        self.access = access
        self.clock = clock
        """People's sessions last by the wall clock, also where the desk's clock hurries through a recorded day."""
        self.minder = Minder(desk, access, self.looks, clock)
        self.region = region
        self.basemap = basemap
        self.console = Console(static or Path(__file__).parent / "static")
        self.pictures: defaultdict[str, Squeezer] = defaultdict(Squeezer)
        """The board compressed, by the name of what is seen of it."""
        self.slowly = Slowly()
        self.framer = Framer()
        self.hosts = known_hosts(hosts)
        self.secure = secure
        self.openapi: Callable[[], bytes] = lambda: b""
        """The OpenAPI document; made when somebody first asks for it."""
        self.stopping = asyncio.Event()
        """Set when the server begins to stop: tails end, so that nobody waits for them."""

    async def session(self, token: str) -> Session | None:
        """The session of this token if it is good. Raises AccessError."""
        now = self.clock()
        if self.access.is_at_hand(token, now):
            return self.access.session(token, now)
        return await asyncio.to_thread(self.access.session, token, now)

    async def machine(self, secret: str, remote: str) -> Session | AccessRefusal:
        """The machine behind a bearer token, or why not. Raises AccessError."""
        now = self.clock()
        tokens = self.access.tokens
        if tokens.is_at_hand(secret, now):
            return tokens.find(secret, remote, now)
        return await asyncio.to_thread(tokens.find, secret, remote, now)


class Ask(msgspec.Struct):
    """One request, read and checked: nobody reaches a handler unless the route's permission holds."""

    site: Site
    scope: Scope
    path: dict[str, str]
    session: Session | None
    grant: Grant | None
    """How far the route's permission goes: `own` is for the handler to hold to."""
    token: str
    query: Any
    body: Any
    via: str = ""
    """The token of a machine, by its name; a person has none."""

    @property
    def who(self) -> Session:
        """Who is signed in; only on routes that need it."""
        if self.session is None:
            raise RuntimeError("this route does not ask who is signed in")
        return self.session

    @property
    def audience(self) -> Audience:
        """Whom the asker belongs to, as far as it changes what they are told."""
        return audience_of(self.who.roles, self.who.agency, self.who.scopes)

    def view_of(self, incident: str) -> View:
        """The desk as the asker sees it where this incident is concerned: all of it, while its glass is broken."""
        who, wide = self.who, self.glass(incident) is not None
        return self.site.desk.view(audience_of(who.roles, who.agency, who.scopes, wide=wide))

    def view_of_call(self, call: str) -> View:
        """The same for a call, by the incident it belongs to."""
        return self.view_of(self.site.desk.board.homes.get(call, ""))

    def glass(self, incident: str) -> Glass | None:
        """The glass that the asker broke over this incident, while it is open."""
        desk = self.site.desk
        return broken(desk.board, self.who.account, incident, desk.now())

    @property
    def view(self) -> View:
        """The desk as the asker sees it: whatever says something of an incident, a call or a unit comes from here."""
        return self.site.desk.view(self.audience)

    def header(self, name: bytes) -> bytes:
        """The first header of this (lower-case) name, or nothing."""
        return next((value for key, value in self.scope["headers"] if key == name), b"")

    @property
    def remote(self) -> str:
        """The address the request came from, as the socket has it."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""


Handler: TypeAlias = Callable[[Ask], Awaitable[Any]]
