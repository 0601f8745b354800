"""The access log over HTTP: who was shown what, and a screen's word that somebody opened a caller's position."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.facts.looks import AccountChanged, Looked
from tocsin.facts.union import AnyEntry
from tocsin.log.port import LogError
from tocsin.web import looking
from tocsin.web.ask import Ask
from tocsin.web.bodies_looks import LookNoted, LooksQuery, LookView
from tocsin.web.permissions import READ_BOARD, hold_to_glass
from tocsin.web.problems import No, not_found


async def looks(ask: Ask) -> list[LookView]:
    """Who looked at what, the latest first. Reading this is a look as well."""
    query: LooksQuery = ask.query
    await looking.at_work(ask, "looks", "reading the access log")
    try:
        found = await ask.site.looks.latest(query.limit, _wanted(query), query.before)
    except LogError as error:
        raise No(503, "looks_unreadable", f"The access log cannot be read: {error}") from None
    return [view(entry) for entry in found]


async def opened(ask: Ask) -> LookNoted:
    """The screen has opened where the caller of a call is. Stated by the screen, for the work in hand."""
    call = ask.body.call
    view = ask.view_of_call(call)
    incident = view.home_of(call)
    hold_to_glass(ask, incident or "", READ_BOARD)
    if incident is None:
        raise not_found("There is no call with this id.", "call")
    row = view.incident(incident)
    past = row is not None and row.status == "closed"
    return LookNoted(await looking.at_one(ask, ask.body.what, incident, call, past=past))


def view(entry: AnyEntry) -> LookView:
    """One look as the screens show it."""
    fact: Looked | AccountChanged = entry.fact
    if isinstance(fact, AccountChanged):
        more = (fact.account, fact.what, fact.more)
        return LookView(entry.position, fact.at, entry.by, "account", "", False, "", "", (), 0, "", *more)
    return LookView(
        entry.position, entry.recorded_at, entry.by, fact.what, fact.why, fact.stated, fact.incident, fact.call,
        fact.shown, fact.count, fact.via,
    )  # fmt: skip


def _wanted(query: LooksQuery) -> Callable[[AnyEntry], bool]:
    def wanted(entry: AnyEntry) -> bool:
        fact = entry.fact
        if isinstance(fact, AccountChanged):
            return query.what in ("", "account") and not query.incident and query.by in ("", entry.by, fact.account)
        return (
            isinstance(fact, Looked)
            and query.by in ("", entry.by)
            and query.what in ("", fact.what)
            and (query.incident in ("", fact.incident) or query.incident in fact.shown)
        )

    return wanted
