"""What an account of an agency may order: on incidents it sees, with units of its own. Whoever is of no agency may all.

An agency closes, moves and shares only its own incidents; on one that is shared with it, it writes notes and sends its
own units. Calls are the centre's. What does not exist is not refused here: the rules say so by its own name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, get_args

from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as oc
from tocsin.domain import orders_calls as ocs
from tocsin.domain import orders_glass as og
from tocsin.domain import orders_locations as ol
from tocsin.domain import orders_neighbours as on
from tocsin.domain import orders_plans as op
from tocsin.domain import orders_privacy as ops
from tocsin.domain import orders_sharing as osh
from tocsin.domain import orders_standby as os_
from tocsin.domain.given import Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.sight import Sight, concerns, sight
from tocsin.facts.watch import UNIT_ALARMS

Check: TypeAlias = Callable[[Room, Any, Given], Refusal | None]


def sight_in(room: Room, incident: str, given: Given) -> Sight:
    """How the agency of whoever asks sees this incident."""
    known = room.incidents[incident]
    shared = [agency for agency, until in known.shares.items() if until is None or given.now < until]
    kind = given.catalogue.type(known.type)
    return sight(given.plans, given.agency, kind, known.place, known.agencies, shared)


def _no(given: Given, field: str, what: str) -> Refusal:
    words = f"{what} is not agency {given.agency}'s"
    return Refusal("not_yours", words, field, {"agency": given.agency})


def _centre(_room: Room, _order: Any, given: Given) -> Refusal | None:
    return _no(given, "", "this")


def _anybody(_room: Room, _order: Any, _given: Given) -> Refusal | None:
    return None


def _owned(room: Room, incident: str, given: Given, field: str) -> Refusal | None:
    if incident not in room.incidents or sight_in(room, incident, given) == "own":
        return None
    return _no(given, field, f"incident {incident}")


def _seen(room: Room, incident: str, given: Given, field: str) -> Refusal | None:
    if incident not in room.incidents or sight_in(room, incident, given) != "none":
        return None
    return _no(given, field, f"incident {incident}")


def _unit(room: Room, unit: str, given: Given, field: str) -> Refusal | None:
    known = room.units.get(unit)
    return None if known is None or known.agency == given.agency else _no(given, field, f"unit {unit}")


def _own_incident(room: Room, order: Any, given: Given) -> Refusal | None:
    return _owned(room, order.incident, given, "incident")


def _seen_incident(room: Room, order: Any, given: Given) -> Refusal | None:
    return _seen(room, order.incident, given, "incident")


def _own_unit(room: Room, order: Any, given: Given) -> Refusal | None:
    return _unit(room, order.unit, given, "unit")


def _open(_room: Room, order: o.OpenIncident, given: Given) -> Refusal | None:
    if order.calls:
        return _no(given, "calls[0]", f"call {order.calls[0]}")
    kind = given.catalogue.type(order.type)
    if kind is None or order.place is None or concerns(given.plans, given.agency, kind, order.place):
        return None
    return _no(given, "type", f"an incident of type {order.type} here")


def _join(room: Room, order: o.LinkIncidents, given: Given) -> Refusal | None:
    return _own_incident(room, order, given) or _seen(room, order.other, given, "other")


def _register(room: Room, order: o.RegisterUnit, given: Given) -> Refusal | None:
    if order.agency != given.agency:
        return _no(given, "agency", f"agency {order.agency}")
    return _own_unit(room, order, given)


def _units(room: Room, names: tuple[str, ...], given: Given, field: str) -> Refusal | None:
    for i, unit in enumerate(names):
        refused = _unit(room, unit, given, field.format(i))
        if refused:
            return refused
    return None


def _dispatch(room: Room, order: o.DispatchUnits, given: Given) -> Refusal | None:
    return _seen_incident(room, order, given) or _units(room, order.units, given, "units[{}]")


def _divert(room: Room, order: o.DivertUnit, given: Given) -> Refusal | None:
    return _own_unit(room, order, given) or _seen_incident(room, order, given)


def _alarm(room: Room, order: o.AcknowledgeAlarm, given: Given) -> Refusal | None:
    alarm = room.alarms.get(order.alarm)
    if alarm is None:
        return None
    has = room.units[alarm.subject].assignment if alarm.alarm_kind in UNIT_ALARMS else None
    seen = has is not None and sight_in(room, has.incident, given) != "none"
    return None if seen else _no(given, "alarm", f"alarm {order.alarm}")


def _proposal(room: Room, order: op.AcceptProposal, given: Given) -> Refusal | None:
    incident = order.proposal.rpartition("-")[0]
    refused = _owned(room, incident, given, "proposal")
    if refused or incident not in room.incidents:
        return refused
    proposal = room.incidents[incident].proposal
    named = (*proposal.send, *proposal.recall) if proposal and isinstance(order, op.AcceptProposal) else ()
    return _units(room, named, given, "proposal")


def _link(room: Room, order: oc.TellCaller, given: Given) -> Refusal | None:
    """A caller is written to by whoever's incident it is."""
    link = room.caller_links.get(order.link)
    call = room.calls.get(link.call) if link else None
    if call is None:
        return None
    return _owned(room, call.incident, given, "link") if call.incident else _no(given, "link", f"call {call.id}")


