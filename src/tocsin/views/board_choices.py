"""What a choice changes in an incident's row: its alarm level, a reason owed, a proposal that waits for an answer."""

from __future__ import annotations

from tocsin.facts import choices
from tocsin.views.rows import IncidentRow, ProposalView


def after(row: IncidentRow, fact: choices.UnitsChosen) -> dict[str, object]:
    """A choice that sent others without a word waits for its reason."""
    owes = fact.verdict in ("changed", "overridden") and not fact.reason
    return {"owes": fact.choice if owes else row.owes}


def explained(row: IncidentRow, fact: choices.ChoiceExplained) -> dict[str, object]:
    """Its reason was said."""
    return {"owes": 0 if row.owes == fact.choice else row.owes}


def proposal(fact: choices.ProposalMade) -> ProposalView:
    """What is proposed."""
    due = tuple(fact.at + drive.eta_s if drive.basis != "none" else None for drive in fact.drives)
    return ProposalView(fact.proposal, fact.at, fact.cause, fact.send, fact.recall, fact.gain_s, due)
