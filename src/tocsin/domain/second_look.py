"""Has something better come up for an incident that units are driving to? Proposes, never changes.

Two things are looked for: units for what the plan still lacks, and one unit for another that is still on its way. A
swap has to be sooner by so many seconds, by such a share of what is left to drive, and cheaper in the plan's own terms.
"""

from __future__ import annotations

import msgspec

from tocsin.domain.advise import decide_on
from tocsin.domain.case import Able, Asked, Case, able_of, ask, cannot, in_order
from tocsin.domain.room import RANK, Unit

FRESH_S = 120.0
"""A driving unit that said nothing for longer is nearer than the record knows: nothing is said against it."""


class Better(msgspec.Struct, frozen=True):
    """Send these, call those back."""

    send: tuple[str, ...]
    recall: tuple[str, ...] = ()
    gain_s: float = 0.0


def under_way(case: Case) -> list[Unit]:
    """Units that could still be called back without anybody having been reached."""
    units = [case.room.units[unit] for unit in case.incident.units]
    return [unit for unit in units if unit.assignment and RANK[unit.assignment.stage] <= RANK["en_route"]]


def reconsider(case: Case) -> Better | None:
    """The best change worth a word, or None. `travels` holds the drives of free units and of those under way."""
    if not case.incident.units:
        return None  # nobody was sent yet: the recommendation is on the screen
    asked = ask(case)
    able = _able(case, asked)
    more = decide_on(case, asked, in_order(able))
    if more.sent:
        return Better(tuple(one.unit.id for one, _ in more.sent))
    best: Better | None = None
    for unit in under_way(case):
        found = _instead_of(unit, case, asked, able)
        if found and (best is None or found.gain_s > best.gain_s):
            best = found
    return best


def _able(case: Case, asked: Asked) -> list[Able]:
    units = case.room.units
    return [
        able_of(case, asked, units[unit], travel)
        for unit, travel in case.travels.items()
        if unit in units and cannot(case, asked, units[unit], travel) is None
    ]


def _instead_of(unit: Unit, case: Case, asked: Asked, able: list[Able]) -> Better | None:
    """Who should go in place of `unit`, were it free where it is now."""
    travel = case.travels.get(unit.id)
    if travel is None or travel.basis == "none" or not _known(unit, case):
        return None
    rule = case.plans.second_look
    least_s = max(rule.gain_s, rule.gain_share * travel.eta_s)
    here = able_of(case, asked, unit, travel)
    sooner = [one for one in able if travel.eta_s - one.travel.eta_s >= least_s]
    if not sooner:
        return None
    left = msgspec.structs.replace(case.incident, units=[other for other in case.incident.units if other != unit.id])
    without = msgspec.structs.replace(case, incident=left, loss=None)
    seat_of = decide_on(without, asked, in_order([here])).sent
    if not seat_of:
        return None  # it fills nothing the plan asks for: nobody is needed in its place
    cheaper = []
    for one in sooner:
        if not decide_on(without, asked, [one]).sent:
            continue
        lost = case.loss.loss([one.unit.id]) if case.loss else 0.0
        if one.own + asked.terms.lost * lost < here.own:
            cheaper.append((one.own + asked.terms.lost * lost, one.unit.id, one))
    if not cheaper:
        return None
    _, _, best = min(cheaper, key=lambda each: each[:2])
    return Better((best.unit.id,), (unit.id,), travel.eta_s - best.travel.eta_s)


def _known(unit: Unit, case: Case) -> bool:
    """Where it is: it said so lately, or it has not moved yet."""
    at = case.travels[unit.id].position_at
    if at is not None and case.now - at <= FRESH_S:
        return True
    return unit.at_station and unit.assignment is not None and unit.assignment.stage != "en_route"
