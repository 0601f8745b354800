"""Which incident a call belongs to, as odds: it is about one we know, or about something new.

Further calls about a known incident and first calls of new ones are taken as streams of calls that run side by side
(a marked Poisson process each). The odds are the rate of further calls, times how well place, type, words and number
fit, over the rate of new incidents here; all known incidents and "something new" share the certainty among them, so
that two fires in one street make each other doubtful. Each term is a natural logarithm and says what it rests on.
Proposes; merges nothing. Asks no clock and no map: positions arrive with their uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.numbers import SHORTEST, same_number
from tocsin.domain.usual import Usual
from tocsin.domain.words import Lexicon, contrasts
from tocsin.facts.values import Instant, Place

TermName: TypeAlias = Literal["time", "place", "type", "words", "number"]
TypeFit: TypeAlias = Literal["same", "alike", "group", "other"]

LIKELY = 0.95
"""From here on one key links: the share of such proposals that are wrong is measured (bench/linking.py)."""
POSSIBLE = 0.05
"""Below, it is not worth a line."""
MOST = 5
HOPELESS = -3.0
"""With all the rest in its favour, still less than this in odds: not looked at further."""
AFTER_CLOSING_S = 1_800.0
"""An incident that ended is looked at for so long."""

# How further calls come in: each call brings the next with some chance (a Hawkes process), mostly within minutes, a few
# within the hour. Forty calls in three minutes make the forty-first almost sure.
SOON, SOON_S = 0.88, 90.0
LATER, LATER_S = 0.12, 900.0
CLOSED = 0.2
DEGREE_M = 111_195.0
BOX_M = 2_500.0
"""Incidents whose place is farther off in latitude or longitude are not measured at all."""
REACH_M = 800.0
# New incidents: what we assume of any square metre and second (about four a day on a square kilometre), and what the
# last hours near here add to it.
NEW_M2S = 5.0e-11
NEAR_M, LATELY_S = 1_000.0, 7_200.0
# Where a caller of the same incident says it is, or stands.
SEEN_M = 300.0
"""From how far away people call about a thing nobody has named yet."""
SPREAD_M, STANDS = 12.0, 0.6
"""Metres along an axis between what two callers take for the place of one thing; and, for one whose own position is
all that is known, so much of the distance from which such a thing is seen."""
FAR_SAID, FAR_STANDING = 0.02, 0.05
FAR_M = 150.0
ASTRAY = 0.02
"""Share of callers whose place is simply wrong: nothing about it counts more against them than that."""
STATED = 0.5
"""Standard deviation along an axis over a stated radius: those hold about 86 to 95 % of callers."""
SIGMA_M = {
    "address": 12.0, "intersection": 30.0, "interpolated": 30.0, "block": 50.0, "map": 20.0, "alias": 20.0,
    "landmark": 40.0, "place": 60.0, "street": 150.0, "relative": 150.0, "registered": 20.0, "caller": 40.0,
}  # fmt: skip
"""For a place that states no radius, by how it was found."""
# How callers of one incident name its type.
TYPE_MOST = 1.7
"""Rare things come in company too: wires down, after one storm, all over town."""
FITS: dict[TypeFit, float] = {"same": 0.74, "alike": 0.18, "group": 0.05, "other": 0.03}
ECHO = 0.3
"""Chance that a word of one caller is said by the next one because it is about the same."""
UNSAID, UNSAID_LEAST = -0.25, -2.5
EACH_WORD = 0.6
"""Words of one sentence are not independent of each other."""
WORDS_MOST = 4.5
CONTRAST = -1.2
"""One says a woman, the other a man: mostly two patients."""
AGAIN = 5.0
"""A number that called about this incident calls again; less for one that calls about everything."""


class Spot(msgspec.Struct, frozen=True):
    """Where, and the standard deviation along an axis."""

    lat: float
    lon: float
    sigma_m: float
    said: bool = True
    """Where help is needed; otherwise where the caller is."""


class Known(msgspec.Struct, frozen=True, eq=False):
    """An incident as far as a call is compared with it."""

    id: str
    type: str
    opened_at: Instant
    spots: tuple[Spot, ...]
    """Its place first, then its callers'."""
    tokens: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    """Of its callers, digits only."""
    called_at: tuple[Instant, ...] = ()
    closed_at: Instant | None = None
    text: str = ""
    """Words of its place."""


