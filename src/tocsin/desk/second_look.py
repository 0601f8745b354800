"""The second look: when something may have become better for an incident, its roads are searched once more.

Facts say what may have changed; they only mark incidents. A few marked ones are looked at every few seconds, oldest
mark first, one search each, so that the work is bounded however much happens. Proposes through the desk's one door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tocsin.desk.adviser import Adviser
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_plans import LapseProposal, ProposeChange
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK, Incident, Room
from tocsin.domain.second_look import reconsider
from tocsin.facts import assignments, choices, incidents, roads, units
from tocsin.facts.choices import Cause
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.views.rows import IncidentRow

EVERY_S = 5.0
AT_ONCE = 4
"""Incidents looked at in one go: four searches, however many are marked."""
OVERDUE_S = 60.0
"""A unit so long past its time is delayed."""
AGAIN_S = 60.0
"""A delayed unit's incident is looked at again after so long."""

FREED = (assignments.UnitAvailable, assignments.UnitCancelled, units.UnitCameOnDuty, units.UnitReturned)
CHANGED = (incidents.IncidentRelocated, incidents.IncidentReclassified, choices.LevelRaised)


class SecondLook:
    """Marks incidents and looks at them. Told every entry that is durable; `look` is called by the desk's clock."""

    def __init__(
        self,
        adviser: Adviser,
        room: Callable[[], Room],
        row: Callable[[str], IncidentRow | None],
        give: Callable[[AnyOrder, str], Awaitable[object]],
    ) -> None:
        self._adviser, self._room, self._row, self._give = adviser, room, row, give
        self._marked: dict[str, Cause] = {}
        self._last_at: Instant = 0.0
        self._late_at: dict[str, Instant] = {}

    def told(self, entry: AnyEntry) -> None:
        """What this fact may have made better."""
        fact = entry.fact
        if isinstance(fact, CHANGED):
            self._mark(fact.incident, "incident_changed")
        elif isinstance(fact, FREED):
            for incident in self._waiting():
                self._mark(incident, "unit_free")
        elif isinstance(fact, roads.RoadClosed | roads.RoadReopened):
            for incident in self._waiting():
                self._mark(incident, "road_changed")
        elif isinstance(fact, assignments.UnitDispatched | assignments.UnitOnScene | assignments.UnitDiverted):
            self._recheck()
        if isinstance(fact, incidents.IncidentClosed):
            self._marked.pop(fact.incident, None)
            self._late_at.pop(fact.incident, None)

    def _mark(self, incident: str, cause: Cause) -> None:
        self._marked.setdefault(incident, cause)

    def _recheck(self) -> None:
        """A unit was taken or has arrived: whatever stands proposed may not hold any more."""
        for incident in self._open():
            if incident.proposal:
                self._mark(incident.id, "unit_free")

    def _open(self) -> list[Incident]:
        room = self._room()
        seen = dict.fromkeys(has.incident for unit in room.busy if (has := room.units[unit].assignment))
        return [room.incidents[incident] for incident in seen if room.incidents[incident].open]

    def _waiting(self) -> list[str]:
        """Incidents that somebody is driving to, or whose proposal stands."""
        room = self._room()
        driving = dict.fromkeys(
            has.incident
            for unit in room.busy
            if (has := room.units[unit].assignment) and RANK[has.stage] <= RANK["en_route"]
        )
        return [incident for incident in driving if room.incidents[incident].open]

    def _delayed(self, now: Instant) -> None:
        for incident in self._waiting():
            row = self._row(incident)
            late = row is not None and any(on.due_at is not None and now - on.due_at > OVERDUE_S for on in row.units)
            if late and now - self._late_at.get(incident, 0.0) >= AGAIN_S:
                self._late_at[incident] = now
                self._mark(incident, "unit_delayed")

    async def look(self, now: Instant) -> None:
        """Look at a few of those that are marked, if it is time."""
        if now - self._last_at < EVERY_S:
            return
        self._last_at = now
        self._delayed(now)
        for incident in list(self._marked)[:AT_ONCE]:
            await self._look_at(incident, self._marked.pop(incident))

    async def _look_at(self, incident: str, cause: Cause) -> None:
        row = self._row(incident)
        if row is None or row.status != "open":
            return
        case = await self._adviser.case_by_road(row, self._who(incident))
        if isinstance(case, Refusal) or not case.incident.open:
            return
        better = reconsider(case)
        standing = case.incident.proposal
        if better is not None:
            order = ProposeChange(incident, cause, better.send, better.recall, round(better.gain_s, 1))
            await self._give(order, f"propose-{incident}-{case.now}")
        elif standing is not None:
            await self._give(LapseProposal(standing.id), f"lapse-{standing.id}")

    def _who(self, incident: str) -> Sequence[str]:
        """Free units, and those on it."""
        room = self._room()
        return [
            unit.id
            for unit in room.units.values()
            if unit.on_duty and (unit.assignment is None or unit.assignment.incident == incident)
        ]
