"""Signing in by another provider: off to it, and back from it. Every no is named at the sign-in page.

What was begun stands in the accounts' store under an id that a short-lived cookie holds, so that an answer is taken
from the browser that asked, once, on any node.
"""

from __future__ import annotations

import asyncio
import logging

import msgspec

from tocsin.access import AccessRefusal
from tocsin.access.ceremonies import CEREMONY_S
from tocsin.web.ask import Ask
from tocsin.web.handlers.people import cookie
from tocsin.web.openid import OpenID, ProviderFault, Secret
from tocsin.web.problems import not_found
from tocsin.web.reply import NO_STORE, Reply

BEGUN = "tocsin_provider"
_say = logging.getLogger(__name__)


async def to_provider(ask: Ask) -> Reply:
    """Send the browser to the provider."""
    provider = _named(ask)
    try:
        started = await asyncio.to_thread(provider.start, _back(ask))
    except ProviderFault as fault:
        return _failed(fault.name, str(fault))
    kept = msgspec.json.encode(started.secret).decode()
    begin = ask.site.access.ceremonies.begin
    name = await asyncio.to_thread(begin, "provider", "", kept, ask.site.clock())
    return _away(started.url, _begun(ask, name, CEREMONY_S))


async def from_provider(ask: Ask) -> Reply:
    """The browser comes back: who is it? Whatever comes of it, what was begun is used up."""
    provider, now = _named(ask), ask.site.clock()
    name = _cookie(ask)
    kept = await asyncio.to_thread(ask.site.access.ceremonies.take, "provider", name, now) if name else None
    if kept is None:
        return _failed("ceremony_over", "No sign-in was begun in this browser, or too long ago.")
    secret = msgspec.json.decode(kept.secret, type=Secret)
    if secret.provider != provider.provider.name:
        return _failed("provider_state", "This answer belongs to another provider's sign-in.")
    given = {key: value for key, value in msgspec.structs.asdict(ask.query).items() if value}
    try:
        known = await asyncio.to_thread(provider.finish, secret, given, _back(ask))
    except ProviderFault as fault:
        return _failed(fault.name, str(fault))
    session = await asyncio.to_thread(ask.site.access.identities.enter, known, ask.remote, now)
    if isinstance(session, AccessRefusal):
        return _failed(session.name, session.text)
    if ask.token:
        await asyncio.to_thread(ask.site.access.sign_out, ask.token)
    return _away("/", (b"set-cookie", cookie(ask, session.token)), _begun(ask, "", 0))


def _named(ask: Ask) -> OpenID:
    found = ask.site.openid.get(ask.path["name"])
    if found is None:
        raise not_found("There is no provider of this name.", "name")
    return found


def _back(ask: Ask) -> str:
    """Where the provider sends people back to: under the address in the settings."""
    name = ask.path["name"]
    if ask.site.address:
        return f"{ask.site.address}/sign-in/{name}/back"
    return f"{ask.scope.get('scheme', 'http')}://{ask.header(b'host').decode('latin-1')}/sign-in/{name}/back"


def _begun(ask: Ask, name: str, lasts_s: float) -> tuple[bytes, bytes]:
    """Lax, because the way back begins on another site's page."""
    secure = "; Secure" if ask.site.secure or ask.scope.get("scheme") == "https" else ""
    text = f"{BEGUN}={name}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={int(lasts_s)}{secure}"
    return b"set-cookie", text.encode()


def _cookie(ask: Ask) -> str:
    for part in ask.header(b"cookie").split(b";"):
        key, _, value = part.strip().partition(b"=")
        if key == BEGUN.encode():
            return value.decode("latin-1")
    return ""


def _away(url: str, *headers: tuple[bytes, bytes]) -> Reply:
    return Reply(303, b"", ((b"location", url.encode("ascii", "ignore")), NO_STORE, *headers))


def _failed(name: str, text: str) -> Reply:
    """Back to the sign-in page, which says it in the reader's language; the server's log has the whole sentence."""
    _say.warning("sign-in by a provider: %s: %s", name, text)
    return _away(f"/#problem={name}")
