"""Entries: every name of every target as words with weights, in the columns that `Names` searches.

Refuses to know what a target is. Beside the names as written stand their romanised forms, the first name with everyday
words for its kind (which weigh nothing by themselves), and the spoken skeletons of all words.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places.columns import pack, unpack
from tocsin.geo.places.harvest import OldName
from tocsin.geo.places.index import TokenIndex
from tocsin.geo.places.names import OLD_WORTH, save_index
from tocsin.geo.places.sounds import latin, skeletons
from tocsin.geo.places.words import fold, joined, tokens, words

Columns = dict[str, NDArray[Any]]
Postings = dict[str, dict[int, float]]
_KIND_WEIGHT = 0.3


def index_names(rows: Iterable[tuple[list[str], str]]) -> Columns:
    """The columns for targets given as (names, kind): the first name is worth most."""
    owners: list[int] = []
    texts: list[str] = []
    worths: list[float] = []
    totals: list[float] = []
    postings: Postings = defaultdict(dict)
    for target, (names, kind) in enumerate(rows):
        for name, worth, extra in _forms(names, kind):
            total = _post(postings, name, len(owners), extra)
            if total:
                owners.append(target)
                texts.append(" ".join(tokens(name)))
                worths.append(worth)
                totals.append(total)
    index = TokenIndex.of(postings, len(owners))
    return {
        "entry.target": np.array(owners, dtype=np.int32),
        "entry.total": np.array(totals, dtype=np.float32),
        "entry.worth": np.array(worths, dtype=np.float32),
        **pack("entry", texts),
        **save_index("names", index),
        **save_index("sounds", _sounds(index)),
    }


def _forms(names: list[str], kind: str) -> list[tuple[str, float, tuple[str, ...]]]:
    """Each name with its worth and the words that may be said beside it."""
    out: list[tuple[str, float, tuple[str, ...]]] = [(names[0], 1.0, ())]
    if kind:
        out.append((f"{names[0]} {kind}", 0.96, ()))
        if kind in words().kinds:
            out.append((names[0], 0.96, words().kinds[kind]))
    out += [(name, OLD_WORTH if isinstance(name, OldName) else 0.96, ()) for name in names[1:]]
    for name in names:
        plain = fold(name)
        romanised = fold(latin(plain))
        if romanised != plain and romanised:
            out.append((romanised, 0.92, ()))
    return out


def _post(postings: Postings, name: str, entry: int, extra: tuple[str, ...]) -> float:
    table, total = words(), 0.0
    for word in tokens(name):
        weight = table.weight(word)
        total += weight
        for form in table.forms(word):
            postings[form][entry] = max(weight, postings[form].get(entry, 0.0))
    for word in joined(name):
        postings[word][entry] = 1.0
    for word in extra:
        postings[word].setdefault(entry, _KIND_WEIGHT)
    return total


def _sounds(index: TokenIndex) -> TokenIndex:
    """Skeleton -> rows of the words that sound so."""
    postings: Postings = defaultdict(dict)
    for row, word in enumerate(index.words):
        for skeleton in skeletons(word):
            postings[skeleton][row] = 1.0
    return TokenIndex.of(postings, len(index.words))


def town_index(columns: Columns, size: int) -> TokenIndex:
    """Words of the town and district -> targets."""
    details = unpack(columns, "detail")
    postings: Postings = defaultdict(dict)
    for target in range(size):
        for word in tokens(details[target]):
            postings[word][target] = 1.0
    return TokenIndex.of(postings, size)
