"""Callers' links, folded into rows of their own. They leave the board with their call or its incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import caller_links as facts
from tocsin.facts import calls, incidents
from tocsin.facts.union import DecisionFact
from tocsin.views.board_state import BoardState
from tocsin.views.rows_callers import CallerLinkRow, MediaRow, SaidRow

SHOWN = 60
"""Messages a row carries, the newest."""


def _sent(board: BoardState, fact: facts.LinkSent, _by: str) -> None:
    board.caller_links[fact.link] = CallerLinkRow(
        fact.link, fact.call, "sent", fact.tongue, fact.at, fact.by, fact.until
    )
    board.links_of[fact.call] = (*board.links_of.get(fact.call, ()), fact.link)


def _change(board: BoardState, link: str, **changes: Any) -> None:
    row = board.caller_links.get(link)
    if row is not None:
        board.caller_links[link] = replace(row, **changes)


def _passed(board: BoardState, fact: facts.LinkPassed, _by: str) -> None:
    row = board.caller_links.get(fact.link)
    quick = row is not None and row.status != "sent"
    _change(board, fact.link, gateway=fact.gateway, **({} if quick else {"status": "passed"}))


def _receipt(board: BoardState, fact: facts.LinkReceipt, _by: str) -> None:
    _change(board, fact.link, delivery=fact.state, delivery_at=fact.at, delivery_why=fact.why)


def _opened(board: BoardState, fact: facts.LinkOpened, _by: str) -> None:
    row = board.caller_links.get(fact.link)
    if row is not None and row.opened_at is None:
        _change(board, fact.link, status="opened", opened_at=fact.at)
    _change(board, fact.link, tongue=fact.tongue, until=fact.until)


def _sharing(board: BoardState, fact: facts.LinkSharing, _by: str) -> None:
    _change(board, fact.link, status="sharing", sharing_at=fact.at)


def _message(board: BoardState, fact: facts.LinkMessage, _by: str) -> None:
    row = board.caller_links.get(fact.link)
    if row is not None:
        said = SaidRow(fact.n, fact.at, fact.by, fact.text, fact.phrase)
        _change(board, fact.link, messages=(*row.messages, said)[-SHOWN:])


def _media(board: BoardState, fact: facts.LinkMedia, _by: str) -> None:
    row = board.caller_links.get(fact.link)
    if row is not None:
        shown = MediaRow(
            fact.media, fact.at, fact.form, fact.size_b, fact.width_px, fact.height_px, fact.duration_s
        )  # fmt: skip
        _change(board, fact.link, media=(*row.media, shown))


def _ended(board: BoardState, fact: facts.LinkEnded, _by: str) -> None:
    _change(board, fact.link, status="ended", ended_at=fact.at, why=fact.why, text=fact.text)


def _nothing(_board: BoardState, _fact: Any, _by: str) -> None:
    """Nothing a screen shows."""


def gone(board: BoardState, of: Iterable[str]) -> None:
    """These calls are off the board, and their links with them."""
    for call in of:
        for link in board.links_of.get(call, ()):
            board.caller_links.pop(link, None)


def touches(board: BoardState, fact: DecisionFact) -> Iterable[str]:
    """Links that a fact takes off the board without naming them."""
    if isinstance(fact, calls.CallReleased):
        return board.links_of.get(fact.call, ())
    if isinstance(fact, incidents.IncidentClosed):
        row = board.closed.get(fact.incident) or board.incidents.get(fact.incident)
        return [link for call in (row.calls if row else ()) for link in board.links_of.get(call, ())]
    return ()


FOLD: dict[type, Callable[[Any, Any, str], None]] = {
    facts.LinkSent: _sent,
    facts.LinkIssued: _nothing,
    facts.LinkPassed: _passed,
    facts.LinkReceipt: _receipt,
    facts.LinkOpened: _opened,
    facts.LinkSharing: _sharing,
    facts.LinkMessage: _message,
    facts.LinkMedia: _media,
    facts.LinkEnded: _ended,
}
