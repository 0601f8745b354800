"""The invented world put together: a fleet, callers, bots and crews around one desk, on one clock.

It uses the desk like anyone else: orders through `give`, positions through `report`, news through `follow`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from tocsin.desk.desk import Desk
from tocsin.domain.orders import RegisterUnit, ReleaseCall, UnitOffDuty, UnitOnDuty
from tocsin.facts import assignments, calls, incidents, roads, standby, units
from tocsin.facts.values import Place
from tocsin.geo.region import Region
from tocsin.sim.clock import Clock
from tocsin.sim.common import Common, HandsOn
from tocsin.sim.crews import Crew
from tocsin.sim.demand import Demand
from tocsin.sim.dice import Dice
from tocsin.sim.dispatchers import Dispatchers
from tocsin.sim.ears import Heard
from tocsin.sim.fleet import Absence, Fleet, PlannedUnit, road_posts
from tocsin.sim.happening import Happening
from tocsin.sim.phones import Phones
from tocsin.sim.stages import InventedTimes, StageTimes
from tocsin.sim.takers import BOT, Takers
from tocsin.sim.wardens import Wardens
from tocsin.sim.wards import NAME as WARDS
from tocsin.sim.wards import Wards

WORLD = "shift plan"
"""The account under which units are registered and come on duty."""
PERSONS = (
    calls.CallAnswered, calls.CallLocated, calls.CallNoted, calls.CallReleased, calls.CallAttached,
    incidents.IncidentOpened, incidents.IncidentNoted, incidents.IncidentRelocated, incidents.IncidentReclassified,
    incidents.IncidentsLinked, incidents.IncidentReopened, assignments.UnitDispatched, assignments.UnitDiverted,
    assignments.UnitCancelled,
)  # fmt: skip
"""What makes a call or an incident a person's, when a person did it. A crew's own stamps do not."""


class World:
    """Everybody out there and every bot in here."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        fleet: Fleet,
        happenings: Iterable[Happening],
        *,
        seed: int = 7,
        times: StageTimes | None = None,
        hospitals: Sequence[Place] = (),
        hands_on: HandsOn = "auto",
        takers: int = 4,
        trouble: bool = True,
        handsets: bool = False,
        wards: bool = False,
    ) -> None:
        first = fleet.units[0].home
        known = hospitals or [Place(first.lat, first.lon, "Hospital")]
        self.clock = clock
        self.fleet = fleet
        self.common = Common(desk, clock, Dice(seed), times or InventedTimes(), known, hands_on)
        self._happenings: Iterator[Happening] = iter(happenings)
        self.phones = Phones(self.common, handsets=handsets)
        self.takers = Takers(self.common, self.phones, takers) if hands_on != "off" else None
        self.dispatchers = Dispatchers(self.common, self.takers.names) if self.takers else None
        self.crews = {unit.id: Crew(self.common, unit, trouble=trouble) for unit in fleet.units}
        self.wardens = Wardens(self.common) if hands_on != "off" else None
        self.wards = Wards(self.common) if wards else None
        self.demand: Demand | None = None
        """Where more happenings can be had from, when they are invented."""
        self._listening: asyncio.Task[None] | None = None
        self._hear()

    def _hear(self) -> None:
        ears = self.common.ears
        ears.on_any(self._person)
        moved = (
            assignments.UnitDispatched, assignments.UnitDiverted, assignments.UnitCancelled, assignments.UnitAvailable,
            assignments.UnitAcknowledged, assignments.UnitEnRoute, assignments.UnitOnScene, units.UnitReturned,
            units.UnitCameOnDuty, units.UnitWentOffDuty, standby.UnitMovedUp, standby.UnitCalledHome,
        )  # fmt: skip
        for kind in moved:
            ears.on(kind, self._unit_moved)
        ears.on(incidents.IncidentRelocated, self._relocated)
        for closing in (roads.RoadClosed, roads.RoadReopened):
            ears.on(closing, self._roads_changed)

    async def open(self) -> None:
        """Register the fleet, put it on duty, take up what an older run left, and begin to live."""
        desk, clock = self.common.desk, self.clock
        clock.settled = self.common.ears.settled
        self.common.hands.names |= {WORLD, WARDS, "caller", "exchange", *(f"crew {unit}" for unit in self.crews)}
        await self._hang_up()
        for unit in self.fleet.units:
            await self._on_duty(unit)
        for row in list(desk.board.units.values()):
            if row.id not in self.crews and row.status != "off_duty":
                await self.common.hands.give(WORLD, UnitOffDuty(row.id))
        self._listening = asyncio.create_task(self.common.ears.listen())
        if self.takers and self.dispatchers:
            self.takers.resume()
            self.dispatchers.resume()
        clock.start(self.common.mover.run(), "mover")
        for crew in self.crews.values():
            clock.start(crew.life(), f"crew {crew.id}")
        clock.start(self._unfold(), "happenings")
        if self.wardens and desk.standby.coverage.state != "none":
            clock.start(self.wardens.watch(), "move-ups")
        if self.wards:
            await self.wards.open()
            clock.start(self.wards.watch(), "hospital desks")
        for absence in self.fleet.absences:
            clock.start(self._absent(absence), f"absence of {absence.unit}")

    async def _hang_up(self) -> None:
        """Callers of an older run are gone; what persons hold stays theirs."""
        for row in list(self.common.desk.board.calls.values()):
            if row.status == "released" or (row.status == "answered" and not row.answered_by.startswith(BOT)):
                continue
            await self.common.hands.give("exchange", ReleaseCall(row.id, "abandoned", "the line was cut by a restart"))

    async def _on_duty(self, unit: PlannedUnit) -> None:
        desk, give = self.common.desk, self.common.hands.give
        row, latest = desk.unit(unit.id), desk.tracks.latest.get(unit.id)
        here = (latest.lat, latest.lon) if latest and row and not row.at_station else (unit.home.lat, unit.home.lon)
        self.common.mover.park(unit.id, here)
        same = row is not None and (row.home, row.capabilities, row.unit_kind) == (
            unit.home, unit.capabilities, unit.unit_kind,
        )  # fmt: skip
        if not same and (row is None or not row.incident):
            order = RegisterUnit(
                unit.id, unit.unit_kind, unit.agency, unit.capabilities, unit.home, unit.crew_min, unit.station
            )
            await give(WORLD, order)
        if row is None or row.status == "off_duty":
            await give(WORLD, UnitOnDuty(unit.id, unit.crew_count))
        await self.common.mover.tell(unit.id)

    async def _absent(self, absence: Absence) -> None:
        """Off duty as soon as the unit is free, on duty again when it is back."""
        clock, give, unit = self.clock, self.common.hands.give, absence.unit
        await clock.sleep_until(absence.since)
        while (row := self.common.desk.unit(unit)) and row.status != "available" and clock.now() < absence.until:
            await clock.sleep(60.0)
        if clock.now() < absence.until and await give(WORLD, UnitOffDuty(unit)):
            await clock.sleep_until(absence.until)
            crew = next(one.crew_count for one in self.fleet.units if one.id == unit)
            await give(WORLD, UnitOnDuty(unit, crew))

    async def _unfold(self) -> None:
        for happening in self._happenings:
            await self.clock.sleep_until(happening.at)
            self.phones.happen(happening)

    async def close(self) -> None:
        """Everybody stops where they are. The desk goes on."""
        await self.clock.stop()
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    # -- heard ------------------------------------------------------------------------------------------------------

    def _person(self, entry: Heard) -> None:
        if entry.by in self.common.hands.names or not isinstance(entry.fact, PERSONS):
            return
        fact = entry.fact
        call = getattr(fact, "call", "")
        if call:
            self.common.persons_calls.add(call)
        for field in ("incident", "to", "other"):
            if getattr(fact, field, ""):
                self.common.persons_incidents.add(getattr(fact, field))

    def _unit_moved(self, entry: Heard) -> None:
        crew = self.crews.get(entry.fact.unit)
        if crew:
            crew.signal.set()

    def _relocated(self, entry: Heard) -> None:
        row = self.common.desk.incident(entry.fact.incident)
        for on_it in row.units if row else ():
            if on_it.unit in self.crews:
                self.crews[on_it.unit].signal.set()

    def _roads_changed(self, _entry: Heard) -> None:
        self.clock.start(self._close_edges(), "closures")

    async def _close_edges(self) -> None:
        ground = self.common.desk.ground
        if ground is None:
            return
        closures = self.common.closures()
        edges = await asyncio.to_thread(lambda: ground.region.roads.closed_edges(closures))
        self.common.closed_edges = frozenset(edges.tolist())
        for crew in self.crews.values():
            crew.signal.set()


def hospitals_of(region: Region) -> tuple[list[Place], str]:
    """Where patients are taken, and a note when the map knows no hospital."""
    found = [one for one in region.resources if one.kind == "hospital" and one.emergency is not False]
    clinics = [one for one in region.resources if one.kind == "clinic"]
    found = [one for one in found if one.emergency] or found or clinics
    if found:
        return [Place(one.lat_deg, one.lon_deg, one.name or "Hospital", "landmark") for one in found], ""
    post = road_posts(region, 1, "hospital")[0]
    note = "the map has no hospital: one was put on a road"
    return [Place(post.lat, post.lon, "Hospital (not on the map)")], note
