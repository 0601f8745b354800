"""What words stand for at a centre: the types its catalogue names, and attributes (a floor, a colour, a person).

"flames" and "smoke inside" name one type (`=FIRE-STRUCTURE`); "silver van" and "grey transporter" one colour and one
vehicle (`#colour:grey`, `#vehicle:van`), in any language of the centre's file. Knows no call and no incident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from tocsin.domain.types import Catalogue
from tocsin.domain.words import said, sequence, spoken

NUMBER = "#number:"
"""A room, an age: people who mean one thing say one number. From two digits on."""
_PASSED = """
a an the is are it its this that s t
o os um uma de da do das em na nas el la los las un una del en
"""
PASSED = frozenset(_PASSED.split())
"""Words that may stand between those of a phrase, or be missing."""


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a thing has, with the words for each of its values."""

    code: str
    values: dict[str, tuple[str, ...]]
    one: bool = False
    """A thing has one of these: another value speaks against."""


class Lexicon:
    """A catalogue's words for its types, and the attributes, in every language they are written in."""

    def __init__(self, catalogue: Catalogue, attributes: Sequence[Attribute] = ()) -> None:
        self.types = {kind.code: kind for kind in catalogue.types}
        self.groups: dict[str, int] = defaultdict(int)
        self.single = frozenset(f"#{one.code}" for one in attributes if one.one) | {NUMBER[:-1]}
        self._named: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for kind in catalogue.types:
            self.groups[kind.group] += 1
            for text in (*kind.name.values(), *kind.words):
                phrase = frozenset(said(text))
                for word in phrase:
                    self._named[word].append((phrase, f"={kind.code}"))
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for attribute in attributes:
            self._add(attribute)
        for found in self._phrases.values():
            found.sort(key=lambda each: -len(each[0]))

    def _add(self, attribute: Attribute) -> None:
        for value, texts in attribute.values.items():
            for text in texts:
                phrase = tuple(token for token, word in sequence(text) if word not in PASSED)
                if phrase:
                    self._phrases[phrase[0]].append((phrase, f"#{attribute.code}:{value}"))

    def group(self, code: str) -> str:
        """The group of a type, or nothing."""
        kind = self.types.get(code)
        return kind.group if kind else ""

    def tokens(self, text: str) -> frozenset[str]:
        """What a text says, to be compared."""
        return frozenset(self.heard(text))

    def heard(self, text: str) -> dict[str, str]:
        """The same, with the words behind each: attributes, what no attribute has taken, and types that are named."""
        out: dict[str, str] = {}
        taken: set[str] = set()
        for part in parts(text):
            self._attributes([each for each in sequence(part) if each[1] not in PASSED], out, taken)
        words = spoken(text)
        out |= {token: word for token, word in words.items() if token not in taken}
        every = frozenset(words)
        named = {code for word in words for phrase, code in self._named.get(word, ()) if phrase <= every}
        return out | dict.fromkeys(named, "")

    def _attributes(self, words: list[tuple[str, str]], out: dict[str, str], taken: set[str]) -> None:
        """Of each attribute the longest phrase at every place."""
        until: dict[str, int] = {}
        for i, (first, word) in enumerate(words):
            if first.isdigit() and len(first) > 1:
                out[NUMBER + first] = word
                taken.add(first)
            for phrase, token in self._phrases.get(first, ()):
                attribute = attribute_of(token)
                n = len(phrase)
                if until.get(attribute, 0) <= i and phrase == tuple(each for each, _ in words[i : i + n]):
                    until[attribute] = i + n
                    out.setdefault(token, " ".join(said for _, said in words[i : i + n]))
                    taken.update(phrase)


def attribute_of(token: str) -> str:
    """`#colour` of `#colour:grey`; nothing of a plain word."""
    return token.partition(":")[0] if token.startswith("#") else ""


def parts(text: str) -> Iterable[str]:
    """What is said in one breath: no phrase reaches over a comma."""
    for mark in ",.;:!?\n":
        text = text.replace(mark, "\0")
    return text.split("\0")
