"""What was and what is advised: incidents, timelines, recommendations, routes, trails, the day, the log's head."""

from __future__ import annotations

from typing import Any

from tocsin.desk.tally import IntakeView
from tocsin.facts.values import Move
from tocsin.views.rows import IncidentRow
from tocsin.web.ask import Ask
from tocsin.web.bodies import HeadView
from tocsin.web.problems import impossible, not_found

DAY_MAX_S = 400 * 86_400.0


async def incidents(ask: Ask) -> list[IncidentRow]:
    """Incidents that ended, or every one on record, page by page."""
    query = ask.query
    if query.status == "closed":
        return ask.site.desk.closed(query.limit)
    return ask.site.desk.on_record(query.limit, query.q, query.before)


async def incident(ask: Ask) -> IncidentRow:
    """One incident as it stands now, open or closed."""
    row = ask.site.desk.incident(ask.path["id"])
    if row is None:
        raise not_found("There is no incident with this id.", "id")
    return row


async def timeline(ask: Ask) -> Any:
    """Every fact about the incident and its calls, in order."""
    return await ask.site.desk.timeline(ask.path["id"])


async def recommendation(ask: Ask) -> Any:
    """Who should go, by road time, and why each other unit was passed over."""
    return await ask.site.desk.recommend(ask.path["id"])


async def routes(ask: Ask) -> Any:
    """The way of each unit that is coming, from where it is now."""
    return await ask.site.desk.routes(ask.path["id"])


async def trail(ask: Ask) -> list[Move]:
    """Reported positions, oldest first."""
    if ask.site.desk.unit(ask.path["id"]) is None:
        raise not_found("There is no unit with this id.", "id")
    return ask.site.desk.trail(ask.path["id"], ask.query.minutes)


async def day(ask: Ask) -> Any:
    """How long callers waited, by interval: n, median, 90th percentile."""
    since, until = ask.query.since, ask.query.until
    if not since < until <= since + DAY_MAX_S:
        raise impossible("'until' must be after 'since', and at most 400 days after it.", "until")
    return await ask.site.desk.day(since, until)


async def head(ask: Ask) -> HeadView:
    """Position and hashes. Noted elsewhere, they prove later that nothing before was changed."""
    at = await ask.site.desk.head()
    return HeadView(at.centre, at.position, at.chain.hex(), at.root.hex())


async def intake(ask: Ask) -> IntakeView:
    """What partners sent in since the start, taken or refused. Counts and reasons, nobody's place."""
    return ask.site.desk.tally.view()
