"""Names: scores how well typed words fit the known names. Refuses to know houses, corners and coordinates.

A name is an entry of words with weights; kinds of street ("street", "rua") and little words weigh little and may be
missing or wrong. Words of the town or district may be typed too: they sort namesakes but never find by themselves.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places.columns import Texts, unpack
from tocsin.geo.places.index import Floats, TokenIndex, kept
from tocsin.geo.places.match import Doubt
from tocsin.geo.places.sounds import alike, latin, skeletons
from tocsin.geo.places.words import is_nearly_a_type, tokens, words

OLD_WORTH = 0.85
"""What a name that no longer stands is worth beside one that does."""
_FULL = 0.93
"""Where a name fits this well as typed, nothing is mended."""
_MEND_COST = 0.1
_POOL = 48
_IN_FULL = 0.9
_SHORT = 3
_LEAST = 3
"""Two letters stand for too much ("st") to be what somebody mistyped who said no other telling word."""
_SOUNDS = 400
_HEARD = 0.45
"""A name that only sounds like what was typed must fit this well, or nothing would ever be called unknown."""
_REMEMBERED = 24


class Hit(NamedTuple):
    """A target (its row), how well the words fit it (0 to 1), the entry that fits, and what had to be forgiven."""

    target: int
    fit: float
    entry: int
    doubt: Doubt | None = None

    @property
    def mended(self) -> bool:
        """Whether the words as typed are not the words of the name."""
        return self.doubt is not None


def load_index(columns: dict[str, NDArray[Any]], name: str, size: int) -> TokenIndex:
    """The token index stored under this name."""
    text = columns[f"{name}.words"].tobytes().decode()
    return TokenIndex(
        text.split("\n") if text else [],
        columns[f"{name}.starts"],
        columns[f"{name}.items"],
        columns[f"{name}.weights"],
        size,
        columns[f"{name}.letters"].tobytes().decode(),
    )


def save_index(name: str, index: TokenIndex) -> dict[str, NDArray[Any]]:
    """The columns that `load_index` reads."""
    raw = "\n".join(index.words).encode("utf-8", "replace")
    return {
        f"{name}.words": np.frombuffer(raw, dtype=np.uint8),
        f"{name}.starts": index.start,
        f"{name}.items": index.items,
        f"{name}.weights": index.weights,
        f"{name}.letters": np.frombuffer(index.letters.encode("utf-8", "replace"), dtype=np.uint8),
    }


def _merged(as_typed: list[Hit], mended: list[Hit], limit: int) -> list[Hit]:
    """Both together, each target once as it fits best; a mended one must fit that much better."""
    best = {hit.target: hit for hit in mended} | {hit.target: hit for hit in as_typed}
    return sorted(best.values(), key=lambda h: (_MEND_COST * (h.doubt == "mended") - h.fit, h.target))[:limit]


def _weights(typed: tuple[str, ...], doubt: Doubt | None) -> list[float]:
    """The words' weights; where spelling is mended, a word that may be a mistyped kind weighs little."""
    weights = [words().weight(w) for w in typed]
    telling = [i for i, weight in enumerate(weights) if weight >= _IN_FULL]
    if doubt is None or len(telling) < 2:
        return weights
    for i in telling[::-1]:
        if is_nearly_a_type(typed[i]) or (len(typed[i]) <= _SHORT and typed[i].isalpha()):
            weights[i] = 0.3
            break
    return weights


