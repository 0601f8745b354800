"""What one audience sees of the board: which rows, and which entries. Never judges what may be done.

An agency sees its own incidents and those shared with it (domain/sight.py); its own units, and whoever else is on an
incident it sees, while they are; alarms of units it sees; what callers of its incidents write and show; closures and
hospitals. Calls are the centre's until they belong to an incident. Of a linked incident it sees the number, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tocsin.domain.plans import Plans
from tocsin.domain.sight import concerns
from tocsin.domain.types import Catalogue
from tocsin.facts import assignments, centre, choices, roads, standby, watch
from tocsin.facts.assignments import Drive
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Instant, Place
from tocsin.facts.watch import UNIT_ALARMS, alarm_id
from tocsin.views.audience import Audience
from tocsin.views.board import BoardFold
from tocsin.views.rows import AlarmRow, IncidentRow, Rows, ShareRow, UnitRow
from tocsin.views.rows_callers import CallerLinkRow
from tocsin.views.touched import Touched, pick

COMMON = (
    centre.CentreOpened,
    roads.RoadClosed,
    roads.RoadReopened,
    standby.HospitalRegistered,
    standby.HospitalDiverted,
    standby.HospitalReopened,
    standby.HospitalLoad,
)
"""Facts about nobody's incident."""
KEPT = 20_000
R = TypeVar("R")


class Shown(msgspec.Struct):
    """Ids of the rows on an audience's screens, where that differs from the board's."""

    incidents: set[str] = set()
    units: set[str] = set()
    alarms: set[str] = set()
    caller_links: set[str] = set()


