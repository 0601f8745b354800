"""The HTTP side put together: table of routes → doors → router → guard. Refuses to know how any store was opened."""

from __future__ import annotations

from functools import cache

from starlette.routing import Route as Path
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.web.ask import Site
from tocsin.web.door import Door, Route
from tocsin.web.guard import Guard
from tocsin.web.openapi import encoded
from tocsin.web.problems import No
from tocsin.web.routes import ROUTES


def build_web(site: Site, routes: tuple[Route, ...] = ROUTES) -> ASGIApp:
    """The ASGI application of one server."""
    site.openapi = cache(lambda: encoded(routes))
    by_path: dict[str, dict[str, Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, {})[route.method] = route
    doors = [Path(path, Door(site, methods)) for path, methods in by_path.items()]
    return Guard(Router(doors, redirect_slashes=False, default=_nowhere), site.hosts)


async def _nowhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise No(404, "unknown_route", "There is no such address here; /api/openapi.json lists those there are.")