class Names:
    """All names of the region, searchable by the beginnings of their words in any order."""

    def __init__(self, columns: dict[str, NDArray[Any]], targets: int):
        self._target: NDArray[np.int32] = columns["entry.target"]
        self._total: NDArray[np.float32] = columns["entry.total"]
        self._worth: NDArray[np.float32] = columns["entry.worth"]
        self._text: Texts = unpack(columns, "entry")
        self._names = load_index(columns, "names", len(self._target))
        self._towns = load_index(columns, "towns", targets)
        self._sounds = load_index(columns, "sounds", len(self._names.words))
        self._heard = lru_cache(_REMEMBERED)(self._heard_now)
        self._streets: NDArray[np.bool_] = columns["target.kind"][self._target] == 0

    def find(self, typed: tuple[str, ...], *, only_streets: bool = False, limit: int = 16) -> list[Hit]:
        """The best targets for the words, best first. Spelling is mended only when nothing fits in full as typed."""
        hits = self._find(typed, only_streets, limit, None)
        if hits and hits[0].fit >= _FULL:
            return hits
        hits = _merged(hits, self._find(typed, only_streets, limit, "mended"), limit)
        hits = hits or self._find(typed, only_streets, limit, "sounded")
        if hits:
            return hits
        romanised = tuple(tokens(latin(" ".join(typed))))
        if romanised == typed:
            return []
        hits = self._find(romanised, only_streets, limit, None) or self._find(romanised, only_streets, limit, "sounded")
        return [hit._replace(doubt="translated") for hit in hits]

    def as_typed(self, typed: tuple[str, ...]) -> list[Hit]:
        """Targets whose name is these words, whole and without mending."""
        return [hit for hit in self._find(typed, only_streets=False, limit=8, doubt=None) if hit.fit >= _FULL]

    def _find(self, typed: tuple[str, ...], only_streets: bool, limit: int, doubt: Doubt | None) -> list[Hit]:
        fit, possible = self._fits(typed, doubt)
        if only_streets:
            possible &= self._streets
        if doubt == "sounded":
            possible &= fit >= _HEARD
        rows = np.flatnonzero(possible)
        if len(rows) > _POOL:
            rows = rows[np.argpartition(-fit[rows], _POOL)[:_POOL]]
        phrase = " ".join(typed)
        best: dict[int, Hit] = {}
        for row in rows.tolist():
            target, grade = int(self._target[row]), float(fit[row])
            grade += 0.04 if self._text[row].startswith(phrase) else 0.0
            if target not in best or grade > best[target].fit:
                old: Doubt | None = "old_name" if self._worth[row] < OLD_WORTH + 0.01 else None
                best[target] = Hit(target, min(1.0, grade) * float(self._worth[row]), row, doubt or old)
        return sorted(best.values(), key=lambda h: (-h.fit, h.target))[:limit]

    def _grades(self, word: str, doubt: Doubt | None, *, telling: bool) -> tuple[Floats, Floats]:
        if doubt is None:
            return self._names.hit(word)
        if doubt == "mended":
            return self._names.hit_loosely(word, _LEAST if telling and word.isalpha() else 1)
        return self._heard(word)

    def _heard_now(self, word: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """As `hit_loosely`, also for words that sound like this one."""
        out, share = (column.copy() for column in self._names.hit_loosely(word))
        for skeleton in skeletons(word):
            for row in self._sounds.exact(skeleton)[:_SOUNDS]:
                self._names.mark(out, share, int(row), 0.35 + 0.4 * alike(word, self._names.words[row]))
        return kept(out, share)

    def _fits(self, typed: tuple[str, ...], doubt: Doubt | None) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        size = len(self._target)
        weights = _weights(typed, doubt)
        need = max(weights, default=0.0)
        possible = np.ones(size, dtype=np.bool_)
        anchored = np.zeros(size, dtype=np.bool_)
        got, cover = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
        for word, weight in zip(typed, weights, strict=True):
            grade, share = self._grades(word, doubt, telling=weight >= _IN_FULL)
            cover += share
            town = 0.6 * self._towns.hit(word)[0][self._target] if len(word) > 1 else np.zeros(1, dtype=np.float32)
            if doubt and weight >= _IN_FULL and len(word) <= _SHORT + 1:
                grade = np.where(share >= 0.6 * grade, grade, 0).astype(np.float32)  # "pst" is no way to write "street"
            if weight >= need:
                possible &= (grade > 0) | (town > 0)
                anchored |= grade > 0
                if not possible.any():
                    break
            got += weight * np.maximum(grade, town)
        fit = 0.55 * got / max(sum(weights), 0.1) + 0.45 * np.minimum(1, cover / self._total)
        return fit.astype(np.float32), possible & anchored
