"""The only way to a handler: session, CSRF, permission, query and body are settled here, in this order.

Knows the shape of a route, never which routes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from tocsin.access.people import AccessRefusal, Session
from tocsin.access.roles import Grant, granted
from tocsin.domain.refusals import Refusal
from tocsin.views.wire import Problem
from tocsin.web import parse
from tocsin.web.ask import COOKIE, Ask, Handler, Site
from tocsin.web.bodies import Nothing
from tocsin.web.permissions import BREAK_GLASS
from tocsin.web.problems import No, malformed, not_permitted
from tocsin.web.refused import no_of
from tocsin.web.reply import Reply, as_json, send_reply

ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed in"
PERSON: Final = "a person, signed in"
LIMIT_B = 65_536
CSRF = b"x-tocsin-csrf"

Permission: TypeAlias = str | Callable[[Any], str]
"""`ANYONE`, `SIGNED_IN`, `PERSON` (and no machine), a permission's name, or a function from the read body to one."""


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
    glass: bool = False
    """Whether those come as far as the handler who may break the glass and no more; it holds them to a broken one."""
    listed: bool = True
    """Whether it stands in the OpenAPI document; the console's pages do not."""

    @property
    def who(self) -> str:
        """Who may, in words."""
        who = self.permission if isinstance(self.permission, str) else "by the kind of order"
        return f"{who}, or whoever broke the glass of its incident" if self.glass else who

    @property
    def refusals(self) -> tuple[int, ...]:
        """Every status this route can say no with."""
        found = {400, 500, *self.errors}
        if self.permission != ANYONE:
            found |= {401, 429} if self.permission == SIGNED_IN and self.method == "GET" else {401, 403, 429}
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
        bearer = _bearer(headers.get(b"authorization", b""))
        token = bearer or _cookie(headers.get(b"cookie", b""))
        session: Session | None = None
        grant: Grant | None = None
        if route.method != "GET":
            _check_origin(headers)
        if route.permission != ANYONE:
            session = await (self._machine(bearer, scope) if bearer else self._session(token))
            if route.method != "GET" and not bearer:  # a browser sends cookies by itself, but never a bearer token
                _check_csrf(headers, session)
            if route.permission == PERSON and bearer:
                raise No(403, "person_needed", "This is for a person who is signed in, not for a machine's token.")
            if isinstance(route.permission, str) and route.permission not in (SIGNED_IN, PERSON):
                grant = _granted(session, route.permission, glass=route.glass)
            if route.limit == "centre" and session.agency:
                raise _not_yours(session)
        query = parse.query(scope["query_string"], route.query)
        body = parse.body(await _read(headers, receive), route.body) if route.body else None
        if session is not None and callable(route.permission):
            grant = _granted(session, route.permission(body))
        via = session.account if session is not None and bearer else ""
        path = scope["path_params"]
        return await route.handler(Ask(self._site, scope, path, session, grant, token, query, body, via))

    async def _session(self, token: str) -> Session:
        session = await self._site.session(token) if token else None
        if session is None:
            raise No(401, "not_signed_in", "Nobody is signed in here, or the session has ended. Please sign in.")
        return session

    async def _machine(self, bearer: str, scope: Scope) -> Session:
        client = scope.get("client")
        found = await self._site.machine(bearer, str(client[0]) if client else "")
        if isinstance(found, AccessRefusal):
            more = () if found.until else ((b"www-authenticate", b'Bearer error="invalid_token"'),)  # RFC 6750 §3.1
            raise no_of(found, self._site.clock(), more)
        return found


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


def _bearer(raw: bytes) -> str:
    """The secret of `Authorization: Bearer …` (RFC 6750 §2.1), or nothing."""
    scheme, _, secret = raw.strip().partition(b" ")
    return secret.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


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


def _granted(session: Session, permission: str, *, glass: bool = False) -> Grant | None:
    grant = granted(session.roles, session.scopes, permission)
    if grant is None and glass and granted(session.roles, session.scopes, BREAK_GLASS):
        return None
    if grant is None and session.scopes is not None:
        text = "This token does not hold the scope for it; an administrator can make one that does."
        raise No(403, "token_lacks_scope", text, facts={"permission": permission})
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
