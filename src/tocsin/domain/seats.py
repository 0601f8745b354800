"""A plan's requirements as single seats: every way to read its alternatives is a form, a list of seats to be filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import lcm
from typing import TypeAlias

import msgspec

from tocsin.domain.plans import Part, Requirement

MOST_FORMS = 64
"""More ways than this to combine alternatives are not tried one by one: `tocsin plans check` refuses such a plan."""


class Seat(msgspec.Struct, frozen=True):
    """Room for one unit."""

    need: int
    """Which requirement it belongs to, counted from 0."""
    capability: str
    crew_min: int
    short: int
    """What it weighs to leave it empty: a requirement weighs what its first way seats, whichever way is taken."""


class Form(msgspec.Struct, frozen=True):
    """One way to read the plan."""

    options: tuple[int, ...]
    """Which way of each requirement."""
    seats: tuple[Seat, ...]


Fits: TypeAlias = Callable[[Seat], Sequence[int]]
"""Candidates that can fill a seat, by number, the cheapest first."""


def forms_of(needs: Sequence[Requirement]) -> tuple[Form, ...]:
    """Every way to read the requirements, the first ways first; at most MOST_FORMS."""
    sizes = [sum(part.count for part in option) for need in needs for option in need.options]
    scale = lcm(*sizes) if sizes else 1
    out = []
    for options in _ways([len(need.options) for need in needs]):
        seats = [
            seat for i, (need, o) in enumerate(zip(needs, options, strict=True)) for seat in _seats(i, need, o, scale)
        ]
        out.append(Form(options, tuple(seats)))
        if len(out) == MOST_FORMS:
            break
    return tuple(out)


def _ways(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if not counts:
        yield ()
        return
    for head in range(counts[0]):
        for tail in _ways(counts[1:]):
            yield (head, *tail)


def _seats(need: int, requirement: Requirement, option: int, scale: int) -> Iterator[Seat]:
    parts: tuple[Part, ...] = requirement.options[option]
    short = requirement.seats * scale // sum(part.count for part in parts)
    for part in parts:
        for _ in range(part.count):
            yield Seat(need, part.capability, part.crew_min, short)


def least_short(form: Form, fits: Fits) -> int:
    """The least weight of empty seats, however units are seated.

    Seats are offered in falling weight and each that can be filled is kept, others moving over (augmenting paths, Kuhn
    1955): the seats that can be filled together are a matroid, so greedy is best (Edmonds & Fulkerson 1965). A seat
    with more takers than there are seats is never the narrow place, so no more than that are looked at.
    """
    order = sorted(range(len(form.seats)), key=lambda i: -form.seats[i].short)
    takers = [fits(seat)[: len(form.seats)] for seat in form.seats]
    holder: dict[int, int] = {}

    def seat_one(seat: int, tried: set[int]) -> bool:
        for taker in takers[seat]:
            if taker not in tried:
                tried.add(taker)
                if taker not in holder or seat_one(holder[taker], tried):
                    holder[taker] = seat
                    return True
        return False

    return sum(form.seats[seat].short for seat in order if not seat_one(seat, set()))
