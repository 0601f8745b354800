"""One's own account: which sessions are open, ending them, a new password; and which ways in this server offers."""

from __future__ import annotations

import asyncio

from tocsin.access.people import OpenSession
from tocsin.web.ask import Ask
from tocsin.web.bodies_access import Ended, PasswordChange, WaysIn
from tocsin.web.handlers.passkeys import relying_of
from tocsin.web.handlers.people import entered
from tocsin.web.refused import unless_refused
from tocsin.web.reply import Reply


async def ways_in(ask: Ask) -> WaysIn:
    """What the sign-in page may offer."""
    return WaysIn(relying_of(ask) is not None, ask.site.providers)


async def sessions(ask: Ask) -> list[OpenSession]:
    """One's open sessions, the latest first; `current` is this one."""
    now = ask.site.clock()
    return await asyncio.to_thread(ask.site.access.sessions_of, ask.who.account, now, ask.token)


async def end_session(ask: Ask) -> Reply:
    """End one of one's own sessions; its tails end within two seconds."""
    no = await asyncio.to_thread(ask.site.access.end_session, ask.who.account, ask.path["id"])
    unless_refused(no, ask.site.clock())
    return Reply(204)


async def end_sessions(ask: Ask) -> Ended:
    """End all of one's sessions but this one."""
    return Ended(await asyncio.to_thread(ask.site.access.end_other_sessions, ask.who.account, ask.token))


async def change_password(ask: Ask) -> Reply:
    """A new password by whoever knows the old one or just came in by a link: every session ends, this begins anew."""
    form: PasswordChange = ask.body
    now = ask.site.clock()
    access, given = ask.site.access, (form.new, ask.remote, now)
    if form.old:
        changed = await ask.site.slowly(access.change_own_password, ask.who.account, form.old, *given)
    else:
        changed = await ask.site.slowly(access.set_password_after_link, ask.token, *given)
    return await entered(ask, unless_refused(changed, now))
