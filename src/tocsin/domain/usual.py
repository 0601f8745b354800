"""What is usual at this centre: how often callers of a type say a word, whether the next one repeats it, how many call.

Learned from incidents as they come and go, so that "needs an ambulance" proves nothing here and "yellow house" does.
Keeps counts alone, by word and type: no caller, no place and no sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tocsin.domain.lexicon import attribute_of

NEW_WORD = 0.4
"""A word nobody has said yet was said so often."""
AMONG = 12.0
"""So many incidents' worth of all types stand behind what is usual of one."""
FURTHER, FURTHER_AMONG = 0.35, 6.0
"""Further calls about an incident, before the centre has shown its own; and so many incidents' worth of it."""


class Usual:
    """Counts over incidents."""

    def __init__(self) -> None:
        self._all: Counter[str] = Counter()
        self._n = 0
        self._of: dict[str, Counter[str]] = defaultdict(Counter)
        self._n_of: Counter[str] = Counter()
        self._further: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._echoed: Counter[str] = Counter()
        self._both: Counter[str] = Counter()
        self._agreed: Counter[str] = Counter()

    def learn(self, type_: str, told: Sequence[Iterable[str]], calls: int) -> None:
        """One more incident: what each of its callers said, the first one first, and how many there were."""
        first = set(told[0]) if told else set()
        self._all.update(first)
        self._of[type_].update(first)
        self._n += 1
        self._n_of[type_] += 1
        self._further[type_] += max(0, calls - 1)
        before = first
        for each in told[1:]:
            said = set(each)
            self._asked.update(before)
            self._echoed.update(before & said)
            self._both.update(_attributes(before) & _attributes(said))
            self._agreed.update(_attributes(before & said))
            before = before | said

    def word(self, token: str, type_: str) -> float:
        """How often whoever calls first about something of this type says it; always between 0 and 1."""
        all_ = (self._all[token] + NEW_WORD) / (self._n + 20.0)
        of = self._of.get(type_)
        return min(0.95, ((of[token] if of else 0) + AMONG * all_) / (self._n_of[type_] + AMONG))

    def echo(self, token: str, prior: float, among: float) -> float:
        """The chance that a word of one caller is said by the next because it is about the same: not by chance."""
        n = self._asked[token]
        by_chance = n * (self._all[token] + NEW_WORD) / (self._n + 20.0)
        return min(0.95, max(0.01, (self._echoed[token] - by_chance + among * prior) / (n + among)))

    def agree(self, attribute: str, prior: float, among: float) -> float:
        """How often two callers about one thing, who both speak of this attribute, name the same value."""
        return (self._agreed[attribute] + among * prior) / (self._both[attribute] + among)

    def heard(self, token: str) -> bool:
        """Whether anybody has said this here yet: another language tells nothing by what it leaves out."""
        return token in self._all

    def further(self, type_: str) -> float:
        """How many call again about an incident of this type."""
        few = min(self._further[type_], 6 * self._n_of[type_])
        return (few + FURTHER * FURTHER_AMONG) / (self._n_of[type_] + FURTHER_AMONG)

    def share(self, type_: str, types: int) -> float:
        """Which share of incidents is of this type."""
        return (self._n_of[type_] + 1.0) / (self._n + max(1, types))


def _attributes(tokens: Iterable[str]) -> set[str]:
    return {attribute_of(token) for token in tokens} - {""}
