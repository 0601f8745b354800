"""What may happen to a call."""

from __future__ import annotations

from tocsin.domain import checks, orders
from tocsin.domain.decide_calls_after import called_again, earlier
from tocsin.domain.decide_locations import known_basis, waited_for
from tocsin.domain.given import Decision, Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts import calls, locations


def receive(room: Room, order: orders.ReceiveCall, given: Given) -> Decision:
    """A call is never refused for what it lacks."""
    at = checks.reported_at(order.at, given.now)
    if isinstance(at, Refusal):
        return at
    number = str(room.last_call + 1)
    before = earlier(room, order.number, given.now, given.catalogue.limits.same_caller_s)
    waited = waited_for(room, order.number, given.now, given.catalogue.limits.location_waits_s)
    return (
        calls.CallReceived(at, number, order.line, order.number, order.caller, order.place, before),
        *[locations.LocationMatched(given.now, report, number) for report in waited],
    )


def answer(room: Room, order: orders.AnswerCall, given: Given) -> Decision:
    """The first who answers has it; the second is told who."""
    call = checks.live_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    if call.status == "answered":
        words = f"{call.answered_by} has answered call {call.id}"
        return Refusal("call_answered_already", words, "call", {"call": call.id, "by": call.answered_by})
    return (calls.CallAnswered(given.now, call.id, given.by), *called_again(room, call, given.now))


def locate(room: Room, order: orders.LocateCall, given: Given) -> Decision:
    """Allowed while it rings: a position may arrive before anybody speaks."""
    call = checks.live_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    located = calls.CallLocated(given.now, call.id, order.place)
    if not order.basis:
        return (located,)
    taken = locations.PlaceTaken(given.now, order.basis, call=call.id)
    return known_basis(room, order.basis, call.id) or (located, taken)


def note(room: Room, order: orders.NoteCall, given: Given) -> Decision:
    """Write down what the caller says."""
    empty = checks.not_empty(order.text, "text")
    if empty:
        return empty
    call = checks.live_call(room, order.call)
    if isinstance(call, Refusal):
        return call
    return (calls.CallNoted(given.now, call.id, order.text),)


def release(room: Room, order: orders.ReleaseCall, given: Given) -> Decision:
    """Abandoned while ringing or after; a question, or silence, can only be heard by somebody who answered."""
    needed = checks.live_call if order.reason == "abandoned" else checks.answered_call
    call = needed(room, order.call)
    if isinstance(call, Refusal):
        return call
    return (calls.CallReleased(given.now, call.id, order.reason, order.text),)


def attach(room: Room, order: orders.AttachCall, given: Given) -> Decision:
    """The call is about an incident that is open. A lost caller's too: nobody needs to call back then."""
    lost = order.call in room.backs
    call = (checks.lost_call if lost else checks.answered_call)(room, order.call)
    if isinstance(call, Refusal):
        return call
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    return (calls.CallAttached(given.now, call.id, incident.id),)
