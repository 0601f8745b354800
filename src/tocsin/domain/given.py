"""What is handed to a decision from outside, so that the same order in the same room always gives the same answer."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.travel import Travels
from tocsin.domain.types import Catalogue
from tocsin.facts.choices import Shown
from tocsin.facts.union import DecisionFact
from tocsin.facts.values import Instant

Decision: TypeAlias = tuple[DecisionFact, ...] | Refusal
"""Facts to record, all or none; or a named no."""


class Given(msgspec.Struct, frozen=True, gc=False):
    """Time, the person, the centre's incident types and plans, and travel times to the incident by unit."""

    now: Instant
    by: str
    catalogue: Catalogue
    travels: Travels = {}
    plans: Plans = NO_PLANS
    shown: Shown | None = None
    """The recommendation that was on the screen when units were sent."""
    agency: str = ""
    """Whose account orders; empty: the whole centre's, or no person's."""
