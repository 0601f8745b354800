"""Relative phrases: "200 m past the Total station toward the airport", read into a relation, anchors and a distance.

Refuses to know any map. The words are those of `[relative]` in words.toml (English, Portuguese, Spanish); one text may
be read several ways, since "and" stands inside names too.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from tocsin.geo.places.words import LONGEST_TEXT, fold

Relation = Literal["past", "before", "opposite", "behind", "beside", "near", "between", "from", "compass"]
_BEARING_DEG = {
    "north": 0.0, "northeast": 45.0, "east": 90.0, "southeast": 135.0,
    "south": 180.0, "southwest": 225.0, "west": 270.0, "northwest": 315.0,
}  # fmt: skip
_RELATIONS: tuple[Relation, ...] = ("past", "before", "opposite", "behind", "beside", "near", "between", "from")
_MOST_CUTS = 3
_AWAY = re.compile(
    r"^(?:(?:a|fica|esta|estoy|estou|estamos|uns|unos|cerca|de)\s+)*?(de|do|da|dos|das|del|desde)\s+(?=\S)"
)
"""What is left of "a 200 metros do aeroporto" without its distance."""
_ON = re.compile(r"\s(?:on|along|na|no|em|en|pela|pelo|por|sobre)\s")


@dataclass(frozen=True)
class Phrase:
    """A relation to one anchor (two for "between"), perhaps along a street, toward a place, at a distance in metres."""

    relation: Relation
    anchors: tuple[str, ...]
    said: str
    street: str = ""
    toward: str = ""
    distance_m: float | None = None
    bearing_deg: float | None = None


class _Table(NamedTuple):
    relation: re.Pattern[str]
    relations: dict[str, Relation]
    bearings: dict[str, float]
    toward: re.Pattern[str]
    joined: re.Pattern[str]
    little: frozenset[str]
    distance: re.Pattern[str]
    units_m: dict[str, float]
    numbers: dict[str, float]


def phrase(text: str) -> list[Phrase]:
    """Every way to read the text as a relative phrase; empty when it is none. Never raises."""
    said = " ".join(text[:LONGEST_TEXT].split())
    table, folded = _table(), fold(re.sub(r"(?<=\d)[.,](?=\d)", "p", text[:LONGEST_TEXT]))
    folded, distance_m = _distance(folded, table)
    found = table.relation.search(folded) or (_AWAY.search(folded) if distance_m else None)
    if not found:
        return []
    word = found.group(1)
    head, tail = folded[: found.start()], folded[found.end() :]
    way = table.toward.search(tail)
    toward = _bare(tail[way.end() :], table) if way else ""
    tail = tail[: way.start()] if way else tail
    relation: Relation = table.relations.get(word, "from" if found.re is _AWAY else "compass")
    street, tail = _street(relation, head, tail, table)
    return [
        Phrase(relation, anchors, said, street, toward, distance_m, table.bearings.get(word))
        for anchors in _anchors(relation, tail, table)
        if all(anchors) and (relation != "from" or distance_m)
    ]


def _street(relation: Relation, head: str, tail: str, table: _Table) -> tuple[str, str]:
    """The street that was said before the relation, or at the end ("between A and B on Clay"), and the rest."""
    street, found = _bare(head, table), _ON.search(tail)
    if street or relation != "between" or not found:
        return street, tail
    return _bare(tail[found.end() :], table), tail[: found.start()]


def _anchors(relation: Relation, tail: str, table: _Table) -> list[tuple[str, ...]]:
    if relation != "between":
        return [(_bare(tail, table),)]
    cuts = list(table.joined.finditer(tail))[:_MOST_CUTS]
    return [(_bare(tail[: cut.start()], table), _bare(tail[cut.end() :], table)) for cut in cuts]


def _bare(text: str, table: _Table) -> str:
    """The text without articles and prepositions at its ends."""
    parts = text.split()
    while parts and parts[0] in table.little:
        parts.pop(0)
    while parts and parts[-1] in table.little:
        parts.pop()
    return " ".join(parts)


def _distance(folded: str, table: _Table) -> tuple[str, float | None]:
    found = table.distance.search(folded)
    if not found:
        return folded, None
    digits, unit = found.group(1), found.group(2)
    count = table.numbers.get(digits)
    size_m = (float(digits.replace("p", ".")) if count is None else count) * table.units_m[unit]
    return f"{folded[: found.start()]} {folded[found.end() :]}".strip(), size_m


def _either(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))["relative"]
    relations: dict[str, Relation] = {word: name for name in _RELATIONS for word in raw[name]}
    bearings = {word: _BEARING_DEG[point] for point, group in raw["compass"].items() for word in group}
    units = {word: float(size) for size, group in raw["units"].items() for word in group}
    numbers = {word: float(size) for size, group in raw["numbers"].items() for word in group}
    return _Table(
        re.compile(rf"(?:^|(?<=\s))({_either([*relations, *bearings])})\s+(?=\S)"),
        relations,
        bearings,
        re.compile(rf"(?:^|\s)(?:{_either(raw['toward'])})\s+"),
        re.compile(rf"\s(?:{_either(raw['joined'])})\s"),
        frozenset(raw["little"]),
        re.compile(rf"(?:^|(?<=\s))(\d{{1,5}}(?:p\d{{1,3}})?|{_either(numbers)})\s*({_either(units)})(?=\s|$)"),
        units,
        numbers,
    )
