"""A look is recorded before it is answered: the one place where handlers say that people are about to be shown.

Work in hand states its own reason and is never refused for the access log's sake; the past asks for one.
Knows no store.
"""

from __future__ import annotations

from tocsin.access.people import is_line
from tocsin.facts.looks import Looked, What
from tocsin.views.rows import IncidentRow
from tocsin.web.ask import Ask
from tocsin.web.problems import No

REASON_MIN = 3
SHOWN_MOST = 50


def reason(given: str) -> str:
    """A reason a person gave, plain. Raises No 422."""
    plain = given.strip()
    if len(plain) < REASON_MIN or not is_line(plain):
        text = "Say why, in a few words: it stands in the access log. No caller's name, please."
        raise No(422, "reason_needed", text, "why")
    return plain


async def at_work(ask: Ask, what: What, why: str, *, incident: str = "", call: str = "") -> None:
    """Somebody is shown what their work in hand needs; `why` is stated for them."""
    fact = Looked(ask.site.desk.now(), what, why, True, incident, call, via=ask.via)
    await ask.site.looks.work(fact, by=ask.who.account, seen=ask.site.desk.position())


async def live(ask: Ask) -> None:
    """Somebody is shown the live picture, at once or as it changes."""
    await at_work(ask, "board", "the live picture")


async def ended(ask: Ask, rows: list[IncidentRow]) -> None:
    """Somebody is shown a list of the incidents that ended last."""
    shown = tuple(row.id for row in rows[:SHOWN_MOST])
    why = "the incidents that ended last"
    fact = Looked(ask.site.desk.now(), "search", why, True, shown=shown, count=len(rows), via=ask.via)
    await ask.site.looks.work(fact, by=ask.who.account, seen=ask.site.desk.position())


async def into_the_past(ask: Ask, what: What, why: str, **more: object) -> None:
    """Somebody is shown what is past, for the reason they gave. Raises No 422, Busy."""
    fact = Looked(ask.site.desk.now(), what, reason(why), via=ask.via, **more)  # type: ignore[arg-type]
    await ask.site.looks.record(fact, by=ask.who.account, seen=ask.site.desk.position())


async def at_one(ask: Ask, what: What, incident: str, call: str = "", *, past: bool, why: str = "") -> str:
    """Somebody is shown something of one incident, or of a call of none; answers the reason that is recorded.

    Through a broken glass it is the glass's, each time anew, and help waits for no store. Raises No 422, Busy.
    """
    if glass := ask.glass(incident):
        why = f"broken glass: {glass.why}"
        look = Looked(ask.site.desk.now(), what, why, incident=incident, call=call)
        await ask.site.looks.work(look, by=ask.who.account, seen=ask.site.desk.position(), each=True)
    elif why or past:
        why = why or f"reading closed incident {incident or call}"
        await into_the_past(ask, what, why, incident=incident, call=call)
    else:
        why = f"handling incident {incident}" if incident else f"taking call {call}"
        await at_work(ask, what, why, incident=incident, call=call)
    return why


async def found(ask: Ask, why: str, words: str, rows: list[IncidentRow]) -> None:
    """Somebody searched the record and is shown these. Raises No 422, Busy."""
    shown = tuple(row.id for row in rows[:SHOWN_MOST])
    kept = ask.site.looks.fingerprint(words)
    await into_the_past(ask, "search", why, shown=shown, count=len(rows), words=kept)


async def timeline(ask: Ask, row: IncidentRow | None, why: str) -> None:
    """Somebody is shown all that was recorded about an incident. Raises No 422, Busy."""
    if row is None:
        return
    await at_one(ask, "timeline", row.id, past=row.status == "closed", why=why)
