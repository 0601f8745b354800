"""What people say, as words that can be compared: any script, without accents, stop words or most endings.

A word that the centre's catalogue knows also stands for the incident types it names (`=FIRE-STRUCTURE`), so that
"flames" and "smoke inside" say the same. Knows no call and no incident.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from tocsin.domain.types import Catalogue

STEM = 6
"""Letters that are compared: "breathing" and "breathe" are one word."""
ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "mente", "ando", "endo", "indo", "ado", "ada", "os", "as")
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels: written or not, the word is the same.
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]")
_WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts that set no blank between words: pairs of letters are compared instead."""
_STOP = """
a about after again all also am an and any are as at be because been but by can come could did do does down for from
get go going got had has have he hello help her here hi him his how if in into is it its just know like me my near need
no now of off oh ok on one or our out over please pls quick quickly right said say says send she should so some
somebody someone something street road avenue that the their them then there they think this to two up us very want was
we well were what when where which who why will with would yes you your
ao aos com da das de dela dele do dos e ela ele eles em esta estao este eu favor foi ha isto ja la mais mas meu minha
muito na nas nos o os ou para pela pelo por preciso que rua se sem ser sua tem um uma
al calle con del donde el ellos en es eso estan hay las lo los mi muy pero porque si su un una y ya
au aux ce ces chez dans des du elle est et il ils je le les leur mon ne nous par pas pour qui sa ses sont sur tres une
vous
"""
STOP = frozenset(_STOP.split())
"""Words that say nothing, in English, Portuguese, Spanish and French."""


def fold(text: str) -> str:
    """Lower case, without the marks that people leave out."""
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def said(text: str) -> list[str]:
    """The words of a text, in order, as they are compared."""
    return list(spoken(text))


def spoken(text: str) -> dict[str, str]:
    """The same, with the word that was said for each."""
    out: dict[str, str] = {}
    for word in _split(fold(text)):
        if _WITHOUT_BLANKS.search(word):
            out |= {pair: pair for i in range(max(1, len(word) - 1)) if (pair := word[i : i + 2])}
        elif word not in STOP and (len(word) > 1 or word.isdigit()):
            out.setdefault(stem(word), word)
    return out


def stem(word: str) -> str:
    """Without its ending, and not longer than the letters that tell words apart."""
    if word.isdigit():
        return word
    for ending in ENDINGS:
        if len(word) - len(ending) >= (3 if ending == "s" else 4) and word.endswith(ending):
            return word[: -len(ending)][:STEM]
    if len(word) > 4 and "\u0400" <= word[0] <= "\u052f":  # Cyrillic: the last letter is mostly a case
        return word[:-1][: STEM - 1]
    return word[:STEM]


def _split(text: str) -> list[str]:
    """Letters, digits and the marks that belong to them: a vowel sign is a part of its word."""
    if text.isascii():
        return re.findall(r"[a-z0-9]+", text)
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    return kept.split()


_CONTRASTS = (
    (
        """woman lady wife mother mom mum daughter girl aunt grandmother grandma sister she female mulher senhora mae
        filha esposa avo tia mujer senora madre hija femme mere fille""",
        """man guy husband father dad son boy uncle grandfather grandpa brother male gentleman homem senhor pai filho
        marido tio hombre padre hijo homme pere fils""",
    ),
    (
        "child kid kids baby infant toddler girl boy daughter son teenager crianca bebe menino menina nino nina enfant",
        """elderly old grandmother grandfather grandma grandpa senior seventy eighty ninety pensioner idoso idosa velho
        velha anciano anciana vieux vieille""",
    ),
    ("third tercero terceiro", "second segundo"), ("second segundo", "fourth quarto cuarto"),
    ("ground basement cellar", "third fourth fifth sixth roof attic top"),
)  # fmt: skip


def contrasts(one: Iterable[str], other: Iterable[str]) -> int:
    """How many things two people say that cannot both be: of whom, of what age, on which floor. Words as compared."""
    mine, theirs = set(one), set(other)
    found = 0
    for left, right in _OPPOSITES:
        for a, b in ((left, right), (right, left)):
            found += bool(mine & a and not mine & b and theirs & b and not theirs & a)
    return found


class Lexicon:
    """A catalogue's words for its types, in every language it is written in."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.types = {kind.code: kind for kind in catalogue.types}
        self.groups: dict[str, int] = defaultdict(int)
        self._phrases: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for kind in catalogue.types:
            self.groups[kind.group] += 1
            for text in (*kind.name.values(), *kind.words):
                phrase = frozenset(said(text))
                for word in phrase:
                    self._phrases[word].append((phrase, f"={kind.code}"))

    def group(self, code: str) -> str:
        """The group of a type, or nothing."""
        kind = self.types.get(code)
        return kind.group if kind else ""

    def tokens(self, text: str) -> frozenset[str]:
        """The words of a text, and the types that they name."""
        words = frozenset(said(text))
        named = {code for word in words for phrase, code in self._phrases.get(word, ()) if phrase <= words}
        return words | named


_OPPOSITES = tuple((frozenset(said(left)), frozenset(said(right))) for left, right in _CONTRASTS)
