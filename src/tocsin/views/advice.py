"""What the wire says of a recommendation: the plan that applies and why, its requirements, every candidate."""

from __future__ import annotations

import msgspec

from tocsin.domain.advise import Advice
from tocsin.domain.candidates import Candidate, NeedStatus
from tocsin.domain.plans import Match, Plans
from tocsin.facts.choices import Considered, Shown
from tocsin.facts.values import Instant, Position


class PlanView(msgspec.Struct, frozen=True):
    """The plan that applies, and why this one."""

    code: str = ""
    name: dict[str, str] = {}
    match: Match = "catalogue"
    """It names the type, its group, neither; or there is none, and the needs of the catalogue stand."""
    area: str = ""
    """The plan's area that holds the place; empty: it is for everywhere."""
    priority: bool = False
    """It is for this priority only."""
    level: int = 1
    """The incident's alarm level."""
    levels: int = 1
    """How many alarm levels the plan has."""
    target_s: float = 0.0
    """A drive longer than this is late."""
    version: str = ""
    """Edition of the plan file; empty: there is none."""
    reasons: tuple[dict[str, str], ...] = ()
    """Quick reasons for sending others than proposed, by language."""
    siren: bool = True
    """Whether this priority is driven to with siren, and the times reckon with it."""

    @classmethod
    def of(cls, advice: Advice, plans: Plans, *, siren: bool = True) -> PlanView:
        """The plan of an advice."""
        applied = advice.applied
        plan = applied.plan
        return cls(
            plan.code, plan.name, applied.match, applied.area, applied.priority, advice.level, len(plan.levels),
            advice.target_s, plans.version, plans.reasons, siren,
        )  # fmt: skip


class Recommendation(msgspec.Struct, frozen=True):
    """Who should go, at a position of the log."""

    incident: str
    position: Position
    now: Instant
    needs: tuple[NeedStatus, ...]
    candidates: tuple[Candidate, ...]
    id: str = ""
    """Names it: an order to send says what was shown by this."""
    plan: PlanView = PlanView()
    lost: float | None = None
    """Share of all demand that could no longer be reached in time once the chosen have left; None: not known."""
    exact: bool = True
    """False: the search was ended before it had proved that nothing is better."""


NEAR = 8
"""Units passed over that are kept as evidence beside the chosen: those that could have gone, nearest first."""


def evidence_of(told: Recommendation) -> Shown:
    """A recommendation as the record keeps it: the chosen, and the nearest of those that stayed."""
    chosen = [row for row in told.candidates if row.chosen]
    near = [row for row in told.candidates if not row.chosen and row.eta_s is not None][:NEAR]
    rows = tuple(
        Considered(
            row.unit, row.chosen, row.basis, row.eta_s, row.low_s, row.high_s, row.in_time, row.reason or "", row.text
        )
        for row in (*chosen, *near)
    )
    missing = sum(max(0, need.count - need.assigned - need.chosen) for need in told.needs)
    plan = told.plan.code if told.needs else ""
    return Shown(told.now, told.position, plan, told.plan.level, told.plan.version, missing, told.lost, rows)
