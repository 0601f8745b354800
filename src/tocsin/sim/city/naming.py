"""Names for the city, its districts and streets: no street name twice, but for a few repeated far apart on purpose."""

from __future__ import annotations

import numpy as np

from tocsin.sim.city import words
from tocsin.sim.city.model import District, Street


class Namer:
    """Deals names out; each once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: set[str] = set(words.REPEATED)

    def street(self, like: str) -> str:
        """A new street name; `like` is a key of words.LIKE."""
        endings = words.LIKE[like]
        for _ in range(400):
            name = f"{self._stem()} {endings[int(self._rng.integers(len(endings)))]}"
            if name not in self._used:
                self._used.add(name)
                return name
        return self._numbered(endings[0])

    def _stem(self) -> str:
        if self._rng.uniform() < 0.66:
            return self._pick(words.ENGLISH) + self._pick(words.SECOND)
        plain = self._pick(words.ISLAND)
        return f"{plain} {self._pick(words.PORTUGUESE)}" if self._rng.uniform() < 0.7 else plain

    def _pick(self, choices: tuple[str, ...]) -> str:
        return choices[int(self._rng.integers(len(choices)))]

    def _numbered(self, ending: str) -> str:
        number = 1
        while f"{number} {ending}" in self._used:
            number += 1
        self._used.add(f"{number} {ending}")
        return f"{number} {ending}"


def name_city(rng: np.random.Generator) -> str:
    """The city's own name."""
    return words.CITIES[int(rng.integers(len(words.CITIES)))]


def name_districts(districts: list[District], rng: np.random.Generator) -> None:
    """Give every district a name of its own; some carry it in Arabic and Chinese too."""
    names = rng.permutation(len(words.DISTRICTS))
    for k, district in enumerate(districts):
        district.name = words.DISTRICTS[int(names[k])]
        if k % 4 == 1:
            arabic, chinese = words.OTHER_SCRIPTS[(k // 4) % len(words.OTHER_SCRIPTS)]
            district.tags = {"name:ar": arabic, "name:zh": chinese}


def repeat_some(streets: list[Street], rng: np.random.Generator) -> None:
    """Give a few names to two streets in different districts, as cities that grew over villages have."""
    plain = [s for s in streets if s.kind == "residential" and len(s.edges) >= 2]
    order = [plain[int(k)] for k in rng.permutation(len(plain))]
    for name in words.REPEATED:
        first = order.pop() if order else None
        second = next((s for s in order if first is not None and s.district != first.district), None)
        if first is not None and second is not None:
            order.remove(second)
            first.name = second.name = name
