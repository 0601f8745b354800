"""decide(): an order in a room becomes facts, or a named no. Same room, order and givens: the same answer, always.

Checks run in a written order: what the order itself gets wrong (its texts), then whether it is the orderer's to give,
then each thing it names in the order of its fields (that it exists, then its state), then time. Never changes the room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain import (
    decide_assignments,
    decide_caller_links,
    decide_calls,
    decide_calls_after,
    decide_choices,
    decide_glass,
    decide_incidents,
    decide_locations,
    decide_neighbours,
    decide_privacy,
    decide_rest,
    decide_sharing,
    decide_standby,
    decide_units,
    orders,
    orders_caller_links,
    orders_calls,
    orders_glass,
    orders_locations,
    orders_neighbours,
    orders_privacy,
    orders_sharing,
    orders_standby,
    texts,
)
from tocsin.domain import orders_plans as op
from tocsin.domain.given import Decision, Given
from tocsin.domain.room import Room
from tocsin.domain.yours import not_yours

RULES: dict[type, Callable[[Room, Any, Given], Decision]] = {
    orders.ReceiveCall: decide_calls.receive,
    orders.AnswerCall: decide_calls.answer,
    orders.LocateCall: decide_calls.locate,
    orders.NoteCall: decide_calls.note,
    orders.ReleaseCall: decide_calls.release,
    orders.AttachCall: decide_calls.attach,
    orders_calls.DetachCall: decide_calls_after.detach,
    orders_calls.MarkSilent: decide_calls_after.silent,
    orders_calls.CallBack: decide_calls_after.call_back,
    orders_calls.CloseCallBack: decide_calls_after.close_back,
    orders.OpenIncident: decide_incidents.open_,
    orders.NoteIncident: decide_incidents.note,
    orders.RelocateIncident: decide_incidents.relocate,
    orders.ReclassifyIncident: decide_incidents.reclassify,
    orders.LinkIncidents: decide_incidents.link,
    orders.CloseIncident: decide_incidents.close,
    orders.ReopenIncident: decide_incidents.reopen,
    orders.RegisterUnit: decide_units.register,
    orders.UnitOnDuty: decide_units.on_duty,
    orders.UnitOffDuty: decide_units.off_duty,
    orders.UnitAtStation: decide_units.at_station,
    orders.DispatchUnits: decide_assignments.dispatch,
    orders.StampUnit: decide_assignments.stamp,
    orders.CancelUnit: decide_assignments.cancel,
    orders.DivertUnit: decide_assignments.divert,
    orders.CloseRoad: decide_rest.close_road,
    orders.ReopenRoad: decide_rest.reopen_road,
    orders.AcknowledgeAlarm: decide_rest.acknowledge_alarm,
    orders_locations.ReportLocation: decide_locations.report,
    orders_locations.StateEstimate: decide_locations.state,
    orders_caller_links.SendCallerLink: decide_caller_links.send,
    orders_caller_links.EndCallerLink: decide_caller_links.end,
    orders_caller_links.TellCaller: decide_caller_links.tell,
    orders_caller_links.IssueLink: decide_caller_links.issue,
    orders_caller_links.PassLink: decide_caller_links.passed,
    orders_caller_links.ReportDelivery: decide_caller_links.delivered,
    orders_caller_links.OpenLink: decide_caller_links.open_,
    orders_caller_links.ShareLink: decide_caller_links.share,
    orders_caller_links.HearCaller: decide_caller_links.hear,
    orders_caller_links.ShowMedia: decide_caller_links.show,
    orders_caller_links.StopLink: decide_caller_links.stop,
    orders_neighbours.LogEvent: decide_neighbours.log_event,
    orders_privacy.ErasePersonal: decide_privacy.erase,
    orders_privacy.HoldPersonal: decide_privacy.hold,
    orders_privacy.ReleaseHold: decide_privacy.release_hold,
    orders_privacy.EraseDue: decide_privacy.erase_due,
    orders_glass.BreakGlass: decide_glass.break_glass,
    orders_sharing.ShareIncident: decide_sharing.share,
    orders_sharing.EndSharing: decide_sharing.end,
    op.RaiseLevel: decide_choices.raise_level,
    op.ExplainChoice: decide_choices.explain,
    op.AcceptProposal: decide_choices.accept,
    op.DismissProposal: decide_choices.dismiss,
    op.ProposeChange: decide_choices.propose,
    op.LapseProposal: decide_choices.lapse,
    orders_standby.MoveUpUnit: decide_standby.move_up,
    orders_standby.UnitIsAtPost: decide_standby.at_post,
    orders_standby.CallHomeUnit: decide_standby.call_home,
    orders_standby.DeclineMove: decide_standby.decline,
    orders_standby.RegisterHospital: decide_standby.register_hospital,
    orders_standby.DivertHospital: decide_standby.divert,
    orders_standby.ReopenHospital: decide_standby.reopen,
    orders_standby.ReportHospital: decide_standby.report,
    orders.OpenCentre: decide_rest.open_centre,
    orders.RaiseAlarms: decide_rest.raise_alarms,
}


def decide(room: Room, order: orders.AnyOrder, given: Given) -> Decision:
    """Facts to record (all or none), or the refusal."""
    if not texts.simple(order):
        refusal = texts.unreadable(order)
        if refusal is not None:
            return refusal
    return not_yours(room, order, given) or RULES[type(order)](room, order, given)
