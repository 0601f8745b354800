"""Which incident a call belongs to, as odds: it is about one we know, or about something new.

Further calls about a known incident and first calls of new ones are taken as streams of calls that run side by side
(a marked Poisson process each). The odds are the rate of further calls, times how well place, type, words and number
fit, over the rate of new incidents here; all known incidents and "something new" share the certainty among them, so
that two fires in one street make each other doubtful. Each term is a natural logarithm and says what it rests on.
Proposes; merges nothing. Asks no clock and no map: positions arrive with their uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from tocsin.domain.evidence import DEGREE_M, Belongs, Draft, Known, Spot, Term, metres
from tocsin.domain.lexicon import Lexicon
from tocsin.domain.likeness import Likeness
from tocsin.domain.numbers import SHORTEST, same_number
from tocsin.domain.reasons import sentence
from tocsin.domain.usual import Usual
from tocsin.facts.values import Instant

LIKELY, LIKELY_BARE = 0.9, 0.975
"""From here on one key links: the share of such proposals that are wrong is measured (bench/linking.py). More is asked
where nothing of what it is has been typed yet."""
POSSIBLE = 0.05
"""Below, it is not worth a line."""
MOST = 5
HOPELESS, HOPELESS_AGAIN = -9.0, -19.0
"""By time and place alone so unlikely that words are not looked at; and where the same number called."""
AFTER_CLOSING_S = 1_800.0
"""An incident that ended is looked at for so long."""

# How further calls come in: each call brings the next with some chance (a Hawkes process), mostly within minutes, a few
# within the hour. Forty calls in three minutes make the forty-first almost sure.
SOON, SOON_S = 0.88, 90.0
LATER, LATER_S = 0.12, 900.0
CLOSED = 0.2
BOX_M = 2_500.0
"""Incidents whose place is farther off in latitude or longitude are not measured at all."""
REACH_M = 800.0
# New incidents: what we assume of any square metre and second (about one a day on a square kilometre), and what
# each of the last hours near here adds to it: where something is, more comes.
NEW_M2S, BESIDE_M2S = 0.95e-11, 3.2e-11
NEAR_M, LATELY_S = 1_000.0, 7_200.0
# Where a caller of the same incident says it is, or stands.
SEEN_M = 300.0
"""From how far away people call about a thing nobody has named yet."""
SPREAD_M, STANDS = 12.0, 0.6
"""Metres along an axis between what two callers take for the place of one thing; and, for one whose own position is
all that is known, so much of the distance from which such a thing is seen."""
FAR_SAID, FAR_STANDING = 0.02, 0.05
FAR_M = 150.0
ASTRAY = 0.086
"""Some callers' place is simply wrong: nothing about it counts more against them than that."""
AGAIN, AGAIN_EACH = 10.0, 2.4
"""A number that called about this incident calls again; less for one that calls about everything."""


class Scene:
    """What else is burning: all incidents a call is compared with, and what is usual among them."""

    def __init__(self, known: Sequence[Known], lexicon: Lexicon, usual: Usual | None = None) -> None:
        """`usual`: what this centre has learned; without it, what is here now is all that is usual."""
        self.known = known
        self.lexicon = lexicon
        self.usual = usual or Usual()
        self.alike = Likeness(lexicon, self.usual)
        self._ends: dict[str, list[Known]] = {}
        for one in known:
            for end in {number[-SHORTEST:] for number in one.numbers}:
                self._ends.setdefault(end, []).append(one)
        if usual is None:
            for one in known:
                self.usual.learn(one.type, one.told, len(one.called_at))

    def rank(self, draft: Draft, most: int = MOST) -> list[Belongs]:
        """The incidents this call may belong to, the likeliest first."""
        return shared(self.odds(draft))[:most]

    def odds(self, draft: Draft) -> list[tuple[Known, tuple[Term, ...]]]:
        """Every incident that is near enough, or of this caller, with its terms against "something new"."""
        lately = sum(draft.at - one.opened_at < LATELY_S for one in self.known)
        fresh = (lately + 1) / LATELY_S
        called = self._called(draft.number)
        near = self._near(draft, called)
        crowd = [one.type for one, d in near if d < NEAR_M and draft.at - one.opened_at < LATELY_S and draft.spot]
        here = NEW_M2S + BESIDE_M2S * len(crowd)
        among = self.alike.among(draft.type, crowd, 1 - NEW_M2S / here) if draft.type else 1.0
        out = []
        for one, distance_m in near:
            terms = [self._time(one, draft.at, fresh)]
            if draft.spot is not None:
                terms.append(self._place(draft, draft.spot, one, distance_m, fresh / here))
            again = one in called
            if sum(term.weight for term in terms) > (HOPELESS_AGAIN if again else HOPELESS):
                if draft.type:
                    terms.append(self.alike.type(draft.type, one, among))
                words = self.alike.words(draft, one)
                if words is not None:
                    terms.append(words)
                if again:
                    terms.append(Term("number", max(2.0, AGAIN - AGAIN_EACH * (len(called) - 1))))
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
        weight = math.log(density * area_m2 + ASTRAY)
        return Term("place", weight, distance_m=distance_m, sigma_m=sigma_m, same_place=same)


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
    enough = LIKELY if any(term.name in ("type", "words") for term in terms) else LIKELY_BARE
    return Belongs(one.id, round(share, 4), share >= enough and not closed, rounded, sentence(terms), closed)
