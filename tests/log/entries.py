"""Entries to write: ordinary ones by number, and texts that break careless stores."""

from __future__ import annotations

from tocsin.facts.base import Entry
from tocsin.facts.calls import CallNoted, CallReceived
from tocsin.facts.incidents import IncidentOpened
from tocsin.facts.units import UnitsMoved
from tocsin.facts.values import Move, Place
from tocsin.log.port import Receipt

T0 = 1_700_000_000.0

HARD_TEXTS = (
    "",
    "Brand im Erdgeschoß, Tür klemmt",
    "حريق في الطابق الثالث، شخصان عالقان",
    "火警在三樓",
    "மூன்றாம் மாடியில் தீ",
    "👩🏽‍🚒🔥🏳️‍🌈",
    "control \x00\x01\x1f\x7f and \u2028 \u2029 \ufeff",
    'quotes " \\ / \' and {"json": [1, null]},{',
    "ée\u0301",
    "x" * 10_000,
    "ع" * 10_000,
)


def entry(n: int, fact=None, *, by: str = "ana", order: str | None = None, at: float | None = None) -> Entry:
    """The nth entry of an ordinary night."""
    at = T0 + n if at is None else at
    return Entry(n, at + 0.25, by, f"order-{n}" if order is None else order, n - 1, fact or an_incident(n, at))


def an_incident(n: int, at: float) -> IncidentOpened:
    place = Place(35.9 + n / 10_000, 14.5, "Triq il-Kbira 12", "address")
    return IncidentOpened(at, f"I{n}", "fire.structure", 1 + n % 3, place, (f"C{n}",), "smoke from the roof")


def a_note(n: int, text: str) -> Entry:
    return entry(n, CallNoted(T0 + n, f"C{n}", text))


def a_call(n: int) -> Entry:
    return entry(n, CallReceived(T0 + n, f"C{n}", "112", "+356 2122 0000", "Rita", Place(35.9, 14.5, how="caller")))


def a_track(n: int) -> Entry:
    return entry(n, UnitsMoved(T0 + n, (Move("E1", T0 + n, 35.9, 14.5, 13.9, 90.0),)), by="clock")


def receipts_of(*several: Entry) -> list[Receipt]:
    """A receipt for each entry, as the desk writes them."""
    return [Receipt(one.by, one.order, b"\x07" * 32, one.position, one.position) for one in several]


def entries(first: int, last: int) -> list[Entry]:
    return [entry(n) for n in range(first, last + 1)]
