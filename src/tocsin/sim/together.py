"""Calls that belong together, invented over a real (or any) background of calls: duplicates, look-alikes, bursts.

Published so that whoever links calls can be measured on the same night (docs/reference/calls-together.md). The
background says when and where things really happened; who else calls about each, from where, with what words, is drawn
here. Each call bears the incident it is truly about. A seed makes the same night everywhere. Knows no desk and links
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.values import Instant, Place
from tocsin.sim.dice import lognormal

Wording: TypeAlias = Literal["first", "other"]
"""Which callers speak: those that ways to link were tuned on, or others who say the same things in other words."""
Kind: TypeAlias = Literal["first", "further", "again", "burst"]
"""first: nobody called about it before; further: somebody did; again: the same person did; burst: of very many."""

DEGREE_M = 111_195.0
ALIKE = {
    "RESCUE-TRAFFIC": ("MED-INJURY", "FIRE-VEHICLE"), "FIRE-VEHICLE": ("RESCUE-TRAFFIC", "FIRE-OUTSIDE"),
    "FIRE-STRUCTURE": ("FIRE-ALARM", "FIRE-OUTSIDE"), "FIRE-OUTSIDE": ("FIRE-STRUCTURE", "FIRE-VEHICLE"),
    "FIRE-ALARM": ("FIRE-STRUCTURE",), "MED-CARDIAC": ("MED-ILLNESS", "MED-BREATHING"),
    "MED-BREATHING": ("MED-ILLNESS", "MED-CARDIAC"), "MED-STROKE": ("MED-ILLNESS",),
    "MED-INJURY": ("RESCUE-TRAFFIC", "MED-ILLNESS"), "MED-ILLNESS": ("MED-INJURY", "MED-CARDIAC"),
    "HAZ-GAS": ("HAZ-CHEMICAL",), "HAZ-CHEMICAL": ("HAZ-GAS",), "HAZ-ELECTRIC": ("FIRE-OUTSIDE",),
    "RESCUE-HEIGHT": ("MED-INJURY",), "RESCUE-WATER": ("MED-ILLNESS",), "RESCUE-LIFT": ("SERVICE",),
    "SERVICE": ("MED-INJURY",),
}  # fmt: skip
"""What one caller takes for another thing than the next one does."""
MEDICAL = (("MED-ILLNESS", 60), ("MED-INJURY", 20), ("MED-BREATHING", 10), ("MED-CARDIAC", 5), ("MED-STROKE", 5))
"""What the record calls no more than a medical incident."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How callers tell of one type."""

    code: str
    calls: float
    seen_from_m: float
    heads: tuple[str, ...]
    foreign: tuple[str, ...]
    details: tuple[tuple[tuple[str, ...], ...], ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    types: tuple[Told, ...]


class Background(msgspec.Struct, frozen=True):
    """Something that really happened."""

    at: Instant
    lat: float
    lon: float
    type: str
    text: str = ""


class World(msgspec.Struct, frozen=True):
    """What is assumed of callers; every share between 0 and 1."""

    disagree: float = 0.25
    """Further callers who name another type than it is."""
    foreign: float = 0.08
    """Callers who speak another language than the others."""
    detail: float = 0.55
    """Each detail of an incident that a caller mentions."""
    late: float = 0.15
    """Further calls that come five to twenty-five minutes after the one before."""
    again: float = 0.05
    """Further calls made by whoever called first; of the late ones, ten times as many: "where are they?"."""
    shared_number: float = 0.01
    """Incidents called in from a number that calls about many things: a home, an alarm company."""
    cell: float = 0.03
    """Further callers of whom only the network's cell is known."""
    astray: float = 0.01
    """Places that are simply wrong."""
    look_alike: float = 0.02
    """Incidents beside which another one happens, 40 to 500 m away and within half an hour."""
    bursts_per_day: float = 0.4
    burst_calls: int = 40
    burst_s: float = 180.0
    wording: Wording = "first"


class SaidCall(msgspec.Struct, frozen=True):
    """One call, as a call-taker has it once place, type and words are typed. `incident` is the truth."""

    id: str
    incident: str
    kind: Kind
    at: Instant
    number: str
    place: Place
    type: str
    words: str


class TrueIncident(msgspec.Struct, frozen=True):
    """What happened, as it is."""

    id: str
    at: Instant
    lat: float
    lon: float
    type: str
    look_alike: bool = False
    number: str = ""
    details: tuple[tuple[str, ...], ...] = ()


@cache
def told(wording: Wording = "first") -> dict[str, Told]:
    """What is said of each type. All wordings tell of the same types and details, value by value."""
    name = "together.toml" if wording == "first" else "together_other.toml"
    raw = files("tocsin.sim").joinpath(name).read_bytes()
    return {one.code: one for one in msgspec.toml.decode(raw, type=_File).types}


def night(background: Iterable[Background], seed: int, world: World | None = None) -> list[SaidCall]:
    """All calls of a span of time, in the order they come in."""
    world = world or World()
    dice = Random(f"calls-together {seed}")
    out: list[SaidCall] = []
    things = sorted(background, key=lambda one: one.at)
    span = (things[0].at, things[-1].at) if things else (0.0, 0.0)
    count = 0
    for one in things:
        count += 1
        happened = _incident(f"I{count}", one, dice, world)
        out += _calls(happened, dice, world)
        if dice.random() < world.look_alike:
            count += 1
            out += _calls(_beside(f"I{count}", one, dice, world), dice, world)
    roads = [one for one in things if one.type == "RESCUE-TRAFFIC"]
    for i in range(_poisson(dice, world.bursts_per_day * (span[1] - span[0]) / 86_400.0) if roads else 0):
        out += _burst(f"B{i + 1}", dice.choice(roads), dice.uniform(*span), dice, world)
    out.sort(key=lambda call: call.at)
    return [msgspec.structs.replace(call, id=f"C{n + 1}") for n, call in enumerate(out)]


def _incident(name: str, one: Background, dice: Random, world: World, look_alike: bool = False) -> TrueIncident:
    code = one.type if one.type in told() else "SERVICE"
    if code == "MED-ILLNESS":
        code = dice.choices([kind for kind, _ in MEDICAL], [weight for _, weight in MEDICAL])[0]
    number = f"+1 415 555 {dice.randrange(40):04d}" if dice.random() < world.shared_number else ""
    details = tuple(dice.choice(row) for row in told(world.wording)[code].details)
    return TrueIncident(name, one.at, one.lat, one.lon, code, look_alike, number, details)


def _beside(name: str, one: Background, dice: Random, world: World) -> TrueIncident:
    """Another thing near in place and time: of the same type, of one taken for it, or of any."""
    east, north = _polar(dice, dice.uniform(40.0, 500.0))
    kind = dice.random()
    code = one.type
    if kind > 0.35:
        code = dice.choice(ALIKE.get(one.type, (one.type,))) if kind < 0.65 else dice.choice(list(told()))
    lat, lon = _moved(one.lat, one.lon, east, north)
    return _incident(name, Background(one.at + dice.uniform(-1_800, 1_800), lat, lon, code), dice, world, True)


def _calls(one: TrueIncident, dice: Random, world: World) -> Iterator[SaidCall]:
    kind = told()[one.type]
    after_s, made = 0.0, 0
    number = one.number or _number(dice)
    yield _call(one, "first", one.at, number, dice, world)
    while made < 12 and dice.random() < kind.calls:
        made += 1
        late = dice.random() < world.late
        after_s += dice.uniform(300.0, 1_500.0) if late else lognormal(dice, 60.0, 1.0)
        same = dice.random() < world.again * (10.0 if late else 1.0)
        who = number if same else _number(dice)
        yield _call(one, "again" if same else "further", one.at + after_s, who, dice, world)


def _burst(name: str, road: Background, at: Instant, dice: Random, world: World) -> Iterator[SaidCall]:
    """A crash that everybody who drives by calls about; they drive on along the road."""
    one = _incident(name, Background(at, road.lat, road.lon, "RESCUE-TRAFFIC"), dice, world)
    way = dice.uniform(0.0, math.pi)
    for i in range(world.burst_calls):
        along_m = dice.gauss(0.0, 150.0) if i else 0.0
        moved = _moved(one.lat, one.lon, along_m * math.sin(way), along_m * math.cos(way))
        driver = msgspec.structs.replace(one, lat=moved[0], lon=moved[1])
        when = at + (dice.uniform(0.0, world.burst_s) if i else 0.0)
        yield _call(driver, "burst" if i else "first", when, _number(dice), dice, world)


def _call(one: TrueIncident, kind: Kind, at: Instant, number: str, dice: Random, world: World) -> SaidCall:
    first = kind == "first"
    code = one.type if first or dice.random() > world.disagree else _mistaken(one.type, dice)
    place = _place(one, dice, world, first)
    return SaidCall("", one.id, kind, at, number, place, code, _words(one, code, first, dice, world))


def _mistaken(code: str, dice: Random) -> str:
    """Mostly a type it is often taken for; else a slip of the call-taker's, within the group or anywhere."""
    if dice.random() < 0.8 and code in ALIKE:
        return dice.choice(ALIKE[code])
    group = [other for other in told() if other.split("-")[0] == code.split("-", maxsplit=1)[0] and other != code]
    return dice.choice(group) if group and dice.random() < 0.7 else dice.choice(list(told()))


def _words(one: TrueIncident, code: str, first: bool, dice: Random, world: World) -> str:
    """What this caller says: of the type as they see it, and of the details of what there is."""
    seen_as = code if code in ALIKE.get(one.type, ()) else one.type  # a slip of the hand changes no words
    kind = told(world.wording)[seen_as]
    if not first and dice.random() < world.foreign:
        return dice.choice(kind.foreign)
    heads = dice.sample(kind.heads, dice.choice((1, 1, 2)))
    details = [dice.choice(value) for value in one.details if dice.random() < world.detail]
    return ", ".join((*heads, *details))


def _place(one: TrueIncident, dice: Random, world: World, first: bool) -> Place:
    """Where the caller says it is, or where the phone is: each way with the spread it has.

    No incident is opened on a cell of the network alone: whoever takes the first call asks until the place is known.
    """
    if dice.random() < world.astray:
        east, north = _polar(dice, 400.0 * 12.0 ** dice.random())
        return Place(*_moved(one.lat, one.lon, east, north), "", "address", 15.0)
    way = dice.random()
    if way > 0.54:
        return _at(one, dice, 12.0, "address", 0.0)
    if way > 0.38:
        return _at(one, dice, 30.0, "intersection", 0.0)
    if way > 0.28:
        return _at(one, dice, 45.0, "block", 100.0)
    if first or way > world.cell:
        return _phone(one, dice)
    radius_m = dice.uniform(500.0, 1_800.0)
    return _at(one, dice, radius_m * 0.45, "caller", radius_m)


def _phone(one: TrueIncident, dice: Random) -> Place:
    """A handset's own position, somewhere from where it can be seen."""
    seen_m = told()[one.type].seen_from_m
    east, north = _polar(dice, abs(dice.gauss(0.0, seen_m)) if seen_m > 30 else dice.uniform(0.0, 15.0))
    radius_m = min(150.0, lognormal(dice, 22.0, 0.6))
    return _at(one, dice, radius_m / 1.51, "caller", round(radius_m, 1), (east, north))


def _at(
    one: TrueIncident, dice: Random, sigma_m: float, how: str, radius_m: float, off: tuple[float, float] = (0.0, 0.0)
) -> Place:
    lat, lon = _moved(one.lat, one.lon, off[0] + dice.gauss(0.0, sigma_m), off[1] + dice.gauss(0.0, sigma_m))
    return Place(lat, lon, "", how, radius_m)


def _polar(dice: Random, far_m: float) -> tuple[float, float]:
    way = dice.uniform(0.0, 2 * math.pi)
    return far_m * math.sin(way), far_m * math.cos(way)


def _moved(lat: float, lon: float, east_m: float, north_m: float) -> tuple[float, float]:
    return round(lat + north_m / DEGREE_M, 6), round(lon + east_m / (DEGREE_M * math.cos(math.radians(lat))), 6)


def _number(dice: Random) -> str:
    # 555-0100 to 555-0199 are for fiction; a hundred are too few for a night, so the area is invented too.
    return f"+1 {dice.randrange(200, 1000)} 555 01{dice.randrange(100):02d}"


def _poisson(dice: Random, mean: float) -> int:
    made, left = 0, math.exp(-mean)
    product = dice.random()
    while product > left:
        made += 1
        product *= dice.random()
    return made


def without_doubles(background: Sequence[Background]) -> list[Background]:
    """The record without what may be its own double entries, where nobody knows whether it is one thing or two.

    Left out: what follows within a quarter of an hour at the same spot (60 m), or within half an hour and of the same
    type. What follows later, or is of another type then, stays: those are neighbours as they really are.
    """
    out: list[Background] = []
    for one in sorted(background, key=lambda each: each.at):
        recent = (
            other for other in reversed(out[-80:]) if one.at - other.at < (1_800.0 if other.type == one.type else 900.0)
        )
        if not any(_apart(one, other) < 60.0 for other in recent):
            out.append(one)
    return out


def _apart(one: Background, other: Background) -> float:
    east = (one.lon - other.lon) * DEGREE_M * math.cos(math.radians(one.lat))
    return math.hypot((one.lat - other.lat) * DEGREE_M, east)
