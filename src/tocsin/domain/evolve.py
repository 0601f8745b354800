"""evolve(): a recorded fact becomes part of the room. Total: a recorded fact is true, so nothing here judges or fails.

Works in place and hands the room back: folding a million facts must not copy a million rooms. Whoever needs the room
of a moment folds a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain import evolve_caller_links, evolve_calls, evolve_sharing, evolve_standby
from tocsin.domain import evolve_choices as ec
from tocsin.domain.evolve_locations import area_estimated, number_called, report_expired, report_matched, reported
from tocsin.domain.evolve_neighbours import event_logged
from tocsin.domain.room import Alarm, Assignment, Call, Closure, Incident, Room, Stage, Unit
from tocsin.facts import (
    assignments,
    calls,
    centre,
    choices,
    glass,
    incidents,
    locations,
    neighbours,
    privacy,
    roads,
    units,
    watch,
)
from tocsin.facts.personal import NOWHERE, subject_of
from tocsin.facts.privacy import KINDS, Kind
from tocsin.facts.union import DecisionFact
from tocsin.facts.values import Instant
from tocsin.facts.watch import CALL_ALARMS, UNIT_ALARMS, AlarmKind, alarm_id


def _number(text: str, last: int) -> int:
    return max(last, int(text)) if text.isdecimal() else last


def _drop_alarms(room: Room, subject: str, kinds: tuple[AlarmKind, ...]) -> None:
    if not room.alarms:
        return
    for alarm_kind in kinds:
        room.alarms.pop(alarm_id(alarm_kind, subject), None)


def _call_ended(room: Room, call_id: str) -> None:
    room.ringing.pop(call_id, None)
    _drop_alarms(room, call_id, CALL_ALARMS)


def _call_received(room: Room, fact: calls.CallReceived) -> None:
    room.calls[fact.call] = Call(fact.call, "ringing", fact.at, fact.place, number=fact.number)
    number_called(room, fact)
    room.ringing[fact.call] = None
    room.last_call = _number(fact.call, room.last_call)


def _call_answered(room: Room, fact: calls.CallAnswered) -> None:
    call = room.calls[fact.call]
    call.status, call.answered_by = "answered", fact.by
    _call_ended(room, fact.call)


def _call_located(room: Room, fact: calls.CallLocated) -> None:
    room.calls[fact.call].place = fact.place


def _call_released(room: Room, fact: calls.CallReleased) -> None:
    room.kept_call[f"call:{fact.call}"] = fact.at
    room.calls[fact.call].status = "released"
    evolve_calls.released(room, fact)
    _call_ended(room, fact.call)


def _call_attached(room: Room, fact: calls.CallAttached) -> None:
    call = room.calls[fact.call]
    call.status, call.incident = "attached", fact.incident
    incident = room.incidents[fact.incident]
    if fact.call not in incident.calls:
        incident.calls.append(fact.call)
    if room.backs.pop(fact.call, None) is not None:
        room.kept_call.pop(f"call:{fact.call}", None)
    _call_ended(room, fact.call)


def _incident_opened(room: Room, fact: incidents.IncidentOpened) -> None:
    room.incidents[fact.incident] = Incident(fact.incident, fact.type, fact.priority, fact.place)
    room.last_incident = _number(fact.incident, room.last_incident)


def _incident_noted(room: Room, fact: incidents.IncidentNoted) -> None:
    incident = room.incidents[fact.incident]
    if not incident.open:
        room.kept_record.setdefault(f"incident:{fact.incident}", fact.at)
    for unit in incident.units:
        _heard(room, unit, fact.at)


def _heard(room: Room, unit: str, at: Instant) -> None:
    has = room.units[unit].assignment
    if has:
        has.heard_at = max(has.heard_at, at)
    _drop_alarms(room, unit, ("long_on_scene",))


def _incident_relocated(room: Room, fact: incidents.IncidentRelocated) -> None:
    room.incidents[fact.incident].place = fact.place


def _incident_reclassified(room: Room, fact: incidents.IncidentReclassified) -> None:
    incident = room.incidents[fact.incident]
    incident.type, incident.priority = fact.type, fact.priority


def _incidents_linked(room: Room, fact: incidents.IncidentsLinked) -> None:
    room.incidents[fact.incident].links.add(fact.other)
    room.incidents[fact.other].links.add(fact.incident)


def _incident_closed(room: Room, fact: incidents.IncidentClosed) -> None:
    incident = room.incidents[fact.incident]
    incident.open, incident.proposal, incident.settled = False, None, len(incident.calls)
    key = f"incident:{fact.incident}"
    room.kept_record[key] = room.kept_position[key] = room.kept_media[key] = fact.at


def _incident_reopened(room: Room, fact: incidents.IncidentReopened) -> None:
    room.incidents[fact.incident].open = True
    for kind in KINDS:
        room.kept(kind).pop(f"incident:{fact.incident}", None)


def _unit_registered(room: Room, fact: units.UnitRegistered) -> None:
    known = room.units.get(fact.unit)
    unit = Unit(
        fact.unit,
        fact.unit_kind,
        fact.agency,
        frozenset(fact.capabilities),
        fact.crew_min,
        fact.home,
        fact.station,
    )
    if known:
        unit.on_duty, unit.crew_count, unit.at_station = known.on_duty, known.crew_count, known.at_station
        unit.duty_since, unit.freed_at = known.duty_since, known.freed_at
    room.units[fact.unit] = unit


def _unit_on_duty(room: Room, fact: units.UnitCameOnDuty) -> None:
    unit = room.units[fact.unit]
    if not unit.on_duty or fact.crew or fact.relieved:  # a named crew relieves another: its shift begins
        unit.duty_since, unit.freed_at = fact.at, None
    unit.on_duty, unit.crew_count = True, fact.crew_count
    if fact.crew:
        room.kept_crew.setdefault(subject_of(fact), fact.at)


def _unit_off_duty(room: Room, fact: units.UnitWentOffDuty) -> None:
    unit = room.units[fact.unit]
    unit.on_duty, unit.crew_count = False, 0
    evolve_standby.leave_post(room, fact.unit)


def _unit_at_station(room: Room, fact: units.UnitReturned) -> None:
    room.units[fact.unit].at_station = True
    evolve_standby.leave_post(room, fact.unit)


def _assign(room: Room, unit_id: str, incident: str, at: Instant) -> None:
    unit = room.units[unit_id]
    unit.assignment = Assignment(unit_id, incident, "dispatched", at, at, at)
    evolve_standby.leave_post(room, unit_id)
    room.busy[unit_id] = None
    sent_to = room.incidents[incident]
    sent_to.units.append(unit_id)
    if unit.agency not in sent_to.agencies:
        sent_to.agencies.append(unit.agency)
    _drop_alarms(room, unit_id, UNIT_ALARMS)


def _free(room: Room, unit_id: str, incident: str, at: Instant) -> None:
    unit = room.units[unit_id]
    unit.assignment, unit.freed_at = None, at
    room.busy.pop(unit_id, None)
    room.incidents[incident].units.remove(unit_id)
    _drop_alarms(room, unit_id, UNIT_ALARMS)


def _dispatched(room: Room, fact: assignments.UnitDispatched) -> None:
    _assign(room, fact.unit, fact.incident, fact.at)


def _stage(stage: Stage, leaves_station: bool = False) -> Callable[[Room, Any], None]:
    def reached(room: Room, fact: assignments.UnitAcknowledged) -> None:
        unit = room.units[fact.unit]
        has = unit.assignment
        if has:
            # A stamp reported late is still the latest word: the silence never began earlier than it did.
            has.stage, has.since, has.heard_at = stage, fact.at, max(has.heard_at, fact.at)
        if leaves_station:
            unit.at_station = False
        _drop_alarms(room, fact.unit, UNIT_ALARMS)

    return reached


def _available(room: Room, fact: assignments.UnitAvailable | assignments.UnitCancelled) -> None:
    _free(room, fact.unit, fact.incident, fact.at)


def _diverted(room: Room, fact: assignments.UnitDiverted) -> None:
    _free(room, fact.unit, fact.incident, fact.at)
    _assign(room, fact.unit, fact.to, fact.at)


def _alarm_raised(room: Room, fact: watch.AlarmRaised) -> None:
    room.alarms[fact.alarm] = Alarm(fact.alarm, fact.alarm_kind, fact.subject)


def _alarm_acknowledged(room: Room, fact: watch.AlarmAcknowledged) -> None:
    alarm = room.alarms.get(fact.alarm)
    if alarm and alarm.alarm_kind == "glass_broken":
        del room.alarms[fact.alarm]
    elif alarm:
        alarm.acknowledged_at, alarm.acknowledged_by = fact.at, fact.by


def _road_closed(room: Room, fact: roads.RoadClosed) -> None:
    room.closures[fact.closure] = Closure(fact.closure, fact.place, fact.radius_m)
    room.last_closure = _number(fact.closure, room.last_closure)


def _road_reopened(room: Room, fact: roads.RoadReopened) -> None:
    room.closures.pop(fact.closure, None)


def _centre_opened(room: Room, fact: centre.CentreOpened) -> None:
    room.centre, room.name, room.mode = fact.centre, fact.name, fact.mode


def _glass_broken(_room: Room, _fact: glass.GlassBroken) -> None:
    """Sight is no rule of the room's; the alarm beside it is a fact of its own."""


