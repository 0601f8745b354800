"""Who should go: the whole plan at once, at the least P(late) + lost coverage + time, and why every other one stays.

`choose` is the decision alone, for those who ask it a million times; `recommend` adds every candidate and its reason.
Both decide by the same lines. Proposes, never sends.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tocsin.domain.assign import Found, Problem, assign
from tocsin.domain.candidates import Candidate, NeedStatus, bypassed, chosen_row, ruled_out
from tocsin.domain.case import Able, Asked, Case, Why, able_of, ask, cannot, in_order
from tocsin.domain.plans import Applied
from tocsin.domain.room import Unit
from tocsin.domain.seats import Fits, Seat, forms_of


class Choice(msgspec.Struct, frozen=True):
    """The best filling of a plan."""

    sent: tuple[tuple[Able, Seat], ...]
    """New units and their seats, by requirement and then by road time."""
    here: tuple[tuple[Unit, Seat], ...]
    """Units that are on it already and fill a seat."""
    options: tuple[int, ...]
    """Which way of each requirement was taken."""
    lost: float
    """Coverage that leaves with the units sent, as a share of all demand."""
    cost: float
    exact: bool


class Advice(msgspec.Struct, frozen=True):
    """Who should go to an incident, and why."""

    applied: Applied
    level: int
    target_s: float
    needs: tuple[NeedStatus, ...]
    candidates: tuple[Candidate, ...]
    lost: float | None
    """None when coverage is not known."""
    exact: bool


def choose(case: Case) -> tuple[str, ...]:
    """Ids of the units that should go, by requirement and then by road time. Looks only at units in `travels`."""
    asked = ask(case)
    units, travels = case.room.units, case.travels
    able = [
        able_of(case, asked, units[unit], travel)
        for unit, travel in travels.items()
        if cannot(case, asked, units[unit], travel) is None
    ]
    return tuple(one.unit.id for one, _ in decide_on(case, asked, in_order(able)).sent)


def recommend(case: Case) -> Advice:
    """The choice, with every unit of the room as a candidate, chosen or passed over and why."""
    asked = ask(case)
    able: list[Able] = []
    unable: list[tuple[Unit, Why]] = []
    for unit in case.room.units.values():
        if unit.assignment and unit.assignment.incident == case.incident.id:
            continue
        travel = case.travels.get(unit.id)
        why = cannot(case, asked, unit, travel)
        if why:
            unable.append((unit, why))
        elif travel:
            able.append(able_of(case, asked, unit, travel))
    choice = decide_on(case, asked, in_order(able))
    gone = {one.unit.id for one, _ in choice.sent}
    rows = [chosen_row(case, asked, one, seat) for one, seat in choice.sent]
    rest = sorted((one for one in able if one.unit.id not in gone), key=lambda one: (one.travel.eta_s, one.unit.id))
    rows += bypassed(case, asked, rest, choice.sent, choice.lost)
    out = [ruled_out(case, unit, why) for unit, why in unable]
    rows += sorted(out, key=lambda row: (row.eta_s is None, row.eta_s, row.unit))
    lost = None if case.loss is None else choice.lost
    return Advice(
        asked.applied, case.incident.level, asked.target_s, needs_of(asked, choice), tuple(rows), lost, choice.exact
    )


def decide_on(case: Case, asked: Asked, able: Sequence[Able]) -> Choice:
    """The best filling of the plan from `able`, cheapest first, and from those who are on it already."""
    here = [case.room.units[unit] for unit in case.incident.units]
    units = [*here, *(one.unit for one in able)]
    first = len(here)
    own = [0.0] * first + [one.own for one in able]
    weight, loss = asked.terms.lost, case.loss

    def joint(who: tuple[int, ...]) -> float:
        ids = [units[i].id for i in who if i >= first]
        return weight * loss.loss(ids) if loss and ids else 0.0

    fits = _fits(units)
    forms = forms_of([need for _, need in asked.needs])
    linear = loss is None or weight == 0.0
    problem = Problem(own, fits, joint, range(len(units)), _apart(case, units), linear)
    found = assign(forms, problem)
    new, kept = _by_need(found, able, here)
    ids = [one.unit.id for one, _ in new]
    lost = loss.loss(ids) if loss and ids else 0.0
    return Choice(new, kept, found.form.options, lost, found.cost, found.exact)


def _fits(units: Sequence[Unit]) -> Fits:
    known: dict[tuple[str, int], list[int]] = {}

    def fits(seat: Seat) -> list[int]:
        key = seat.capability, seat.crew_min
        who = known.get(key)
        if who is None:
            can, crew = key
            who = [i for i, unit in enumerate(units) if can in unit.capabilities and unit.crew_count >= crew]
            known[key] = who
        return who

    return fits


def _apart(case: Case, units: Sequence[Unit]) -> dict[int, tuple[int, ...]]:
    """Vehicles of one crew, by number: one of them goes, or the other."""
    if not case.plans.crews:
        return {}
    number = {unit.id: i for i, unit in enumerate(units)}
    apart = {i: tuple(number[o] for o in case.plans.sharing(unit) if o in number) for unit, i in number.items()}
    return {i: others for i, others in apart.items() if others}


def _by_need(
    found: Found, able: Sequence[Able], here: Sequence[Unit]
) -> tuple[tuple[tuple[Able, Seat], ...], tuple[tuple[Unit, Seat], ...]]:
    """Alike seats are dealt anew: those who are there first, then by road time, requirement by requirement."""
    first = len(here)
    alike: dict[tuple[str, int, int], list[Seat]] = {}
    for seat in found.form.seats:
        alike.setdefault((seat.capability, seat.crew_min, seat.short), []).append(seat)
    new: list[tuple[Able, Seat]] = []
    kept: list[tuple[Unit, Seat]] = []

    def when(one: tuple[int, Seat]) -> tuple[float, str]:
        return (-1.0, "") if one[0] < first else (able[one[0] - first].travel.eta_s, able[one[0] - first].unit.id)

    for i, seat in sorted(found.seated, key=when):
        place = alike[seat.capability, seat.crew_min, seat.short].pop(0)
        if i < first:
            kept.append((here[i], place))
        else:
            new.append((able[i - first], place))
    new.sort(key=lambda one: (one[1].need, one[0].travel.eta_s, one[0].unit.id))
    return tuple(new), tuple(kept)


def needs_of(asked: Asked, choice: Choice) -> tuple[NeedStatus, ...]:
    """Each requirement, how far it is filled, and in which way."""
    out = []
    for i, (level, need) in enumerate(asked.needs):
        option = need.options[choice.options[i]]
        single = len(need.options) == 1 and len(option) == 1
        out.append(
            NeedStatus(
                option[0].capability if single else need.text,
                sum(part.count for part in option),
                sum(seat.need == i for _, seat in choice.here),
                sum(seat.need == i for _, seat in choice.sent),
                level,
                need.text,
                " + ".join(f"{part.count} {part.capability}" for part in option),
            )
        )
    return tuple(out)
