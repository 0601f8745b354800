"""The best anybody could do on a night of `tocsin.sim.together`: a listener who knows the generator by heart.

Bayes' rule with the generator's own chances: where incidents happen (the other month of San Francisco's record), of
which types, how many call again and when, from where, what each caller of each thing may say. What this one cannot tell
apart, nobody can who only listens: no recall above its own is to be had on these nights.

Left out, each a little in its disfavour: that drivers of a burst stand along one straight line, and that a look-alike
has no look-alike of its own. It is a reference for bench/linking.py and no part of the product.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec
import numpy as np
from scipy.special import i0e

from tocsin.sim.together import ALIKE, MEDICAL, Background, SaidCall, Told, World

DEGREE_M = 111_195.0
LAT = 37.76
LOCAL_M = 700.0
NUMBERS, HOMES = 80_000.0, 40.0
TINY = 1e-300


def plane(lat: float, lon: float) -> tuple[float, float]:
    """Metres east and north, over a city."""
    return (lon + 122.42) * DEGREE_M * math.cos(math.radians(LAT)), (lat - LAT) * DEGREE_M


# ---- words --------------------------------------------------------------------------------------------------------


class Words:
    """How likely a caller says just this, by what is known of the incident's details."""

    def __init__(self, told: dict[str, Told], world: World) -> None:
        self.told, self.world = told, world
        self.parse = cache(self._parse)

    def seen_as(self, true: str, code: str) -> Told:
        """Whose words are used: a slip of the hand changes none."""
        return self.told[code if code in ALIKE.get(true, ()) else true]

    def _parse(self, words: str, true: str, code: str) -> tuple[tuple[float, tuple[int, ...]], ...]:
        """Every reading of a sentence: its chance, and the value that is said for each row (-1: none is)."""
        kind, rows = self.seen_as(true, code), self.told[true].details
        n, detail = len(kind.heads), self.world.detail
        found: dict[tuple[int, ...], float] = {}

        def after(text: str, phrase: str) -> str | None:
            if text == phrase:
                return ""
            return text[len(phrase) + 2 :] if text.startswith(phrase + ", ") else None

        def read(text: str, row: int, chance: float, values: tuple[int, ...]) -> None:
            if row == len(rows):
                if not text:
                    found[values] = found.get(values, 0.0) + chance
                return
            read(text, row + 1, chance * (1 - detail), (*values, -1))
            for i, wordings in enumerate(rows[row]):
                for wording in wordings:
                    rest = after(text, wording)
                    if rest is not None:
                        read(rest, row + 1, chance * detail / len(wordings), (*values, i))

        for first in kind.heads:
            rest = after(words, first)
            if rest is not None:
                read(rest, 0, 2 / 3 / n, ())
                for second in kind.heads:
                    more = after(rest, second) if rest and second != first else None
                    if more is not None:
                        read(more, 0, 1 / 3 / n / (n - 1), ())
        return tuple((chance, values) for values, chance in found.items())

    def foreign(self, words: str, true: str, code: str) -> float:
        """The chance of this sentence among those who speak another language."""
        kind = self.seen_as(true, code)
        return kind.foreign.count(words) / len(kind.foreign)

    def fresh(self, true: str) -> list[np.ndarray]:
        """Nothing known: every value of every row alike."""
        return [np.full(len(row), 1.0 / len(row)) for row in self.told[true].details]

    def likely(self, call: SaidCall, true: str, beliefs: list[np.ndarray], first: bool) -> float:
        """The chance of the words, given the type and what is believed of the details."""
        chance = 0.0
        for reading, values in self.parse(call.words, true, call.type):
            said = (1.0 if value < 0 else belief[value] for belief, value in zip(beliefs, values, strict=True))
            chance += reading * math.prod(said)
        foreign = 0.0 if first else self.world.foreign
        return (1 - foreign) * chance + foreign * self.foreign(call.words, true, call.type)

    def learn(self, call: SaidCall, true: str, beliefs: list[np.ndarray]) -> list[np.ndarray]:
        """What is believed after hearing it; the readings weigh by what was believed before."""
        total = 0.0
        new = [np.zeros_like(belief) for belief in beliefs]
        for chance, values in self.parse(call.words, true, call.type):
            said = (1.0 if value < 0 else belief[value] for belief, value in zip(beliefs, values, strict=True))
            weight = chance * math.prod(said)
            total += weight
            for i, value in enumerate(values):
                if value < 0:
                    new[i] += weight * beliefs[i]
                else:
                    new[i][value] += weight
        return [into / total for into in new] if total > 0 else beliefs


