"""Accounts, for administrators. What an account may be like is the access side's word."""

from __future__ import annotations

import asyncio

import msgspec

from tocsin.access import Account
from tocsin.web.ask import Ask
from tocsin.web.refused import unless_refused


async def accounts(ask: Ask) -> list[Account]:
    """All accounts by name; no secret is among them."""
    return await asyncio.to_thread(ask.site.access.accounts)


async def add_account(ask: Ask) -> Account:
    """A new account; without a password it opens by sign-in links alone."""
    form = msgspec.structs.asdict(ask.body)
    named = form.pop("name"), form.pop("password"), form.pop("roles")
    now = ask.site.clock()
    return unless_refused(await ask.site.slowly(ask.site.access.add_account, *named, now, **form), now)


async def change_account(ask: Ask) -> Account:
    """What is given changes, all or nothing; sessions follow at once, and end with a new password or when disabled."""
    change = msgspec.structs.asdict(ask.body)
    answer = await ask.site.slowly(ask.site.access.change, ask.path["name"], **change)
    return unless_refused(answer, ask.site.clock())
