"""Every named no has a row here: a room made of facts, an order, and the name and field of the answer."""

from __future__ import annotations

import msgspec
import pytest
from tests.world import (
    HERE,
    OPENED,
    T0,
    THERE,
    answered,
    closed,
    given,
    opened,
    ringing,
    room_of,
    sent,
    stage,
    taken,
    unit,
)

from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as k
from tocsin.domain import orders_calls as oc
from tocsin.domain import orders_privacy as p
from tocsin.domain import orders_sharing as sh
from tocsin.domain import orders_standby as s
from tocsin.domain.decide import decide
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_locations import ReportLocation, StateEstimate
from tocsin.domain.plans import Plans
from tocsin.domain.refusals import REFUSAL_NAMES, Refusal
from tocsin.facts import caller_links, calls, choices, incidents, privacy, sharing, standby, units, watch
from tocsin.facts.assignments import Drive
from tocsin.facts.values import Place

NOW = T0 + 100
PLANS = Plans(crews=(("E8", "T8"),))
SHOWN = choices.Shown(T0 + 15, 3, "FIRE", candidates=(choices.Considered("E1", True, "road", 60.0),))
RAISED = watch.AlarmRaised(T0 + 15, "call_unanswered:1", "call_unanswered", "1", T0)
SEEN = watch.AlarmAcknowledged(T0 + 16, "call_unanswered:1", "rui")
ATTACHED = (taken(), opened(), calls.CallAttached(T0 + 11, "1", "1"))
RELEASED = (ringing(), calls.CallReleased(T0 + 9, "1", "abandoned"))
REOPENED = incidents.IncidentReopened(T0 + 60, "1", "smoke again")
SILENT = calls.CallSilent(T0 + 8, "1", "ana")
LOST = (calls.CallReceived(T0, "1", "112", "+351 912 345 678"), calls.CallReleased(T0 + 9, "1", "abandoned"))
BACK_CLOSED = calls.CallBackClosed(T0 + 20, "1", "well")
BUSY = (opened(), unit(), sent())
LINKED = (opened(), opened("2"), incidents.IncidentsLinked(T0 + 20, "1", "2"))

ERASED = privacy.PersonalErased(T0 + 90, "incident:1", ("record", "position", "media"), (), "request", "1")
HELD = privacy.HoldPlaced(T0 + 80, "incident:1", "117/2026", "1")
OWING = (opened(), choices.UnitsChosen(T0 + 20, "1", 1, "overridden", ("E2",), SHOWN))
PROPOSED = (
    opened(),
    unit(),
    unit("E2"),
    sent(),
    choices.ProposalMade(T0 + 30, "1-1", "1", "unit_free", ("E2",), ("E1",), 130.0),
)
MOVED = standby.UnitMovedUp(T0 + 5, "E1", "Bridge", THERE, Drive("none"))
GENERAL = standby.HospitalRegistered(T0, "General", THERE, ("trauma",))
DIVERTED = standby.HospitalDiverted(T0 + 5, "General", "full")

NUMBERED = calls.CallReceived(T0, "1", "112", "+351 912 345 678")
KSENT = caller_links.LinkSent(T0 + 6, "K1", "1", "ana", "en", T0 + 1_806)
KOPENED = caller_links.LinkOpened(T0 + 20, "K1", "1", "1" * 64, "pt", T0 + 1_820)
KENDED = caller_links.LinkEnded(T0 + 30, "K1", "1", "caller")
KOLD = caller_links.LinkSent(T0 - 1_750, "K1", "1", "ana", "en", T0 + 50)
KFULL = caller_links.LinkMessage(T0 + 40, "K1", "1", 300, "", "x")
ON_PAGE = (NUMBERED, KSENT, KOPENED)
GONE = (*ON_PAGE, calls.CallReleased(T0 + 60, "1", "abandoned"))
SHARED = (opened(), unit(), sharing.IncidentShared(T0 + 20, "1", "fire", NOW + 60))

