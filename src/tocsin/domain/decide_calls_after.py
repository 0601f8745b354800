"""What may happen to a call after its first word: split from an incident, silent, lost and called back."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.domain import checks, orders_calls
from tocsin.domain.given import Decision, Given
from tocsin.domain.numbers import digits, same_number, tail
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Call, Room
from tocsin.facts import calls
from tocsin.facts.values import Instant

EARLIER_MOST = 20


def detach(room: Room, order: orders_calls.DetachCall, given: Given) -> Decision:
    """Undo of attaching, while the incident is open: what was read back at its end stays as it was."""
    call = checks.known_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    if call.status != "attached":
        return Refusal("call_not_attached", f"call {call.id} belongs to no incident", "call", {"call": call.id})
    incident = room.incidents[call.incident]
    told = {"call": call.id, "incident": incident.id}
    if not incident.open or call.id in incident.calls[: incident.settled]:
        words = f"incident {incident.id} was closed with call {call.id} in it; open a new incident and link the two"
        return Refusal("call_settled", words, "call", told)
    return (calls.CallDetached(given.now, call.id, incident.id, given.by, order.reason),)


def silent(room: Room, order: orders_calls.MarkSilent, given: Given) -> Decision:
    """Somebody listens, and nobody speaks."""
    call = checks.answered_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    if call.silent:
        return Refusal("call_silent_already", f"call {call.id} is known to be silent", "call", {"call": call.id})
    return (calls.CallSilent(given.now, call.id, given.by),)


def call_back(room: Room, order: orders_calls.CallBack, given: Given) -> Decision:
    """Nobody answered: it stays on the list. Somebody did: it is a live call again."""
    call = checks.lost_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    if order.outcome == "reached":
        return (calls.CallReached(given.now, call.id, given.by),)
    return (calls.CallTriedBack(given.now, call.id, given.by),)


def close_back(room: Room, order: orders_calls.CloseCallBack, given: Given) -> Decision:
    """With a reason of the centre's own."""
    call = checks.lost_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    if not given.catalogue.may_end_back(order.reason):
        told = {"reason": order.reason}
        return Refusal("unknown_reason", f"there is no reason {order.reason} for not calling back", "reason", told)
    return (calls.CallBackClosed(given.now, call.id, order.reason, order.text),)


def earlier(room: Room, number: str, now: Instant, within_s: float) -> tuple[calls.Earlier, ...]:
    """Calls of the same number within a while, the latest last."""
    found = [call for call in _same(room, number) if now - call.received_at <= within_s]
    return tuple(calls.Earlier(call.id, call.received_at, call.incident) for call in found[-EARLIER_MOST:])


def called_again(room: Room, call: Call, now: Instant) -> tuple[calls.CallBackClosed, ...]:
    """Who is spoken with need not be called back."""
    if not room.backs or not call.number:
        return ()
    return tuple(
        calls.CallBackClosed(now, other.id, "called_again", later=call.id)
        for other in _same(room, call.number)
        if other.id in room.backs and other.id != call.id
    )


def _same(room: Room, number: str) -> Iterator[Call]:
    if not digits(number):
        return
    for call_id in room.by_number.get(tail(number), ()):
        call = room.calls[call_id]
        if same_number(call.number, number):
            yield call
