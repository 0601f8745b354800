"""What the wire says of a recommendation: the plan that applies and why, its requirements, every candidate."""

from __future__ import annotations

import msgspec

from tocsin.domain.advise import Advice
from tocsin.domain.candidates import Candidate, NeedStatus
from tocsin.domain.plans import Match
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

    @classmethod
    def of(cls, advice: Advice, version: str) -> PlanView:
        """The plan of an advice."""
        applied = advice.applied
        plan = applied.plan
        return cls(
            plan.code, plan.name, applied.match, applied.area, applied.priority, advice.level, len(plan.levels),
            advice.target_s, version,
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
