"""The only way to a handler: session, CSRF, permission, query and body are settled here, in this order.

Knows the shape of a route, never which routes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.access.people import Session
from tocsin.access.roles import Grant, may
from tocsin.domain.refusals import Refusal
from tocsin.views.wire import Problem
from tocsin.web import parse
from tocsin.web.ask import COOKIE, Ask, Handler, Site
from tocsin.web.bodies import Nothing
from tocsin.web.problems import No, malformed, not_permitted
from tocsin.web.reply import Reply, as_json, send_reply

ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed in"
LIMIT_B = 65_536
CSRF = b"x-tocsin-csrf"

Permission: TypeAlias = str | Callable[[Any], str]
"""`ANYONE`, `SIGNED_IN`, a permission's name, or a function from the read body to one."""


Limit: TypeAlias = Literal["all", "seen", "self", "centre"]
"""How an answer is limited by who asks. `all`: the same for everybody who may ask, it says nothing of any incident,
call or unit; `seen`: what the asker's audience sees (views/audience.py); `self`: of the asker alone; `centre`: refused
to accounts of an agency."""


class Route(msgspec.Struct, frozen=True):
    """One line of the table: everything that is derived from it is derived from here."""

    method: str
    path: str
    permission: Permission
    limit: Limit
    handler: Handler
    answer: Any
    """Type of the 200 answer; None for one that has no JSON."""
    summary: str
    query: Any = Nothing
    body: Any = None
    errors: tuple[int, ...] = ()
    """Statuses beyond those that follow from the permission, the query and the body."""
    media: str = "application/json"
    status: int = 200
    events: dict[str, Any] = {}
    """Of a stream: its events by name and the type of their data."""
    ranged: bool = False
    listed: bool = True
    """Whether it stands in the OpenAPI document; the console's pages do not."""

    @property
    def who(self) -> str:
        """Who may, in words."""
        return self.permission if isinstance(self.permission, str) else "by the kind of order"

    @property
    def refusals(self) -> tuple[int, ...]:
        """Every status this route can say no with."""
        found = {400, 500, *self.errors}
        if self.permission != ANYONE:
            found |= {401} if self.permission == SIGNED_IN and self.method == "GET" else {401, 403}
        if self.method != "GET":
            found |= {403}
        if self.query is not Nothing:
            found |= {422}
        if self.body is not None:
            found |= {413, 415, 422}
        return tuple(sorted(found))


class Door:
    """All methods of one path."""

    def __init__(self, site: Site, routes: Mapping[str, Route]) -> None:
        self._site = site
        self._routes = dict(routes)
        if "GET" in routes and routes["GET"].media != "text/event-stream":
            self._routes["HEAD"] = routes["GET"]
        self._allow = ", ".join(sorted(self._routes)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        route = self._routes.get(scope["method"])
        if route is None:
            text = f"{scope['method']} is not possible here; {self._allow.decode()} is."
            raise No(405, "wrong_method", text, headers=((b"allow", self._allow),))
        answer = await self._enter(route, scope, receive)
        if callable(answer):
            await answer(scope, receive, send)
        else:
            await send_reply(answer if isinstance(answer, Reply) else _worded(answer, route), send)

    async def _enter(self, route: Route, scope: Scope, receive: Receive) -> Any:
        headers = _headers(scope)
        token = _cookie(headers.get(b"cookie", b""))
        session: Session | None = None
        grant: Grant | None = None
        if route.method != "GET":
            _check_origin(headers)
        if route.permission != ANYONE:
            session = await self._session(token)
            if route.method != "GET":
                _check_csrf(headers, session)
            if isinstance(route.permission, str) and route.permission != SIGNED_IN:
                grant = _granted(session, route.permission)
            if route.limit == "centre" and session.agency:
                raise _not_yours(session)
        query = parse.query(scope["query_string"], route.query)
        body = parse.body(await _read(headers, receive), route.body) if route.body else None
        if session is not None and callable(route.permission):
            grant = _granted(session, route.permission(body))
        return await route.handler(Ask(self._site, scope, scope["path_params"], session, grant, token, query, body))

    async def _session(self, token: str) -> Session:
        session = await self._site.session(token) if token else None
        if session is None:
            raise No(401, "not_signed_in", "Nobody is signed in here, or the session has ended. Please sign in.")
        return session


def _worded(answer: Any, route: Route) -> Reply:
    if isinstance(answer, Refusal):
        status = 404 if answer.name.startswith("unknown_") and route.method == "GET" else 409
        return as_json(Problem(answer.name, answer.text, answer.field, answer.facts), status)
    return as_json(answer, route.status)


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def _cookie(raw: bytes) -> str:
    for part in raw.split(b";"):
        name, _, value = part.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""


def _check_origin(headers: dict[bytes, bytes]) -> None:
    """A browser names the page that asks; nothing but our own pages may change anything. Programs send no Origin."""
    origin = headers.get(b"origin")
    same = origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower()
    if not same or headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        raise No(403, "wrong_origin", "Only pages of this server may change anything here.", "Origin")


def _check_csrf(headers: dict[bytes, bytes], session: Session) -> None:
    if not session.is_csrf(headers.get(CSRF, b"").decode("latin-1")):
        text = "The X-Tocsin-CSRF header must bear the csrf value of this session."
        raise No(403, "wrong_csrf", text, "X-Tocsin-CSRF")


def _granted(session: Session, permission: str) -> Grant:
    grant = may(session.roles, permission)
    if grant is None:
        text = "Your roles do not allow this; an administrator can change that."
        raise not_permitted(text, permission=permission, roles=list(session.roles))
    return grant


def _not_yours(session: Session) -> No:
    text = "This is for accounts of the whole centre; yours is an agency's."
    return No(403, "not_yours", text, facts={"agency": session.agency})


async def _read(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """The body, at most LIMIT_B bytes of it, refused before it is read when it says that it is longer."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        raise No(415, "wrong_content_type", "The body must be JSON: Content-Type: application/json.", "Content-Type")
    stated = headers.get(b"content-length", b"0")
    if not stated.isdigit() or int(stated[:12]) > LIMIT_B:
        raise _too_large()
    raw = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise malformed("The connection closed before the body had come.")
        part: bytes = message.get("body", b"")
        raw = raw + part if raw else part
        if len(raw) > LIMIT_B:
            raise _too_large()
        if not message.get("more_body", False):
            return raw


def _too_large() -> No:
    return No(413, "too_large", f"The body is larger than {LIMIT_B} bytes.", facts={"limit_b": LIMIT_B})
