"""How facts about calls after the first word change the room: split off, silent, lost and called back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain.numbers import digits
from tocsin.domain.room import Room
from tocsin.facts import calls

LOST = ("abandoned", "silent")


def detached(room: Room, fact: calls.CallDetached) -> None:
    """In somebody's hand again."""
    call = room.calls[fact.call]
    call.status, call.incident, call.answered_by = "answered", "", fact.by
    listed = room.incidents[fact.incident].calls
    if fact.call in listed:
        listed.remove(fact.call)


def silent(room: Room, fact: calls.CallSilent) -> None:
    """Nobody speaks."""
    room.calls[fact.call].silent = True


def released(room: Room, fact: calls.CallReleased) -> None:
    """A caller who was lost is called back, where there is a number."""
    if fact.reason in LOST and digits(room.calls[fact.call].number):
        room.backs[fact.call] = fact.at


def reached(room: Room, fact: calls.CallReached) -> None:
    """Live again."""
    call = room.calls[fact.call]
    call.status, call.answered_by, call.silent = "answered", fact.by, False
    room.backs.pop(fact.call, None)
    room.kept_call.pop(f"call:{fact.call}", None)


def back_closed(room: Room, fact: calls.CallBackClosed) -> None:
    """Nobody needs to call."""
    room.backs.pop(fact.call, None)


def _nothing(_room: Room, _fact: Any) -> None:
    """Worth recording, but no decision rests on it."""


FOLD: dict[type, Callable[[Room, Any], None]] = {
    calls.CallDetached: detached,
    calls.CallSilent: silent,
    calls.CallTriedBack: _nothing,
    calls.CallReached: reached,
    calls.CallBackClosed: back_closed,
}
