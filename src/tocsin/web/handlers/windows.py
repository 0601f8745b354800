"""The console's pages and files."""

from __future__ import annotations

from tocsin.web.ask import Ask
from tocsin.web.reply import Reply


async def page(ask: Ask) -> Reply:
    """GET / and every window's address."""
    return ask.site.console.page(ask.header(b"accept-encoding"), ask.header(b"if-none-match"))


async def asset(ask: Ask) -> Reply:
    """GET /assets/...: names there bear a hash of what is inside, so they never change."""
    name = "assets/" + ask.path["path"]
    return ask.site.console.file(name, ask.header(b"accept-encoding"), ask.header(b"if-none-match"), forever=True)


async def top(ask: Ask) -> Reply:
    """GET of a file beside the page: the icon, the manifest."""
    name = ask.scope["path"].lstrip("/")
    return ask.site.console.file(name, ask.header(b"accept-encoding"), ask.header(b"if-none-match"))