def _subject(room: Room, order: Any, given: Given) -> Refusal | None:
    family, _, name = order.subject.partition(":")
    if family == "incident":
        return _owned(room, name, given, "subject")
    if family == "crew":
        return _unit(room, name.rpartition(":")[0], given, "subject")
    return _no(given, "subject", order.subject)


YOURS: dict[type, Check] = {
    **dict.fromkeys((o.ReceiveCall, o.AnswerCall, o.LocateCall, o.NoteCall, o.ReleaseCall, o.AttachCall), _centre),
    o.OpenIncident: _open,
    o.NoteIncident: _seen_incident,
    **dict.fromkeys((o.RelocateIncident, o.ReclassifyIncident, o.CloseIncident, o.ReopenIncident), _own_incident),
    **dict.fromkeys((op.RaiseLevel, op.ExplainChoice, osh.ShareIncident, osh.EndSharing), _own_incident),
    og.BreakGlass: _anybody,  # for what is not yours: recorded, and everybody is alarmed
    o.LinkIncidents: _join,
    o.RegisterUnit: _register,
    **dict.fromkeys((o.UnitOnDuty, o.UnitOffDuty, o.UnitAtStation, o.StampUnit, o.CancelUnit), _own_unit),
    **dict.fromkeys((os_.MoveUpUnit, os_.UnitIsAtPost, os_.CallHomeUnit, os_.DeclineMove), _own_unit),
    o.DispatchUnits: _dispatch,
    o.DivertUnit: _divert,
    **dict.fromkeys((o.CloseRoad, o.ReopenRoad), _anybody),
    **dict.fromkeys((os_.DivertHospital, os_.ReopenHospital, os_.ReportHospital), _anybody),
    os_.RegisterHospital: _centre,
    o.AcknowledgeAlarm: _alarm,
    **dict.fromkeys((op.AcceptProposal, op.DismissProposal), _proposal),
    **dict.fromkeys((ops.ErasePersonal, ops.HoldPersonal, ops.ReleaseHold), _subject),
    **dict.fromkeys((o.OpenCentre, o.RaiseAlarms, ops.EraseDue, op.ProposeChange, op.LapseProposal), _centre),
    **dict.fromkeys((ol.ReportLocation, ol.StateEstimate, on.LogEvent, *get_args(o.CallerOrder)), _centre),
    **dict.fromkeys((oc.SendCallerLink, ocs.DetachCall, ocs.MarkSilent, ocs.CallBack, ocs.CloseCallBack), _centre),
    **dict.fromkeys((oc.TellCaller, oc.EndCallerLink), _link),
}
"""Every kind of order there is; a kind that is missing here is refused to every agency."""


def not_yours(room: Room, order: o.AnyOrder, given: Given) -> Refusal | None:
    """The refusal, when whoever orders is of an agency and this is not the agency's."""
    return YOURS.get(type(order), _centre)(room, order, given) if given.agency else None
