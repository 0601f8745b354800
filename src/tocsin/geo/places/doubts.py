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
_NEARLY_AS_WELL = 0.02
"""The same for places of different names."""
_APART_M = 150.0
_ASK: frozenset[Doubt] = frozenset(("namesake", "several", "no_number", "no_corner", "sounded", "two_ways"))
_LIKELY: frozenset[Doubt] = frozenset(("begun", "mended", "old_name", "estimated", "apart", "translated"))


def judged(found: Sequence[Match]) -> list[Match]:
    """The answers with their doubts completed and their confidence set, in the same order."""
    return [_judge(match, [other for other in found if other is not match]) for match in found]


def _judge(match: Match, others: list[Match]) -> Match:
    doubts = list(match.doubts)
    rivals = [o for o in others if plane.apart_m(o.lat, o.lon, match.lat, match.lon) > _APART_M]
    if match.kind != "relative" and any(_same(o, match) and o.score > match.score - _AS_WELL for o in rivals):
        doubts.append("namesake")
    elif any(
        (match.kind == "relative" or not _same(o, match)) and o.score > match.score - _NEARLY_AS_WELL for o in rivals
    ):
        doubts.append("several")
    return msgspec.structs.replace(match, doubts=tuple(dict.fromkeys(doubts)), confidence=_sure(match, doubts))


def _same(a: Match, b: Match) -> bool:
    return a.text.casefold() == b.text.casefold()


def _sure(match: Match, doubts: list[Doubt]) -> Sure:
    if _ASK.intersection(doubts):
        return "ask"
    return "likely" if _LIKELY.intersection(doubts) or match.kind in ("street", "place", "relative") else "sure"
