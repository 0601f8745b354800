"""Reading: the ways in which a typed text may be meant, as words and numbers. Refuses to know any map.

One text may be read several ways ("4 april street" is a name or a number on a street): all readings are tried and the
map decides. Corners come from separators ("Turk / Taylor") and joining words in the languages of `words.toml`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from tocsin.geo.places.words import LONGEST_TEXT, fold, tokens, words

MOST_WORDS = 14
_TELLING = 0.5
"""A number needs a street: kinds of street and little words alone are none."""
_MILE_KM = 1.609344
_NUMBER = re.compile(r"^(\d{1,6})([a-z]{0,2})$")
_ORDINAL = re.compile(r"^\d+(st|nd|rd|th)$")
_SIGNS = re.compile(r"\s*(?:/(?!\s*\d)|(?<!\d)\s*/|[&@+\\]|\|\|?)\s*")
_HALF = re.compile(r"(?<=\d)\s+1\s*[/⁄]\s*2\b|(?<=\d)\s*½")
_POSTCODE = re.compile(r",?\s+[A-Za-z]{2},?\s+\d{5}(?:-\d{4})?\s*$")
"""State and postcode at the end of an American address: no number of a house."""
_RANGE = re.compile(r"\b(\d{1,6})\s*[-–—]\s*(\d{1,6}|[a-z]\b)")


@dataclass(frozen=True)
class Reading:
    """One way to read a text: the words of a name, for corners the words of the other street, for exits their number
    in `letter`, for kilometre posts the distance."""

    kind: Literal["name", "number", "block", "corner", "km", "exit"]
    words: tuple[str, ...]
    other: tuple[str, ...] = ()
    number: int = 0
    letter: str = ""
    km: float = 0.0


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = words()
    between = "|".join(map(re.escape, table.between))
    before = "|".join(map(re.escape, table.before))
    block = "|".join(map(re.escape, table.block))
    return (
        re.compile(rf"(?:^|\s)(?:{between})\s"),
        re.compile(rf"^(?:{before})\s"),
        re.compile(
            rf"(?:^|\s)(?:(?P<a>\d{{1,6}})(?:s|st|nd|rd|th)?\s+(?:{block})|(?:{block})\s+(?P<b>\d{{1,6}}))"
            r"(?:\s+(?:of|de|da|do|on|del|della))?(?:\s|$)"
        ),
    )


def read(text: str) -> list[Reading]:
    """Every reading of the text, likeliest kinds first. Never raises; looks at the first 300 characters."""
    text = _unit().sub("", _POSTCODE.sub("", _HALF.sub(" ", text[:LONGEST_TEXT])))
    blocks = _blocks(fold(text))
    if blocks:
        return blocks
    found = _roadside(text) + _corners(text)
    plain = tokens(_RANGE.sub(r"\1 ", text))[:MOST_WORDS]
    signs = [side for side in _SIGNS.split(text) if side.strip()]
    if found and len(signs) > 1:
        return found + [number for side in signs[:3] for number in _numbers(tokens(side)[:MOST_WORDS])] + _name(plain)
    found += _numbers(tokens(re.sub(r"(?<=\d)\s*/\s*[\w]{1,3}\b", " ", _RANGE.sub(r"\1 ", text)))[:MOST_WORDS])
    return found + _name(plain)


def _name(plain: list[str]) -> list[Reading]:
    return [Reading("name", tuple(plain))] if plain else []


def apart(plain: tuple[str, ...]) -> list[Reading]:
    """Corners with nothing typed between the names: every cut of the words in two."""
    return [Reading("corner", plain[:i], plain[i:]) for i in range(1, len(plain))]


def _blocks(folded: str) -> list[Reading]:
    found = _patterns()[2].search(folded)
    if not found:
        return []
    rest = tokens(folded[: found.start()] + " " + folded[found.end() :])[:MOST_WORDS]
    rest = [word for word in rest if word not in words().block] or rest
    return [Reading("block", tuple(rest), number=int(found["a"] or found["b"]))] if rest else []


@lru_cache(maxsize=1)
def _unit() -> re.Pattern[str]:
    kinds = "|".join(map(re.escape, words().unit))
    kind = rf"(?:{kinds})(?:\.?\s*#\s*|\.\s*|\s+|(?=\d))"  # "sala 3" and "apt3", and nothing of "Salamanca"
    ahead = rf"(?<=\w)[\s,]+(?:#\s?|{kind})\w{{1,6}}\s*$"
    floors = r"(?<=\w)\s*,\s*(?:\d{1,2}\s*[.ºª°o]*\s*(?:andar|piso|esq|dto|dt|drt|fte)\b.{0,20}|r/c\b.{0,20})$"
    first = rf"^\s*{kind}\w{{1,6}}\s*,\s*(?=.*\w)"
    return re.compile(f"{first}|{ahead}|{floors}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _road() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = words()
    km, out = "|".join(map(re.escape, table.km)), "|".join(map(re.escape, table.exit))
    little = r"(?:\s+(?:of|on|de|da|do|del|la|na|no|en|the|of the|de la|off))*"
    return (
        re.compile(rf"(?:^|\s)({km})\s*(?:no\s+)?(\d{{1,4}}(?:[.,+]\d{{1,3}})?){little}(?=\s|,|$)"),
        re.compile(r"(?:^|\s)(\d{1,4}(?:[.,]\d{1,3})?)\s*(km|kms)\b(?!\s*/)"),
        re.compile(rf"(?:^|\s)(?:{out})\s+(?:no\s+|n\s+)?(\d{{1,4}}\s?[a-z]?){little}(?=\s|,|$)"),
    )


def _roadside(text: str) -> list[Reading]:
    """Distances along a road ("A2 km 12.4", "pk 12+400 da N3") and exits ("exit 12B off I-80", "saída 5")."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    km, after, out = (pattern.search(text) for pattern in _road())
    if km or after:
        found = km or after
        assert found is not None
        word, digits = (found.group(1), found.group(2)) if km else (found.group(2), found.group(1))
        size = float(re.sub("[,+]", ".", digits)) * (_MILE_KM if word in words().miles else 1.0)
        rest = tuple(tokens(text[: found.start()] + " " + text[found.end() :])[:MOST_WORDS])
        return [Reading("km", rest, km=size)] if rest else []
    rest = tuple(tokens(text[: out.start()] + " " + text[out.end() :])[:MOST_WORDS]) if out else ()
    return [Reading("exit", rest, letter=out.group(1).replace(" ", ""))] if out and rest else []