def _personal_erased(room: Room, fact: privacy.PersonalErased) -> None:
    for kind in ("position",) if fact.subject.startswith("report:") else fact.kinds:
        room.kept(kind).pop(fact.subject, None)
    incident, call = room.incidents.get(fact.incident), room.calls.get(fact.call)
    room.backs.pop(fact.call, None)
    if incident and "record" in fact.kinds:
        incident.erased, incident.place = True, NOWHERE
    for one in [call] if call else [room.calls[id_] for id_ in incident.calls] if incident else []:
        _nobody(room, one, fact.kinds)


def _nobody(room: Room, call: Call, kinds: tuple[Kind, ...]) -> None:
    if "position" in kinds or "call" in kinds:
        call.place = None
        for report in call.reports:
            room.reports.pop(report, None)
    if "record" in kinds or "call" in kinds:
        call.number = ""
    if call.filed and ("record" in kinds or "call" in kinds):
        room.by_number[call.filed].remove(call.id)
        if not room.by_number[call.filed]:
            del room.by_number[call.filed]
        call.filed = ""


def _hold_placed(room: Room, fact: privacy.HoldPlaced) -> None:
    room.holds[fact.subject] = fact.reference


def _hold_lifted(room: Room, fact: privacy.HoldLifted) -> None:
    room.holds.pop(fact.subject, None)


