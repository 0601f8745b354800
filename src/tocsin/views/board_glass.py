"""Whose glass is broken, until when and why: folded with the board, so that every node knows it, and a start too.

Sight is no rule of the room's; a row on a screen it is not either. Knows no account but by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts.glass import GlassBroken
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.values import Instant
from tocsin.views.board_state import BoardState, Glass


def broken(board: BoardState, account: str, incident: str, now: Instant) -> Glass | None:
    """This account's, over this incident, while it is open."""
    glass = board.glass.get(account, {}).get(incident)
    return glass if glass and now < glass.until else None


def erased(board: BoardState, fact: PersonalErased) -> None:
    """A reason may name somebody: it goes with them."""
    for account in board.glass.values():
        if glass := account.get(fact.incident):
            account[fact.incident] = replace(glass, why="")


def _broken(board: BoardState, fact: GlassBroken, _by: str) -> None:
    for account, opened in list(board.glass.items()):  # those that are over are kept nowhere
        left = {incident: glass for incident, glass in opened.items() if fact.at < glass.until}
        board.glass[account] = left
        if not left:
            del board.glass[account]
    board.glass.setdefault(fact.account, {})[fact.incident] = Glass(fact.until, fact.why)


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {GlassBroken: _broken}
