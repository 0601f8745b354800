"""The room: the live picture of one centre, as decisions need it. Holds state; refuses to judge it.

Everything here is rebuilt from facts by `evolve`; nothing else may change it. What is in the room names the rest by id,
so there are no cycles for Python's collector to look for.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.caller_links import CallerLink
from tocsin.facts.centre import Mode
from tocsin.facts.locations import LocationSource
from tocsin.facts.privacy import Kind
from tocsin.facts.shapes import Shape
from tocsin.facts.values import Instant, Place
from tocsin.facts.watch import AlarmKind

CallStatus: TypeAlias = Literal["ringing", "answered", "attached", "released"]
Stage: TypeAlias = Literal[
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


class Call(msgspec.Struct, gc=False):
    """Somebody asks for help."""

    id: str
    status: CallStatus
    received_at: Instant
    place: Place | None = None
    answered_by: str = ""
    incident: str = ""
    number: str = ""
    filed: str = ""
    """The end of its number under which it is looked for."""
    reports: list[str] = msgspec.field(default_factory=list)
    """Reports of where the caller is, in the order they came."""
    silent: bool = False


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """Something better, waiting for an answer."""

    id: str
    send: tuple[str, ...]
    recall: tuple[str, ...]
    at: Instant


class Incident(msgspec.Struct, gc=False):
    """We respond."""

    id: str
    type: str
    priority: int
    place: Place
    open: bool = True
    level: int = 1
    """Alarm level: 2 after a second alarm."""
    calls: list[str] = msgspec.field(default_factory=list)
    erased: bool = False
    """Its words and its place are gone."""
    links: set[str] = msgspec.field(default_factory=set)
    units: list[str] = msgspec.field(default_factory=list)
    """Units on it now, in the order they were sent."""
    choices: int = 0
    owes: int = 0
    """Number of the latest choice that sent others than proposed and was not explained; 0: none."""
    proposals: int = 0
    proposal: Proposal | None = None
    dismissed: tuple[str, ...] = ()
    """Units of the last proposal that was dismissed."""
    dismissed_at: Instant | None = None
    settled: int = 0
    """So many of its calls belonged to it when it was last closed: those stay."""
    agencies: list[str] = msgspec.field(default_factory=list)
    """Whose units were ever sent to it, in the order they came: they see it as their own."""
    shares: dict[str, Instant | None] = msgspec.field(default_factory=dict)
    """Agencies it is shared with, and until when; None: until it is closed."""


class Assignment(msgspec.Struct, gc=False):
    """A unit on an incident."""

    unit: str
    incident: str
    stage: Stage
    since: Instant
    dispatched_at: Instant
    heard_at: Instant
    """Last word from the crew, or about their incident: what the long-on-scene alarm counts from."""


class Unit(msgspec.Struct, gc=False):
    """A crewed vehicle or team."""

    id: str
    unit_kind: str
    agency: str
    capabilities: frozenset[str]
    crew_min: int
    home: Place
    station: str
    on_duty: bool = False
    crew_count: int = 0
    at_station: bool = True
    assignment: Assignment | None = None
    duty_since: Instant = 0.0
    freed_at: Instant | None = None
    """When it last came off an incident since it came on duty."""
    post: str = ""
    """Where it was sent to stand by; empty: nowhere but at its station."""
    at_post: bool = False


class Hospital(msgspec.Struct, gc=False):
    """Where patients may be taken."""

    id: str
    place: Place
    capabilities: frozenset[str]
    beds: int = 0
    diverted: bool = False
    reason: str = ""
    until: Instant | None = None
    wait_s: float = 0.0
    beds_free: int | None = None
    said_at: Instant | None = None
    """When it last said how full it is."""

    def diverts(self, now: Instant) -> bool:
        """Whether it asks that patients be taken elsewhere now: a diversion ends by itself at `until`."""
        return self.diverted and (self.until is None or now < self.until)


class Alarm(msgspec.Struct, gc=False):
    """Something is overdue."""

    id: str
    alarm_kind: AlarmKind
    subject: str
    acknowledged_at: Instant | None = None
    acknowledged_by: str = ""


class Report(msgspec.Struct):
    """A report of where a caller is, as far as later ones are compared with it."""

    id: str
    source: LocationSource
    number: str
    received_at: Instant
    fixed_at: Instant | None
    shape: Shape | None


class Closure(msgspec.Struct, gc=False):
    """A road that is closed now."""

    id: str
    place: Place
    radius_m: float


class Room(msgspec.Struct):
    """One centre, now."""

    centre: str = ""
    name: str = ""
    mode: Mode = "live"
    calls: dict[str, Call] = msgspec.field(default_factory=dict)
    incidents: dict[str, Incident] = msgspec.field(default_factory=dict)
    units: dict[str, Unit] = msgspec.field(default_factory=dict)
    alarms: dict[str, Alarm] = msgspec.field(default_factory=dict)
    closures: dict[str, Closure] = msgspec.field(default_factory=dict)
    hospitals: dict[str, Hospital] = msgspec.field(default_factory=dict)
    ringing: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of calls that ring, oldest first; a dict because it keeps order and forgets quickly."""
    busy: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of units on an incident."""
    reports: dict[str, Report] = msgspec.field(default_factory=dict)
    waiting: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of reports whose call has not come, oldest first."""
    by_number: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """Calls by the tail of their number, oldest first."""
    bases: dict[str, str] = msgspec.field(default_factory=dict)
    """What a place can be taken from: the call of each matched report and each estimate."""
    caller_links: dict[str, CallerLink] = msgspec.field(default_factory=dict)
    caller_links_open: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of links whose end is not recorded, oldest first."""
    caller_tokens: dict[str, str] = msgspec.field(default_factory=dict)
    """Links by the hash of their token."""
    caller_media: dict[str, str] = msgspec.field(default_factory=dict)
    """The link of each picture and clip."""
    last_caller_link: int = 0
    backs: dict[str, Instant] = msgspec.field(default_factory=dict)
    """Lost callers who are to be called back, and since when, the oldest first."""
    last_report: int = 0
    last_estimate: int = 0
    kept_call: dict[str, Instant] = msgspec.field(default_factory=dict)
    """By kind of personal data: whose there still is (`incident:7`), and since when its time runs, oldest first."""
    kept_record: dict[str, Instant] = msgspec.field(default_factory=dict)
    kept_position: dict[str, Instant] = msgspec.field(default_factory=dict)
    kept_media: dict[str, Instant] = msgspec.field(default_factory=dict)
    kept_crew: dict[str, Instant] = msgspec.field(default_factory=dict)
    holds: dict[str, str] = msgspec.field(default_factory=dict)
    """Subjects that must not be erased, with the reference of who asked."""
    shared: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of incidents that are shared with anybody now."""
    last_call: int = 0
    last_incident: int = 0
    last_closure: int = 0

    def kept(self, kind: Kind) -> dict[str, Instant]:
        """The subjects of one kind. Fields of their own, not a dict of dicts: only what is read is copied ahead."""
        found: dict[str, Instant] = getattr(self, f"kept_{kind}")
        return found


STAGES: tuple[Stage, ...] = (
    "dispatched",
    "acknowledged",
    "en_route",
    "staged",
    "on_scene",
    "at_patient",
    "left_scene",
    "at_hospital",
    "handed_over",
)
RANK: dict[str, int] = {stage: rank for rank, stage in enumerate(STAGES)}
