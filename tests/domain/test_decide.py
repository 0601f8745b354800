"""What each order brings about when nothing is in its way: exactly these facts."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from tests.world import (
    CATALOGUE,
    HERE,
    HOME,
    PLANS,
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
    steps,
    taken,
    travel,
    unit,
)

from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as k
from tocsin.domain import orders_calls as oc
from tocsin.domain import orders_plans as op
from tocsin.domain import orders_privacy as p
from tocsin.domain import orders_sharing as sh
from tocsin.domain import orders_standby as s
from tocsin.domain.decide import RULES, decide
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_locations import ReportLocation, StateEstimate
from tocsin.domain.orders_neighbours import LogEvent
from tocsin.domain.refusals import Refusal
from tocsin.facts import assignments as a
from tocsin.facts import (
    caller_links,
    calls,
    centre,
    choices,
    incidents,
    locations,
    roads,
    sharing,
    standby,
    units,
    watch,
)
from tocsin.facts.assignments import Drive
from tocsin.facts.glass import GlassBroken
from tocsin.facts.neighbours import EventLogged
from tocsin.facts.privacy import HoldLifted, HoldPlaced, PersonalErased
from tocsin.facts.shapes import Circle

NOW = T0 + 100
BUSY = (opened(), unit(), sent())
MOVED = standby.UnitMovedUp(T0 + 5, "E1", "Bridge", HERE, a.Drive("none"))
GENERAL = standby.HospitalRegistered(NOW, "General", HERE, ("trauma",), 9)
ROAD = travel(90.0)
ENDED = (taken(), opened(), calls.CallAttached(T0 + 11, "1", "1"), closed())
DRIVE = Drive("road", 90.0, 900.0, HOME.lat, HOME.lon, T0)
RAISED = watch.AlarmRaised(T0 + 15, "call_unanswered:1", "call_unanswered", "1", T0)


def received(call: str) -> calls.CallReceived:
    return calls.CallReceived(T0, call, "112", "+351 912 345 678")


SENT = caller_links.LinkSent(T0 + 6, "K1", "1", "ana", "en", T0 + 1_806)
OPENED = caller_links.LinkOpened(T0 + 20, "K1", "1", "1" * 64, "pt", T0 + 1_820)
LINK = (received("1"), SENT)
ON_PAGE = (LINK, OPENED)

ATTACHED = calls.CallAttached(T0 + 11, "1", "1")
LOST = (received("1"), calls.CallReleased(T0 + 9, "1", "abandoned"))
SHARED = (opened(), unit(), sharing.IncidentShared(T0 + 20, "1", "fire", NOW + 60))
OWING = (opened(), choices.UnitsChosen(T0 + 20, "1", 1, "overridden", ("E2",), choices.Shown(T0, 1, "P")))
PROPOSED = (BUSY, unit("E2"), choices.ProposalMade(T0 + 30, "1-1", "1", "unit_free", ("E2",), ("E1",), 130.0))
FILLING = (BUSY, unit("E2"), choices.ProposalMade(T0 - 900, "1-1", "1", "unit_free", ("E2",)))
DISMISSED = choices.ProposalDismissed(T0 + 40, "1-1", "1")
LONG_AGO = choices.ProposalDismissed(T0 - 800, "1-1", "1")

ROWS = [
    ((), o.OpenCentre("north", "North", "live"), [centre.CentreOpened(NOW, "north", "North", "live")]),
    (
        (ringing("1"), ringing("7")),
        o.ReceiveCall("112", "+351", "Ana", HERE, NOW - 3),
        [calls.CallReceived(NOW - 3, "8", "112", "+351", "Ana", HERE)],
    ),
    ((ringing(),), o.AnswerCall("1"), [calls.CallAnswered(NOW, "1", "ana")]),
    ((ringing(),), o.LocateCall("1", HERE), [calls.CallLocated(NOW, "1", HERE)]),
    ((ringing(),), o.NoteCall("1", "smoke"), [calls.CallNoted(NOW, "1", "smoke")]),
    ((ringing(),), o.ReleaseCall("1", "abandoned", "hung up"), [calls.CallReleased(NOW, "1", "abandoned", "hung up")]),
    ((taken(),), o.ReleaseCall("1", "information"), [calls.CallReleased(NOW, "1", "information")]),
    ((taken(), opened()), o.AttachCall("1", "1"), [calls.CallAttached(NOW, "1", "1")]),
    ((LOST, opened()), o.AttachCall("1", "1"), [calls.CallAttached(NOW, "1", "1")]),
    (
        (taken(), opened(), ATTACHED),
        oc.DetachCall("1", "another street"),
        [calls.CallDetached(NOW, "1", "1", "ana", "another street")],
    ),
    ((taken(),), oc.MarkSilent("1"), [calls.CallSilent(NOW, "1", "ana")]),
    (LOST, oc.CallBack("1", "reached"), [calls.CallReached(NOW, "1", "ana")]),
    (LOST, oc.CallBack("1", "no_answer"), [calls.CallTriedBack(NOW, "1", "ana")]),
    (LOST, oc.CloseCallBack("1", "known", "told"), [calls.CallBackClosed(NOW, "1", "known", "told")]),
    (
        (LOST, received("2")),
        o.AnswerCall("2"),
        [calls.CallAnswered(NOW, "2", "ana"), calls.CallBackClosed(NOW, "1", "called_again", later="2")],
    ),
    (
        (received("1"), answered("1"), opened(), ATTACHED),
        o.ReceiveCall("112", "912345678"),
        [calls.CallReceived(NOW, "2", "112", "912345678", earlier=(calls.Earlier("1", T0, "1"),))],
    ),
    (
        (taken("1"), taken("2", place=THERE), opened("4")),
        o.OpenIncident("SICK", calls=("1", "2"), summary="fell"),
        [
            incidents.IncidentOpened(NOW, "5", "SICK", 2, THERE, ("1", "2"), "fell"),
            calls.CallAttached(NOW, "1", "5"),
            calls.CallAttached(NOW, "2", "5"),
        ],
    ),
    ((), o.OpenIncident("SICK", 1, HERE), [incidents.IncidentOpened(NOW, "1", "SICK", 1, HERE)]),
    ((opened(),), o.NoteIncident("1", "two floors"), [incidents.IncidentNoted(NOW, "1", "two floors")]),
    ((opened(), closed()), o.NoteIncident("1", "late word"), [incidents.IncidentNoted(NOW, "1", "late word")]),
    ((opened(),), o.RelocateIncident("1", THERE), [incidents.IncidentRelocated(NOW, "1", THERE)]),
    ((opened(),), o.ReclassifyIncident("1", "SICK"), [incidents.IncidentReclassified(NOW, "1", "SICK", 2)]),
    ((opened(),), o.ReclassifyIncident("1", None, 3), [incidents.IncidentReclassified(NOW, "1", "FIRE", 3)]),
    ((opened("1"), opened("2"), closed("2")), o.LinkIncidents("1", "2"), [incidents.IncidentsLinked(NOW, "1", "2")]),
    ((opened(),), o.CloseIncident("1", "DONE", "out"), [incidents.IncidentClosed(NOW, "1", "DONE", "out")]),
    ((opened(), closed()), o.ReopenIncident("1", "smoke"), [incidents.IncidentReopened(NOW, "1", "smoke")]),
    (
        (opened(), unit()),
        sh.ShareIncident("1", "fire", " their ladder ", NOW + 60),
        [sharing.IncidentShared(NOW, "1", "fire", NOW + 60, "their ladder")],
    ),
    (SHARED, sh.ShareIncident("1", "fire", "longer"), [sharing.IncidentShared(NOW, "1", "fire", None, "longer")]),
    (SHARED, sh.EndSharing("1", "fire", "home"), [sharing.SharingEnded(NOW, "1", "fire", "ordered", "home")]),
    (
        SHARED,
        o.CloseIncident("1", "DONE"),
        [incidents.IncidentClosed(NOW, "1", "DONE"), sharing.SharingEnded(NOW, "1", "fire", "closed")],
    ),
    (
        (opened(), unit(), sharing.IncidentShared(T0 + 20, "1", "fire", NOW)),
        o.RaiseAlarms(),
        [sharing.SharingEnded(NOW, "1", "fire", "time")],
    ),
    (
        (),
        o.RegisterUnit("E1", "engine", "fire", ("engine",), HOME, 2, "S1"),
        [units.UnitRegistered(NOW, "E1", "engine", "fire", ("engine",), 2, HOME, "S1")],
    ),
    ((unit(crew=None),), o.UnitOnDuty("E1", 1), [units.UnitCameOnDuty(NOW, "E1", 1)]),
    (
        (unit(crew=2),),
        o.UnitOnDuty("E1", 2, ("Ana", "Rui")),
        [units.UnitCameOnDuty(NOW, "E1", 2, ("Ana", "Rui"), relieved=True)],
    ),
    ((unit(),), o.UnitOffDuty("E1"), [units.UnitWentOffDuty(NOW, "E1")]),
    (
        (BUSY, stage("en_route"), a.UnitAvailable(T0 + 40, "E1", "1")),
        o.UnitAtStation("E1"),
        [units.UnitReturned(NOW, "E1")],
    ),
    (
        (unit(),),
        s.MoveUpUnit("E1", "Bridge", HERE, "a", 0.5, 0.6),
        [standby.UnitMovedUp(NOW, "E1", "Bridge", HERE, msgspec.structs.replace(DRIVE, siren=False), "a", 0.5, 0.6)],
    ),
    ((unit(), MOVED), s.UnitIsAtPost("E1"), [standby.UnitAtPost(NOW, "E1", "Bridge")]),
    ((unit(), MOVED), s.CallHomeUnit("E1", "enough"), [standby.UnitCalledHome(NOW, "E1", "Bridge", "enough")]),
    ((unit(),), s.DeclineMove("E1", "Bridge"), [standby.MoveDeclined(NOW, "E1", "Bridge")]),
    ((), s.RegisterHospital("General", HERE, ("trauma",), 9), [GENERAL]),
    (
        (GENERAL,),
        s.DivertHospital("General", "full", NOW + 60),
        [standby.HospitalDiverted(NOW, "General", "full", NOW + 60)],
    ),
    (
        (GENERAL, standby.HospitalDiverted(T0, "General")),
        s.ReopenHospital("General"),
        [standby.HospitalReopened(NOW, "General")],
    ),
    ((GENERAL,), s.ReportHospital("General", 600.0, 2), [standby.HospitalLoad(NOW, "General", 600.0, 2)]),
    (
        (opened(), unit("E1"), unit("E2")),
        o.DispatchUnits("1", ("E2", "E1")),
        [a.UnitDispatched(NOW, "E2", "1", Drive("none")), a.UnitDispatched(NOW, "E1", "1", DRIVE)],
    ),
    (BUSY, o.StampUnit("E1", "acknowledged"), [a.UnitAcknowledged(NOW, "E1", "1")]),
    (BUSY, o.StampUnit("E1", "en_route", at=NOW - 50), [a.UnitEnRoute(NOW - 50, "E1", "1")]),
    (BUSY, o.StampUnit("E1", "staged"), [a.UnitStaged(NOW, "E1", "1")]),
    (BUSY, o.StampUnit("E1", "on_scene"), [a.UnitOnScene(NOW, "E1", "1")]),
    ((BUSY, stage("on_scene")), o.StampUnit("E1", "at_patient"), [a.UnitAtPatient(NOW, "E1", "1")]),
    (
        (BUSY, stage("on_scene")),
        o.StampUnit("E1", "left_scene", destination="São José"),
        [a.UnitLeftScene(NOW, "E1", "1", "São José")],
    ),
    ((BUSY, stage("left_scene")), o.StampUnit("E1", "at_hospital"), [a.UnitAtHospital(NOW, "E1", "1")]),
    ((BUSY, stage("at_hospital")), o.StampUnit("E1", "handed_over"), [a.UnitHandedOver(NOW, "E1", "1")]),
    (BUSY, o.StampUnit("E1", "available"), [a.UnitAvailable(NOW, "E1", "1")]),
    ((BUSY, stage("at_patient")), o.CancelUnit("E1", "second unit"), [a.UnitCancelled(NOW, "E1", "1", "second unit")]),
    (
        (BUSY, opened("2"), stage("on_scene")),
        o.DivertUnit("E1", "2", "closer"),
        [a.UnitDiverted(NOW, "E1", "1", "2", DRIVE, "closer")],
    ),
    (
        (received("1"), received("2")),
        ReportLocation("aml", number="0912 345 678", shape=Circle(38.7, -9.1, 20.0), fixed_at=NOW - 3, raw="x"),
        [
            locations.LocationReported(
                NOW, "L1", "aml", "2", "0912 345 678", Circle(38.7, -9.1, 20.0), fixed_at=NOW - 3, raw="x"
            )
        ],
    ),
    (
        (opened(),),
        BreakGlass("1", " they ask us "),
        [
            GlassBroken(NOW, "1", given().by, NOW + 900, "they ask us"),
            watch.AlarmRaised(NOW, f"glass_broken:{given().by}", "glass_broken", given().by, NOW, "1"),
        ],
    ),
    (
        (taken(), opened()),
        LogEvent("rec", "CallStartLogEvent", "a.example", "b.example", NOW - 1, "1", "1", "urn:c", "urn:i", "e.e.e"),
        [
            EventLogged(
                NOW, "rec", "CallStartLogEvent", "a.example", "b.example", NOW - 1, "1", "1", "urn:c", "urn:i", "e.e.e"
            )
        ],
    ),
    (
        (),
        LogEvent("rec", "CallStartLogEvent", "a.example", "b.example", NOW - 1, "7", "9", signed_place="e.e.e"),
        [EventLogged(NOW, "rec", "CallStartLogEvent", "a.example", "b.example", NOW - 1, signed_place="e.e.e")],
    ),
    ((), ReportLocation("aml", number="912345678"), [locations.LocationReported(NOW, "L1", "aml", "", "912345678")]),
    (
        (taken(),),
        StateEstimate("1", 38.7, -9.1, 25.0, (), "spot", 0.95, ("L1",)),
        [locations.AreaEstimated(NOW, "1", "E1", 38.7, -9.1, 25.0, (), "spot", 0.95, ("L1",))],
    ),
    (
        (taken(), locations.LocationReported(T0 + 7, "L1", "aml", "1")),
        o.LocateCall("1", HERE, "L1"),
        [calls.CallLocated(NOW, "1", HERE), locations.PlaceTaken(NOW, "L1", call="1")],
    ),
    (
        (taken(), opened(), locations.AreaEstimated(T0 + 7, "1", "E1")),
        o.RelocateIncident("1", THERE, "E1"),
        [incidents.IncidentRelocated(NOW, "1", THERE), locations.PlaceTaken(NOW, "E1", incident="1")],
    ),
    (
        (locations.LocationReported(T0, "L1", "aml", "", "912345678"),),
        o.ReceiveCall("112", "+351 912 345 678"),
        [calls.CallReceived(NOW, "1", "112", "+351 912 345 678"), locations.LocationMatched(NOW, "L1", "1")],
    ),
    (
        (locations.LocationReported(NOW - 301, "L1", "aml", "", "912345678"),),
        o.RaiseAlarms(),
        [locations.LocationExpired(NOW, "L1")],
    ),
    (
        (received("1"),),
        k.SendCallerLink("1", "pt"),
        [caller_links.LinkSent(NOW, "K1", "1", "ana", "pt", NOW + 1_800)],
    ),
    (LINK, k.IssueLink("K1", "5" * 64), [caller_links.LinkIssued(NOW, "K1", "1", "5" * 64)]),
    (
        (LINK, caller_links.LinkIssued(NOW, "K1", "1", "5" * 64)),
        k.IssueLink("K1", "6" * 64),
        [],
    ),
    (LINK, k.PassLink("K1", "printer", "9"), [caller_links.LinkPassed(NOW, "K1", "1", "printer", "9")]),
    (
        (*LINK, caller_links.LinkPassed(NOW, "K1", "1", "op", "9")),
        k.ReportDelivery("op", "9", "failed", "expired"),
        [caller_links.LinkReceipt(NOW, "K1", "1", "failed", "expired")],
    ),
    (
        (
            *LINK,
            caller_links.LinkPassed(NOW, "K1", "1", "op", "9"),
            caller_links.LinkReceipt(NOW, "K1", "1", "delivered"),
        ),
        k.ReportDelivery("op", "9", "delivered"),
        [],
    ),
    (
        LINK,
        k.OpenLink("K1", "1" * 64, "sw"),
        [caller_links.LinkOpened(NOW, "K1", "1", "1" * 64, "sw", NOW + 1_800)],
    ),
    (ON_PAGE, k.OpenLink("K1", "1" * 64, "pt"), []),
    (
        ON_PAGE,
        k.OpenLink("K1", "1" * 64, "fr"),
        [caller_links.LinkOpened(NOW, "K1", "1", "1" * 64, "fr", T0 + 1_820)],
    ),
    (ON_PAGE, k.ShareLink("K1"), [caller_links.LinkSharing(NOW, "K1", "1")]),
    (
        ON_PAGE,
        k.HearCaller("K1", phrase="yes"),
        [caller_links.LinkMessage(NOW, "K1", "1", 1, "", "Sim", "yes", "pt")],
    ),
    (
        LINK,
        k.TellCaller("K1", " wait "),
        [caller_links.LinkMessage(NOW, "K1", "1", 1, "ana", "wait", "", "en")],
    ),
    (
        ON_PAGE,
        k.ShowMedia("K1", "m1", "clip", 900, 640, 360, "c" * 64, 7.5),
        [caller_links.LinkMedia(NOW, "K1", "1", "m1", "clip", 900, 640, 360, 7.5, "c" * 64)],
    ),
    (ON_PAGE, k.StopLink("K1", "caller"), [caller_links.LinkEnded(NOW, "K1", "1", "caller")]),
    ((ON_PAGE, caller_links.LinkEnded(NOW, "K1", "1", "desk")), k.StopLink("K1", "caller"), []),
    (ON_PAGE, k.EndCallerLink("K1"), [caller_links.LinkEnded(NOW, "K1", "1", "desk")]),
    ((), o.CloseRoad(HERE, 30.0, "flood"), [roads.RoadClosed(NOW, "1", HERE, 30.0, "flood")]),
    ((roads.RoadClosed(T0, "1", HERE, 30.0),), o.ReopenRoad("1"), [roads.RoadReopened(NOW, "1")]),
    (
        (ringing(), RAISED),
        o.AcknowledgeAlarm("call_unanswered:1"),
        [watch.AlarmAcknowledged(NOW, "call_unanswered:1", "ana")],
    ),
    (
        (ringing(),),
        o.RaiseAlarms(),
        [watch.AlarmRaised(NOW, "call_unanswered:1", "call_unanswered", "1", T0)],
    ),
    ((), o.RaiseAlarms(), []),
    (
        (ENDED,),
        p.ErasePersonal("incident:1"),
        [
            PersonalErased(
                NOW,
                "incident:1",
                ("record", "position", "media"),
                tuple(f"{mark}/{one}" for mark in ("record", "position", "media") for one in ("incident:1", "call:1")),
                "request",
                "1",
            )
        ],
    ),
    ((opened(),), p.HoldPersonal("incident:1", "117/2026"), [HoldPlaced(NOW, "incident:1", "117/2026", "1")]),
    ((ENDED, HoldPlaced(NOW, "incident:1", "1")), p.ReleaseHold("incident:1"), [HoldLifted(NOW, "incident:1", "1")]),
    ((ENDED,), p.EraseDue(), []),
    ((opened(),), op.RaiseLevel("1", reason="roof"), [choices.LevelRaised(NOW, "1", 2, "roof")]),
    (OWING, op.ExplainChoice("1", " closer "), [choices.ChoiceExplained(NOW, "1", 1, "closer")]),
    (
        (BUSY, unit("E2")),
        op.ProposeChange("1", "unit_free", ("E2",), ("E1",), 130.0),
        [choices.ProposalMade(NOW, "1-1", "1", "unit_free", ("E2",), ("E1",), 130.0, (Drive("none"),))],
    ),
    (PROPOSED, op.ProposeChange("1", "unit_delayed", ("E2",), ("E1",), 140.0), []),
    (
        PROPOSED,
        op.AcceptProposal("1-1"),
        [
            choices.ProposalAccepted(NOW, "1-1", "1"),
            a.UnitDispatched(NOW, "E2", "1", Drive("none")),
            a.UnitCancelled(NOW, "E1", "1"),
        ],
    ),
    (PROPOSED, op.DismissProposal("1-1", "near"), [choices.ProposalDismissed(NOW, "1-1", "1", "near")]),
    ((PROPOSED, DISMISSED), op.ProposeChange("1", "unit_free", ("E2",), ("E1",), 400.0), []),
    ((FILLING, LONG_AGO), op.ProposeChange("1", "unit_free", ("E2",)), []),
    (
        (FILLING, LONG_AGO),
        op.ProposeChange("1", "incident_changed", ("E2",)),
        [choices.ProposalMade(NOW, "1-2", "1", "incident_changed", ("E2",), (), 0.0, (Drive("none"),))],
    ),
    (PROPOSED, op.LapseProposal("1-1"), [choices.ProposalLapsed(NOW, "1-1", "1")]),
    (PROPOSED, op.LapseProposal("1-9"), []),
]


@pytest.mark.parametrize(("facts", "order", "expected"), ROWS, ids=lambda x: type(x).__name__)
def test_brings_exactly_these_facts(facts, order, expected):
    assert decide(room_of(facts), order, given(NOW, travels={"E1": ROAD}, plans=PLANS)) == tuple(expected)


def test_every_order_has_a_happy_row():
    assert {type(row[1]) for row in ROWS} == set(RULES)


encode = msgspec.json.Encoder(order="deterministic").encode


@settings(max_examples=30)
@examples(st.randoms(use_true_random=False))
def test_deciding_changes_nothing_and_gives_the_same_answer_again(rng):
    for room, order, told, decision in steps(rng, 60):
        before = encode(room)
        again = decide(room, order, told)
        assert encode(room) == before
        assert again == decision


def test_random_orders_reach_every_rule_and_most_refusals():
    """The dice of every property below: they must come to all that can happen, or the properties prove little."""
    done: set[str] = set()
    facts: set[str] = set()
    refused: set[str] = set()
    for seed in range(90):
        for _room, order, _told, decision in steps(random.Random(seed), 150):
            if isinstance(decision, Refusal):
                refused.add(decision.name)
            else:
                done.add(type(order).__name__)
                facts |= {type(fact).__name__ for fact in decision}
    assert done == {order.__name__ for order in RULES}
    assert {"UnitHandedOver", "UnitDiverted", "AlarmAcknowledged", "RoadReopened", "IncidentReopened"} <= facts
    assert len(refused) >= 30, sorted(refused)


def test_the_range_that_was_shown_is_written_down():
    facts = (opened(), unit())
    sure = msgspec.structs.replace(ROAD, basis="line", sigma=0.5, position_at=NOW)
    (fact,) = decide(room_of(facts), o.DispatchUnits("1", ("E1",)), given(NOW, travels={"E1": sure}))
    assert (fact.drive.basis, fact.drive.low_s, fact.drive.high_s) == ("line", 39.5, 204.8)


@pytest.mark.parametrize(("last", "number"), [(None, "1001"), ("3", "1001"), ("1000", "1001"), ("1500", "1501")])
def test_incidents_are_counted_from_where_the_centre_says_and_never_back(last, number):
    facts = (opened(last),) if last else ()
    high = msgspec.structs.replace(given(), catalogue=msgspec.structs.replace(CATALOGUE, first_incident=1_001))
    decision = decide(room_of(facts), o.OpenIncident("FIRE", place=HERE), high)
    assert not isinstance(decision, Refusal)
    assert decision[0].incident == number