class Draft(msgspec.Struct, frozen=True):
    """A call, as much of it as is known yet."""

    at: Instant
    spot: Spot | None = None
    type: str = ""
    tokens: frozenset[str] = frozenset()
    number: str = ""
    """Digits only."""
    text: str = ""
    said: dict[str, str] = {}
    """The word behind each token."""


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason for or against, in natural logarithms of odds, and what it rests on."""

    name: TermName
    weight: float
    distance_m: float | None = None
    sigma_m: float | None = None
    """Of both positions together."""
    age_s: float | None = None
    """Since the last word of it: its last caller, or its opening."""
    calls: int = 0
    fit: TypeFit | None = None
    words: tuple[str, ...] = ()
    same_place: bool = False
    """The same words were written down for both places."""


class Belongs(msgspec.Struct, frozen=True):
    """An incident a call may belong to. `share`: of all certainty, the rest goes to the others and to something new."""

    incident: str
    share: float
    likely: bool
    terms: tuple[Term, ...]
    text: str
    """The reasons in one English sentence."""
    closed: bool = False


def spot_of(place: Place | None, *, said: bool = True) -> Spot | None:
    """A place with the spread its radius, or the way it was found, stands for."""
    if place is None or place.how == "erased":
        return None
    sigma = max(10.0, place.radius_m * STATED) if place.radius_m else SIGMA_M.get(place.how, 80.0)
    return Spot(place.lat, place.lon, sigma, said and place.how != "caller")


def metres(one: Spot, other: Spot) -> float:
    """Distance on a plane: right to a part in a thousand over a city."""
    north = (other.lat - one.lat) * DEGREE_M
    east = (other.lon - one.lon) * DEGREE_M * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


class Scene:
    """What else is burning: all incidents a call is compared with, and what is usual among them."""

    def __init__(self, known: Sequence[Known], lexicon: Lexicon, usual: Usual | None = None) -> None:
        """`usual`: what this centre has learned; without it, what is here now is all that is usual."""
        self.known = known
        self.lexicon = lexicon
        self.usual = usual or Usual()
        self._ends: dict[str, list[Known]] = {}
        for one in known:
            for end in {number[-SHORTEST:] for number in one.numbers}:
                self._ends.setdefault(end, []).append(one)
        if usual is None:
            for one in known:
                self.usual.learn(one.type, one.tokens, len(one.called_at))

    def rank(self, draft: Draft, most: int = MOST) -> list[Belongs]:
        """The incidents this call may belong to, the likeliest first."""
        return shared(self.odds(draft))[:most]

    def odds(self, draft: Draft) -> list[tuple[Known, tuple[Term, ...]]]:
        """Every incident that is near enough, or of this caller, with its terms against "something new"."""
        lately = sum(draft.at - one.opened_at < LATELY_S for one in self.known)
        fresh = (lately + 1) / LATELY_S
        called = self._called(draft.number)
        near = self._near(draft, called)
        spot = draft.spot
        crowd = sum(d < NEAR_M and draft.at - one.opened_at < LATELY_S for one, d in near)
        out = []
        for one, distance_m in near:
            terms = [self._time(one, draft.at, fresh)]
            if spot is not None:
                others = crowd - (distance_m < NEAR_M and draft.at - one.opened_at < LATELY_S)
                here = NEW_M2S + others / (math.pi * NEAR_M**2 * LATELY_S)
                terms.append(self._place(draft, spot, one, distance_m, fresh / here))
            again = one in called
            most = TYPE_MOST + WORDS_MOST + (AGAIN if again else 0.0)
            if sum(term.weight for term in terms) + most > HOPELESS:
                terms += self._told(draft, one, len(called) if again else 0)
                out.append((one, tuple(terms)))
        return out

    def _time(self, one: Known, at: Instant, fresh: float) -> Term:
        """How many further calls about it are to be expected just now, against calls about something new."""
        rate = _rate(one, at, self.usual.further(one.type))
        return Term("time", math.log(rate / fresh), age_s=_age(one, at), calls=len(one.called_at))

    def _called(self, number: str) -> list[Known]:
        """Incidents that somebody with this number called about."""
        ends = self._ends.get(number[-SHORTEST:], ()) if number else ()
        return [one for one in ends if any(same_number(other, number) for other in one.numbers)]

    def _near(self, draft: Draft, called: Sequence[Known]) -> list[tuple[Known, float]]:
        """Incidents with their distance; far ones only where they are of the same caller."""
        spot = draft.spot
        if spot is None:
            return [(one, 0.0) for one in self.known]
        out = []
        box_m = BOX_M + 4.0 * spot.sigma_m
        high, wide = box_m / DEGREE_M, box_m / (DEGREE_M * max(0.05, math.cos(math.radians(spot.lat))))
        for one in self.known:
            first = one.spots[0] if one.spots else spot
            far = abs(first.lat - spot.lat) > high or abs(first.lon - spot.lon) > wide
            if far and one not in called:
                continue
            distance_m = min((metres(spot, each) for each in one.spots), default=math.inf)
            reach_m = REACH_M + 4.0 * (spot.sigma_m + max((each.sigma_m for each in one.spots), default=0.0))
            if distance_m < reach_m or one in called:
                out.append((one, distance_m))
        return out

    def _place(self, draft: Draft, spot: Spot, one: Known, distance_m: float, area_m2: float) -> Term:
        """How likely a call about this incident names, or comes from, just here, against any call here."""
        kind = self.lexicon.types.get(one.type)
        seen_m = kind.seen_from_m if kind else SEEN_M
        far_m, stands_m2 = max(FAR_M, seen_m), (STANDS * seen_m) ** 2
        far = FAR_SAID if spot.said else FAR_STANDING
        density = 0.0
        for i, each in enumerate(one.spots):
            standing = (not spot.said) + (not each.said)
            variance = spot.sigma_m**2 + each.sigma_m**2 + SPREAD_M**2 + standing * stands_m2
            d2 = metres(spot, each) ** 2
            share = 1.0 if len(one.spots) == 1 else 0.6 if i == 0 else 0.4 / (len(one.spots) - 1)
            density += share * ((1 - far) * _normal(d2, variance) + far * _normal(d2, variance + far_m**2))
        sigma_m = math.sqrt(spot.sigma_m**2 + (one.spots[0].sigma_m ** 2 if one.spots else 0.0))
        same = bool(draft.text) and draft.text == one.text
        weight = math.log((1 - ASTRAY) * density * area_m2 + ASTRAY)
        return Term("place", weight, distance_m=distance_m, sigma_m=sigma_m, same_place=same)

    def _told(self, draft: Draft, one: Known, called: int) -> Iterable[Term]:
        """`called`: how many incidents this number called about, this one among them; 0: not about this one."""
        if draft.type:
            yield self._type(draft.type, one)
        words = self._words(draft, one)
        if words is not None:
            yield words
        if called:
            yield Term("number", max(1.0, AGAIN - 1.2 * (called - 1)))

    def _type(self, code: str, one: Known) -> Term:
        fit, among = self._fit(code, one.type)
        usual = self.usual.share(code, len(self.lexicon.types))
        return Term("type", min(TYPE_MOST, math.log(FITS[fit] / among / usual)), fit=fit)

    def _fit(self, code: str, known: str) -> tuple[TypeFit, int]:
        """How one type stands to another, and how many stand to it so."""
        if code == known:
            return "same", 1
        types = self.lexicon.types
        mine, other = types.get(code), types.get(known)
        alike = set(other.alike if other else ())
        if code in alike or (mine and known in mine.alike):
            return "alike", max(1, len(alike))
        group = self.lexicon.group(known)
        if group and group == self.lexicon.group(code):
            return "group", max(1, self.lexicon.groups[group] - 1)
        return "other", max(1, len(types) - self.lexicon.groups[group])

    def _words(self, draft: Draft, one: Known) -> Term | None:
        """Words of both, the rare ones above all. With a type in hand, what words say of types is not counted twice."""
        mine = {token for token in draft.tokens if not (draft.type and token.startswith("="))}
        if not mine or not one.tokens:
            return None
        shared = mine & one.tokens
        weight, told = 0.0, []
        for token in shared:
            usual = self.usual.word(token, one.type)
            each = math.log((ECHO + (1 - ECHO) * usual) / usual)
            weight += EACH_WORD * (min(each, 1.2) if token.startswith("=") else each)
            told.append((each, token))
        weight += CONTRAST * contrasts(mine, one.tokens) + max(UNSAID_LEAST, UNSAID * len(mine - shared))
        words = tuple(draft.said.get(token, token) for _, token in sorted(told, reverse=True))
        return Term("words", min(WORDS_MOST, weight), words=words[:4])


def shared(found: Sequence[tuple[Known, tuple[Term, ...]]]) -> list[Belongs]:
    """All certainty shared among these and something new: those that get any to speak of, the likeliest first."""
    if not found:
        return []
    sums = [sum(term.weight for term in terms) for _, terms in found]
    top = max(0.0, *sums)
    weights = [math.exp(each - top) for each in sums]
    total = math.exp(-top) + sum(weights)
    out = [
        _belongs(*one, weight / total) for one, weight in zip(found, weights, strict=True) if weight / total > POSSIBLE
    ]
    return sorted(out, key=lambda each: -each.share)


def _normal(d2: float, variance: float) -> float:
    return math.exp(-d2 / (2 * variance)) / (2 * math.pi * variance)


def _age(one: Known, at: Instant) -> float:
    return max(0.0, at - max((*one.called_at, one.opened_at)))


def _rate(one: Known, at: Instant, further: float) -> float:
    """Further calls about it that are expected in a second now: what each call so far still brings."""
    brings = further / (1.0 + further)
    rate = 0.0
    for called in one.called_at or (one.opened_at,):
        age_s = max(0.0, at - called)
        rate += brings * (SOON / SOON_S * math.exp(-age_s / SOON_S) + LATER / LATER_S * math.exp(-age_s / LATER_S))
    return max(1e-9, rate * (CLOSED if one.closed_at is not None else 1.0))


def _belongs(one: Known, terms: tuple[Term, ...], share: float) -> Belongs:
    rounded = tuple(msgspec.structs.replace(term, weight=round(term.weight, 2)) for term in terms)
    closed = one.closed_at is not None
    return Belongs(one.id, round(share, 4), share >= LIKELY and not closed, rounded, sentence(terms), closed)


def sentence(terms: Iterable[Term]) -> str:
    """The reasons as a person would say them: "same place, 2 min ago, both say smoke"."""
    return ", ".join(part for term in terms if (part := _part(term)))


def _part(term: Term) -> str:
    match term.name:
        case "place" if term.distance_m is not None:
            return "same place" if term.same_place or term.distance_m < 25.0 else f"{term.distance_m:.0f} m away"
        case "time" if term.age_s is not None:
            return f"{term.age_s / 60:.0f} min ago" if term.age_s >= 90 else f"{term.age_s:.0f} s ago"
        case "type":
            return {"same": "same type", "alike": "a type often taken for it", "group": "", "other": "another type"}[
                term.fit or "other"
            ]
        case "words" if term.words:
            plain = [word for word in term.words if not word.startswith("=")]
            return f"both say {', '.join(plain)}" if plain else "words for the same"
        case "number":
            return "same caller again"
    return ""
