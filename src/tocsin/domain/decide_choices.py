"""What may happen around a choice: its verdict and reason, a higher alarm level, and proposals made and answered."""

from __future__ import annotations

from tocsin.domain import checks
from tocsin.domain.drives import drive_of
from tocsin.domain.given import Decision, Given
from tocsin.domain.orders import DispatchUnits
from tocsin.domain.orders_plans import (
    AcceptProposal,
    DismissProposal,
    ExplainChoice,
    LapseProposal,
    ProposeChange,
    RaiseLevel,
)
from tocsin.domain.plans import plan_for
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK, Incident, Proposal, Room
from tocsin.facts import assignments, choices


def verdict_on(sent: tuple[str, ...], shown: choices.Shown) -> choices.Verdict:
    """How what was sent compares with what was proposed."""
    proposed = {row.unit for row in shown.candidates if row.chosen}
    others = set(sent) - proposed
    if not proposed and not shown.missing and not shown.plan:
        return "unplanned"
    if others:
        return "changed" if proposed & set(sent) else "overridden"
    return "accepted" if set(sent) == proposed else "partly"


def owes(verdict: choices.Verdict, reason: str) -> bool:
    """Whether a reason is still to be said: others were sent, and nobody said why."""
    return verdict in ("changed", "overridden") and not reason.strip()


def chosen(incident: Incident, order: DispatchUnits, given: Given) -> tuple[choices.UnitsChosen, ...]:
    """What is recorded of a choice. Never a refusal: help does not wait for a reason, which is asked for after."""
    shown = given.shown
    if shown is None:
        return ()
    verdict = verdict_on(order.units, shown)
    return (
        choices.UnitsChosen(
            given.now, incident.id, incident.choices + 1, verdict, order.units, shown, order.reason.strip()
        ),
    )


def explain(room: Room, order: ExplainChoice, given: Given) -> Decision:
    """Also after the incident was closed: the record may be completed."""
    incident = checks.known_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    empty = checks.not_empty(order.reason, "reason")
    if empty:
        return empty
    choice = order.choice or incident.owes
    if not choice or choice > incident.choices:
        return Refusal("choice_unknown", "no choice there waits for a reason", "choice", {"incident": incident.id})
    return (choices.ChoiceExplained(given.now, incident.id, choice, order.reason.strip()),)


def raise_level(room: Room, order: RaiseLevel, given: Given) -> Decision:
    """Only upwards, and only to what the plan has."""
    incident = checks.open_incident(room, order.incident)
    if isinstance(incident, Refusal):
        return incident
    level = order.level or incident.level + 1
    told = {"incident": incident.id, "level": incident.level, "asked": level}
    if level <= incident.level:
        return Refusal("level_not_higher", f"it is at alarm level {incident.level} already", "level", told)
    kind = given.catalogue.type(incident.type)
    plan = plan_for(given.plans, kind, incident.priority, incident.place).plan if kind else None
    levels = len(plan.levels) if plan else 1
    if level > levels:
        words = f"its plan has {levels} alarm levels; name the units to send"
        return Refusal("level_not_planned", words, "level", {**told, "levels": levels})
    return (choices.LevelRaised(given.now, incident.id, level, order.reason),)


def propose(room: Room, order: ProposeChange, given: Given) -> Decision:
    """Not the same twice, and not into the silence that was asked for; then nothing is recorded.

    What was turned down to fill the plan is not offered again until the incident itself changes.
    """
    incident = room.incidents.get(order.incident)
    if incident is None or not incident.open:
        return ()
    standing = incident.proposal
    if standing and (standing.send, standing.recall) == (order.send, order.recall):
        return ()
    quiet_s = given.plans.second_look.quiet_s
    quiet = incident.dismissed_at is not None and given.now - incident.dismissed_at < quiet_s
    turned_down = not order.recall and order.send == incident.dismissed and order.cause != "incident_changed"
    if turned_down or (quiet and order.recall):
        return ()
    drives = tuple(drive_of(given.travels.get(unit), given.now) for unit in order.send)
    return (
        choices.ProposalMade(
            given.now, f"{incident.id}-{incident.proposals + 1}", incident.id, order.cause, order.send, order.recall,
            order.gain_s, drives,
        ),
    )  # fmt: skip


def _standing(room: Room, proposal: str) -> tuple[Incident, Proposal] | Refusal:
    incident = room.incidents.get(proposal.rpartition("-")[0])
    if incident is None or incident.proposal is None or incident.proposal.id != proposal:
        words = f"proposal {proposal} was answered, or is better no more"
        return Refusal("unknown_proposal", words, "proposal", {"proposal": proposal})
    return incident, incident.proposal


def accept(room: Room, order: AcceptProposal, given: Given) -> Decision:
    """All of it or nothing: who is called back must still be on the way, who is sent must still be free."""
    found = _standing(room, order.proposal)
    if isinstance(found, Refusal):
        return found
    incident, proposal = found
    for unit in proposal.recall:
        has = room.units[unit].assignment
        if has is None or has.incident != incident.id or RANK[has.stage] >= RANK["on_scene"]:
            told = {"unit": unit, "status": has.stage if has else "available"}
            return Refusal("stage_out_of_turn", f"{unit} is on the way there no more", "proposal", told)
    for n, unit in enumerate(proposal.send):
        free = checks.sendable(room, unit, "proposal", given.plans, proposal.send[:n])
        if isinstance(free, Refusal):
            return free
    now = given.now
    sent = (
        assignments.UnitDispatched(now, unit, incident.id, drive_of(given.travels.get(unit), now))
        for unit in proposal.send
    )
    back = (assignments.UnitCancelled(now, unit, incident.id) for unit in proposal.recall)
    return (choices.ProposalAccepted(now, proposal.id, incident.id), *sent, *back)


def dismiss(room: Room, order: DismissProposal, given: Given) -> Decision:
    """It stays as it is, and there is silence for a while."""
    found = _standing(room, order.proposal)
    if isinstance(found, Refusal):
        return found
    return (choices.ProposalDismissed(given.now, found[1].id, found[0].id, order.reason),)


def lapse(room: Room, order: LapseProposal, given: Given) -> Decision:
    """What was better is so no more."""
    found = _standing(room, order.proposal)
    return () if isinstance(found, Refusal) else (choices.ProposalLapsed(given.now, found[1].id, found[0].id),)
