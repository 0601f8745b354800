"""Somebody broke the glass: opened an incident they have no right to see, with a reason, for a short time."""

from __future__ import annotations

from tocsin.facts.base import FactBase
from tocsin.facts.values import Instant, PersonalText


class GlassBroken(FactBase, tag="glass.broken", frozen=True):
    """From now until `until` this account sees this incident as the whole centre does. Everybody's screen says so."""

    incident: str
    account: str
    until: Instant
    why: PersonalText
