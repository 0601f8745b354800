"""Signing in and out, and who is here."""

from __future__ import annotations

import asyncio

from tocsin.access import Session
from tocsin.web.ask import COOKIE, Ask
from tocsin.web.bodies import SessionView
from tocsin.web.problems import impossible
from tocsin.web.reply import Reply, as_json


async def sign_in(ask: Ask) -> Reply:
    """POST /api/session: the password is checked in a thread, for it is meant to be slow."""
    form = ask.body
    if bool(form.link) == bool(form.name):
        raise impossible("Give a name and password, or a link; not both and not neither.", "name")
    access, now = ask.site.access, ask.site.desk.now()
    if form.link:
        session = await asyncio.to_thread(access.sign_in_by_link, form.link, ask.remote, now)
    else:
        session = await asyncio.to_thread(access.sign_in, form.name, form.password, ask.remote, now)
    return as_json(_view(ask, session), 200, ((b"set-cookie", _cookie(ask, session.token)),))


async def session(ask: Ask) -> SessionView:
    """GET /api/session."""
    return _view(ask, ask.who)


async def sign_out(ask: Ask) -> Reply:
    """DELETE /api/session."""
    await asyncio.to_thread(ask.site.access.sign_out, ask.token)
    return Reply(204, b"", ((b"set-cookie", _cookie(ask, "", b"; Max-Age=0")),))


def _view(ask: Ask, who: Session) -> SessionView:
    desk = ask.site.desk
    return SessionView(
        who.account, who.display, tuple(who.roles), who.unit, who.language, who.csrf, desk.mode, desk.centre, desk.name
    )


def _cookie(ask: Ask, token: str, more: bytes = b"") -> bytes:
    secure = b"; Secure" if ask.site.secure or ask.scope.get("scheme") == "https" else b""
    return f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict".encode() + secure + more
