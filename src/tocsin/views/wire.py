"""What the API says and hears besides rows: answers, refusals, tail events, recommendations, routes.

These structs are the source of the OpenAPI document, and through it of the console's types.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from tocsin.domain.order_base import Key
from tocsin.domain.orders import Order
from tocsin.facts.assignments import Basis
from tocsin.facts.base import Entry
from tocsin.facts.union import DecisionFact
from tocsin.facts.values import Instant, Latitude, Longitude, Move, Place, Position
from tocsin.views.rows import Board, Rows

DecisionEntry: TypeAlias = Entry[DecisionFact]


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /api/orders. `id` is the idempotency key: sent twice, done once."""

    id: Key
    order: Order
    seen: Position = 0


class Done(msgspec.Struct, frozen=True):
    """200: durable at `position`. `repeated` says that it had been done before and these are the entries of then."""

    position: Position
    entries: tuple[DecisionEntry, ...]
    repeated: bool = False


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every no: a name, a sentence, the field, and what a screen needs to say it in its own language."""

    name: str
    text: str
    field: str = ""
    facts: dict[str, Any] = {}


class Picture(msgspec.Struct, frozen=True):
    """GET /api/board: the picture, its position, the latest vehicle positions, and the server's clock."""

    board: Board
    tracks: tuple[Move, ...]
    now: Instant
    view: str = ""
    """Names what is seen of the centre; said again when following, so that no picture goes on with another's tail."""


class TailFacts(msgspec.Struct, frozen=True):
    """SSE `facts`, id = position: what was recorded since, and the rows as they stand at `position`."""

    position: Position
    entries: tuple[DecisionEntry, ...]
    rows: Rows


class TailTracks(msgspec.Struct, frozen=True):
    """SSE `tracks`, no id: latest position per unit that moved; may be conflated."""

    now: Instant
    moves: tuple[Move, ...]


class TailPulse(msgspec.Struct, frozen=True):
    """SSE `pulse`, no id, every two seconds: clock, position and whether orders are recorded, so that a stale picture
    never looks fresh."""

    now: Instant
    position: Position
    recording: bool = True
    """False while the store takes no orders: what is shown was true, and nothing can be ordered."""


class TailReset(msgspec.Struct, frozen=True):
    """SSE `reset`: too far behind to catch up entry by entry; fetch the board again and resume from there."""

    position: Position


class Route(msgspec.Struct, frozen=True):
    """The way of one unit to its incident, from where it is now."""

    unit: str
    incident: str
    basis: Basis
    eta_s: float
    length_m: float
    points: tuple[tuple[Latitude, Longitude], ...]
    """(lat, lon) pairs."""
    streets: tuple[str, ...] = ()
    low_s: float | None = None
    """With `high_s`: 90 % of such drives are within this range; None where none is known."""
    high_s: float | None = None


class PlaceMatch(msgspec.Struct, frozen=True):
    """One answer of the address search."""

    place: Place
    detail: str
    match: str
    """How it was found, in a short phrase."""
    confidence: Literal["sure", "likely", "ask"] = "likely"
    """sure: named and placed as the map has it. likely: mended or estimated. ask: several fit, or only a part does."""
    doubts: tuple[str, ...] = ()
    """Why it is not sure: mended, sounded, translated, estimated, no_number, no_corner, apart, two_ways, namesake,
    several, weak, part."""


class Timeline(msgspec.Struct, frozen=True):
    """Everything recorded about one incident and its calls, in order."""

    incident: str
    entries: tuple[DecisionEntry, ...]
