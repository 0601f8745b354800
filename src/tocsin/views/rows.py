"""The rows of the board, as they travel to every screen. One row is one thing a dispatcher points at."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.assignments import Basis
from tocsin.facts.calls import Earlier, ReleaseReason
from tocsin.facts.centre import Mode
from tocsin.facts.choices import Cause
from tocsin.facts.values import PERSONAL, Instant, PersonalPlace, PersonalText, Place, Position
from tocsin.facts.watch import AlarmKind
from tocsin.views.rows_callers import CallerLinkRow
from tocsin.views.rows_locations import AreaRow, ReportRow

CallStatus: TypeAlias = Literal["ringing", "answered", "attached", "released"]
IncidentStatus: TypeAlias = Literal["open", "closed"]
UnitStatus: TypeAlias = Literal[
    "off_duty",
    "available",
    "dispatched",
    "acknowledged",
    "en_route",
    "staged",
    "on_scene",
    "at_patient",
    "left_scene",
    "at_hospital",
    "handed_over",
]


class CallRow(msgspec.Struct, frozen=True):
    """A call, from the first ring until it belongs to an incident or is released; released, it stays while somebody
    is to call back."""

    id: str
    status: CallStatus
    line: str
    number: PersonalText
    caller: PersonalText
    place: PersonalPlace | None
    received_at: Instant
    answered_at: Instant | None = None
    answered_by: str = ""
    ended_at: Instant | None = None
    incident: str = ""
    reason: ReleaseReason | None = None
    notes: tuple[PersonalText, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    """Where the caller is by all reports together: one, or none yet."""
    taken: str = ""
    """Report or estimate its place was taken from; empty: somebody's own words or hand."""
    earlier: Annotated[tuple[Earlier, ...], PERSONAL] = ()
    """Calls of the same number a while before, the latest last."""
    silent: bool = False
    """The line is open and nobody speaks."""
    tries: int = 0
    """How often it was called back in vain, the last time at `tried_at`."""
    tried_at: Instant | None = None


class CallerRow(msgspec.Struct, frozen=True):
    """A caller of an incident, for everybody who works on it."""

    call: str
    number: PersonalText
    caller: PersonalText
    received_at: Instant
    attached_at: Instant
    attached_by: str
    place: PersonalPlace | None = None
    said: PersonalText = ""
    """The last thing noted of it."""


class OnIt(msgspec.Struct, frozen=True):
    """A unit on an incident, as the incident's row shows it."""

    unit: str
    status: UnitStatus
    since: Instant
    dispatched_at: Instant
    due_at: Instant | None = None
    """When it should be there by the estimate at dispatch; None once it is, or when nobody knows."""
    basis: Basis = "none"
    due_low_at: Instant | None = None
    """With `due_high_at`: 90 % of such drives end between the two; None where no range was stated."""
    due_high_at: Instant | None = None


class ProposalView(msgspec.Struct, frozen=True):
    """Something better has come up: send these, call those back, if somebody says so."""

    id: str
    at: Instant
    cause: Cause
    send: tuple[str, ...]
    recall: tuple[str, ...]
    gain_s: float
    due: tuple[Instant | None, ...]
    """When those to send would be there, had they left at `at`."""


class ShareRow(msgspec.Struct, frozen=True):
    """An agency that sees an incident which is not its own, until an instant; None: until it is closed."""

    agency: str
    since: Instant
    until: Instant | None
    by: str


class IncidentRow(msgspec.Struct, frozen=True):
    """An incident and who is on it."""

    id: str
    status: IncidentStatus
    type: str
    priority: int
    place: PersonalPlace
    summary: PersonalText
    opened_at: Instant
    opened_by: str
    calls: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    units: tuple[OnIt, ...] = ()
    first_dispatched_at: Instant | None = None
    first_on_scene_at: Instant | None = None
    closed_at: Instant | None = None
    disposition: str = ""
    notes: int = 0
    last_note: PersonalText = ""
    level: int = 1
    """Alarm level."""
    owes: int = 0
    """Number of a choice that sent others than proposed and was not explained; 0: none."""
    proposal: ProposalView | None = None
    changed_at: Instant = 0.0
    reports: tuple[ReportRow, ...] = ()
    """Of where its callers are."""
    areas: tuple[AreaRow, ...] = ()
    """One for each caller with reports. Never merged: two callers may see one fire from two streets."""
    callers: tuple[CallerRow, ...] = ()
    """The latest to be attached, the newest last; while it is open."""
    erased: bool = False
    """What named people and places in it is gone; `place` says nothing."""
    agencies: tuple[str, ...] = ()
    """Whose units were ever sent to it, in the order they came."""
    shares: tuple[ShareRow, ...] = ()
    """Who else sees it now."""


class UnitRow(msgspec.Struct, frozen=True):
    """A unit and what it does now. Its position travels apart, in tracks."""

    id: str
    unit_kind: str
    agency: str
    capabilities: tuple[str, ...]
    crew_min: int
    crew_count: int
    station: str
    home: Place
    status: UnitStatus
    since: Instant
    incident: str = ""
    at_station: bool = True
    due_at: Instant | None = None
    basis: Basis = "none"
    destination: PersonalText = ""
    due_low_at: Instant | None = None
    due_high_at: Instant | None = None
    post: str = ""
    """Where it was sent to stand by; it may be sent to an incident from there, or on its way there."""
    post_place: Place | None = None
    at_post: bool = False
    post_due_at: Instant | None = None


class HospitalRow(msgspec.Struct, frozen=True):
    """A hospital. On diversion while `diverted_since` is there and `diverted_until` is not past."""

    id: str
    place: Place
    capabilities: tuple[str, ...]
    beds: int = 0
    diverted_since: Instant | None = None
    diverted_until: Instant | None = None
    reason: PersonalText = ""
    diverted_by: str = ""
    wait_s: float = 0.0
    """Until a crew hands its patient over, as it said at `load_at`."""
    beds_free: int | None = None
    load_at: Instant | None = None


class AlarmRow(msgspec.Struct, frozen=True):
    """Something is overdue."""

    id: str
    alarm_kind: AlarmKind
    subject: str
    since: Instant
    raised_at: Instant
    incident: str = ""
    acknowledged_by: str = ""


class ClosureRow(msgspec.Struct, frozen=True):
    """A road that is closed now."""

    id: str
    place: Place
    radius_m: float
    reason: str
    since: Instant
    by: str


class Rows(msgspec.Struct, frozen=True):
    """Rows by id. In a board: all there are. In a tail event: those that changed; null means gone from the board."""

    calls: dict[str, CallRow | None] = {}
    incidents: dict[str, IncidentRow | None] = {}
    units: dict[str, UnitRow | None] = {}
    alarms: dict[str, AlarmRow | None] = {}
    closures: dict[str, ClosureRow | None] = {}
    hospitals: dict[str, HospitalRow | None] = {}
    caller_links: dict[str, CallerLinkRow | None] = {}


class Board(msgspec.Struct, frozen=True):
    """The live picture of one centre at one position of its log."""

    centre: str
    name: str
    mode: Mode
    position: Position
    rows: Rows
