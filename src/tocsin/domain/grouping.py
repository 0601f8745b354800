"""Which of the calls that wait or are being answered seem to be about one thing. A view: nothing is merged by it.

Taken in the order they came: each call goes with the incident it most likely belongs to, else with an earlier call it
most likely belongs with, else it stands alone. Near calls of a burst make each further one likelier; whatever fits none
of them stays its own row, which is what a burst must not hide.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tocsin.domain.belonging import Scene, shared
from tocsin.domain.evidence import Draft, Known, Spot

TOGETHER = 0.9
"""Calls are shown as one row from here on. Linking asks for more: a row can be opened."""
SPOTS_MOST = 12
"""Places of a group that a further call is compared with, the newest and the first."""


class Waiting(msgspec.Struct, frozen=True):
    """A call that is to be grouped."""

    call: str
    draft: Draft


def grouped(waiting: Iterable[Waiting], scene: Scene) -> dict[str, list[str]]:
    """Calls by what they are about: an incident's id as `incident:7`, or the first call's as `call:12`."""
    known = {one.id: one for one in scene.known}
    stand: dict[str, Known] = {}
    out: dict[str, list[str]] = {}
    for one in sorted(waiting, key=lambda each: each.draft.at):
        key = _with(one.draft, stand, scene) or f"call:{one.call}"
        out.setdefault(key, []).append(one.call)
        before = stand.get(key) or known.get(key.removeprefix("incident:"))
        stand[key] = _grown(before, key, one.draft)
    return out


def _with(draft: Draft, stand: dict[str, Known], scene: Scene) -> str:
    """What it goes with, if that is likely enough: a group as it has grown so far, else an incident."""
    here = Scene(list(stand.values()), scene.lexicon, scene.usual).odds(draft)
    there = [found for found in scene.odds(draft) if f"incident:{found[0].id}" not in stand]
    best = next(iter(shared([*here, *(one for one in there if one[0].closed_at is None)])), None)
    if best is None or best.share < TOGETHER or not evident(best.terms):
        return ""
    return best.incident if best.incident in stand else f"incident:{best.incident}"


def evident(terms: Iterable[object]) -> bool:
    """More than the hour speaks for it."""
    return any(getattr(term, "name", "") != "time" and getattr(term, "weight", 0.0) > 0.5 for term in terms)


def _grown(known: Known | None, key: str, draft: Draft) -> Known:
    """What a group is known by, with one more call in it."""
    if known is None:
        spots = (draft.spot,) if draft.spot else ()
        numbers = frozenset({draft.number}) if draft.number else frozenset()
        return Known(key, draft.type, draft.at, spots, (draft.heard,), numbers, (draft.at,), text=draft.text)
    added: tuple[Spot, ...] = (draft.spot,) if draft.spot else ()
    return msgspec.structs.replace(
        known,
        id=key,
        type=known.type or draft.type,
        spots=(*known.spots, *added)[:1] + (*known.spots, *added)[1:][-SPOTS_MOST:],
        told=(*known.told, draft.heard),
        numbers=known.numbers | ({draft.number} if draft.number else frozenset()),
        called_at=(*known.called_at, draft.at),
    )
