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

from tocsin.domain.words import Lexicon
from tocsin.facts.values import Instant, Place

TermName: TypeAlias = Literal["time", "place", "type", "words", "number"]
TypeFit: TypeAlias = Literal["same", "alike", "group", "other"]

LIKELY = 0.97
"""From here on one key links: the share of such proposals that are wrong is measured (bench/linking.py)."""
POSSIBLE = 0.05
"""Below, it is not worth a line."""
MOST = 5
AFTER_CLOSING_S = 1_800.0
"""An incident that ended is looked at for so long."""

# How further calls come in: most within minutes, a few within the hour; a burst goes on as it began (per second).
BURST, BURST_S = 1.2, 240.0
LATER, LATER_S = 0.15, 2_700.0
HEAT_S, HEAT = 180.0, 0.6
CLOSED = 0.2
# New incidents: what we assume of any square metre and second (about nine a day on a square kilometre), and what the
# last hours near here add to it.
NEW_M2S = 1.0e-10
NEAR_M, LATELY_S = 1_000.0, 7_200.0
# Where a caller of the same incident says it is, or stands.
SPREAD_M = 30.0
FAR_SAID, FAR_STANDING = 0.06, 0.2
FAR_M = 150.0
ASTRAY = 0.02
"""Share of callers whose place is simply wrong: nothing about it counts more against them than that."""
STATED = 0.5
"""Standard deviation along an axis over a stated radius: those hold about 86 to 95 % of callers."""
SIGMA_M = {
    "address": 15.0, "intersection": 20.0, "interpolated": 30.0, "block": 50.0, "map": 20.0, "alias": 20.0,
    "landmark": 40.0, "place": 60.0, "street": 150.0, "relative": 150.0, "registered": 20.0, "caller": 40.0,
}  # fmt: skip
"""For a place that states no radius, by how it was found."""
# How callers of one incident name its type.
FITS: dict[TypeFit, float] = {"same": 0.66, "alike": 0.18, "group": 0.1, "other": 0.06}
ECHO = 0.3
"""Chance that a word of one caller is said by the next one because it is about the same."""
UNSAID, UNSAID_LEAST = -0.12, -1.6
WORDS_MOST = 7.0
AGAIN = 5.0
"""A number that called about this incident calls again; less for one that calls about everything."""


class Spot(msgspec.Struct, frozen=True):
    """Where, and the standard deviation along an axis."""

    lat: float
    lon: float
    sigma_m: float
    said: bool = True
    """Where help is needed; otherwise where the caller is."""


class Known(msgspec.Struct, frozen=True):
    """An incident as far as a call is compared with it."""

    id: str
    type: str
    opened_at: Instant
    spots: tuple[Spot, ...]
    """Its place first, then its callers'."""
    tokens: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    """Ends of its callers' numbers."""
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
    tail: str = ""
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
    north = (other.lat - one.lat) * 111_195.0
    east = (other.lon - one.lon) * 111_195.0 * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


