"""Small invented rooms for the choice of a whole plan, and every way to fill them tried one by one."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import product

import msgspec
from tests.world import HERE, T0, kind, opened, room_of, sent, unit

from tocsin.domain.case import Case, able_of, ask, cannot
from tocsin.domain.plan_words import read_requirement
from tocsin.domain.plans import Plan, Plans, Terms
from tocsin.domain.travel import Travel

NOW = T0 + 100
LINES = (
    "2 a", "1 a", "1 b", "1 c", "2 b + 1 c", "1 a or 1 b + 1 c", "1 b or 2 c", "1 c crew 4", "1 a or 1 b or 1 c",
)  # fmt: skip


class CoverLoss:
    """MEXCLP loss over a few places: what `units` leave open, exactly as supermodular as coverage is."""

    def __init__(self, reach: dict[str, frozenset[int]], weight: Sequence[float], busy: float) -> None:
        self.reach, self.weight, self.busy = reach, weight, busy
        self.asked = 0
        self.there = [sum(place in where for where in reach.values()) for place in range(len(weight))]

    def loss(self, units: Sequence[str]) -> float:
        self.asked += 1
        total = 0.0
        for place, weight in enumerate(self.weight):
            gone = sum(place in self.reach.get(unit, ()) for unit in units)
            if gone:
                there = self.there[place]
                total += weight * (self.busy ** (there - gone) - self.busy**there)
        return total


def small_room(seed: int, most: int = 7) -> Case:
    """A room of up to `most` units and four requirements, with alternatives, shared crews and units on it already."""
    dice = random.Random(seed)
    lines = [dice.choice(LINES) for _ in range(dice.randint(1, 4))]
    names = [f"U{i}" for i in range(dice.randint(1, most))]
    caps = {name: dice.sample("abc", dice.choice((1, 1, 2, 3))) for name in names}
    crew = {name: dice.choice((2, 4, 4)) for name in names}
    busy = [name for name in names if dice.random() < 0.12]
    crews = (tuple(dice.sample(names, 2)),) if len(names) > 2 and dice.random() < 0.4 else ()
    if crews and crews[0][0] in busy:
        busy = [name for name in busy if name != crews[0][1]]
    room = room_of(
        opened(), *(unit(name, *caps[name], crew=crew[name]) for name in names), [sent(name) for name in busy]
    )
    travels = {
        name: Travel("road", dice.choice((120.0, 300.0, 480.0, 600.0, 700.0 * dice.random() + 60)), 900.0, HERE.lat,
                     HERE.lon, NOW, dice.choice((0.0, 0.3)))
        for name in names
    }  # fmt: skip
    plan = Plan("P", (tuple(read_requirement(line) for line in lines),))
    terms = Terms(lost=dice.choice((0.0, 0.3, 1.0, 4.0)), minute=dice.choice((0.0, 0.01, 0.05)))
    plans = Plans((plan,), crews=crews, terms=(terms,) * 5)
    weight = [dice.random() for _ in range(6)]
    weight = [each / sum(weight) for each in weight]
    reach = {name: frozenset(dice.sample(range(6), dice.randint(0, 5))) for name in names if name not in busy}
    loss = CoverLoss(reach, weight, dice.choice((0.2, 0.5, 0.8))) if dice.random() < 0.8 else None
    return Case(room, room.incidents["1"], kind("FIRE", 1), travels, NOW, plans, loss)


def value_of(case: Case, units: Sequence[str]) -> tuple[float, float]:
    """(weight of requirements left open, cost) of sending exactly these units, seated as well as they can be."""
    asked = ask(case)
    able = {name: able_of(case, asked, case.room.units[name], case.travels[name]) for name in units}
    lost = case.loss.loss(list(units)) if case.loss and units else 0.0
    cost = sum(one.own for one in able.values()) + asked.terms.lost * lost
    return _open(case, [*case.incident.units, *units]), cost


def _open(case: Case, units: Sequence[str]) -> float:
    """Every way to read the plan, every way to seat the units."""
    needs = [need for _, need in ask(case).needs]
    least = math.inf
    for options in product(*(need.options for need in needs)):
        seats = []
        for need, option in zip(needs, options, strict=True):
            size = sum(part.count for part in option)
            seats += [(part, need.seats / size) for part in option for _ in range(part.count)]
        least = min(least, _seat(case, seats, list(units)))
    return least


def _seat(case: Case, seats: list, units: list[str]) -> float:
    """The least weight left open, tried seat by seat."""
    if not seats:
        return 0.0
    (part, weight), *rest = seats
    least = weight + _seat(case, rest, units)
    for name in units:
        who = case.room.units[name]
        if part.capability in who.capabilities and who.crew_count >= part.crew_min:
            least = min(least, _seat(case, rest, [other for other in units if other != name]))
    return least


def best_by_hand(case: Case) -> tuple[float, float]:
    """The least open weight, and the least cost with that, over every set of units that may go together."""
    asked = ask(case)
    free = [name for name, who in case.room.units.items() if cannot(case, asked, who, case.travels.get(name)) is None]
    best = (math.inf, math.inf)
    for picked in product((False, True), repeat=len(free)):
        group = [name for name, yes in zip(free, picked, strict=True) if yes]
        if any(other in group for name in group for other in case.plans.sharing(name)):
            continue
        still, cost = value_of(case, group)
        best = min(best, (round(still, 6), cost))
    return best


def without_loss(case: Case) -> Case:
    """The same room, coverage not known."""
    return msgspec.structs.replace(case, loss=None)
