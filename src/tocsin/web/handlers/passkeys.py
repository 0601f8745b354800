"""Passkeys over HTTP: two halves each for adding one and for signing in with one. What is verified is access's word."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tocsin.access.changes import By
from tocsin.access.passkeys import Begun, Passkey, Relying
from tocsin.access.people import RECENT_S, AccessRefusal
from tocsin.web.ask import Ask
from tocsin.web.bodies_access import PasskeyAnswer, PasskeyMade
from tocsin.web.handlers.people import entered
from tocsin.web.hosts import bare_host
from tocsin.web.problems import No
from tocsin.web.refused import no_of, unless_refused
from tocsin.web.reply import Reply


def relying_of(ask: Ask) -> Relying | None:
    """Who a passkey is for: the address in the settings; without one, this machine under the name localhost."""
    if ask.site.address:
        return Relying(urlsplit(ask.site.address).hostname or "", (ask.site.address,))
    host = ask.header(b"host").decode("latin-1")
    if bare_host(host) == "localhost":
        return Relying("localhost", (f"{ask.scope.get('scheme', 'http')}://{host}",))
    return None


def _relying(ask: Ask) -> Relying:
    found = relying_of(ask)
    if found is None:
        text = "Passkeys belong to a name: set `address` in the server's settings, and open that address."
        raise No(409, "passkeys_not_set_up", text)
    return found


async def passkeys(ask: Ask) -> list[Passkey]:
    """One's own passkeys, the latest first."""
    return await asyncio.to_thread(ask.site.access.passkeys.of, ask.who.account)


async def begin_passkey(ask: Ask) -> Begun:
    """Begin to add a passkey: what goes into navigator.credentials.create. Asks for a recent sign-in."""
    now = ask.site.clock()
    if now - ask.who.created_at > RECENT_S:
        text = "Please sign in again first: a way in is added only by somebody who has just signed in."
        raise no_of(AccessRefusal("sign_in_again", text), now)
    begun = await asyncio.to_thread(ask.site.access.passkeys.begin_registering, ask.who, _relying(ask), now)
    return unless_refused(begun, now)


async def add_passkey(ask: Ask) -> Passkey:
    """The second half: what navigator.credentials.create gave."""
    form: PasskeyMade = ask.body
    now = ask.site.clock()
    given = (ask.who.account, form.ceremony, form.credential, form.label, _relying(ask), now)
    return unless_refused(await asyncio.to_thread(ask.site.access.passkeys.register, *given), now)


async def remove_passkey(ask: Ask) -> Reply:
    """It opens nothing from now on."""
    by = By(ask.who.account, ask.site.clock())
    no = await asyncio.to_thread(ask.site.access.passkeys.remove, ask.who.account, ask.path["id"], by)
    unless_refused(no, ask.site.clock())
    return Reply(204)


async def begin_passkey_sign_in(ask: Ask) -> Begun:
    """Begin to sign in by a passkey: what goes into navigator.credentials.get."""
    return await asyncio.to_thread(ask.site.access.passkeys.begin_signing_in, _relying(ask), ask.site.clock())


async def sign_in_by_passkey(ask: Ask) -> Reply:
    """The second half: what navigator.credentials.get gave; the session begins anew."""
    form: PasskeyAnswer = ask.body
    now = ask.site.clock()
    given = (form.ceremony, form.credential, _relying(ask), ask.remote, now)
    session = unless_refused(await asyncio.to_thread(ask.site.access.passkeys.sign_in, *given), now)
    return await entered(ask, session)
