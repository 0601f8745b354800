"""The token index: which entries hold a word that begins like this one, and how well each is hit.

Refuses to know what an entry is. Words are kept sorted, so all words with one beginning are neighbours and their
postings are one slice; a search is a few slices and a few passes over one array an entry.
"""

from bisect import bisect_left
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_LAST = chr(0x10FFFF)
_ALPHABET = 64
_SHORTEST_TYPO = 4
"""Shorter words are mended only to whole words: too many begin like them."""
_LONGEST_TYPO = 20
_INFIX_HITS = 64
_REMEMBERED = 24
"""Words whose grades are kept: a text that grows by a letter asks again for all its other words."""


class TokenIndex:
    """Sorted words with postings: `items[start[i]:start[i + 1]]` are the entries that hold word i, with weights."""

    def __init__(
        self,
        words: list[str],
        start: NDArray[np.int64],
        items: NDArray[np.int32],
        weights: Floats,
        size: int,
        letters: str,
    ):
        self.words = words
        self.start = start
        self.items = items
        self.weights = weights
        self.size = size
        lengths = np.fromiter((len(w) for w in words), dtype=np.float32, count=len(words))
        self._lengths = np.repeat(lengths, np.diff(start))
        self._blob = "\n" + "\n".join(words) + "\n"
        self._offsets = np.concatenate([[1], 1 + np.cumsum(lengths + 1)]).astype(np.int64) if words else np.array([1])
        self.hit = lru_cache(_REMEMBERED)(self._hit)
        self.hit_loosely = lru_cache(_REMEMBERED)(self._hit_loosely)
        self.letters = letters

    @classmethod
    def of(cls, postings: dict[str, dict[int, float]], size: int) -> "TokenIndex":
        """Build from word -> entry -> weight, for `size` entries."""
        words = sorted(postings)
        counts = [len(postings[w]) for w in words]
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        items = np.fromiter((e for w in words for e in postings[w]), dtype=np.int32, count=int(start[-1]))
        weights = np.fromiter((v for w in words for v in postings[w].values()), dtype=np.float32, count=int(start[-1]))
        letters = Counter(char for word in words for char in word)
        return cls(words, start, items, weights, size, "".join(char for char, _ in letters.most_common(_ALPHABET)))

    def _span(self, beginning: str) -> tuple[int, int]:
        low = bisect_left(self.words, beginning)
        return low, bisect_left(self.words, beginning + _LAST, low)

    def _mark(self, out: Floats, share: Floats, low: int, high: int, size: int, quality: float) -> None:
        cut = slice(int(self.start[low]), int(self.start[high]))
        items = self.items[cut]
        grade = quality * (0.55 + 0.4 * np.minimum(1, size / self._lengths[cut]))
        better = grade > out[items]
        out[items[better]] = grade[better]
        share[items[better]] = (grade * self.weights[cut])[better]

    def _hit(self, word: str) -> tuple[Floats, Floats]:
        """Grade (0 to 1) and graded weight of every entry that holds a word that begins so (read-only)."""
        out, share = np.zeros(self.size, dtype=np.float32), np.zeros(self.size, dtype=np.float32)
        low, high = self._span(word)
        if low < high:
            self._mark(out, share, low, high, len(word), 1.0)
            if self.words[low] == word:
                cut = slice(int(self.start[low]), int(self.start[low + 1]))
                out[self.items[cut]] = 1.0
                share[self.items[cut]] = self.weights[cut]
        return kept(out, share)

    def _hit_loosely(self, word: str, least: int = 1) -> tuple[Floats, Floats]:
        """As `hit`, also for words with one slip of the fingers or, failing that, with the text inside.

        No slip leaves fewer letters than `least`.
        """
        out, share = (column.copy() for column in self.hit(word))
        for close in (slip for slip in self._slips(word) if len(slip) >= least):
            low, high = self._span(close)
            same = bisect_left(self.words, close + "\0", low)
            if low < same:
                self._mark(out, share, low, same, len(close), 0.8)
            if len(word) >= _SHORTEST_TYPO:
                self._mark(out, share, low, high, len(close), 0.65)
        if not out.any():
            for at in self._inside(word):
                self._mark(out, share, at, at + 1, len(word), 0.75)
        return kept(out, share)

    def _slips(self, word: str) -> set[str]:
        """Beginnings of known words at one edit (or one swap of neighbours) from the word; digits always stand, and
        no finger that missed a letter of "post" wrote "1st"."""
        if not 1 < len(word) <= _LONGEST_TYPO or word.isdigit():
            return set()
        out: set[str] = set()
        digits = sum(c.isdigit() for c in word)
        letters = [c for c in self.letters if not c.isdigit()]
        for i in range(digits, len(word) + 1):
            head, tail = word[:i], word[i:]
            low, high = self._span(head)
            if low == high:
                break
            tries = [head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]] if tail else []
            for letter in letters:
                tries += [head + letter + tail, head + letter + tail[1:]] if tail else []
            out.update(t for t in tries if t != word and self._begins(t, low, high))
        return out

    def _begins(self, beginning: str, low: int, high: int) -> bool:
        at = bisect_left(self.words, beginning, low, high)
        return at < high and self.words[at].startswith(beginning)

    def exact(self, word: str) -> NDArray[np.int32]:
        """The items of exactly this word."""
        at = bisect_left(self.words, word)
        if at == len(self.words) or self.words[at] != word:
            return self.items[:0]
        return self.items[int(self.start[at]) : int(self.start[at + 1])]

    def mark(self, out: Floats, share: Floats, row: int, quality: float) -> None:
        """Grade the entries of one word of the index."""
        self._mark(out, share, row, row + 1, len(self.words[row]), quality / 0.95)

    def _inside(self, word: str) -> list[int]:
        if len(word) < (3 if word.isascii() else 2):
            return []
        out: list[int] = []
        at = self._blob.find(word)
        while at >= 0 and len(out) < _INFIX_HITS:
            found = int(np.searchsorted(self._offsets, at, side="right")) - 1
            out.append(found)
            at = self._blob.find(word, int(self._offsets[found + 1]))
        return out


def kept(out: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Many threads are handed the same arrays, so nobody may write to them."""
    out.flags.writeable = share.flags.writeable = False
    return out, share
