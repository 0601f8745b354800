"""What was and what is advised: incidents, timelines, recommendations, routes, trails, the day, the log's head."""

from __future__ import annotations

import re
from typing import Any

from tocsin.desk.tally import IntakeView
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Move
from tocsin.views.rows import IncidentRow
from tocsin.web import looking
from tocsin.web.ask import Ask
from tocsin.web.bodies import HeadView
from tocsin.web.problems import impossible, not_found
from tocsin.web.reply import NO_STORE, Reply, encode

DAY_MAX_S = 400 * 86_400.0


async def incidents(ask: Ask) -> list[IncidentRow]:
    """Incidents that ended, or every one on record, page by page: that is a search in the past, and asks why."""
    query = ask.query
    if query.status == "closed":
        latest = ask.view.closed(query.limit)
        await looking.ended(ask, latest)
        return latest
    why = looking.reason(query.why)
    rows = ask.view.on_record(query.limit, query.q, query.before)
    await looking.found(ask, why, query.q, rows)
    return rows


async def incident(ask: Ask) -> IncidentRow:
    """One incident as it stands now, open or closed: with its words and place, so a look like its timeline."""
    row = ask.view_of(ask.path["id"]).incident(ask.path["id"])
    if row is None:
        raise not_found("There is no incident with this id.", "id")
    await looking.timeline(ask, row, "")
    return row


async def timeline(ask: Ask) -> Any:
    """Every fact about the incident and its calls, in order. A look: recorded before it is shown."""
    await looking.timeline(ask, ask.view_of(ask.path["id"]).incident(ask.path["id"]), ask.query.why)
    return await ask.view_of(ask.path["id"]).timeline(ask.path["id"])


async def export(ask: Ask) -> Any:
    """The same as lines of JSON, one fact each, to take away. Asks why; the copy is in the access log."""
    found = await ask.view_of(ask.path["id"]).timeline(ask.path["id"])
    if isinstance(found, Refusal):
        return found
    await looking.into_the_past(ask, "export", ask.query.why, incident=found.incident, count=len(found.entries))
    lines = b"".join(encode(entry) + b"\n" for entry in found.entries)
    name = re.sub(r"[^A-Za-z0-9-]", "_", found.incident)
    kept = (b"content-disposition", f'attachment; filename="incident-{name}.jsonl"'.encode())
    return Reply(200, lines, ((b"content-type", b"application/x-ndjson"), NO_STORE, kept))


async def recommendation(ask: Ask) -> Any:
    """Who should go, by road time, and why each other unit was passed over."""
    return await ask.view_of(ask.path["id"]).recommend(ask.path["id"])


async def routes(ask: Ask) -> Any:
    """The way of each unit that is coming, from where it is now."""
    return await ask.view_of(ask.path["id"]).routes(ask.path["id"])


async def trail(ask: Ask) -> list[Move]:
    """Reported positions, oldest first."""
    if ask.view.unit(ask.path["id"]) is None:
        raise not_found("There is no unit with this id.", "id")
    return ask.view.trail(ask.path["id"], ask.query.minutes)


async def day(ask: Ask) -> Any:
    """How long callers waited, by interval: n, median, 90th percentile."""
    since, until = ask.query.since, ask.query.until
    if not since < until <= since + DAY_MAX_S:
        raise impossible("'until' must be after 'since', and at most 400 days after it.", "until")
    return await ask.view.day(since, until)


async def head(ask: Ask) -> HeadView:
    """Position and hashes. Noted elsewhere, they prove later that nothing before was changed."""
    at = await ask.site.desk.head()
    return HeadView(at.centre, at.position, at.chain.hex(), at.root.hex())


async def intake(ask: Ask) -> IntakeView:
    """What partners sent in since the start, taken or refused. Counts and reasons, nobody's place."""
    return ask.site.desk.tally.view()
