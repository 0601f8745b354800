"""Tokens of machines, for administrators. The secret is in one answer and nowhere else."""

from __future__ import annotations

import asyncio

from tocsin.access.scopes import scopes_there_are
from tocsin.access.tokens import Token
from tocsin.web.ask import Ask
from tocsin.web.bodies_access import NewToken, TokenMade, TokensView
from tocsin.web.refused import unless_refused


async def tokens(ask: Ask) -> TokensView:
    """Every token there ever was, the latest first, and the scopes there are; no secret is among them."""
    found = await asyncio.to_thread(ask.site.access.tokens.all)
    return TokensView(tuple(found), scopes_there_are())


async def add_token(ask: Ask) -> TokenMade:
    """A new token. Its secret is shown this once."""
    form: NewToken = ask.body
    now = ask.site.clock()
    made = await asyncio.to_thread(
        lambda: ask.site.access.tokens.add(form.name, form.scopes, form.days, ask.who.account, now, agency=form.agency)
    )
    secret, token = unless_refused(made, now)
    await ask.site.minder.take()
    return TokenMade(secret, token)


async def revoke_token(ask: Ask) -> Token:
    """It opens nothing from now on; it stays in the list, for the record names it."""
    now = ask.site.clock()
    revoke = ask.site.access.tokens.revoke
    ended = unless_refused(await asyncio.to_thread(revoke, ask.path["id"], now, ask.who.account), now)
    await ask.site.minder.take()
    return ended
