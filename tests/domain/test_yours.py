"""What an agency may order: every kind of order, on its own, on what is shared with it, and on what is another's."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from tests.world import CATALOGUE, HERE, T0, THERE, closed, given, opened, ringing, room_of, sent, taken, unit

from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as oc
from tocsin.domain import orders_calls as ocs
from tocsin.domain import orders_plans as op
from tocsin.domain import orders_privacy as p
from tocsin.domain import orders_sharing as sh
from tocsin.domain import orders_standby as s
from tocsin.domain.decide import RULES, decide
from tocsin.domain.plans import Agency, Area, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.sight import concerns
from tocsin.domain.yours import YOURS
from tocsin.facts import caller_links, calls, choices, roads, sharing, standby, units, watch

NOW = T0 + 100
HALF = Area("town", (((38.6, -9.3), (38.6, -9.0), (38.73, -9.0), (38.73, -9.3)),))
"""HERE lies in it, THERE does not."""
PLANS = Plans(
    areas=(HALF,),
    agencies=(Agency("fire", types=("FIRE",)), Agency("ems", types=("SICK",), areas=("town",)), Agency("all"),
              Agency("next", types=("FIRE",), neighbour=True)),
)  # fmt: skip
ROOM = (
    opened("1"),  # fire's, by type
    opened("2", code="SICK", place=THERE),  # nobody's by type; ems has worked there
    opened("3", code="TALK"),  # nobody's; shared with fire
    opened("4", code="TALK"),  # nobody's
    opened("5"),  # fire's, over
    closed("5"),
    ringing("1"),
    unit("E1"),
    unit("E2"),
    units.UnitRegistered(T0, "A1", "ambulance", "ems", ("als",), 1, HERE),
    units.UnitCameOnDuty(T0, "A1", 2),
    units.UnitRegistered(T0, "A2", "ambulance", "ems", ("als",), 1, HERE),
    units.UnitCameOnDuty(T0, "A2", 2),
    sent("E1", "1"),
    sent("A1", "2"),
    sharing.IncidentShared(T0 + 30, "3", "fire", NOW + 60),
    choices.ProposalMade(T0 + 40, "1-1", "1", "unit_free", ("E2",)),
    choices.ProposalMade(T0 + 40, "2-1", "2", "unit_free", ("E2",)),
    watch.AlarmRaised(T0 + 50, "not_acknowledged:E1", "not_acknowledged", "E1", T0 + 20, "1"),
    watch.AlarmRaised(T0 + 50, "not_acknowledged:A1", "not_acknowledged", "A1", T0 + 20, "2"),
    watch.AlarmRaised(T0 + 50, "call_unanswered:1", "call_unanswered", "1", T0),
    roads.RoadClosed(T0 + 60, "1", HERE, 20.0),
    standby.HospitalRegistered(T0, "General", THERE, ()),
    taken("7"),
    calls.CallAttached(T0 + 12, "7", "1"),
    caller_links.LinkSent(T0 + 13, "K1", "7", "ana", "en", NOW + 900),
    caller_links.LinkSent(T0 + 13, "K2", "1", "ana", "en", NOW + 900),
)
OWN, SHARED, FOREIGN = "1", "3", "4"


def asked(order: o.AnyOrder, agency: str = "fire", now: float = NOW):
    """The field `not_yours` is about, or None where it is not said."""
    answer = decide(room_of(ROOM), order, msgspec.structs.replace(given(now, plans=PLANS), agency=agency))
    return answer.field if isinstance(answer, Refusal) and answer.name == "not_yours" else None


NO_INCIDENT = [
    o.CloseRoad(HERE), o.ReopenRoad("1"), s.DivertHospital("General", "full"), s.ReopenHospital("General"),
    s.ReportHospital("General", 60.0),
]  # fmt: skip
CENTRES = [
    o.ReceiveCall("112"), o.AnswerCall("1"), o.LocateCall("1", HERE), o.NoteCall("1", "x"),
    o.ReleaseCall("1", "abandoned"), o.AttachCall("1", "1"), s.RegisterHospital("New", HERE, ()), o.RaiseAlarms(),
    oc.SendCallerLink("1"), ocs.DetachCall("7"), ocs.MarkSilent("1"), ocs.CallBack("1", "reached"),
    ocs.CloseCallBack("1", "x"),
    o.OpenCentre("x", "x", "live"), p.EraseDue(), op.LapseProposal("1-1"), op.ProposeChange("1", "unit_free", ("E2",)),
]  # fmt: skip
OWNERS = [
    lambda i: o.RelocateIncident(i, THERE), lambda i: o.ReclassifyIncident(i, "SICK"),
    lambda i: o.CloseIncident(i, "DONE"), o.ReopenIncident, op.RaiseLevel,
    lambda i: op.ExplainChoice(i, "why"), lambda i: sh.ShareIncident(i, "ems", "why"),
    lambda i: sh.EndSharing(i, "ems"),
    lambda i: o.LinkIncidents(i, "5"), lambda i: p.HoldPersonal(f"incident:{i}", "1"),
    lambda i: p.ErasePersonal(f"incident:{i}"), lambda i: p.ReleaseHold(f"incident:{i}"),
]  # fmt: skip
SEERS = [
    lambda i: o.NoteIncident(i, "x"), lambda i: o.DispatchUnits(i, ("E2",)), lambda i: o.DivertUnit("E1", i),
]  # fmt: skip
UNITS = [
    lambda u: o.UnitOnDuty(u, 3), o.UnitOffDuty, o.UnitAtStation, lambda u: o.StampUnit(u, "en_route"),
    o.CancelUnit, lambda u: s.MoveUpUnit(u, "Bridge", THERE), s.UnitIsAtPost,
    s.CallHomeUnit, lambda u: s.DeclineMove(u, "Bridge"), lambda u: o.DivertUnit(u, "1"),
    lambda u: o.DispatchUnits("1", (u,)), lambda u: p.HoldPersonal(f"crew:{u}:20717", "1"),
    lambda u: o.RegisterUnit(u, "engine", "fire", (), HERE),
]  # fmt: skip


def test_owners_do_all_and_those_it_is_shared_with_only_write_and_send():
    for make in OWNERS:
        assert asked(make(OWN)) is None, make(OWN)
        assert asked(make(SHARED)) is not None, make(SHARED)
        assert asked(make(FOREIGN)) is not None, make(FOREIGN)
    for make in SEERS:
        assert asked(make(OWN)) is asked(make(SHARED)) is None, make(OWN)
        assert asked(make(FOREIGN)) == "incident", make(FOREIGN)
        assert asked(make(SHARED), now=NOW + 60) == "incident", "its instant has come"


def test_units_are_ordered_by_their_own_agency():
    for make in UNITS:
        assert asked(make("E2")) is None, make("E2")
        assert asked(make("A2")) is not None, make("A2")
    assert asked(o.DispatchUnits("1", ("E2", "A2"))) == "units[1]"
    assert asked(o.RegisterUnit("E9", "engine", "ems", (), HERE)) == "agency"


def test_what_is_nobodys_incident_is_everybodys_and_calls_are_the_centres():
    assert [asked(order) for order in NO_INCIDENT] == [None] * len(NO_INCIDENT)
    assert [asked(order) for order in CENTRES] == [""] * len(CENTRES)
    for subject in ("call:1", "report:L1", "hospital:General:1"):
        assert asked(p.HoldPersonal(subject, "1")) == "subject"


def test_an_agency_opens_what_is_its_own_and_nothing_else():
    assert asked(o.OpenIncident("FIRE", place=HERE)) is None
    assert asked(o.OpenIncident("SICK", place=HERE)) == "type"
    assert asked(o.OpenIncident("SICK", place=HERE), "ems") is None
    assert asked(o.OpenIncident("SICK", place=THERE), "ems") == "type", "outside its area"
    assert asked(o.OpenIncident("FIRE", calls=("1",))) == "calls[0]"


def test_alarms_and_proposals_go_with_what_they_are_about():
    assert asked(o.AcknowledgeAlarm("not_acknowledged:E1")) is None
    assert asked(o.AcknowledgeAlarm("not_acknowledged:A1")) == "alarm"
    assert asked(o.AcknowledgeAlarm("call_unanswered:1")) == "alarm"
    assert asked(op.AcceptProposal("1-1")) is asked(op.DismissProposal("1-1")) is None
    assert asked(op.AcceptProposal("2-1")) == asked(op.DismissProposal("2-1")) == "proposal"
    assert asked(op.AcceptProposal("2-1"), "ems") == "proposal", "it would send an engine of the fire brigade"
    assert asked(op.DismissProposal("2-1"), "ems") is None


def test_a_caller_is_written_to_by_whoever_has_the_incident():
    for order in (oc.TellCaller("K1", "help is near"), oc.EndCallerLink("K1")):
        assert asked(order) is asked(oc.TellCaller("K9", "x")) is None
        assert asked(order, "ems") == "link"
        assert asked(type(order)("K2"), "fire") == "link", "its call has no incident yet"


def test_where_a_unit_of_ones_own_was_sent_is_ones_own():
    assert asked(o.CloseIncident("2", "DONE"), "ems") is None
    assert asked(o.CloseIncident("2", "DONE"), "fire") == "incident"


def test_what_does_not_exist_is_said_so_by_its_own_name():
    for order in (
        o.NoteIncident("99", "x"),
        o.UnitOnDuty("X9", 1),
        op.AcceptProposal("99-1"),
        sh.EndSharing("99", "x"),
    ):
        assert asked(order) is None, order


@pytest.mark.parametrize(
    ("agency", "code", "place", "own"),
    [("fire", "FIRE", THERE, True), ("fire", "SICK", HERE, False), ("ems", "SICK", HERE, True),
     ("ems", "SICK", THERE, False), ("all", "FIRE", HERE, False), ("next", "FIRE", HERE, False),
     ("navy", "FIRE", HERE, False), ("fire", "NOPE", HERE, False)],
)  # fmt: skip
def test_which_incidents_are_an_agencys_by_type(agency, code, place, own):
    assert concerns(PLANS, agency, CATALOGUE.type(code), place) is own


def test_nobody_of_the_whole_centre_is_asked_whose_it_is():
    for make in (*OWNERS, *SEERS):
        assert asked(make(FOREIGN), agency="") is None


def test_every_kind_of_order_has_its_rule_and_a_row_here():
    assert set(YOURS) == set(RULES)
    walked = {
        type(order)
        for order in (
            *NO_INCIDENT,
            *CENTRES,
            *(make("1") for make in (*OWNERS, *SEERS)),
            *(make("E2") for make in UNITS),
        )
    } | {oc.TellCaller, oc.EndCallerLink, o.OpenIncident, o.AcknowledgeAlarm, op.AcceptProposal, op.DismissProposal}
    assert set(get_args(o.Order)) <= walked