def _nothing(_room: Room, _fact: Any) -> None:
    """Worth recording, but no decision rests on it."""


FOLD: dict[type, Callable[[Room, Any], None]] = {
    centre.CentreOpened: _centre_opened,
    calls.CallReceived: _call_received,
    calls.CallAnswered: _call_answered,
    calls.CallLocated: _call_located,
    calls.CallNoted: _nothing,
    calls.CallReleased: _call_released,
    calls.CallAttached: _call_attached,
    **evolve_calls.FOLD,
    incidents.IncidentOpened: _incident_opened,
    incidents.IncidentNoted: _incident_noted,
    incidents.IncidentRelocated: _incident_relocated,
    incidents.IncidentReclassified: _incident_reclassified,
    incidents.IncidentsLinked: _incidents_linked,
    incidents.IncidentClosed: _incident_closed,
    incidents.IncidentReopened: _incident_reopened,
    units.UnitRegistered: _unit_registered,
    units.UnitCameOnDuty: _unit_on_duty,
    units.UnitWentOffDuty: _unit_off_duty,
    units.UnitReturned: _unit_at_station,
    assignments.UnitDispatched: _dispatched,
    assignments.UnitAcknowledged: _stage("acknowledged"),
    assignments.UnitEnRoute: _stage("en_route", leaves_station=True),
    assignments.UnitStaged: _stage("staged", leaves_station=True),
    assignments.UnitOnScene: _stage("on_scene", leaves_station=True),
    assignments.UnitAtPatient: _stage("at_patient"),
    assignments.UnitLeftScene: _stage("left_scene"),
    assignments.UnitAtHospital: _stage("at_hospital"),
    assignments.UnitHandedOver: _stage("handed_over"),
    assignments.UnitAvailable: _available,
    assignments.UnitCancelled: _available,
    assignments.UnitDiverted: _diverted,
    choices.UnitsChosen: ec.units_chosen,
    choices.ChoiceExplained: ec.choice_explained,
    choices.LevelRaised: ec.level_raised,
    choices.ProposalMade: ec.proposal_made,
    choices.ProposalAccepted: ec.proposal_over,
    choices.ProposalDismissed: ec.proposal_dismissed,
    choices.ProposalLapsed: ec.proposal_over,
    watch.AlarmRaised: _alarm_raised,
    watch.AlarmAcknowledged: _alarm_acknowledged,
    roads.RoadClosed: _road_closed,
    roads.RoadReopened: _road_reopened,
    **evolve_standby.FOLD,
    **evolve_caller_links.FOLD,
    **evolve_sharing.FOLD,
    locations.LocationReported: reported,
    locations.LocationMatched: report_matched,
    locations.LocationExpired: report_expired,
    locations.AreaEstimated: area_estimated,
    locations.PlaceTaken: _nothing,
    neighbours.EventLogged: event_logged,
    glass.GlassBroken: _glass_broken,
    privacy.PersonalErased: _personal_erased,
    privacy.HoldPlaced: _hold_placed,
    privacy.HoldLifted: _hold_lifted,
}


def evolve(room: Room, fact: DecisionFact) -> Room:
    """The room after `fact`."""
    FOLD[type(fact)](room, fact)
    return room
