"""Incidents on the board: from opened to closed, and what choices change in their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tocsin.facts import choices, incidents
from tocsin.facts.watch import alarm_id
from tocsin.views import board_callers, board_calls
from tocsin.views.board_state import BoardState, change, row_of
from tocsin.views.rows import IncidentRow, ProposalView


def _incident_opened(board: BoardState, fact: incidents.IncidentOpened, by: str) -> None:
    board.incidents[fact.incident] = IncidentRow(
        fact.incident,
        "open",
        fact.type,
        fact.priority,
        fact.place,
        fact.summary,
        fact.at,
        by,
        fact.calls,
        changed_at=fact.at,
    )


def _incident_noted(board: BoardState, fact: incidents.IncidentNoted, _by: str) -> None:
    row = row_of(board, fact.incident)
    change(board, fact.incident, fact.at, notes=row.notes + 1, last_note=fact.text)
    for on_it in row.units:
        board.alarms.pop(alarm_id("long_on_scene", on_it.unit), None)


def _incident_relocated(board: BoardState, fact: incidents.IncidentRelocated, _by: str) -> None:
    change(board, fact.incident, fact.at, place=fact.place)


def _incident_reclassified(board: BoardState, fact: incidents.IncidentReclassified, _by: str) -> None:
    change(board, fact.incident, fact.at, type=fact.type, priority=fact.priority)


def _incidents_linked(board: BoardState, fact: incidents.IncidentsLinked, _by: str) -> None:
    for one, other in ((fact.incident, fact.other), (fact.other, fact.incident)):
        change(board, one, fact.at, links=(*row_of(board, one).links, other))


def _incident_closed(board: BoardState, fact: incidents.IncidentClosed, _by: str) -> None:
    row = board_calls.closed(board, board.incidents.pop(fact.incident))
    board_callers.gone(board, row.calls)
    board.closed[fact.incident] = replace(
        row, status="closed", closed_at=fact.at, disposition=fact.disposition, changed_at=fact.at, proposal=None
    )


def _incident_reopened(board: BoardState, fact: incidents.IncidentReopened, _by: str) -> None:
    row = board.closed.pop(fact.incident)
    board.incidents[fact.incident] = replace(row, status="open", closed_at=None, disposition="", changed_at=fact.at)


def _units_chosen(board: BoardState, fact: choices.UnitsChosen, _by: str) -> None:
    # A choice that sent others without a word waits for its reason.
    owes = fact.verdict in ("changed", "overridden") and not fact.reason
    change(board, fact.incident, fact.at, owes=fact.choice if owes else row_of(board, fact.incident).owes)


def _choice_explained(board: BoardState, fact: choices.ChoiceExplained, _by: str) -> None:
    owes = row_of(board, fact.incident).owes
    change(board, fact.incident, fact.at, owes=0 if owes == fact.choice else owes)


def _level_raised(board: BoardState, fact: choices.LevelRaised, _by: str) -> None:
    change(board, fact.incident, fact.at, level=fact.level)


def _proposal_made(board: BoardState, fact: choices.ProposalMade, _by: str) -> None:
    due = tuple(fact.at + drive.eta_s if drive.basis != "none" else None for drive in fact.drives)
    proposal = ProposalView(fact.proposal, fact.at, fact.cause, fact.send, fact.recall, fact.gain_s, due)
    change(board, fact.incident, fact.at, proposal=proposal)


def _proposal_over(board: BoardState, fact: choices.ProposalAccepted, _by: str) -> None:
    change(board, fact.incident, fact.at, proposal=None)


FOLD: dict[type, Callable[[BoardState, Any, str], None]] = {
    incidents.IncidentOpened: _incident_opened,
    incidents.IncidentNoted: _incident_noted,
    incidents.IncidentRelocated: _incident_relocated,
    incidents.IncidentReclassified: _incident_reclassified,
    incidents.IncidentsLinked: _incidents_linked,
    incidents.IncidentClosed: _incident_closed,
    incidents.IncidentReopened: _incident_reopened,
    choices.UnitsChosen: _units_chosen,
    choices.ChoiceExplained: _choice_explained,
    choices.LevelRaised: _level_raised,
    choices.ProposalMade: _proposal_made,
    choices.ProposalAccepted: _proposal_over,
    choices.ProposalDismissed: _proposal_over,
    choices.ProposalLapsed: _proposal_over,
}