# (name, field, the room's facts, the order)
ROWS = [
    ("text_empty", "reason", SHARED, sh.ShareIncident("1", "fire", " ")),
    ("text_empty", "why", SHARED, BreakGlass("1", " ")),
    ("unknown_incident", "incident", (), BreakGlass("9", "they ask us")),
    ("unknown_incident", "incident", (), sh.ShareIncident("1", "fire", "help")),
    ("unknown_incident", "incident", (), sh.EndSharing("1", "fire")),
    ("incident_closed", "incident", (unit(), opened(), closed()), sh.ShareIncident("1", "fire", "help")),
    ("unknown_agency", "agency", SHARED, sh.ShareIncident("1", "navy", "help")),
    ("until_in_past", "until", SHARED, sh.ShareIncident("1", "fire", "help", NOW)),
    ("shared_already", "agency", SHARED, sh.ShareIncident("1", "fire", "help", NOW + 60)),
    ("not_shared", "agency", SHARED, sh.EndSharing("1", "ems")),
    ("unknown_call", "call", (), o.AnswerCall("1")),
    ("unknown_call", "call", (), o.LocateCall("1", HERE)),
    ("unknown_call", "call", (), o.NoteCall("1", "smoke")),
    ("unknown_call", "call", (), o.ReleaseCall("1", "abandoned")),
    ("unknown_call", "call", (opened(),), o.AttachCall("1", "1")),
    ("unknown_call", "calls[1]", (taken(),), o.OpenIncident("FIRE", calls=("1", "2"), place=HERE)),
    ("unknown_incident", "incident", (taken(),), o.AttachCall("1", "1")),
    ("unknown_incident", "incident", (), o.NoteIncident("1", "smoke")),
    ("unknown_incident", "incident", (), o.RelocateIncident("1", HERE)),
    ("unknown_incident", "incident", (), o.ReclassifyIncident("1", "SICK")),
    ("unknown_incident", "incident", (opened(),), o.LinkIncidents("2", "1")),
    ("unknown_incident", "other", (opened(),), o.LinkIncidents("1", "2")),
    ("unknown_incident", "incident", (), o.CloseIncident("1", "DONE")),
    ("unknown_incident", "incident", (), o.ReopenIncident("1")),
    ("unknown_incident", "incident", (unit(),), o.DispatchUnits("1", ("E1",))),
    ("unknown_incident", "incident", BUSY, o.DivertUnit("E1", "2")),
    ("unknown_unit", "unit", (), o.UnitOnDuty("E1", 4)),
    ("unknown_unit", "unit", (), o.UnitOffDuty("E1")),
    ("unknown_unit", "unit", (), o.UnitAtStation("E1")),
    ("unknown_unit", "units[0]", (opened(),), o.DispatchUnits("1", ("E1",))),
    ("unknown_unit", "unit", (), o.StampUnit("E1", "en_route")),
    ("unknown_unit", "unit", (), o.CancelUnit("E1")),
    ("unknown_unit", "unit", (opened(),), o.DivertUnit("E1", "1")),
    ("unknown_type", "type", (), o.OpenIncident("NOPE", place=HERE)),
    ("unknown_type", "type", (opened(),), o.ReclassifyIncident("1", "NOPE")),
    ("unknown_disposition", "disposition", (opened(),), o.CloseIncident("1", "NOPE")),
    ("unknown_alarm", "alarm", (), o.AcknowledgeAlarm("call_unanswered:1")),
    ("unknown_alarm", "alarm", (ringing(), RAISED, answered()), o.AcknowledgeAlarm("call_unanswered:1")),
    ("unknown_closure", "closure", (), o.ReopenRoad("1")),
    ("text_empty", "text", (taken(),), o.NoteCall("1", " \n\t")),
    ("text_empty", "text", (opened(),), o.NoteIncident("1", "")),
    ("text_empty", "unit", (), o.RegisterUnit(" ", "engine", "fire", (), HERE)),
    ("text_not_allowed", "text", (taken(),), o.NoteCall("1", "a\x00b")),
    ("text_not_allowed", "unit", (), o.RegisterUnit("E\u200b1", "engine", "fire", (), HERE)),
    ("text_not_allowed", "unit_kind", (), o.RegisterUnit("E1", "\u202eengine", "fire", (), HERE)),
    ("text_not_allowed", "agency", (), o.RegisterUnit("E1", "engine", "fire\u2066", (), HERE)),
    ("text_not_allowed", "capabilities[1]", (), o.RegisterUnit("E1", "engine", "fire", ("a", "b\ufeff"), HERE)),
    ("place_missing", "place", (taken(),), o.OpenIncident("FIRE", calls=("1",))),
    ("time_in_future", "at", (), o.ReceiveCall("112", at=NOW + 2.5)),
    ("time_in_future", "at", BUSY, o.StampUnit("E1", "en_route", at=NOW + 60)),
    ("time_too_old", "at", (), o.ReceiveCall("112", at=NOW - 86_401)),
    ("time_before_previous", "at", BUSY, o.StampUnit("E1", "en_route", at=T0 + 17)),
    ("call_answered_already", "call", (taken(),), o.AnswerCall("1")),
    ("call_not_answered", "call", (ringing(),), o.ReleaseCall("1", "information")),
    ("call_not_answered", "call", (ringing(), opened()), o.AttachCall("1", "1")),
    ("call_not_answered", "calls[0]", (ringing(),), o.OpenIncident("FIRE", place=HERE, calls=("1",))),
    ("call_ended", "call", RELEASED, o.AnswerCall("1")),
    ("call_ended", "call", ATTACHED, o.NoteCall("1", "smoke")),
    ("call_ended", "call", ATTACHED, o.LocateCall("1", HERE)),
    ("call_ended", "call", RELEASED, o.ReleaseCall("1", "abandoned")),
    ("call_ended", "call", ATTACHED, o.AttachCall("1", "1")),
    ("call_not_attached", "call", (taken(),), oc.DetachCall("1")),
    ("unknown_call", "call", (), oc.DetachCall("1")),
    ("call_settled", "call", (ATTACHED, closed()), oc.DetachCall("1")),
    ("call_settled", "call", (ATTACHED, closed(), REOPENED), oc.DetachCall("1")),
    ("call_not_answered", "call", (ringing(),), oc.MarkSilent("1")),
    ("call_silent_already", "call", (taken(), SILENT), oc.MarkSilent("1")),
    ("call_not_answered", "call", (ringing(),), o.ReleaseCall("1", "silent")),
    ("call_not_lost", "call", (taken(),), oc.CallBack("1", "reached")),
    ("call_not_lost", "call", RELEASED, oc.CallBack("1", "reached")),
    ("call_not_lost", "call", (LOST, calls.CallReached(T0 + 20, "1", "rui")), oc.CallBack("1", "no_answer")),
    ("call_not_lost", "call", (LOST, BACK_CLOSED), oc.CloseCallBack("1", "well")),
    ("unknown_reason", "reason", LOST, oc.CloseCallBack("1", "nope")),
    ("call_twice", "calls[1]", (taken(),), o.OpenIncident("FIRE", place=HERE, calls=("1", "1"))),
    ("unknown_call", "call", (), ReportLocation("aml", "1")),
    ("unknown_call", "call", (), StateEstimate("1", 38.7, -9.1, 5.0, (), "spot", 0.95, ())),
    ("call_ended", "call", RELEASED, ReportLocation("aml", "1")),
    ("call_ended", "call", (ATTACHED, closed()), ReportLocation("aml", "1")),
    ("call_ended", "call", RELEASED, StateEstimate("1", 38.7, -9.1, 5.0, (), "spot", 0.95, ())),
    ("caller_missing", "call", (), ReportLocation("aml")),
    ("caller_missing", "call", (), ReportLocation("aml", number="anonymous")),
    ("unknown_call", "call", (), k.SendCallerLink("1")),
    ("call_ended", "call", (NUMBERED, calls.CallReleased(T0 + 9, "1", "abandoned")), k.SendCallerLink("1")),
    ("call_ended", "call", (ATTACHED, closed()), k.SendCallerLink("1")),
    ("call_without_number", "call", (ringing(),), k.SendCallerLink("1")),
    ("link_open_already", "call", (NUMBERED, KSENT), k.SendCallerLink("1")),
    ("link_open_already", "call", ON_PAGE, k.SendCallerLink("1")),
    ("unknown_link", "link", (NUMBERED,), k.IssueLink("K1", "5" * 64)),
    ("unknown_link", "link", (NUMBERED,), k.EndCallerLink("K1")),
    ("unknown_link", "link", (NUMBERED,), k.StopLink("K1", "caller")),
    ("unknown_receipt", "reference", ON_PAGE, k.ReportDelivery("operator", "forged", "delivered")),
    ("unknown_receipt", "reference", ON_PAGE, k.ReportDelivery("", "x", "failed")),
    ("link_ended", "link", (*ON_PAGE, KENDED), k.EndCallerLink("K1")),
    ("link_ended", "link", (*ON_PAGE, KENDED), k.HearCaller("K1", "help")),
    ("link_ended", "link", (*ON_PAGE, KENDED), k.OpenLink("K1", "1" * 64, "en")),
    ("link_ended", "link", (NUMBERED, KOLD), k.OpenLink("K1", "1" * 64, "en")),
    ("link_ended", "link", (NUMBERED, KOLD), k.PassLink("K1", "printer")),
    ("link_ended", "link", GONE, k.HearCaller("K1", "help")),
    ("link_ended", "link", GONE, k.TellCaller("K1", "wait")),
    ("link_ended", "link", GONE, k.ShareLink("K1")),
    ("link_ended", "link", GONE, k.ShowMedia("K1", "m", "photo", 1, 1, 1, "c" * 64)),
    ("link_taken", "link", ON_PAGE, k.OpenLink("K1", "2" * 64, "en")),
    ("link_not_opened", "link", (NUMBERED, KSENT), k.ShareLink("K1")),
    ("link_not_opened", "link", (NUMBERED, KSENT), k.HearCaller("K1", "help")),
    ("link_not_opened", "link", (NUMBERED, KSENT), k.ShowMedia("K1", "m", "photo", 1, 1, 1, "c" * 64)),
    ("link_full", "link", (*ON_PAGE, KFULL), k.HearCaller("K1", "help")),
    ("link_full", "link", ON_PAGE, k.ShowMedia("K1", "m", "photo", 50_000_000, 1, 1, "c" * 64)),
    ("text_empty", "text", ON_PAGE, k.HearCaller("K1", " ")),
    ("text_empty", "text", ON_PAGE, k.TellCaller("K1")),
    ("text_not_allowed", "text", ON_PAGE, k.TellCaller("K1", "a\x00b")),
    ("unknown_report", "basis", (taken(),), o.LocateCall("1", HERE, "L1")),
    ("unknown_report", "basis", (opened(),), o.RelocateIncident("1", THERE, "E1")),
    ("incident_closed", "incident", (taken(), opened(), closed()), o.AttachCall("1", "1")),
    ("incident_closed", "incident", (opened(), closed()), o.RelocateIncident("1", THERE)),
    ("incident_closed", "incident", (opened(), closed()), o.ReclassifyIncident("1", "SICK")),
    ("incident_closed", "incident", (opened(), closed()), o.CloseIncident("1", "DONE")),
    ("incident_closed", "incident", (opened(), closed(), unit()), o.DispatchUnits("1", ("E1",))),
    ("incident_closed", "incident", (BUSY, opened("2"), closed("2")), o.DivertUnit("E1", "2")),
    ("incident_not_closed", "incident", (opened(),), o.ReopenIncident("1")),
    ("incident_unchanged", "place", (opened(),), o.RelocateIncident("1", HERE)),
    ("incident_unchanged", "type", (opened(),), o.ReclassifyIncident("1", "FIRE", 1)),
    ("incident_unchanged", "type", (opened(),), o.ReclassifyIncident("1")),
    ("incident_same", "other", (opened(),), o.LinkIncidents("1", "1")),
    ("incident_same", "incident", BUSY, o.DivertUnit("E1", "1")),
    ("incidents_linked_already", "other", LINKED, o.LinkIncidents("1", "2")),
    ("incidents_linked_already", "other", LINKED, o.LinkIncidents("2", "1")),
    ("units_still_assigned", "incident", BUSY, o.CloseIncident("1", "DONE")),
    ("unit_twice", "units[1]", (opened(), unit()), o.DispatchUnits("1", ("E1", "E1"))),
    ("unit_assigned", "units[0]", (BUSY, opened("2")), o.DispatchUnits("2", ("E1",))),
    ("unit_assigned", "unit", BUSY, o.UnitOffDuty("E1")),
    ("unit_assigned", "unit", BUSY, o.UnitAtStation("E1")),
    ("unit_assigned", "unit", BUSY, o.RegisterUnit("E1", "engine", "fire", (), HERE)),
    ("unit_not_assigned", "unit", (unit(),), o.StampUnit("E1", "en_route")),
    ("unit_not_assigned", "unit", (unit(),), o.CancelUnit("E1")),
    ("unit_not_assigned", "unit", (unit(), opened()), o.DivertUnit("E1", "1")),
    ("unit_off_duty", "unit", (unit(crew=None),), o.UnitOffDuty("E1")),
    ("unit_off_duty", "unit", (unit(crew=None),), o.UnitAtStation("E1")),
    ("unit_off_duty", "units[0]", (unit(crew=None), opened()), o.DispatchUnits("1", ("E1",))),
    ("unit_on_duty_already", "unit", (unit(crew=4),), o.UnitOnDuty("E1", 4)),
    ("unit_understaffed", "units[0]", (unit(crew=1), opened()), o.DispatchUnits("1", ("E1",))),
    ("unit_at_station_already", "unit", (unit(),), o.UnitAtStation("E1")),
    ("unknown_unit", "unit", (), s.MoveUpUnit("E1", "Bridge", HERE)),
    ("unknown_unit", "unit", (), s.UnitIsAtPost("E1")),
    ("unknown_unit", "unit", (), s.CallHomeUnit("E1")),
    ("unknown_unit", "unit", (), s.DeclineMove("E1", "Bridge")),
    ("text_empty", "post", (unit(),), s.MoveUpUnit("E1", " ", HERE)),
    ("text_empty", "post", (unit(),), s.DeclineMove("E1", "")),
    ("text_empty", "hospital", (), s.RegisterHospital(" ", HERE)),
    ("unit_off_duty", "unit", (unit(crew=None),), s.MoveUpUnit("E1", "Bridge", HERE)),
    ("unit_understaffed", "unit", (unit(crew=1),), s.MoveUpUnit("E1", "Bridge", HERE)),
    ("unit_assigned", "unit", BUSY, s.MoveUpUnit("E1", "Bridge", HERE)),
    ("unit_moved_already", "post", (unit(), MOVED), s.MoveUpUnit("E1", "Bridge", HERE)),
    ("unit_not_moved_up", "unit", (unit(),), s.UnitIsAtPost("E1")),
    ("unit_not_moved_up", "unit", (unit(), MOVED, opened(), sent()), s.CallHomeUnit("E1")),
    ("unit_at_post_already", "unit", (unit(), MOVED, standby.UnitAtPost(T0 + 9, "E1", "Bridge")), s.UnitIsAtPost("E1")),
    ("unknown_hospital", "hospital", (), s.DivertHospital("General")),
    ("unknown_hospital", "hospital", (), s.ReopenHospital("General")),
    ("unknown_hospital", "hospital", (), s.ReportHospital("General", 60.0)),
    ("hospital_diverted_already", "hospital", (GENERAL, DIVERTED), s.DivertHospital("General", "full")),
    ("hospital_not_diverted", "hospital", (GENERAL,), s.ReopenHospital("General")),
    ("until_in_past", "until", (GENERAL,), s.DivertHospital("General", until=NOW)),
    ("stage_gone_back", "status", (BUSY, stage("on_scene")), o.StampUnit("E1", "en_route")),
    ("stage_gone_back", "status", (BUSY, stage("en_route")), o.StampUnit("E1", "en_route")),
    ("stage_out_of_turn", "status", BUSY, o.StampUnit("E1", "at_patient")),
    ("stage_out_of_turn", "status", BUSY, o.StampUnit("E1", "left_scene")),
    ("stage_out_of_turn", "status", (BUSY, stage("on_scene")), o.StampUnit("E1", "at_hospital")),
    ("stage_out_of_turn", "status", (BUSY, stage("left_scene")), o.StampUnit("E1", "handed_over")),
    ("stage_out_of_turn", "unit", (BUSY, stage("left_scene")), o.CancelUnit("E1")),
    ("stage_out_of_turn", "unit", (BUSY, opened("2"), stage("at_patient")), o.DivertUnit("E1", "2")),
    ("stage_out_of_turn", "destination", BUSY, o.StampUnit("E1", "on_scene", destination="São José")),
    ("alarm_acknowledged_already", "alarm", (ringing(), RAISED, SEEN), o.AcknowledgeAlarm("call_unanswered:1")),
    ("unit_crew_away", "units[0]", (opened(), unit("E8"), unit("T8"), sent("E8")), o.DispatchUnits("1", ("T8",))),
    ("unit_crew_away", "units[1]", (opened(), unit("E8"), unit("T8")), o.DispatchUnits("1", ("T8", "E8"))),
    ("level_not_higher", "level", (opened(), choices.LevelRaised(T0 + 20, "1", 2)), o.RaiseLevel("1", 2)),
    ("choice_unknown", "choice", (opened(),), o.ExplainChoice("1", "closer")),
    ("choice_unknown", "choice", OWING, o.ExplainChoice("1", "closer", 2)),
    ("text_empty", "reason", OWING, o.ExplainChoice("1", " ")),
    ("reason_owed", "incident", OWING, o.CloseIncident("1", "DONE")),
    ("unknown_proposal", "proposal", (opened(),), o.AcceptProposal("1-1")),
    ("unknown_proposal", "proposal", (PROPOSED, opened("2")), o.DismissProposal("1-2")),
    ("stage_out_of_turn", "proposal", (PROPOSED, stage("on_scene")), o.AcceptProposal("1-1")),
    ("unit_assigned", "proposal", (PROPOSED, opened("2"), sent("E2", "2")), o.AcceptProposal("1-1")),
    ("level_not_planned", "level", (opened(),), o.RaiseLevel("1")),
    ("centre_open_already", "centre", (OPENED,), o.OpenCentre("south", "South", "live")),
    ("incident_erased", "incident", (opened(), closed(), ERASED), o.ReopenIncident("1")),
    ("unknown_subject", "subject", (), p.ErasePersonal("incident:1")),
    ("unknown_subject", "subject", (unit(),), p.ErasePersonal("crew:E1:20717")),
    ("unknown_subject", "subject", (), p.HoldPersonal("call:1", "117/2026")),
    ("subject_open", "subject", (opened(),), p.ErasePersonal("incident:1")),
    ("subject_open", "subject", (taken(),), p.ErasePersonal("call:1")),
    ("subject_open", "subject", (ATTACHED, closed()), p.ErasePersonal("call:1")),
    ("subject_held", "subject", (opened(), closed(), HELD), p.ErasePersonal("incident:1")),
    ("subject_held_already", "subject", (opened(), HELD), p.HoldPersonal("incident:1", "118/2026")),
    ("subject_not_held", "subject", (opened(),), p.ReleaseHold("incident:1")),
    ("erased_already", "subject", (opened(), closed(), ERASED), p.ErasePersonal("incident:1")),
    ("erased_already", "subject", (opened(), closed()), p.ErasePersonal("incident:1", ("crew",))),
]
ELSEWHERE = {"key_reused", "not_yours"}
"""Said by the desk, before anything is decided: tests/desk/test_desk.py; and to agencies: tests/domain/test_yours.py"""