# ---- types --------------------------------------------------------------------------------------------------------


def named(told: dict[str, Told], world: World) -> dict[str, dict[str, float]]:
    """What further callers name a type: by true type, by named type."""
    out = {}
    for true in told:
        chances = dict.fromkeys(told, 0.0)
        chances[true] += 1 - world.disagree
        alike = ALIKE.get(true, ())
        for other in alike:
            chances[other] += world.disagree * 0.8 / len(alike)
        left = world.disagree * (0.2 if alike else 1.0)
        group = [other for other in told if other.split("-")[0] == true.split("-")[0] and other != true]
        for other in group:
            chances[other] += left * 0.7 / len(group)
        for other in told:
            chances[other] += left * (0.3 if group else 1.0) / len(told)
        out[true] = chances
    return out


def beside(told: dict[str, Told]) -> dict[str, dict[str, float]]:
    """What a look-alike of each type is."""
    out = {}
    for true in told:
        true_then = "MED-ILLNESS" if true.startswith("MED-") else true
        chances = dict.fromkeys(told, 0.0)
        chances[true_then] += 0.35
        for other in ALIKE.get(true_then, (true_then,)):
            chances[other] += 0.30 / len(ALIKE.get(true_then, (true_then,)))
        for other in told:
            chances[other] += 0.35 / len(told)
        out[true] = split_medical(chances)
    return out


def split_medical(shares: dict[str, float]) -> dict[str, float]:
    """What the record calls medical, as the generator takes it apart."""
    medical = shares.get("MED-ILLNESS", 0.0)
    out = {**shares, "MED-ILLNESS": 0.0}
    for code, weight in MEDICAL:
        out[code] = out.get(code, 0.0) + medical * weight / 100.0
    return out


# ---- places -------------------------------------------------------------------------------------------------------


