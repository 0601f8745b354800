"""What may become of a report of where a caller is: it belongs to a live call, waits for one, or is refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.domain import checks, orders_locations
from tocsin.domain.given import Decision, Given
from tocsin.domain.numbers import digits, same_number, tail
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Call, Report, Room
from tocsin.facts import locations
from tocsin.facts.locations import ReportFlaw
from tocsin.facts.values import Instant

WAITING_MOST = 2_000
"""Reports that may wait at once; beyond that the oldest go, whoever floods us."""
AHEAD_S = 120.0
"""A fix so far in the future is a wrong clock."""
OLD_S = 3_600.0
CALL_AGE_S = 10_800.0
"""A number's earlier call, though its incident is still open, is not taken for the one it makes now."""


def report(room: Room, order: orders_locations.ReportLocation, given: Given) -> Decision:
    """Call, then number. Whatever is wrong with the message itself is flagged and never refused."""
    call = ""
    if order.call:
        found = locatable(room, order.call)
        if isinstance(found, Refusal):
            return found
        call = found.id
    elif digits(order.number):
        call = caller(room, order.number, given.now)
    else:
        return Refusal("caller_missing", "say which call or which number it is about", "call")
    flaws = (*order.flaws, *_flaws(room, order, call, given.now))
    number = f"L{room.last_report + 1}"
    fact = locations.LocationReported(
        given.now, number, order.source, call, order.number, order.shape, order.confidence, order.fixed_at,
        order.method, order.text, order.altitude_m, order.floor, order.speed_mps, order.heading_deg, order.origin,
        flaws, _late(room, order, call), order.raw,
    )  # fmt: skip
    crowded = list(room.waiting)[: max(0, len(room.waiting) + (not call) - WAITING_MOST)]
    return (fact, *(locations.LocationExpired(given.now, old) for old in crowded))


def state(room: Room, order: orders_locations.StateEstimate, given: Given) -> Decision:
    """What the reports come to, while anybody needs it."""
    call = locatable(room, order.call)
    if isinstance(call, Refusal):
        return call
    return (
        locations.AreaEstimated(
            given.now, call.id, f"E{room.last_estimate + 1}", order.lat, order.lon, order.radius_m, order.areas,
            order.certainty, order.share, order.used, order.disagree, order.replaced,
        ),
    )  # fmt: skip


def locatable(room: Room, call: str) -> Call | Refusal:
    """The call, if it is live or its incident is open: nobody is located for any other reason."""
    found = checks.known_call(room, call)
    if isinstance(found, Refusal) or found.status in ("ringing", "answered"):
        return found
    incident = room.incidents.get(found.incident)
    return found if incident is not None and incident.open else checks.live_call(room, call)


def caller(room: Room, number: str, now: Instant) -> str:
    """The newest call of this number that may be located, or nobody's."""
    for call_id in reversed(room.by_number.get(tail(number), ())):
        call = room.calls[call_id]
        near = call.status in ("ringing", "answered") or now - call.received_at < CALL_AGE_S
        if near and same_number(call.number, number) and not isinstance(locatable(room, call_id), Refusal):
            return call_id
    return ""


def waited_for(room: Room, number: str, now: Instant, window_s: float) -> Iterator[str]:
    """Reports that came before their call did."""
    if not room.waiting or not digits(number):
        return
    for report_id in room.waiting:
        known = room.reports[report_id]
        if now - known.received_at <= window_s and same_number(known.number, number):
            yield report_id


def expired(room: Room, now: Instant, window_s: float) -> Iterator[locations.LocationExpired]:
    """Reports nobody called for."""
    for report_id in room.waiting:  # oldest first
        if now - room.reports[report_id].received_at <= window_s:
            return
        yield locations.LocationExpired(now, report_id)


def known_basis(room: Room, basis: str, call: str = "") -> Refusal | None:
    """A place is taken from a report that is there: this call's where one is named."""
    if not basis or (basis in room.bases and call in ("", room.bases[basis])):
        return None
    return Refusal("unknown_report", f"there is no report or estimate {basis}", "basis", {"report": basis})


def _of(room: Room, call: str, order: orders_locations.ReportLocation) -> Iterator[Report]:
    for report_id in room.calls[call].reports if call else room.waiting:
        known = room.reports[report_id]
        if known.source == order.source and (call or same_number(known.number, order.number)):
            yield known


def _late(room: Room, order: orders_locations.ReportLocation, call: str) -> bool:
    at = order.fixed_at
    return at is not None and any(
        known.fixed_at is not None and min(known.fixed_at, known.received_at) > at for known in _of(room, call, order)
    )


def _flaws(room: Room, order: orders_locations.ReportLocation, call: str, now: Instant) -> Iterator[ReportFlaw]:
    if order.fixed_at is not None and order.fixed_at > now + AHEAD_S:
        yield ReportFlaw("fixed_at", "time_in_future", "Its time is in the future; it is taken as now.")
    elif order.fixed_at is not None and order.fixed_at < now - OLD_S:
        yield ReportFlaw("fixed_at", "time_too_old", "Its fix is more than an hour old.")
    for known in _of(room, call, order):
        if order.shape is not None and (known.fixed_at, known.shape) == (order.fixed_at, order.shape):
            yield ReportFlaw("message", "said_before", f"It says the same as {known.id}.")
            return
