"""The live centre over HTTP: orders, the board, the tail, a field unit's own view and its positions."""

from __future__ import annotations

from typing import Any

from tocsin.views.wire import Done, OrderRequest
from tocsin.web import looking
from tocsin.web.ask import Ask
from tocsin.web.bodies import Accepted, Field, Health
from tocsin.web.permissions import READ_BOARD, hold_to_own, hold_to_supervisor, still_may
from tocsin.web.problems import impossible, malformed, not_permitted
from tocsin.web.reply import JSON, NO_STORE, Reply
from tocsin.web.tail import Tail

GZIP_FROM_B = 8_192


async def give(ask: Ask) -> Any:
    """An order says what is wanted; the answer, what is recorded, or why not. Sent twice under one id, done once."""
    request: OrderRequest = ask.body
    desk = ask.site.desk
    if not 0 <= request.seen <= desk.position():
        text = "Nobody can have seen that position yet; load the board again."
        raise impossible(text, "seen", position=desk.position())
    if ask.grant == "own":
        hold_to_own(ask, request.order)
    hold_to_supervisor(ask, request.order)
    who = ask.who
    answer = await desk.give(request.order, by=who.account, key=request.id, seen=request.seen, agency=who.agency)
    return ask.view.done(answer) if isinstance(answer, Done) else answer


async def board(ask: Ask) -> Reply:
    """Everything live at one position of the log. Follow with the tail from `board.position`."""
    await looking.live(ask)
    view = ask.view
    squeeze = ask.site.pictures[view.name]
    if squeeze.raw_b < GZIP_FROM_B or b"gzip" not in ask.header(b"accept-encoding"):
        raw = view.picture_bytes()
        squeeze.raw_b = len(raw)
        return Reply(200, raw, (JSON, NO_STORE))
    small = await squeeze(ask.site.desk.position(), view.picture_bytes)
    return Reply(200, small, (JSON, NO_STORE, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")))


async def tail(ask: Ask) -> Tail:
    """Server-sent events. A screen replaces the rows it hears of, deletes null ones, and resumes by position."""
    seen = ask.header(b"last-event-id").strip()
    if seen and not (seen.isdigit() and len(seen) < 16):
        raise malformed("Last-Event-ID must be a position: a whole number.", "Last-Event-ID")
    after = int(seen) if seen else ask.query.after
    await looking.live(ask)  # whoever follows from far back is told what the picture never showed them
    return Tail(ask.site, ask.view.follow(after, ask.query.view), still_may(ask, READ_BOARD))


async def field(ask: Ask) -> Field:
    """What a crew may see: its own unit and the incident that unit is on."""
    desk = ask.site.desk
    unit = desk.unit(ask.who.unit) if ask.who.unit else None
    incident = desk.incident(unit.incident) if unit and unit.incident else None
    if incident:
        await looking.at_work(ask, "board", f"sent to incident {incident.id}", incident=incident.id)
    return Field(unit, incident, desk.position(), desk.now())


async def report(ask: Ask) -> Any:
    """Positions of one's own unit, oldest first. Older than what is known, or from the future: not counted."""
    for index, move in enumerate(ask.body.moves):
        if ask.who.scopes is not None:
            _of_its_agency(ask, index, move.unit)
        elif move.unit != ask.who.unit:
            text = "Positions may be reported for one's own unit only."
            raise not_permitted(text, f"moves[{index}][0]", unit=ask.who.unit)
    return Accepted(await ask.site.desk.report(ask.body.moves))


def _of_its_agency(ask: Ask, index: int, unit: str) -> None:
    """A machine reports for every unit, one of an agency for that agency's. Raises No 403."""
    row = ask.site.desk.unit(unit)
    if ask.who.agency and (row is None or row.agency != ask.who.agency):
        text = "This token reports positions of its agency's units only."
        raise not_permitted(text, f"moves[{index}][0]", agency=ask.who.agency)


async def health(ask: Ask) -> Health:
    """For whoever watches over the server, and for a balancer: `ok` is false while no orders are recorded."""
    desk, owed = ask.site.desk, ask.site.minder.owed()
    return Health(desk.recording, desk.position(), owed.looks, owed.glass, owed.reviews)