class Scene:
    """What else is burning: all incidents a call is compared with, and what is usual among them."""

    def __init__(self, known: Sequence[Known], lexicon: Lexicon) -> None:
        self.known = known
        self.lexicon = lexicon
        self._types: dict[str, int] = {}
        self._tokens: dict[str, int] = {}
        for one in known:
            self._types[one.type] = self._types.get(one.type, 0) + 1
            for token in one.tokens:
                self._tokens[token] = self._tokens.get(token, 0) + 1

    def rank(self, draft: Draft, most: int = MOST) -> list[Belongs]:
        """The incidents this call may belong to, the likeliest first."""
        found = self.odds(draft)
        if not found:
            return []
        top = max(0.0, *(sum(term.weight for term in terms) for _, terms in found))
        all_ = [(one, terms, math.exp(sum(term.weight for term in terms) - top)) for one, terms in found]
        total = math.exp(-top) + sum(weight for _, _, weight in all_)
        out = [_belongs(one, terms, weight / total) for one, terms, weight in all_ if weight / total >= POSSIBLE]
        return sorted(out, key=lambda each: -each.share)[:most]

    def odds(self, draft: Draft) -> list[tuple[Known, tuple[Term, ...]]]:
        """Every incident that is near enough, or of this caller, with its terms against "something new"."""
        lately = sum(draft.at - one.opened_at < LATELY_S for one in self.known)
        fresh = (lately + 1) / LATELY_S
        near = self._near(draft)
        crowd = sum(d < NEAR_M and draft.at - one.opened_at < LATELY_S for one, d in near)
        out = []
        for one, distance_m in near:
            rate = Term(
                "time", math.log(_rate(one, draft.at) / fresh), age_s=_age(one, draft.at), calls=len(one.called_at)
            )
            terms = [rate]
            if draft.spot is not None:
                others = crowd - (distance_m < NEAR_M and draft.at - one.opened_at < LATELY_S)
                here = NEW_M2S + others / (math.pi * NEAR_M**2 * LATELY_S)
                terms.append(self._place(draft, draft.spot, one, distance_m, fresh / here))
            terms += self._told(draft, one)
            out.append((one, tuple(terms)))
        return out

    def _near(self, draft: Draft) -> list[tuple[Known, float]]:
        """Incidents with their distance; far ones only where they are of the same caller."""
        spot = draft.spot
        if spot is None:
            return [(one, 0.0) for one in self.known]
        out = []
        for one in self.known:
            distance_m = min((metres(spot, each) for each in one.spots), default=math.inf)
            reach_m = 1_500.0 + 4.0 * (spot.sigma_m + max((each.sigma_m for each in one.spots), default=0.0))
            if distance_m < reach_m or (draft.tail and draft.tail in one.tails):
                out.append((one, distance_m))
        return out

    def _place(self, draft: Draft, spot: Spot, one: Known, distance_m: float, area_m2: float) -> Term:
        """How likely a call about this incident names, or comes from, just here, against any call here."""
        kind = self.lexicon.types.get(one.type)
        far_m = max(FAR_M, kind.seen_from_m if kind else 0.0)
        far = FAR_SAID if spot.said else FAR_STANDING
        density = 0.0
        for i, each in enumerate(one.spots):
            variance = spot.sigma_m**2 + each.sigma_m**2 + SPREAD_M**2
            d2 = metres(spot, each) ** 2
            share = 1.0 if len(one.spots) == 1 else 0.6 if i == 0 else 0.4 / (len(one.spots) - 1)
            density += share * ((1 - far) * _normal(d2, variance) + far * _normal(d2, variance + far_m**2))
        sigma_m = math.sqrt(spot.sigma_m**2 + (one.spots[0].sigma_m ** 2 if one.spots else 0.0))
        same = bool(draft.text) and draft.text == one.text
        weight = math.log((1 - ASTRAY) * density * area_m2 + ASTRAY)
        return Term("place", weight, distance_m=distance_m, sigma_m=sigma_m, same_place=same)

    def _told(self, draft: Draft, one: Known) -> Iterable[Term]:
        if draft.type:
            yield self._type(draft.type, one)
        words = self._words(draft, one)
        if words is not None:
            yield words
        if draft.tail and draft.tail in one.tails:
            calls_often = sum(draft.tail in other.tails for other in self.known) - 1
            yield Term("number", max(1.0, AGAIN - 1.2 * calls_often))

    def _type(self, code: str, one: Known) -> Term:
        fit, among = self._fit(code, one.type)
        usual = (self._types.get(code, 0) + 1.0) / (len(self.known) + max(1, len(self.lexicon.types)))
        return Term("type", math.log(FITS[fit] / among / usual), fit=fit)

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
            usual = (self._tokens.get(token, 1) - 0.5) / (len(self.known) + 15.0)
            each = math.log((ECHO + (1 - ECHO) * usual) / usual)
            weight += min(each, 1.2) if token.startswith("=") else each
            told.append((each, token))
        weight += max(UNSAID_LEAST, UNSAID * len(mine - shared))
        words = tuple(draft.said.get(token, token) for _, token in sorted(told, reverse=True))
        return Term("words", min(WORDS_MOST, weight), words=words[:4])


def _normal(d2: float, variance: float) -> float:
    return math.exp(-d2 / (2 * variance)) / (2 * math.pi * variance)


def _age(one: Known, at: Instant) -> float:
    return max(0.0, at - max((*one.called_at, one.opened_at)))


def _time(one: Known, at: Instant, fresh: float) -> Term:
    return Term("time", math.log(_rate(one, at) / fresh), age_s=_age(one, at), calls=len(one.called_at))


def _rate(one: Known, at: Instant) -> float:
    """Further calls about it that are expected in a second now."""
    age_s = max(0.0, at - min((*one.called_at[:1], one.opened_at)))
    hot = sum(0 <= at - each < HEAT_S for each in one.called_at)
    rate = BURST / BURST_S * math.exp(-age_s / BURST_S) + LATER / LATER_S * math.exp(-age_s / LATER_S)
    rate += HEAT * max(0, hot - 1) / HEAT_S
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
