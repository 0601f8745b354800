"""The room after what happened to a choice. Total, like all folding."""

from __future__ import annotations

from tocsin.domain.room import Proposal, Room
from tocsin.facts import choices


def units_chosen(room: Room, fact: choices.UnitsChosen) -> None:
    """A choice was made; one that sent others without a word waits for its reason."""
    incident = room.incidents[fact.incident]
    incident.choices = fact.choice
    if fact.verdict in ("changed", "overridden") and not fact.reason:
        incident.owes = fact.choice


def choice_explained(room: Room, fact: choices.ChoiceExplained) -> None:
    """Its reason was said."""
    incident = room.incidents[fact.incident]
    if incident.owes == fact.choice:
        incident.owes = 0


def level_raised(room: Room, fact: choices.LevelRaised) -> None:
    """A second alarm."""
    room.incidents[fact.incident].level = fact.level


def proposal_made(room: Room, fact: choices.ProposalMade) -> None:
    """It takes the place of one before it."""
    incident = room.incidents[fact.incident]
    incident.proposals += 1
    incident.proposal = Proposal(fact.proposal, fact.send, fact.recall, fact.at)


def proposal_over(room: Room, fact: choices.ProposalAccepted | choices.ProposalLapsed) -> None:
    """Done, or better no more."""
    room.incidents[fact.incident].proposal = None


def proposal_dismissed(room: Room, fact: choices.ProposalDismissed) -> None:
    """Silence from here on."""
    incident = room.incidents[fact.incident]
    if incident.proposal:
        incident.dismissed = incident.proposal.send
    incident.proposal, incident.dismissed_at = None, fact.at
