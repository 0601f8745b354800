"""Accounts, for administrators: who may come in, as what, and by which ways. What an account may be like is the access
side's word; every change is told to the access log at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from tocsin.access import Account
from tocsin.access.accounts import unknown
from tocsin.access.changes import By
from tocsin.access.people import LINK_S, AccessRefusal
from tocsin.access.roles import ROLES
from tocsin.web.ask import Ask
from tocsin.web.bodies_access import (
    AccountView,
    Choices,
    Ended,
    IdentityForm,
    IdentityQuery,
    IdentityView,
    IssuerView,
    LinkMade,
)
from tocsin.web.refused import no_of, unless_refused
from tocsin.web.reply import Reply

T = TypeVar("T")


async def accounts(ask: Ask) -> list[Account]:
    """All accounts by name; no secret is among them."""
    return await asyncio.to_thread(ask.site.access.accounts)


async def account(ask: Ask) -> AccountView:
    """One account with its ways in: open sessions, passkeys, people of other providers. No secret is among them."""
    found, access, now = await _found(ask), ask.site.access, ask.site.clock()

    def read() -> AccountView:
        bound = tuple(IdentityView(one.issuer, one.subject) for one in access.identities.of(found.name))
        sessions = tuple(access.sessions_of(found.name, now, ask.token))
        passkeys = tuple(access.passkeys.of(found.name))
        has, until = access.has_password(found.name), access.locked(found.name, now)
        return AccountView(found, has, until, sessions, passkeys, bound)

    return await asyncio.to_thread(read)


async def choices(ask: Ask) -> Choices:
    """What an account may be given: the centre's words, so that nobody has to remember how they are spelled."""
    desk = ask.site.desk
    units = desk.board.units.values()
    agencies = {one.name for one in desk.adviser.plans.agencies} | {unit.agency for unit in units if unit.agency}
    known = (one.provider for one in ask.site.openid.values())
    issuers = tuple(IssuerView(one.label or one.name, one.issuer) for one in known)
    return Choices(ROLES, tuple(sorted(agencies)), tuple(sorted(unit.id for unit in units)), issuers, ask.site.address)


async def add_account(ask: Ask) -> Account:
    """A new account; without a password it opens by sign-in links alone."""
    form = msgspec.structs.asdict(ask.body)
    named = form.pop("name"), form.pop("password"), form.pop("roles")
    add = ask.site.access.add_account
    return await _done(ask, await ask.site.slowly(lambda: add(*named, ask.site.clock(), **form, by=_by(ask))))


async def change_account(ask: Ask) -> Account:
    """What is given changes, all or nothing; sessions follow at once, and end with a new password or when disabled."""
    change, name = msgspec.structs.asdict(ask.body), ask.path["name"]
    return await _done(ask, await ask.site.slowly(lambda: ask.site.access.change(name, **change, by=_by(ask))))


async def invite(ask: Ask) -> LinkMade:
    """A link that opens this account once, within ten minutes; it is in this answer and nowhere else."""
    now = ask.site.clock()
    secret = await _do(ask, lambda: ask.site.access.sign_in_link(ask.path["name"], now, ask.who.account))
    return LinkMade(f"/#link={quote(secret)}", now + LINK_S)


async def end_sessions_of(ask: Ask) -> Ended:
    """Every session of an account ends; their tails within two seconds."""
    name = (await _found(ask)).name
    return Ended(await _do(ask, lambda: ask.site.access.end_all_sessions(name, _by(ask))))


async def remove_passkeys(ask: Ask) -> Reply:
    """All passkeys of an account: they open nothing from now on."""
    return await _remove(ask, "*")


async def remove_passkey_of(ask: Ask) -> Reply:
    """One passkey of an account: it opens nothing from now on."""
    return await _remove(ask, ask.path["id"])


async def _remove(ask: Ask, which: str) -> Reply:
    name = (await _found(ask)).name
    await _do(ask, lambda: ask.site.access.passkeys.remove(name, which, _by(ask)))
    return Reply(204)


async def bind(ask: Ask) -> IdentityView:
    """This account is that person's at another provider: their sign-in there opens it from now on."""
    form: IdentityForm = ask.body
    bind, name = ask.site.access.identities.bind, ask.path["name"]
    made = await _do(ask, lambda: bind(form.issuer.strip(), form.subject.strip(), name, _by(ask)))
    return IdentityView(made.issuer, made.subject)


async def unbind(ask: Ask) -> Reply:
    """It is theirs no more."""
    query: IdentityQuery = ask.query
    name = (await _found(ask)).name
    await _do(ask, lambda: ask.site.access.identities.unbind(query.issuer, query.subject, name, _by(ask)))
    return Reply(204)


def _by(ask: Ask) -> By:
    return By(ask.who.account, ask.site.clock())


async def _found(ask: Ask) -> Account:
    found = await asyncio.to_thread(ask.site.access.account, ask.path["name"])
    if found is None:
        raise no_of(unknown(ask.path["name"]), ask.site.clock())
    return found


async def _do(ask: Ask, work: Callable[[], T | AccessRefusal]) -> T:
    return await _done(ask, await asyncio.to_thread(work))


async def _done(ask: Ask, answer: T | AccessRefusal) -> T:
    """The answer, its trace taken to the access log; what cannot be taken waits there, and the change stands."""
    done: Any = unless_refused(answer, ask.site.clock())
    await ask.site.minder.take()
    return done  # type: ignore[no-any-return]
