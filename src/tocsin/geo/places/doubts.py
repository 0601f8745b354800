"""Doubts: looks at all answers together and says of each how sure it is. Refuses to know how they were found.

An answer that stands alone, named and placed as the map has it, is sure. One that was mended or estimated is likely.
Where two places fit about as well, or only a part was found, a person must ask: nothing is silently chosen.
"""

from collections.abc import Sequence

import msgspec

from tocsin.geo.places import plane
from tocsin.geo.places.match import Doubt, Match, Sure

_AS_WELL = 0.12
"""Namesakes whose scores differ by less fit about as well."""
_CORNER_AS_WELL = 0.2
"""The same for corners whose streets have more words than were typed."""
_NEARLY_AS_WELL = 0.02
"""The same for places of different names."""
_APART_M = 150.0
_WEAK = 0.55
"""An answer that fits no better than this has little of what was typed in it."""
_ASK: frozenset[Doubt] = frozenset(
    ("namesake", "several", "no_number", "no_corner", "sounded", "two_ways", "weak", "part")
)
_LIKELY: frozenset[Doubt] = frozenset(("begun", "mended", "old_name", "estimated", "apart", "translated"))


def judged(found: Sequence[Match]) -> list[Match]:
    """The answers with their doubts completed and their confidence set, in the same order."""
    found = [weak(match) for match in found]
    return [_judge(match, [other for other in found if other is not match]) for match in found]


def weak(match: Match) -> Match:
    """With a doubt where little of it fits, or where a name only begun has a number only estimated."""
    few = match.score < _WEAK and match.kind not in ("relative", "alias", "coordinates")
    guessed = few or {"begun", "estimated"} <= {*match.doubts}
    return msgspec.structs.replace(match, doubts=(*match.doubts, "weak")) if guessed else match


def _judge(match: Match, others: list[Match]) -> Match:
    doubts = list(match.doubts)
    rivals = [o for o in others if plane.apart_m(o.lat, o.lon, match.lat, match.lon) > _APART_M]
    if match.kind != "relative" and any(_namesakes(o, match) for o in rivals):
        doubts.append("namesake")
    elif any(
        (match.kind == "relative" or not _same(o, match)) and o.score > match.score - _NEARLY_AS_WELL for o in rivals
    ):
        doubts.append("several")
    return msgspec.structs.replace(match, doubts=tuple(dict.fromkeys(doubts)), confidence=_sure(match, doubts))


def _namesakes(other: Match, match: Match) -> bool:
    """One name twice; or a corner of another town that holds the same words: who says "Garibaldi and Mazzini" may mean
    "Giuseppe Garibaldi and Giuseppe Mazzini"."""
    if _same(other, match):
        return other.score > match.score - _AS_WELL
    corners = other.kind == match.kind == "intersection" and not {"mended", "sounded"}.intersection(other.doubts)
    return corners and _town(other) != _town(match) and other.score > match.score - _CORNER_AS_WELL


def _town(match: Match) -> str:
    return match.detail.rsplit(", ", 1)[-1]


def _same(a: Match, b: Match) -> bool:
    return a.text.casefold() == b.text.casefold()


def _sure(match: Match, doubts: list[Doubt]) -> Sure:
    if _ASK.intersection(doubts):
        return "ask"
    return "likely" if _LIKELY.intersection(doubts) or match.kind in ("street", "place", "relative") else "sure"