def _corners(text: str) -> list[Reading]:
    between, before, _ = _patterns()
    signs = _SIGNS.split(text)
    if len(signs) >= 2:
        sides = [tokens(before.sub("", fold(side))) for side in signs[:3]]
        return [Reading("corner", tuple(a[:MOST_WORDS]), tuple(b[:MOST_WORDS])) for a, b in pairwise(sides) if a and b]
    folded = fold(text)
    bare = before.sub("", folded)
    cuts = [(tokens(bare[: m.start()]), tokens(bare[m.end() :])) for m in between.finditer(bare + " ")][:4]
    found = [Reading("corner", tuple(a[:MOST_WORDS]), tuple(b[:MOST_WORDS])) for a, b in cuts if a and b]
    return found or (apart(tuple(tokens(bare)[:MOST_WORDS])) if bare != folded else [])


def _numbers(plain: list[str]) -> list[Reading]:
    found = []
    for i, word in enumerate(plain):
        number = _NUMBER.match(word)
        if not number or _ORDINAL.match(word) or len(plain) == 1:
            continue
        rest, letter = plain[:i] + plain[i + 1 :], number.group(2)
        if i > 0 and plain[i - 1] in words().number and len(rest) > 1:
            rest = plain[: i - 1] + plain[i + 1 :]
        elif not letter and 0 < i == len(plain) - 2 and re.fullmatch("[a-z]", plain[-1]):
            rest, letter = plain[:i], plain[-1]
        if any(w not in words().number and words().weight(w) >= _TELLING for w in rest):
            found.append(Reading("number", tuple(rest), number=int(number.group(1)), letter=letter))
    return found[:3]
