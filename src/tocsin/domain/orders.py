"""Requests to change something, one struct each. An order says what is wanted; whether it may be is decide()'s word.

The tags are the words on the wire. Texts are bounded here in characters; what they may contain, in `checks.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

from tocsin.domain.order_base import Key, Line, OrderBase, Text
from tocsin.domain.orders_caller_links import (
    EndCallerLink,
    HearCaller,
    IssueLink,
    OpenLink,
    PassLink,
    ReportDelivery,
    SendCallerLink,
    ShareLink,
    ShowMedia,
    StopLink,
    TellCaller,
)
from tocsin.domain.orders_calls import CallBack, CloseCallBack, DetachCall, MarkSilent
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_locations import ReportLocation, StateEstimate
from tocsin.domain.orders_neighbours import LogEvent
from tocsin.domain.orders_plans import (
    AcceptProposal,
    DismissProposal,
    ExplainChoice,
    LapseProposal,
    ProposeChange,
    RaiseLevel,
)
from tocsin.domain.orders_privacy import EraseDue, ErasePersonal, HoldPersonal, ReleaseHold
from tocsin.domain.orders_sharing import EndSharing, ShareIncident
from tocsin.domain.orders_standby import (
    CallHomeUnit,
    DeclineMove,
    DivertHospital,
    MoveUpUnit,
    RegisterHospital,
    ReopenHospital,
    ReportHospital,
    UnitIsAtPost,
)
from tocsin.facts.calls import ReleaseReason
from tocsin.facts.values import Instant, Place

Priority: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=5, description="1 is the most urgent")]
Radius: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=2_000)]
CrewCount: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=60)]

Basis: TypeAlias = Annotated[
    str,
    msgspec.Meta(max_length=64, description="report or estimate of a caller's location that the place was taken from"),
]

Stamp: TypeAlias = Literal[
    "acknowledged",
    "en_route",
    "staged",
    "on_scene",
    "at_patient",
    "left_scene",
    "at_hospital",
    "handed_over",
    "available",
]


class ReceiveCall(OrderBase, tag="receive_call", frozen=True):
    """A line rings. `at` is when it began to, if the exchange says; not in the future."""

    line: Line
    number: Line = ""
    caller: Line = ""
    place: Place | None = None
    at: Instant | None = None


class AnswerCall(OrderBase, tag="answer_call", frozen=True):
    """Take a ringing call."""

    call: Key


class LocateCall(OrderBase, tag="locate_call", frozen=True):
    """Say where the caller needs help."""

    call: Key
    place: Place
    basis: Basis = ""


class NoteCall(OrderBase, tag="note_call", frozen=True):
    """Write down what the caller says."""

    call: Key
    text: Text


class ReleaseCall(OrderBase, tag="release_call", frozen=True):
    """End a call without an incident."""

    call: Key
    reason: ReleaseReason
    text: Text = ""


class AttachCall(OrderBase, tag="attach_call", frozen=True):
    """The call is about an incident that is open already."""

    call: Key
    incident: Key


class OpenIncident(OrderBase, tag="open_incident", frozen=True):
    """Respond. Without a place, the first call's stands; without a priority, the type's."""

    type: Key
    priority: Priority | None = None
    place: Place | None = None
    calls: Annotated[tuple[Key, ...], msgspec.Meta(max_length=200)] = ()
    summary: Text = ""


class NoteIncident(OrderBase, tag="note_incident", frozen=True):
    """Add something worth knowing."""

    incident: Key
    text: Text


class RelocateIncident(OrderBase, tag="relocate_incident", frozen=True):
    """It is somewhere else."""

    incident: Key
    place: Place
    basis: Basis = ""


class ReclassifyIncident(OrderBase, tag="reclassify_incident", frozen=True):
    """It is something else, or more or less urgent."""

    incident: Key
    type: Key | None = None
    priority: Priority | None = None


class LinkIncidents(OrderBase, tag="link_incidents", frozen=True):
    """Two incidents belong together."""

    incident: Key
    other: Key


class CloseIncident(OrderBase, tag="close_incident", frozen=True):
    """Nothing more to do; refused while a unit is on it."""

    incident: Key
    disposition: Key
    text: Text = ""


class ReopenIncident(OrderBase, tag="reopen_incident", frozen=True):
    """There is more to do."""

    incident: Key
    reason: Text = ""


class RegisterUnit(OrderBase, tag="register_unit", frozen=True):
    """Make a unit known, or change what is known of it while it is not on an incident."""

    unit: Key
    unit_kind: Key
    agency: Key
    capabilities: Annotated[tuple[Key, ...], msgspec.Meta(max_length=40)]
    home: Place
    crew_min: CrewCount = 1
    station: Line = ""


class UnitOnDuty(OrderBase, tag="unit_on_duty", frozen=True):
    """A crew sits in it. Names are optional; the count is not."""

    unit: Key
    crew_count: CrewCount
    crew: Annotated[tuple[Line, ...], msgspec.Meta(max_length=60)] = ()


class UnitOffDuty(OrderBase, tag="unit_off_duty", frozen=True):
    """The crew goes home; refused while on an incident."""

    unit: Key


class UnitAtStation(OrderBase, tag="unit_at_station", frozen=True):
    """A free unit is back where it stands by."""

    unit: Key


class DispatchUnits(OrderBase, tag="dispatch_units", frozen=True):
    """Send these units, all or none. `shown` names the recommendation on the screen; `reason` says why others."""

    incident: Key
    units: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=60)]
    shown: Line = ""
    reason: Text = ""


class StampUnit(OrderBase, tag="stamp_unit", frozen=True):
    """A crew reports a stage of the response. Stages may be skipped, never gone back on."""

    unit: Key
    status: Stamp
    at: Instant | None = None
    destination: Line = ""


class CancelUnit(OrderBase, tag="cancel_unit", frozen=True):
    """Call a unit back from its incident."""

    unit: Key
    reason: Text = ""


class DivertUnit(OrderBase, tag="divert_unit", frozen=True):
    """Take a unit off its incident and send it to another in one breath."""

    unit: Key
    incident: Key
    reason: Text = ""


class CloseRoad(OrderBase, tag="close_road", frozen=True):
    """No way through here, from now on."""

    place: Place
    radius_m: Radius = 15.0
    reason: Text = ""


class ReopenRoad(OrderBase, tag="reopen_road", frozen=True):
    """The way is free again."""

    closure: Key


class AcknowledgeAlarm(OrderBase, tag="acknowledge_alarm", frozen=True):
    """Somebody has seen it."""

    alarm: Line


class OpenCentre(OrderBase, tag="open_centre", frozen=True):
    """The first order of a log. Never accepted from the network."""

    centre: Key
    name: Line
    mode: Literal["live", "exercise"]


class RaiseAlarms(OrderBase, tag="raise_alarms", frozen=True):
    """Time has passed: see what is overdue. Given by the clock, never accepted from the network."""


Order: TypeAlias = (
    ReceiveCall
    | AnswerCall
    | LocateCall
    | NoteCall
    | ReleaseCall
    | AttachCall
    | DetachCall
    | MarkSilent
    | CallBack
    | CloseCallBack
    | OpenIncident
    | NoteIncident
    | RelocateIncident
    | ReclassifyIncident
    | LinkIncidents
    | CloseIncident
    | ReopenIncident
    | RegisterUnit
    | UnitOnDuty
    | UnitOffDuty
    | UnitAtStation
    | DispatchUnits
    | StampUnit
    | CancelUnit
    | DivertUnit
    | CloseRoad
    | ReopenRoad
    | AcknowledgeAlarm
    | ErasePersonal
    | HoldPersonal
    | ReleaseHold
    | RaiseLevel
    | ExplainChoice
    | AcceptProposal
    | DismissProposal
    | MoveUpUnit
    | UnitIsAtPost
    | CallHomeUnit
    | DeclineMove
    | RegisterHospital
    | DivertHospital
    | ReopenHospital
    | ReportHospital
    | SendCallerLink
    | EndCallerLink
    | TellCaller
    | ShareIncident
    | EndSharing
)
"""Orders that people and their machines may give."""

ClockOrder: TypeAlias = OpenCentre | RaiseAlarms | EraseDue | ProposeChange | LapseProposal
CallerOrder: TypeAlias = (
    IssueLink | PassLink | ReportDelivery | OpenLink | ShareLink | HearCaller | ShowMedia | StopLink
)
MachineOrder: TypeAlias = ReportLocation | StateEstimate | CallerOrder | LogEvent | BreakGlass
"""Given by gateways, by the desk itself, or by a route of their own; never accepted among a person's orders."""
AnyOrder: TypeAlias = Order | ClockOrder | MachineOrder

ORDER_KINDS: tuple[str, ...] = tuple(order.__struct_config__.tag for order in get_args(Order))