class Eyes:
    """One audience before one board, at the instant it looks: a sharing is over when its time is, recorded or not."""

    def __init__(
        self, audience: Audience, board: BoardFold, catalogue: Catalogue, plans: Plans, now: Callable[[], Instant]
    ) -> None:
        self.audience = audience
        self.agency = audience.agency
        self._now = now
        self._board, self._catalogue, self._plans = board, catalogue, plans
        self._concerns: dict[tuple[str, Place], bool] = {}

    # -- what is seen -----------------------------------------------------------------------------------------------

    def row(self, row: IncidentRow) -> bool:
        """Whether this incident is seen."""
        if not self.agency or self.agency in row.agencies:
            return True
        return any(self._shared(share) for share in row.shares) or self._own_type(row)

    def _shared(self, share: ShareRow) -> bool:
        return share.agency == self.agency and (share.until is None or self._now() < share.until)

    def over(self, incidents: Iterable[str] | None = None) -> frozenset[str]:
        """Of these open incidents, or all, those whose sharing is over by the clock, and not by the record yet."""
        rows = self._board.incidents
        return frozenset(id_ for id_ in (rows if incidents is None else incidents) if self._is_over(rows.get(id_)))

    def _is_over(self, row: IncidentRow | None) -> bool:
        return row is not None and any(share.agency == self.agency for share in row.shares) and not self.row(row)

    def _own_type(self, row: IncidentRow) -> bool:
        key = row.type, row.place
        found = self._concerns.get(key)
        if found is None:
            if len(self._concerns) >= KEPT:
                self._concerns.clear()
            found = concerns(self._plans, self.agency, self._catalogue.type(row.type), row.place)
            self._concerns[key] = found
        return found

    def incident(self, incident: str) -> bool:
        """Whether there is such an incident, and it is seen."""
        row = self._board.incidents.get(incident) or self._board.closed.get(incident)
        return row is not None and self.row(row)

    def own(self, unit: str) -> bool:
        """Whether the unit is the audience's own."""
        row = self._board.units.get(unit)
        return row is not None and self.agency in ("", row.agency)

    def unit(self, row: UnitRow) -> bool:
        """Whether this unit is seen: one's own, or on an incident that is seen."""
        return self.agency in ("", row.agency) or (row.incident != "" and self.incident(row.incident))

    def alarm(self, row: AlarmRow) -> bool:
        """Whether this alarm is seen."""
        return not self.agency or self._alarm(row.alarm_kind, row.subject)

    def _alarm(self, kind: str, subject: str) -> bool:
        unit = self._board.units.get(subject) if kind in UNIT_ALARMS else None
        return unit is not None and self.unit(unit)

    def link(self, row: CallerLinkRow) -> bool:
        """Whether this caller's link is seen: with the incident the call belongs to, never before."""
        return not self.agency or self.incident(self._board.homes.get(row.call, ""))

    # -- rows -------------------------------------------------------------------------------------------------------

    def picture(self) -> Rows:
        """Every row that is seen now."""
        board = self._board
        incidents = {id_: row for id_, row in board.incidents.items() if self.row(row)}
        units = {id_: row for id_, row in board.units.items() if self.unit(row)}
        alarms = {id_: row for id_, row in board.alarms.items() if self.alarm(row)}
        links = {id_: row for id_, row in board.caller_links.items() if self.link(row)}
        tables: Any = ({}, incidents, units, alarms, board.closures, board.hospitals, links)
        return Rows(*tables)

    def shown(self) -> Shown:
        """What is on a screen that holds the picture."""
        rows = self.picture()
        return Shown(set(rows.incidents), set(rows.units), set(rows.alarms), set(rows.caller_links))

    def rows(self, touched: Touched, shown: Shown) -> Rows:
        """Rows that changed, as they are seen now; None for one that was on the screen and is seen no more.

        `shown` is brought up to date. With an incident come and go the units on it, their alarms, and
        its callers' links.
        """
        board = self._board
        units, alarms, links = dict(touched.units), dict(touched.alarms), dict(touched.caller_links)
        for incident in touched.incidents:
            if row := board.incidents.get(incident):
                units |= dict.fromkeys(on_it.unit for on_it in row.units)
                links |= dict.fromkeys(link for call in row.calls for link in board.links_of.get(call, ()))
        links |= dict.fromkeys(link for call in touched.calls for link in board.links_of.get(call, ()))
        for unit in units:
            alarms |= dict.fromkeys(alarm_id(kind, unit) for kind in UNIT_ALARMS)
        common = pick(board.closures, touched.closures), pick(board.hospitals, touched.hospitals)
        out = Rows({}, {}, {}, {}, *common, {})
        for id_ in touched.incidents:
            row = board.incidents.get(id_)
            _put(out.incidents, shown.incidents, id_, row if row and self.row(row) else None)
        for id_ in units:
            unit_row = board.units.get(id_)
            _put(out.units, shown.units, id_, unit_row if unit_row and self.unit(unit_row) else None)
        for id_ in alarms:
            alarm = board.alarms.get(id_)
            _put(out.alarms, shown.alarms, id_, alarm if alarm and self.alarm(alarm) else None)
        for id_ in links:
            link = board.caller_links.get(id_)
            _put(out.caller_links, shown.caller_links, id_, link if link and self.link(link) else None)
        return out

    # -- entries ----------------------------------------------------------------------------------------------------

    def entries(self, entries: Iterable[AnyEntry]) -> Iterator[AnyEntry]:
        """Those that are seen, each with what it says of others left out."""
        for entry in entries:
            if self.fact(entry.fact):
                yield self.narrowed(entry)

    def fact(self, fact: DecisionFact) -> bool:
        """Whether this fact is seen, as the board stands now."""
        if not self.agency or isinstance(fact, COMMON):
            return True
        if isinstance(fact, watch.AlarmRaised | watch.AlarmAcknowledged):
            kind, _, subject = fact.alarm.partition(":")
            return self._alarm(kind, subject)
        named = [incident for name in ("incident", "other", "to") if (incident := getattr(fact, name, ""))]
        if home := self._board.homes.get(getattr(fact, "call", "")):
            named.append(home)
        if named:
            return any(self.incident(incident) for incident in named)
        return self.own(getattr(fact, "unit", ""))

    def narrowed(self, entry: AnyEntry) -> AnyEntry:
        """The same entry without what it says of other agencies' units and incidents."""
        fact = entry.fact
        if not self.agency:
            return entry
        if isinstance(fact, choices.UnitsChosen):
            kept = tuple(row for row in fact.shown.candidates if row.chosen or self.own(row.unit))
            return replace(entry, fact=replace(fact, shown=replace(fact.shown, candidates=kept)))
        if isinstance(fact, assignments.UnitDiverted) and not (self.incident(fact.incident) and self.incident(fact.to)):
            return replace(entry, fact=replace(fact, drive=Drive("none"), reason=""))
        return entry


def _put(rows: dict[str, R | None], shown: set[str], id_: str, row: R | None) -> None:
    if row is not None:
        rows[id_] = row
        shown.add(id_)
    elif id_ in shown:
        rows[id_] = None
        shown.discard(id_)
