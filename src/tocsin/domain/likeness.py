"""What two descriptions say of being about one thing: the types they name, what both say, what cannot both be.

A word weighs by how often callers of such things say it anyway, and by how often the next caller about the same thing
repeats it: both are learned (`usual`). "needs an ambulance" is said by everybody and repeated by chance alone; "silver
van" is said by few and repeated by half. Where both speak of one attribute and name other values, that speaks against;
so do, a little, details on both sides that have nothing in common. Silence speaks neither way much.

The weights were fitted by maximum likelihood to published nights (bench/linking.py, seeds 1 to 6 of January 2017, the
first wording), all at once with those of `belonging`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tocsin.domain.evidence import Draft, Known, Term, TypeFit
from tocsin.domain.lexicon import Lexicon, attribute_of
from tocsin.domain.usual import Usual

# How callers of one incident name its type, and how much alike things come in company (a storm brings down many wires).
FITS: dict[TypeFit, float] = {"same": 0.54, "alike": 0.38, "group": 0.04, "other": 0.04}
COMPANY = 0.22
# What is repeated about one thing, before a centre has shown its own (`AMONG` times heard).
ECHO_VALUE, ECHO_WORD = 0.59, 0.32
AMONG = 8.7
OF_ITSELF = 4.2
"""What callers of this very incident have repeated so far counts against so many of what is usual."""
VALUE, WORD = 0.59, 0.15
"""Weight of what both say. Words of one sentence are not independent of each other."""
AGREE_ONE, AGREE_MANY, AGREE_AMONG, AGREE_MOST = 0.81, 0.60, 10.0, 0.97
CONTRARY = 0.78
"""Values of one attribute that differ. How often callers agree on it is learned; that one of several is less telling
before anything is learned is no fit but the world: a crash has a van and a bus."""
OTHER_TYPE = 1.65
"""Words that go with the incident's type rather than with the caller's."""
MINE_VALUE, MINE_WORD, THEIRS_VALUE, THEIRS_WORD = 0.62, 0.04, 0.79, 1.10
MINE_ALONE, THEIRS_ALONE = 0.40, 0.96
"""Details that only one side tells of."""
DETAILS_MOST = 1.85
"""Forty callers have found forty ways to say it: the forty-first uses few of them."""
NAMES = 0.7
"""Where no type is chosen: words name the same type, or another one."""


class Likeness:
    """Compares what is said, by the lexicon of a centre and what is usual there."""

    def __init__(self, lexicon: Lexicon, usual: Usual) -> None:
        self.lexicon, self.usual = lexicon, usual

    def among(self, code: str, near: Sequence[str], share: float) -> float:
        """How likely something new here is of this type. `near`: types of what lately happened here; `share`: of all
        that is new here, how much comes of those."""
        usual = self.usual.share(code, len(self.lexicon.types))
        if not near:
            return usual
        company = sum(self.fits(code, other)[1] for other in near) / len(near)
        return (1 - share * COMPANY) * usual + share * COMPANY * company

    def fits(self, code: str, known: str) -> tuple[TypeFit, float]:
        """How one type stands to another, and the chance that a caller about the other names just this one."""
        if code == known:
            return "same", FITS["same"]
        types, groups = self.lexicon.types, self.lexicon.groups
        mine, other = types.get(code), types.get(known)
        alike = other.alike if other else ()
        if code in alike or (mine and known in mine.alike):
            return "alike", FITS["alike"] / max(1, len(alike))
        group = self.lexicon.group(known)
        if group and group == self.lexicon.group(code):
            return "group", FITS["group"] / max(1, groups[group] - 1)
        return "other", FITS["other"] / max(1, len(types) - groups[group])

    def type(self, code: str, one: Known, among: float) -> Term:
        """`among`: how likely something new here is of this type."""
        fit, chance = self.fits(code, one.type)
        return Term("type", math.log(chance / among), fit=fit)

    def words(self, draft: Draft, one: Known) -> Term | None:
        """What is said on both sides. With a type in hand, what words say of types is not counted twice."""
        mine = [token for token in draft.heard if not token.startswith("=")]
        theirs = [token for token in one.said if not token.startswith("=")]
        named, names = (0.0, ()) if draft.type else _named(draft, one)
        if not (mine and theirs) and not named:
            return None
        type_ = draft.type or one.type
        both = [token for token in mine if token in one.said]
        agreed = {attribute_of(token) for token in both}
        contrary = {
            attribute: token
            for token in mine
            if (attribute := attribute_of(token)) and attribute in one.values and attribute not in agreed
        }
        weight, told = named, []
        for token in both:
            rare = self._repeated(token, type_, one)
            weight += (VALUE if token.startswith("#") else WORD) * rare
            told.append((rare, token))
        weight += CONTRARY * sum(self._contrary(attribute) for attribute in contrary)
        weight += self._alone(mine, theirs, both, contrary, type_, one)
        said = dict.fromkeys(draft.heard[token] for _, token in sorted(told, reverse=True))
        against = ((draft.heard[token], one.words(one.values[at])) for at, token in contrary.items())
        return Term("words", weight, words=(*said, *names)[:4], against=tuple(dict.fromkeys(against))[:2])

    def _repeated(self, token: str, type_: str, one: Known) -> float:
        """A word of both: said because it is about the same, against said anyway."""
        usual = self.usual.word(token, type_)
        echo = self._echo(token, one)
        return math.log((echo + (1 - echo) * usual) / usual)

    def _echo(self, token: str, one: Known | None) -> float:
        prior = ECHO_VALUE if token.startswith("#") else ECHO_WORD
        echo = self.usual.echo(token, prior, AMONG)
        if one is None:
            return echo
        here = (echo * OF_ITSELF + one.said[token] - 1) / (OF_ITSELF + len(one.told) - 1)
        return min(0.95, max(0.003, here))

    def _contrary(self, attribute: str) -> float:
        prior = AGREE_ONE if attribute in self.lexicon.single else AGREE_MANY
        return math.log(1 - min(AGREE_MOST, self.usual.agree(attribute, prior, AGREE_AMONG)))

    def _alone(
        self, mine: list[str], theirs: list[str], both: list[str], contrary: dict[str, str], type_: str, one: Known
    ) -> float:
        """Details of one side alone: those that speak of one thing tend to tell the same ones."""
        known = sum(token.startswith("#") or self.usual.heard(token) for token in mine) / max(1, len(mine))
        weight = my_details = their_details = 0.0
        for token in mine:
            if token in both or attribute_of(token) in contrary:
                continue
            echo = self._echo(token, None)
            my_details += known * echo * (MINE_VALUE if token.startswith("#") else MINE_WORD)
            if one.type != type_:
                there = self.usual.word(token, one.type) / self.usual.word(token, type_)
                weight += OTHER_TYPE * math.log(1 - echo + echo * min(20.0, max(0.05, there)))
        spoken = {attribute_of(token) for token in mine} - {""}
        for token in theirs:
            if token not in both and attribute_of(token) not in spoken:
                value = token.startswith("#")
                their_details += self._echo(token, one) * (THEIRS_VALUE if value else THEIRS_WORD)
        their_details = min(DETAILS_MOST, their_details)
        return weight - MINE_ALONE * my_details - THEIRS_ALONE * known * their_details - my_details * their_details


def _named(draft: Draft, one: Known) -> tuple[float, tuple[str, ...]]:
    """Types that words name: whether they are the same, and which."""
    mine = {token for token in draft.heard if token.startswith("=")}
    theirs = {token for token in one.said if token.startswith("=")}
    if not mine or not theirs:
        return 0.0, ()
    both = tuple(sorted(mine & theirs))
    return (NAMES if both else -NAMES), both