@cache
def _ring(seen_m: float, sigma_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Density by distance of a point thrown to a random side by |N(0, seen)| (or U(0, 15)) and blurred."""
    d = np.concatenate([np.linspace(0, 4 * sigma_m + 60, 60), np.linspace(4 * sigma_m + 61, 1_500 + 6 * sigma_m, 200)])
    if seen_m > 30:
        r = (np.arange(120) + 0.5) / 120 * 4 * seen_m
        weights = np.exp(-(r**2) / (2 * seen_m**2))
    else:
        r = (np.arange(30) + 0.5) / 2
        weights = np.ones_like(r)
    weights /= weights.sum()
    s2 = sigma_m**2
    x = d[:, None] * r[None, :] / s2
    density = np.exp(-((d[:, None] - r[None, :]) ** 2) / (2 * s2)) * i0e(x) / (2 * math.pi * s2)
    return d, density @ weights


def _blurred(distance_m: np.ndarray, seen_m: float, sigma_m: float) -> np.ndarray:
    step = max(0, round(math.log(max(2.0, sigma_m) / 2.0) / 0.05))
    d, density = _ring(seen_m, 2.0 * math.exp(0.05 * step))
    return np.interp(distance_m, d, density, right=0.0)


WAYS = {"address": 0.46, "intersection": 0.16, "block": 0.10, "caller": 0.28}
AXIS_M = {"address": 12.0, "intersection": 30.0, "block": 45.0}


def seen_at(call: SaidCall, distance_m: np.ndarray, seen_m: float, world: World, first: bool, road: bool) -> np.ndarray:
    """Density of where this call says it is, by distance from where the thing is; `road`: a driver of a burst."""
    how, radius_m = call.place.how, call.place.radius_m
    astray = np.where((distance_m > 400) & (distance_m < 4_800), 1 / np.maximum(distance_m, 1.0) ** 2, 0.0)
    cell = how == "caller" and radius_m >= 500.0
    if how == "caller":
        share = (0.0 if first else world.cell) if cell else WAYS[how] - (0.0 if first else world.cell)
        sigma_m, off_m = (radius_m * 0.45, 0.0) if cell else (max(radius_m, 2.0) / 1.51, seen_m)
    else:
        share, sigma_m, off_m = WAYS[how], AXIS_M[how], 0.0
    if road:
        off_m = math.hypot(150.0, off_m if off_m > 30 else 0.0)
    if off_m:
        density = _blurred(distance_m, off_m, sigma_m)
    else:
        density = np.exp(-(distance_m**2) / (2 * sigma_m**2)) / (2 * math.pi * sigma_m**2)
    wrong = world.astray * astray / (2 * math.pi * math.log(12.0)) if how == "address" else 0.0
    return (1 - world.astray) * share * density + wrong


# ---- times --------------------------------------------------------------------------------------------------------


def _gap(age_s: float, late: float) -> tuple[float, float, float]:
    """Density of the next call's gap, soon and late, and the chance that it is longer."""
    soon = tail = 0.0
    if age_s > 0:
        z = math.log(age_s / 60.0)
        soon = (1 - late) * math.exp(-z * z / 2) / (age_s * math.sqrt(2 * math.pi))
        tail = (1 - late) * 0.5 * math.erfc(z / math.sqrt(2))
    else:
        tail = 1 - late
    within = 300.0 <= age_s < 1_500.0
    return soon, late / 1_200.0 if within else 0.0, tail + late * min(1.0, max(0.0, (1_500.0 - age_s) / 1_200.0))


class Thing(msgspec.Struct):
    """An incident as this listener knows it."""

    id: str
    type: str
    at: float
    last: float
    number: str
    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    beliefs: list[np.ndarray]
    made: int = 0
    burst: float = 0.0
    """Chance that it is one of the great ones."""


class Ideal:
    """All that is known, call by call. Ask `odds`, then tell `settle` the truth, as the call-taker finds it."""

    def __init__(self, record: Sequence[Background], told: dict[str, Told], world: World, per_s: float) -> None:
        """`record`: where things of which type happen, of another month; `per_s`: new ones, all over town."""
        self.told, self.world, self.per_s = told, world, per_s
        self.words = Words(told, world)
        self.named, self.beside = named(told, world), beside(told)
        at = Counter((one.lat, one.lon) for one in record)
        kinds: dict[tuple[float, float], Counter[str]] = {}
        for one in record:
            kinds.setdefault((one.lat, one.lon), Counter())[one.type] += 1
        total = len(record)
        shares = {code: (n + 0.5) / total for code, n in Counter(one.type for one in record).items()}
        shares = {code: shares.get(code, 0.5 / total) for code in told}
        self.points = np.array([plane(*spot) for spot in at])
        here = {code: [(kinds[spot][code] + 3.0 * shares[code]) / (n + 3.0) * n / total for spot, n in at.items()]
                for code in told}  # fmt: skip
        medical = np.array(here["MED-ILLNESS"])
        parts = dict(MEDICAL)
        self.here = {
            code: np.array(here[code]) * (code != "MED-ILLNESS") + medical * parts.get(code, 0) / 100.0 for code in told
        }
        self.roads = shares["RESCUE-TRAFFIC"] * per_s
        self.things: dict[str, Thing] = {}

    # -- the odds of one call

    def odds(self, call: SaidCall, ids: Iterable[str]) -> dict[str, float]:
        """The chance that a call is about each incident; what is left is something new."""
        x, y = plane(call.place.lat, call.place.lon)
        rates = {id_: self._further(call, self.things[id_], x, y) for id_ in ids}
        new = self._new(call, x, y, [self.things[id_] for id_ in ids])
        total = sum(rates.values()) + new + TINY
        return {id_: rate / total for id_, rate in rates.items() if rate > 0}

    def _further(self, call: SaidCall, one: Thing, x: float, y: float) -> float:
        """Calls like this one about it, a second and square metre."""
        chain, burst = self._rates(call, one)
        if chain + burst <= 0:
            return 0.0
        fits = self.named[one.type][call.type] * self.words.likely(call, one.type, one.beliefs, False)
        if fits <= 0:
            return 0.0
        away = np.hypot(one.x - x, one.y - y)
        seen_m = self.told[one.type].seen_from_m
        out = 0.0
        for rate, road in ((chain, False), (burst, True)):
            if rate > 0:
                out += rate * float((seen_at(call, away, seen_m, self.world, False, road) * one.weight).sum())
        return out * fits

    def _rates(self, call: SaidCall, one: Thing) -> tuple[float, float]:
        """How many calls a second with this number, of an ordinary incident and of a burst."""
        world, age_s = self.world, call.at - one.last
        p = self.told[one.type].calls if one.made < 12 else 0.0
        soon, late, tail = _gap(age_s, world.late)
        alive = (1 - p) + p * tail
        same = call.number == one.number
        of = [world.again, min(1.0, 10 * world.again)]
        mark = [(share if same else 0.0) + (1 - share) / NUMBERS for share in of]
        chain = p * (soon * mark[0] + late * mark[1]) / max(alive, 1e-9) * (1 - one.burst)
        left, span = self.world.burst_calls - 1 - one.made, self.world.burst_s - (call.at - one.at)
        burst = one.burst * left / max(span, 1.0) / NUMBERS if span > 0 and left > 0 else 0.0
        return chain, burst

    def _new(self, call: SaidCall, x: float, y: float, known: Sequence[Thing]) -> float:
        """Calls like this one about something new, a second and square metre."""
        world = self.world
        said = self.words.likely(call, call.type, self.words.fresh(call.type), True)
        if said <= 0:
            return 0.0
        home = call.number.startswith("+1 415 555")
        mark = world.shared_number / HOMES if home else (1 - world.shared_number) / NUMBERS
        away = np.hypot(self.points[:, 0] - x, self.points[:, 1] - y)
        seen_m = self.told[call.type].seen_from_m
        density = float((seen_at(call, away, seen_m, world, True, False) * self.here[call.type]).sum())
        # A record of one month knows not every corner: a tenth happens anywhere in town.
        anywhere = sum(self.here[call.type]) / 1.2e8 * (WAYS[call.place.how])
        rate = self.per_s * (0.9 * density + 0.1 * anywhere)
        if call.type == "RESCUE-TRAFFIC":
            rate += world.bursts_per_day / 86_400.0 * density / max(sum(self.here[call.type]), 1e-9)
        for one in known:
            if world.look_alike and abs(call.at - one.at) < 1_800.0:
                d = float(np.hypot((one.x * one.weight).sum() - x, (one.y * one.weight).sum() - y))
                if 20.0 < d < 700.0:
                    sigma_m = max(12.0, AXIS_M.get(call.place.how, 40.0))
                    edge = _within(d, sigma_m)
                    place = edge / (2 * math.pi * max(d, 40.0) * 460.0) * WAYS[call.place.how]
                    rate += 2 * world.look_alike / 3_600.0 * place * self.beside[one.type][call.type]
        return rate * said * mark

    # -- what turns out

    def settle(self, call: SaidCall) -> None:
        """The truth of one call."""
        one = self.things.get(call.incident)
        x, y = plane(call.place.lat, call.place.lon)
        if one is None:
            self.things[call.incident] = self._opened(call, x, y)
            return
        chain, burst = self._rates(call, one)
        away = np.hypot(one.x - x, one.y - y)
        seen_m = self.told[one.type].seen_from_m
        if chain + burst > 0:
            places = [float((seen_at(call, away, seen_m, self.world, False, road) * one.weight).sum()) + TINY
                      for road in (False, True)]  # fmt: skip
            one.burst = burst * places[1] / (chain * places[0] + burst * places[1] + TINY)
        density = seen_at(call, away, seen_m, self.world, False, one.burst > 0.5)
        weight = one.weight * density
        if weight.sum() > 0:
            one.weight = weight / weight.sum()
        one.beliefs = self.words.learn(call, one.type, one.beliefs)
        one.last, one.made = call.at, one.made + 1

    def _opened(self, call: SaidCall, x: float, y: float) -> Thing:
        """A first call names the true type; where it is stands among the corners near, or just where it says."""
        away = np.hypot(self.points[:, 0] - x, self.points[:, 1] - y)
        near = away < LOCAL_M
        grid = np.array([(x + 25.0 * i, y + 25.0 * j) for i in range(-12, 13) for j in range(-12, 13)])
        xs = np.concatenate([self.points[near, 0], grid[:, 0]])
        ys = np.concatenate([self.points[near, 1], grid[:, 1]])
        corners = self.here[call.type][near]
        flat = np.full(len(grid), max(0.1 * corners.sum(), 1e-9) * 625.0 / (math.pi * LOCAL_M**2))
        prior = np.concatenate([corners, flat])
        seen_m = self.told[call.type].seen_from_m
        weight = prior * seen_at(call, np.hypot(xs - x, ys - y), seen_m, self.world, True, False)
        keep = weight > weight.max() * 1e-4
        weight = weight[keep] / weight[keep].sum()
        beliefs = self.words.learn(call, call.type, self.words.fresh(call.type))
        bursts = self.world.bursts_per_day / 86_400.0
        chance = bursts / (bursts + self.roads) if call.type == "RESCUE-TRAFFIC" else 0.0
        return Thing(
            call.incident, call.type, call.at, call.at, call.number, xs[keep], ys[keep], weight, beliefs, burst=chance
        )


def _within(d: float, sigma_m: float) -> float:
    """Share of a ring from 40 to 500 m that is seen at `d`, blurred."""
    root = sigma_m * math.sqrt(2)
    return 0.5 * (math.erf((d - 40.0) / root) - math.erf((d - 500.0) / root))
