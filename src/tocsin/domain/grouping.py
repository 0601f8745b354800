"""Which of the calls that wait or are being answered seem to be about one thing. A view: nothing is merged by it.

Taken in the order they came: each call goes with the incident it most likely belongs to, else with an earlier call it
most likely belongs with, else it stands alone. Near calls of a burst make each further one likelier; whatever fits none
of them stays its own row, which is what a burst must not hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tocsin.domain.belonging import Draft, Known, Scene, Spot
from tocsin.domain.words import Lexicon

TOGETHER = 0.9
"""Calls are shown as one row from here on. Linking asks for more: a row can be opened."""
SPOTS_MOST = 12
"""Places of a group that a further call is compared with, the newest and the first."""


class Waiting(msgspec.Struct, frozen=True):
    """A call that is to be grouped."""

    call: str
    draft: Draft
    belongs: str = ""
    """The incident it has come to already: it stays there."""


def grouped(waiting: Iterable[Waiting], known: Sequence[Known], lexicon: Lexicon) -> dict[str, list[str]]:
    """Calls by what they are about: an incident's id as `incident:7`, or the first call's as `call:12`."""
    stand = {f"incident:{one.id}": one for one in known if one.closed_at is None}
    out: dict[str, list[str]] = {}
    for one in sorted(waiting, key=lambda each: each.draft.at):
        key = _with(one.draft, list(stand.items()), lexicon) or f"call:{one.call}"
        out.setdefault(key, []).append(one.call)
        stand[key] = _grown(stand.get(key), key, one.draft)
    return out


def _with(draft: Draft, stand: list[tuple[str, Known]], lexicon: Lexicon) -> str:
    """What it goes with, if that is likely enough."""
    if not stand:
        return ""
    names = {known.id: key for key, known in stand}
    best = next(iter(Scene([known for _, known in stand], lexicon).rank(draft, 1)), None)
    return names[best.incident] if best is not None and best.share >= TOGETHER and evident(best.terms) else ""


def evident(terms: Iterable[object]) -> bool:
    """More than the hour speaks for it."""
    return any(getattr(term, "name", "") != "time" and getattr(term, "weight", 0.0) > 0.5 for term in terms)


def _grown(known: Known | None, key: str, draft: Draft) -> Known:
    """What a group is known by, with one more call in it."""
    if known is None:
        spots = (draft.spot,) if draft.spot else ()
        tails = frozenset({draft.tail}) if draft.tail else frozenset()
        return Known(key, draft.type, draft.at, spots, draft.tokens, tails, (draft.at,), text=draft.text)
    added: tuple[Spot, ...] = (draft.spot,) if draft.spot else ()
    return msgspec.structs.replace(
        known,
        type=known.type or draft.type,
        spots=(*known.spots, *added)[:1] + (*known.spots, *added)[1:][-SPOTS_MOST:],
        tokens=known.tokens | draft.tokens,
        tails=known.tails | ({draft.tail} if draft.tail else frozenset()),
        called_at=(*known.called_at, draft.at),
    )