@pytest.mark.parametrize(("name", "field", "facts", "order"), ROWS, ids=lambda x: x if isinstance(x, str) else "")
def test_is_refused_by_name_and_field(name, field, facts, order):
    room = room_of(facts)
    refusal = decide(room, order, given(NOW, plans=PLANS))
    assert isinstance(refusal, Refusal), refusal
    assert (refusal.name, refusal.field) == (name, field)
    assert refusal.text
    assert msgspec.json.decode(msgspec.json.encode(refusal))["name"] == name


def test_every_name_has_a_row():
    assert {row[0] for row in ROWS} | ELSEWHERE == set(REFUSAL_NAMES)


def test_who_answered_and_which_incident_has_the_unit_are_told():
    refusal = decide(room_of(taken()), o.AnswerCall("1"), given())
    assert refusal.facts == {"call": "1", "by": "ana"}
    refusal = decide(room_of(BUSY, opened("2")), o.DispatchUnits("2", ("E1",)), given())
    assert refusal.facts == {"unit": "E1", "incident": "1", "status": "dispatched", "since": T0 + 20}


# Two things wrong at once: the one that stands first in the written order is told.
FIRST = [
    ("text_not_allowed", (), o.NoteCall("9", "a\x07")),
    ("text_empty", (), o.NoteCall("9", "")),
    ("text_empty", (), o.NoteIncident("9", " ")),
    ("unknown_type", (), o.OpenIncident("NOPE", calls=("9",))),
    ("unknown_call", (), o.OpenIncident("FIRE", calls=("9",))),
    ("call_not_answered", (ringing(),), o.AttachCall("1", "9")),
    ("unknown_incident", (), o.LinkIncidents("8", "9")),
    ("unknown_incident", (unit(crew=None),), o.DispatchUnits("9", ("E1",))),
    ("incident_closed", (opened(), closed()), o.CloseIncident("1", "NOPE")),
    ("unknown_disposition", BUSY, o.CloseIncident("1", "NOPE")),
    ("unit_off_duty", (unit(crew=None), opened()), o.DispatchUnits("1", ("E1", "E1", "E9"))),
    ("unit_off_duty", (unit(crew=None),), o.UnitAtStation("E1")),
    ("unit_understaffed", (BUSY, units.UnitCameOnDuty(T0 + 25, "E1", 1)), o.DispatchUnits("1", ("E1",))),
    ("stage_gone_back", (BUSY, stage("on_scene")), o.StampUnit("E1", "en_route", at=NOW + 60)),
    ("stage_out_of_turn", BUSY, o.StampUnit("E1", "at_patient", at=T0)),
    ("unit_not_assigned", (unit(),), o.DivertUnit("E1", "9")),
    ("incident_same", (BUSY, stage("at_patient")), o.DivertUnit("E1", "1")),
]


@pytest.mark.parametrize(("name", "facts", "order"), FIRST)
def test_checks_run_in_their_written_order(name, facts, order):
    refusal = decide(room_of(facts), order, given(NOW))
    assert isinstance(refusal, Refusal)
    assert refusal.name == name


def test_all_units_are_sent_or_none():
    room = room_of(opened(), unit("E1"), unit("E2", crew=None))
    refusal = decide(room, o.DispatchUnits("1", ("E1", "E2")), given())
    assert isinstance(refusal, Refusal)
    assert refusal.field == "units[1]"
    assert room.units["E1"].assignment is None


def test_a_place_in_an_order_is_named_by_its_path():
    refusal = decide(room_of(taken()), o.LocateCall("1", Place(1.0, 2.0, "Rua\x1f")), given())
    assert (refusal.field, refusal.facts) == ("place.text", {"character": "U+001F", "offset": 3})
