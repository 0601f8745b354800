"""Signing in and out, and who is here."""

from __future__ import annotations

import asyncio

from tocsin.access import AccessRefusal, Session
from tocsin.web.ask import COOKIE, Ask
from tocsin.web.bodies import SessionView, SignIn
from tocsin.web.problems import impossible
from tocsin.web.refused import unless_refused
from tocsin.web.reply import Reply, as_json


async def sign_in(ask: Ask) -> Reply:
    """Name and password, or a one-time link; the session begins anew, and the one this browser had before ends."""
    form: SignIn = ask.body
    if bool(form.link) == bool(form.name):
        raise impossible("Give a name and password, or a link; not both and not neither.", "name")
    now = ask.site.clock()
    # By link nothing is slow: whoever was sent one gets in while others guess.
    opening = asyncio.to_thread if form.link else ask.site.slowly
    return await entered(ask, unless_refused(await opening(_opened, ask, form, now), now))


async def entered(ask: Ask, session: Session) -> Reply:
    """The answer to whoever has just come in: who they are, and the cookie; the session before it ends."""
    if ask.token and ask.token != session.token:
        await asyncio.to_thread(ask.site.access.sign_out, ask.token)
    return as_json(_view(ask, session), 200, ((b"set-cookie", cookie(ask, session.token)),))


def _opened(ask: Ask, form: SignIn, now: float) -> Session | AccessRefusal:
    access = ask.site.access
    if form.link:
        return access.sign_in_by_link(form.link, ask.remote, now)
    return access.sign_in(form.name, form.password, ask.remote, now)


async def session(ask: Ask) -> SessionView:
    """Who is signed in, and the csrf value of the session."""
    return _view(ask, ask.who)


async def sign_out(ask: Ask) -> Reply:
    """The session ends at once; its tails within two seconds."""
    await asyncio.to_thread(ask.site.access.sign_out, ask.token)
    return Reply(204, b"", ((b"set-cookie", cookie(ask, "", b"; Max-Age=0")),))


def _view(ask: Ask, who: Session) -> SessionView:
    desk = ask.site.desk
    return SessionView(
        who.account, who.display, who.roles, who.unit, who.language, who.csrf, desk.mode, desk.centre, desk.name,
        who.agency,
    )  # fmt: skip


def cookie(ask: Ask, token: str, more: bytes = b"") -> bytes:
    """The header that gives a browser its session, or takes it."""
    secure = b"; Secure" if ask.site.secure or ask.scope.get("scheme") == "https" else b""
    return f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict".encode() + secure + more
