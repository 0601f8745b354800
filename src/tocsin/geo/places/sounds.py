"""Sounds: one word's spoken skeletons in English, Portuguese and Spanish, so that a name is found as it was heard.

Refuses to know any map. After Philips' Metaphone (1990): consonants that sound alike become one letter, vowels count at
the beginning only; one skeleton a language, since "Geary" is read in three ways. Other scripts are first romanised.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from anyascii import anyascii

_LONGEST = 24
Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(text: str) -> Rules:
    return tuple((re.compile(left), right) for left, _, right in (line.rpartition("=") for line in text.split()))


_ENGLISH = _rules(
    "^kn=n ^gn=n ^wr=r ^ps=s ^wh=w ^mac=mk ^mc=mk mb$=m sch=sk tch=S ch=S sh=S ti(?=[oa])=S ph=f ck=k dg(?=[eiy])=j"
    " gh$=f gh= th=t c(?=[eiy])=s c=k qu?=k x=ks z=s (?<=.)h= (?<=.)[wy]= ^y=y"
)
_SILENT = _rules("gh=") + _ENGLISH
_PORTUGUESE = _rules(
    "^h= ch=S sh=S lh=l nh=n ph=f th=t x=S sc(?=[ei])=s c(?=[eiy])=s c=k qu?=k gu(?=[eiy])=g g(?=[eiy])=j z=s w=v y=i"
    " h= m(?=[^aeiou]|$)=n l(?=[^aeiou]|$)="
)
_SPANISH = _rules(
    "^h= ^x=j ch=S sh=S ll=Y ph=f th=t v=b w=b c(?=[eiy])=s sc(?=[ei])=s c=k qu?=k gu(?=[eiy])=g g(?=[eiy])=j z=s x=ks"
    " y(?=[aeiou])=Y y=i h= m(?=[bp])=n"
)
_LANGUAGES = (_ENGLISH, _SILENT, _PORTUGUESE, _SPANISH)


def latin(text: str) -> str:
    """The text in Latin letters, as close as its script allows; unchanged when it is Latin already."""
    return text if text.isascii() else anyascii(text)


@lru_cache(maxsize=4096)
def skeletons(word: str) -> frozenset[str]:
    """The spoken skeletons of a folded word; none for numbers and for words too short to tell apart."""
    plain = re.sub(r"[^a-z]", "", latin(word).lower())[:_LONGEST]
    if len(plain) < 3 or any(c.isdigit() for c in word):
        return frozenset()
    return frozenset(key for key in (_skeleton(plain, rules) for rules in _LANGUAGES) if len(key) > 1)


def _skeleton(word: str, rules: Rules) -> str:
    for pattern, sound in rules:
        word = pattern.sub(sound, word)
    word = re.sub(r"(.)\1+", r"\1", word)
    head = "A" if word[:1] in "aeiou" else word[:1]
    return head + re.sub(r"[aeiou]", "", word[1:])


def alike(heard: str, known: str) -> float:
    """How alike two folded words look, 0 to 1: sorts those that sound the same."""
    return SequenceMatcher(None, latin(heard).lower(), latin(known).lower(), autojunk=False).ratio()
