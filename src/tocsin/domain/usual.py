"""What is usual at this centre: how often callers of a type say a word, and how many call about the same thing.

Learned from incidents as they come and go, so that "needs an ambulance" proves nothing here and "yellow house" does.
Keeps counts alone, by word and type: no caller, no place and no sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

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

    def learn(self, type_: str, tokens: Iterable[str], calls: int) -> None:
        """One more incident, with all that was said of it and by how many."""
        said = set(tokens)
        self._all.update(said)
        self._of[type_].update(said)
        self._n += 1
        self._n_of[type_] += 1
        self._further[type_] += max(0, calls - 1)

    def word(self, token: str, type_: str) -> float:
        """How often callers about an incident of this type say it; always between 0 and 1."""
        all_ = (self._all[token] + NEW_WORD) / (self._n + 20.0)
        of = self._of.get(type_)
        return min(0.95, ((of[token] if of else 0) + AMONG * all_) / (self._n_of[type_] + AMONG))

    def further(self, type_: str) -> float:
        """How many call again about an incident of this type."""
        few = min(self._further[type_], 6 * self._n_of[type_])
        return (few + FURTHER * FURTHER_AMONG) / (self._n_of[type_] + FURTHER_AMONG)

    def share(self, type_: str, types: int) -> float:
        """Which share of incidents is of this type."""
        return (self._n_of[type_] + 1.0) / (self._n + max(1, types))
