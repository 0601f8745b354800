"""Every unit as a row of the recommendation: chosen or passed over, the reason as data and as an English sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.arrival import stated
from tocsin.domain.case import Able, Asked, Case, Why
from tocsin.domain.loss import gap_of
from tocsin.domain.room import Unit
from tocsin.domain.seats import Seat
from tocsin.domain.travel import Travel
from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant

BypassReason: TypeAlias = Literal[
    "off_duty",
    "understaffed",
    "not_capable",
    "not_served",
    "on_incident",
    "crew_away",
    "resting",
    "no_road",
    "farther",
    "not_needed",
    "crew_shared",
    "neighbour",
    "leaves_gap",
    "less_certain",
    "other_way",
]

SAME_S = 5.0
"""Nobody would tell such times apart: a unit passed over is not said to be closer by less."""


class Candidate(msgspec.Struct, frozen=True):
    """One unit, chosen or bypassed, and why.

    The chosen stand first, by need and then by road time; then those who could go, by road time; then those who cannot.
    """

    unit: str
    chosen: bool
    basis: Basis
    eta_s: float | None = None
    length_m: float | None = None
    position_age_s: float | None = None
    """None when the unit never reported and its home was used."""
    capability: str = ""
    """The need this unit was chosen for."""
    reason: BypassReason | None = None
    incident: str = ""
    """With `on_incident` and `crew_away`: the incident that has it, or its crew."""
    later_s: float | None = None
    """How much later than the last one chosen for a need it could fill; below 0: sooner."""
    text: str = ""
    """The reason in an English sentence."""
    in_time: float | None = None
    """Probability of arriving within the target."""
    low_s: float | None = None
    high_s: float | None = None
    """Range of the arrival time, 90 of 100; None when no range is known."""
    other: str = ""
    """The unit that was chosen instead; with `crew_away`, `crew_shared`: the one that has its crew."""
    lost: float | None = None
    """With `leaves_gap`: share of all demand that would be lost beyond what the choice loses."""
    area: str = ""
    """With `leaves_gap`: the area that would lose most, where it is known."""
    gap_s: float | None = None
    """With `leaves_gap`: for how long, where it is known."""
    until: Instant | None = None
    """With `resting`: when its rest ends; None: with its shift."""
    crew_min: int = 0
    """With `understaffed`: the crew that is needed."""


class NeedStatus(msgspec.Struct, frozen=True):
    """One requirement: how many units wanted in the way that was taken, already assigned, chosen now."""

    capability: str
    """What is needed; for a requirement with alternatives, its whole line."""
    count: int
    assigned: int
    chosen: int
    level: int = 1
    """The alarm level that asks for it."""
    text: str = ""
    """The line of the plan."""
    way: str = ""
    """The alternative that was taken."""


def _row(case: Case, unit: str, travel: Travel | None, chosen: bool = False, **more: object) -> Candidate:
    if travel is None or travel.basis == "none":
        return Candidate(unit, chosen, "none", **more)  # type: ignore[arg-type]
    at = travel.position_at
    age_s = None if at is None else max(0.0, case.now - at)
    low_s, high_s = stated(travel, case.now)
    told = travel.basis, travel.eta_s, travel.length_m, age_s
    return Candidate(unit, chosen, *told, low_s=low_s, high_s=high_s, **more)  # type: ignore[arg-type]


def _of(able: Able, case: Case, chosen: bool = False, **more: object) -> Candidate:
    return _row(case, able.unit.id, able.travel, chosen, in_time=able.in_time, **more)


def chosen_row(case: Case, asked: Asked, able: Able, seat: Seat) -> Candidate:
    """A unit that should go."""
    sure = f", {able.in_time:.0%} within {clock(asked.target_s)}" if 0.0 < able.in_time < 1.0 else ""
    return _of(able, case, True, capability=seat.capability, text=f"for {seat.capability}{sure}")


# -- those who cannot -----------------------------------------------------------------------------------------------


def ruled_out(case: Case, unit: Unit, why: Why) -> Candidate:
    """A unit that cannot go."""
    until = None if why.until is None or why.until == float("inf") else why.until
    crew_min = why.crew_min
    return _row(
        case, unit.id, case.travels.get(unit.id), reason=why.reason, incident=why.incident, other=why.unit,
        until=until, crew_min=crew_min, text=_said(case, unit, why),
    )  # fmt: skip


def _said(case: Case, unit: Unit, why: Why) -> str:
    stage = unit.assignment.stage.replace("_", " ") if unit.assignment else ""
    rest = "for the rest of its shift"
    if why.until is not None and why.until != float("inf"):
        rest = f"for {clock(why.until - case.now)} more"
    words = {
        "off_duty": "off duty",
        "understaffed": f"crew of {unit.crew_count}, needs {why.crew_min}",
        "not_capable": "cannot do what is needed",
        "not_served": f"{unit.agency} does not serve this here",
        "on_incident": f"on incident {why.incident}, {stage}",
        "crew_away": f"its crew is out with {why.unit}",
        "resting": f"its crew rests {rest}",
        "no_road": "no way there is known",
    }
    return words[why.reason]


# -- those who could -----------------------------------------------------------------------------------------------


def bypassed(
    case: Case, asked: Asked, rest: Sequence[Able], sent: Sequence[tuple[Able, Seat]], lost: float
) -> list[Candidate]:
    """Units that could go and stay, in the order given, each with the reason that decided against it."""
    return [_bypassed(case, asked, one, sent, lost) for one in rest]


def _bypassed(case: Case, asked: Asked, one: Able, sent: Sequence[tuple[Able, Seat]], lost: float) -> Candidate:
    unit = one.unit
    shared = next((able.unit.id for able, _ in sent if able.unit.id in case.plans.sharing(unit.id)), "")
    if shared:
        return _of(one, case, reason="crew_shared", other=shared, text=f"its crew goes with {shared}")
    rivals = [able for able, seat in sent if seat.capability in unit.capabilities and unit.crew_count >= seat.crew_min]
    if not rivals:
        return _of(one, case, reason="not_needed", text="nobody more is needed for what it can do")
    last = max(rivals, key=lambda able: (able.travel.eta_s, able.unit.id))
    later_s = one.travel.eta_s - last.travel.eta_s
    if one.neighbour and not last.neighbour:
        text = f"{unit.agency} is a neighbour: sent when our own cannot fill it"
        return _of(one, case, reason="neighbour", later_s=later_s, other=last.unit.id, text=text)
    if later_s >= 0.0:
        text = f"{clock(later_s)} later than the last one chosen"
        return _of(one, case, reason="farther", later_s=later_s, other=last.unit.id, text=text)
    return _closer(case, asked, one, last, sent, lost, later_s)


def _closer(
    case: Case, asked: Asked, one: Able, last: Able, sent: Sequence[tuple[Able, Seat]], lost: float, later_s: float
) -> Candidate:
    """It would be there sooner than somebody who was chosen: what speaks against it."""
    sooner = f"{clock(-later_s)} closer than {last.unit.id}"
    swapped = [able.unit.id if able is not last else one.unit.id for able, _ in sent]
    more = case.loss.loss(swapped) - lost if case.loss else 0.0
    if asked.terms.lost * more >= last.own - one.own and more > 0.0:
        gap = gap_of(case.loss, swapped, [able.unit.id for able, _ in sent])
        area, gap_s = (gap.area, gap.span_s(one.travel.eta_s)) if gap else ("", None)
        return _of(
            one, case, reason="leaves_gap", later_s=later_s, other=last.unit.id, lost=more, area=area, gap_s=gap_s,
            text=f"{sooner} but {_gap_words(more, area, gap_s)}",
        )  # fmt: skip
    if one.in_time < last.in_time:
        text = f"{sooner} but less certain to be in time ({one.in_time:.0%}, {last.unit.id} {last.in_time:.0%})"
        return _of(one, case, reason="less_certain", later_s=later_s, other=last.unit.id, text=text)
    text = f"{sooner}, but the plan is filled best in another way"
    return _of(one, case, reason="other_way", later_s=later_s, other=last.unit.id, text=text)


def _gap_words(lost: float, area: str, gap_s: float | None) -> str:
    if not area:
        return f"{lost:.1%} of all calls could not be reached in time while it is away"
    return f"leaves the {area.replace('_', '-')} without cover" + (
        f" for {max(1, round(gap_s / 60))} min" if gap_s is not None else ""
    )


def clock(seconds: float) -> str:
    """Minutes and seconds, as a dispatcher says them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
