"""The board: rows folded from facts, and which of them changed. Told only what is durable; never judges.

A row that is gone (a call that ended, an incident that closed) leaves the board; closed incidents stay at hand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tocsin.facts import (
    assignments,
    calls,
    centre,
    choices,
    incidents,
    locations,
    neighbours,
    privacy,
    roads,
    units,
    watch,
)
from tocsin.facts.centre import Mode
from tocsin.facts.personal import NOWHERE
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Instant, Position
from tocsin.facts.watch import CALL_ALARMS, UNIT_ALARMS, AlarmKind, alarm_id
from tocsin.views import (
    board_callers,
    board_calls,
    board_choices,
    board_glass,
    board_locations,
    board_sharing,
    board_standby,
)
from tocsin.views.board_glass import Glass
from tocsin.views.rows import (
    AlarmRow,
    Board,
    CallRow,
    ClosureRow,
    HospitalRow,
    IncidentRow,
    OnIt,
    Rows,
    UnitRow,
    UnitStatus,
)
from tocsin.views.rows_callers import CallerLinkRow
from tocsin.views.rows_locations import ReportRow

R = TypeVar("R")


class BoardFold(msgspec.Struct, dict=True):
    """Rows by id, at `position`. Its fields are its whole state: a snapshot keeps every one of them."""

    position: Position = 0
    centre: str = ""
    name: str = ""
    mode: Mode = "live"
    calls: dict[str, CallRow] = msgspec.field(default_factory=dict)
    incidents: dict[str, IncidentRow] = msgspec.field(default_factory=dict)
    closed: dict[str, IncidentRow] = msgspec.field(default_factory=dict)
    units: dict[str, UnitRow] = msgspec.field(default_factory=dict)
    alarms: dict[str, AlarmRow] = msgspec.field(default_factory=dict)
    closures: dict[str, ClosureRow] = msgspec.field(default_factory=dict)
    hospitals: dict[str, HospitalRow] = msgspec.field(default_factory=dict)
    waiting: dict[str, ReportRow] = msgspec.field(default_factory=dict)
    """Reports whose call has not come: on nobody's screen."""
    attached: dict[str, CallRow] = msgspec.field(default_factory=dict)
    """What was known of each call when it was attached to an incident that is open."""
    homes: dict[str, str] = msgspec.field(default_factory=dict)
    """The incident each attached call belongs to."""
    caller_links: dict[str, CallerLinkRow] = msgspec.field(default_factory=dict)
    links_of: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Every link ever sent to each call."""
    glass: dict[str, dict[str, Glass]] = msgspec.field(default_factory=dict)
    """Account -> incident -> the glass it broke."""

    def fold(self, entry: AnyEntry) -> None:
        """The board after `entry`."""
        FOLD[type(entry.fact)](self, entry.fact, entry.by)
        self.position = entry.position

    def picture(self) -> Board:
        """The whole board. Shares its dicts with the fold: encode it before anything else is folded."""
        tables: Any = (
            self.calls, self.incidents, self.units, self.alarms, self.closures, self.hospitals, self.caller_links,
        )  # fmt: skip
        rows = Rows(*tables)
        return Board(self.centre, self.name, self.mode, self.position, rows)

    def touched(self, entries: Iterable[AnyEntry]) -> Touched:
        """Ids of every row that `entries` can have changed."""
        touched = Touched()
        for entry in entries:
            touched.add(entry.fact)
            if home := board_locations.touches(self.homes, entry.fact):
                touched.incidents[home] = None
            touched.caller_links |= dict.fromkeys(board_callers.touches(self, entry.fact))
            if isinstance(entry.fact, incidents.IncidentNoted):
                touched.alarms |= {alarm_id("long_on_scene", unit): None for unit in self._on(entry.fact.incident)}
        return touched

    def rows(self, entries: Iterable[AnyEntry]) -> Rows:
        """Every row that `entries` can have changed, as it stands now; None for one that is gone."""
        return self.rows_of(self.touched(entries))

    def rows_of(self, touched: Touched) -> Rows:
        """These rows as they stand now; None for one that is gone."""
        return Rows(
            pick(self.calls, touched.calls),
            pick(self.incidents, touched.incidents),
            pick(self.units, touched.units),
            pick(self.alarms, touched.alarms),
            pick(self.closures, touched.closures),
            pick(self.hospitals, touched.hospitals),
            pick(self.caller_links, touched.caller_links),
        )

    def _on(self, incident: str) -> tuple[str, ...]:
        row = self.incidents.get(incident)
        return tuple(on_it.unit for on_it in row.units) if row else ()


def pick(rows: Mapping[str, R], ids: Iterable[str]) -> dict[str, R | None]:
    """These rows, None where there is none."""
    return {id_: rows.get(id_) for id_ in ids}


class Touched:
    """Ids of the rows that facts can have changed. Dicts, not sets: the order of the facts is kept."""

    def __init__(self) -> None:
        self.calls: dict[str, None] = {}
        self.incidents: dict[str, None] = {}
        self.units: dict[str, None] = {}
        self.alarms: dict[str, None] = {}
        self.closures: dict[str, None] = {}
        self.hospitals: dict[str, None] = {}
        self.caller_links: dict[str, None] = {}

    def add(self, fact: DecisionFact) -> None:
        """Every id that `fact` names, and the alarms whose cause it may end."""
        told: dict[str, Any] = {name: getattr(fact, name) for name in fact.__struct_fields__}
        for name, into in (
            ("call", self.calls), ("unit", self.units), ("closure", self.closures), ("hospital", self.hospitals),
            ("link", self.caller_links),
        ):  # fmt: skip
            if told.get(name):
                into[told[name]] = None
        for name in ("incident", "other", "to"):
            if told.get(name):
                self.incidents[told[name]] = None
        if "alarm" in told:
            self.alarms[told["alarm"]] = None
        for name, kinds in (("call", CALL_ALARMS), ("unit", UNIT_ALARMS)):
            if told.get(name):
                self.alarms |= {alarm_id(alarm_kind, told[name]): None for alarm_kind in kinds}


def _drop_alarms(board: BoardFold, subject: str, kinds: tuple[AlarmKind, ...]) -> None:
    if board.alarms:
        for alarm_kind in kinds:
            board.alarms.pop(alarm_id(alarm_kind, subject), None)


def _centre_opened(board: BoardFold, fact: centre.CentreOpened, _by: str) -> None:
    board.centre, board.name, board.mode = fact.centre, fact.name, fact.mode


def _call_received(board: BoardFold, fact: calls.CallReceived, _by: str) -> None:
    board.calls[fact.call] = CallRow(
        fact.call, "ringing", fact.line, fact.number, fact.caller, fact.place, fact.at, earlier=fact.earlier
    )


def _call_answered(board: BoardFold, fact: calls.CallAnswered, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(row, status="answered", answered_at=fact.at, answered_by=fact.by)
    _drop_alarms(board, fact.call, CALL_ALARMS)


def _call_located(board: BoardFold, fact: calls.CallLocated, _by: str) -> None:
    board.calls[fact.call] = replace(board.calls[fact.call], place=fact.place, taken="")


def _call_noted(board: BoardFold, fact: calls.CallNoted, _by: str) -> None:
    row = board.calls[fact.call]
    board.calls[fact.call] = replace(row, notes=(*row.notes, fact.text))


def _call_released(board: BoardFold, fact: calls.CallReleased, _by: str) -> None:
    board_calls.released(board, fact)
    board_callers.gone(board, (fact.call,))
    _drop_alarms(board, fact.call, CALL_ALARMS)


def _call_attached(board: BoardFold, fact: calls.CallAttached, by: str) -> None:
    board_calls.attached(board, fact, by)
    _drop_alarms(board, fact.call, CALL_ALARMS)


def _incident_opened(board: BoardFold, fact: incidents.IncidentOpened, by: str) -> None:
    board.incidents[fact.incident] = IncidentRow(
        fact.incident,
        "open",
        fact.type,
        fact.priority,
        fact.place,
        fact.summary,
        fact.at,
        by,
        fact.calls,
        changed_at=fact.at,
    )


def _change(board: BoardFold, incident: str, at: Instant, **changes: Any) -> None:
    rows = board.incidents if incident in board.incidents else board.closed
    rows[incident] = replace(rows[incident], changed_at=at, **changes)


def _row(board: BoardFold, incident: str) -> IncidentRow:
    return board.incidents.get(incident) or board.closed[incident]


def _incident_noted(board: BoardFold, fact: incidents.IncidentNoted, _by: str) -> None:
    row = _row(board, fact.incident)
    _change(board, fact.incident, fact.at, notes=row.notes + 1, last_note=fact.text)
    for on_it in row.units:
        board.alarms.pop(alarm_id("long_on_scene", on_it.unit), None)


def _incident_relocated(board: BoardFold, fact: incidents.IncidentRelocated, _by: str) -> None:
    _change(board, fact.incident, fact.at, place=fact.place)


def _incident_reclassified(board: BoardFold, fact: incidents.IncidentReclassified, _by: str) -> None:
    _change(board, fact.incident, fact.at, type=fact.type, priority=fact.priority)


def _incidents_linked(board: BoardFold, fact: incidents.IncidentsLinked, _by: str) -> None:
    for one, other in ((fact.incident, fact.other), (fact.other, fact.incident)):
        _change(board, one, fact.at, links=(*_row(board, one).links, other))


def _incident_closed(board: BoardFold, fact: incidents.IncidentClosed, _by: str) -> None:
    row = board_calls.closed(board, board.incidents.pop(fact.incident))
    board_callers.gone(board, row.calls)
    board.closed[fact.incident] = replace(
        row, status="closed", closed_at=fact.at, disposition=fact.disposition, changed_at=fact.at, proposal=None
    )


def _incident_reopened(board: BoardFold, fact: incidents.IncidentReopened, _by: str) -> None:
    row = board.closed.pop(fact.incident)
    board.incidents[fact.incident] = replace(row, status="open", closed_at=None, disposition="", changed_at=fact.at)


def _unit_registered(board: BoardFold, fact: units.UnitRegistered, _by: str) -> None:
    known = board.units.get(fact.unit)
    row = UnitRow(
        fact.unit,
        fact.unit_kind,
        fact.agency,
        fact.capabilities,
        fact.crew_min,
        known.crew_count if known else 0,
        fact.station,
        fact.home,
        known.status if known else "off_duty",
        known.since if known else fact.at,
        at_station=known.at_station if known else True,
    )
    board.units[fact.unit] = row


def _unit_on_duty(board: BoardFold, fact: units.UnitCameOnDuty, _by: str) -> None:
    row = board.units[fact.unit]
    if row.status == "off_duty":
        row = replace(row, status="available", since=fact.at)
    board.units[fact.unit] = replace(row, crew_count=fact.crew_count)


def _unit_off_duty(board: BoardFold, fact: units.UnitWentOffDuty, _by: str) -> None:
    row = board_standby.off_post(board.units[fact.unit])
    board.units[fact.unit] = replace(row, status="off_duty", since=fact.at, crew_count=0)


def _unit_at_station(board: BoardFold, fact: units.UnitReturned, _by: str) -> None:
    board.units[fact.unit] = replace(board_standby.off_post(board.units[fact.unit]), at_station=True)


def _assign(board: BoardFold, unit: str, incident: str, at: Instant, drive: assignments.Drive) -> None:
    due_at = at + drive.eta_s if drive.basis != "none" else None
    low_at = None if drive.low_s is None else at + drive.low_s
    high_at = None if drive.high_s is None else at + drive.high_s
    board.units[unit] = replace(
        board_standby.off_post(board.units[unit]),
        status="dispatched",
        since=at,
        incident=incident,
        due_at=due_at,
        basis=drive.basis,
        destination="",
        due_low_at=low_at,
        due_high_at=high_at,
    )
    row = board.incidents[incident]
    on_it = (*row.units, OnIt(unit, "dispatched", at, at, due_at, drive.basis, low_at, high_at))
    agencies = board_sharing.worked(row, board.units[unit].agency)
    first_at = row.first_dispatched_at or at
    _change(board, incident, at, units=on_it, first_dispatched_at=first_at, agencies=agencies)
    _drop_alarms(board, unit, UNIT_ALARMS)


def _free(board: BoardFold, unit: str, incident: str, at: Instant) -> None:
    board.units[unit] = replace(
        board.units[unit],
        status="available",
        since=at,
        incident="",
        due_at=None,
        basis="none",
        destination="",
        due_low_at=None,
        due_high_at=None,
    )
    left = tuple(on_it for on_it in board.incidents[incident].units if on_it.unit != unit)
    _change(board, incident, at, units=left)
    _drop_alarms(board, unit, UNIT_ALARMS)


def _dispatched(board: BoardFold, fact: assignments.UnitDispatched, _by: str) -> None:
    _assign(board, fact.unit, fact.incident, fact.at, fact.drive)


def _stage(status: UnitStatus, leaves_station: bool = False) -> Callable[[BoardFold, Any, str], None]:
    arrived = status not in ("acknowledged", "en_route", "staged")

    def reached(board: BoardFold, fact: assignments.UnitAcknowledged, _by: str) -> None:
        unit = board.units[fact.unit]
        due = (None, None, None) if arrived else (unit.due_at, unit.due_low_at, unit.due_high_at)
        coming = dict(zip(("due_at", "due_low_at", "due_high_at"), due, strict=True))
        board.units[fact.unit] = replace(
            unit,
            status=status,
            since=fact.at,
            **coming,
            at_station=unit.at_station and not leaves_station,
            destination=getattr(fact, "destination", unit.destination),
        )
        row = board.incidents[fact.incident]
        now_on_it = tuple(
            replace(on_it, status=status, since=fact.at, **coming) if on_it.unit == fact.unit else on_it
            for on_it in row.units
        )
        first = row.first_on_scene_at
        if status == "on_scene":
            first = fact.at if first is None else min(first, fact.at)
        _change(board, fact.incident, fact.at, units=now_on_it, first_on_scene_at=first)
        _drop_alarms(board, fact.unit, UNIT_ALARMS)

    return reached


def _available(board: BoardFold, fact: assignments.UnitAvailable | assignments.UnitCancelled, _by: str) -> None:
    _free(board, fact.unit, fact.incident, fact.at)


def _diverted(board: BoardFold, fact: assignments.UnitDiverted, _by: str) -> None:
    _free(board, fact.unit, fact.incident, fact.at)
    _assign(board, fact.unit, fact.to, fact.at, fact.drive)


def _units_chosen(board: BoardFold, fact: choices.UnitsChosen, _by: str) -> None:
    _change(board, fact.incident, fact.at, **board_choices.after(_row(board, fact.incident), fact))


def _choice_explained(board: BoardFold, fact: choices.ChoiceExplained, _by: str) -> None:
    _change(board, fact.incident, fact.at, **board_choices.explained(_row(board, fact.incident), fact))


def _level_raised(board: BoardFold, fact: choices.LevelRaised, _by: str) -> None:
    _change(board, fact.incident, fact.at, level=fact.level)


def _proposal_made(board: BoardFold, fact: choices.ProposalMade, _by: str) -> None:
    _change(board, fact.incident, fact.at, proposal=board_choices.proposal(fact))


def _proposal_over(board: BoardFold, fact: choices.ProposalAccepted, _by: str) -> None:
    _change(board, fact.incident, fact.at, proposal=None)


def _alarm_raised(board: BoardFold, fact: watch.AlarmRaised, _by: str) -> None:
    board.alarms[fact.alarm] = AlarmRow(fact.alarm, fact.alarm_kind, fact.subject, fact.since, fact.at, fact.incident)


def _alarm_acknowledged(board: BoardFold, fact: watch.AlarmAcknowledged, _by: str) -> None:
    row = board.alarms.get(fact.alarm)
    if row and row.alarm_kind == "glass_broken":
        del board.alarms[fact.alarm]
    elif row:
        board.alarms[fact.alarm] = replace(row, acknowledged_by=fact.by)


def _road_closed(board: BoardFold, fact: roads.RoadClosed, by: str) -> None:
    board.closures[fact.closure] = ClosureRow(fact.closure, fact.place, fact.radius_m, fact.reason, fact.at, by)


def _road_reopened(board: BoardFold, fact: roads.RoadReopened, _by: str) -> None:
    board.closures.pop(fact.closure, None)


def _personal_erased(board: BoardFold, fact: privacy.PersonalErased, _by: str) -> None:
    board_calls.erased(board, fact)
    board_glass.erased(board, fact)
    row = board.closed.get(fact.incident)
    if row and "record" in fact.kinds:
        board.closed[fact.incident] = replace(row, place=NOWHERE, summary="", last_note="", erased=True)


def _nothing(_board: BoardFold, _fact: Any, _by: str) -> None:
    """On the timeline, and on no row."""


FOLD: dict[type, Callable[[BoardFold, Any, str], None]] = {
    centre.CentreOpened: _centre_opened,
    calls.CallReceived: _call_received,
    calls.CallAnswered: _call_answered,
    calls.CallLocated: _call_located,
    calls.CallNoted: _call_noted,
    calls.CallReleased: _call_released,
    calls.CallAttached: _call_attached,
    **board_calls.FOLD,
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
    choices.UnitsChosen: _units_chosen,
    choices.ChoiceExplained: _choice_explained,
    choices.LevelRaised: _level_raised,
    choices.ProposalMade: _proposal_made,
    choices.ProposalAccepted: _proposal_over,
    choices.ProposalDismissed: _proposal_over,
    choices.ProposalLapsed: _proposal_over,
    watch.AlarmRaised: _alarm_raised,
    watch.AlarmAcknowledged: _alarm_acknowledged,
    roads.RoadClosed: _road_closed,
    roads.RoadReopened: _road_reopened,
    **board_standby.FOLD,
    **board_callers.FOLD,
    **board_sharing.FOLD,
    locations.LocationReported: board_locations.reported,
    locations.LocationMatched: board_locations.matched,
    locations.LocationExpired: board_locations.expired,
    locations.AreaEstimated: board_locations.estimated,
    locations.PlaceTaken: board_locations.taken,
    neighbours.EventLogged: _nothing,
    privacy.PersonalErased: _personal_erased,
    **board_glass.FOLD,
    privacy.HoldPlaced: _nothing,
    privacy.HoldLifted: _nothing,
}
