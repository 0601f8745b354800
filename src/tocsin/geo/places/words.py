"""Words: how any text becomes folded tokens, and which words mean the same.

Refuses to know streets or maps: text in, tokens out. Folding is Unicode NFKD without combining marks, then casefold
(UAX #15, Unicode §5.18), so "São João" and "sao joao" are one, and digits of any script are ASCII digits.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

LONGEST_TEXT = 300
"""Characters of a query that are read; what follows is ignored, so that work stays bounded."""

_LETTERS = {
    "ħ": "h",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ŧ": "t",
    "ـ": "",
}
_APOSTROPHES = "'’‘`ʼʹ´＇"
_ROAD = re.compile(r"^([a-z]{1,3})[\s-]?(\d{1,4}[a-z]?)$")
_DOTTED = re.compile(r"\b([a-z])\.(so|le|za|zza|tta|go|lo|da)\b")
"""Abbreviations with a dot inside: "c.so", "v.le", "p.zza"."""
_ALONE = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\s぀-ヿ㐀-䶿一-鿿豈-﫿]+")


class _Folding(dict[int, str]):
    """A translate table that learns each character once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = unicodedata.category(char)
        if kind == "Nd":
            out = str(unicodedata.digit(char))
        elif kind == "Mn" and (unicodedata.combining(char) or char == "ـ"):
            out = ""
        elif kind[0] in "LNM":
            out = _LETTERS.get(char, char)
        else:
            out = char if char in _APOSTROPHES else " "
        self[code] = out
        return out


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Fold any text to lower-case letters, digits, apostrophes and single spaces. Never raises."""
    dotted = _DOTTED.sub(r"\1\2", text.casefold())
    plain = unicodedata.normalize("NFKD", dotted).casefold().translate(_FOLDING)
    return " ".join(plain.split())


def tokens(text: str) -> list[str]:
    """Split text into folded words; characters of scripts written without spaces stand alone."""
    parts = fold(text)
    for mark in _APOSTROPHES:
        parts = parts.replace(mark, " ")
    return _ALONE.findall(parts)


def joined(text: str) -> list[str]:
    """Words that may be typed as one or apart: "O'Farrell" also as "ofarrell", "A 2" also as "a2", and back."""
    folded = fold(text)
    road = _ROAD.match(folded)
    out = [road.group(1) + road.group(2), road.group(1), road.group(2)] if road else []
    for word in folded.split():
        bare = re.sub(f"[{re.escape(_APOSTROPHES)}]", "", word)
        if bare != word and bare:
            out.append(bare)
    return out


class Words(NamedTuple):
    """The table of words, read once from `words.toml`."""

    types: dict[str, frozenset[str]]
    same: dict[str, frozenset[str]]
    compass: frozenset[str]
    little: frozenset[str]
    between: tuple[str, ...]
    before: tuple[str, ...]
    block: tuple[str, ...]
    number: frozenset[str]
    suffix_types: frozenset[str]
    kinds: dict[str, tuple[str, ...]]
    km: tuple[str, ...]
    miles: frozenset[str]
    exit: tuple[str, ...]
    unit: tuple[str, ...]

    def forms(self, token: str) -> frozenset[str]:
        """Every form of the word, itself included."""
        return self.types.get(token, frozenset()) | self.same.get(token, frozenset()) | {token}

    def weight(self, token: str) -> float:
        """How much the word tells one name from another: 1 in full, less for types, compass points and little words."""
        if token in self.types:
            return 0.3
        if token in self.compass:
            return 0.5
        return 0.15 if token in self.little else 1.0


def _groups(table: dict[str, list[list[str]]]) -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for groups in table.values():
        for group in groups:
            for word in group:
                out.setdefault(word, set()).update(group)
    return {word: frozenset(forms) for word, forms in out.items()}


def _longest_first(phrases: list[str]) -> tuple[str, ...]:
    return tuple(sorted(phrases, key=len, reverse=True))


@lru_cache(maxsize=1)
def words() -> Words:
    """Read the table of words that ships beside this module."""
    table = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return Words(
        types=_groups(table["types"]),
        same=_groups(table["same"]),
        compass=frozenset(word for group in table["same"]["compass"] for word in group if len(word) > 1),
        little=frozenset(table["little"]["words"]),
        between=_longest_first(table["corner"]["between"]),
        before=_longest_first(table["corner"]["before"]),
        block=_longest_first(table["block"]["words"]),
        number=frozenset(table["number"]["before"]),
        suffix_types=frozenset(word for group in table["types"]["en"] for word in group),
        kinds={kind: tuple(names) for kind, names in table["kinds"].items()},
        km=_longest_first(table["road"]["km"]),
        miles=frozenset(table["road"]["miles"]),
        exit=_longest_first(table["road"]["exit"]),
        unit=_longest_first(table["unit"]["words"]),
    )


@lru_cache(maxsize=4096)
def is_nearly_a_type(word: str) -> bool:
    """Whether one slip of the fingers makes the word a kind of street: "sr", "ts", "avw"."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    tries = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    tries |= {a + c + b for a, b in cuts for c in letters} | {a + c + b[1:] for a, b in cuts if b for c in letters}
    return not words().types.keys().isdisjoint(tries)


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """One key for all spellings of a street name: type words that share a short form become one word."""
    kinds = _kinds()
    return " ".join(kinds.get(t, t) for t in tokens(name))


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    kind: dict[str, str] = {}
    for word, forms in words().types.items():
        first = min(kind.get(form, form) for form in forms | {word})
        old = {kind.get(form, form) for form in forms | {word}}
        for form in [w for w, k in kind.items() if k in old] + list(forms):
            kind[form] = first
    return kind
