"""Crews: they acknowledge, turn out, drive the real road, work, take patients to hospital, and come home.

A crew does what the board says of its unit, at once: cancelled, diverted, or stamped by a person who sits in it. It
knows no dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.domain.orders import Stamp, StampUnit, UnitAtStation
from tocsin.domain.orders_standby import UnitIsAtPost
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK
from tocsin.facts.values import Instant, Place
from tocsin.geo.straight import line_time
from tocsin.sim.clock import Signal
from tocsin.sim.common import Common
from tocsin.sim.fleet import PlannedUnit
from tocsin.sim.happening import Truth
from tocsin.sim.journey import Journey
from tocsin.sim.stages import Stage
from tocsin.views.rows import UnitRow

SILENT = 0.02
"""Share of orders a crew does not hear at first: the alarm is there for them."""
STUCK = 0.03
"""Share of drives that stand still for a few minutes."""
AGAIN_S = 30.0
"""A crew whose word was refused looks again after so long."""
STAGES_FIRST = ("POL-VIOLENCE",)
"""Types at which everybody but the police waits round the corner first."""


class _ReassignedError(Exception):
    """The unit is no longer on what its crew was doing."""


class Crew:
    """One unit's crew."""

    def __init__(self, common: Common, unit: PlannedUnit, *, trouble: bool = True) -> None:
        self._c = common
        self._unit = unit
        self.id = unit.id
        self.signal = Signal()
        self._dice = common.dice.of("crew", unit.id)
        self._trouble = trouble
        self._by = f"crew {unit.id}"
        self._ride_s: float | None = None

    async def life(self) -> None:
        """For ever."""
        while True:
            row = self._row()
            try:
                if row.incident:
                    await self._mission(row.incident)
                elif row.post and row.status != "off_duty":
                    await self._stand_by(row)
                elif not row.at_station and row.status != "off_duty":
                    await self._go_home()
                else:
                    await self._c.clock.sleep_until(float("inf"), self.signal)
            except _ReassignedError:
                self._c.mover.stop(self.id)

    def _row(self) -> UnitRow:
        row = self._c.desk.unit(self.id)
        if row is None:
            raise LookupError(f"unit {self.id} is not on the board")
        return row

    # -- waiting ----------------------------------------------------------------------------------------------------

    def _check(self, incident: str) -> None:
        if self._row().incident != incident:
            raise _ReassignedError

    def _still(self, incident: str, post: str | None) -> None:
        self._check(incident)
        if post is not None and self._row().post != post:
            raise _ReassignedError

    async def _wait_until(self, instant: Instant, incident: str) -> None:
        while await self._c.clock.sleep_until(instant, self.signal):
            self._check(incident)
        self._check(incident)

    async def _wait(self, seconds: float, incident: str) -> None:
        await self._wait_until(self._c.clock.now() + seconds, incident)

    def _reached(self, stage: str) -> bool:
        return RANK.get(self._row().status, -1) >= RANK[stage]

    async def _stamp(self, status: Stamp, incident: str, destination: str = "") -> None:
        if status != "available" and self._reached(status):
            return
        await self._c.mover.tell(self.id)
        await self._c.hands.give(self._by, StampUnit(self.id, status, destination=destination))
        if status != "available":
            self._check(incident)

    def _draw(self, stage: Stage, incident: str) -> float:
        row = self._c.desk.incident(incident)
        return self._c.times.draw(stage, self._unit.unit_kind, row.priority if row else 3, self._dice)

    # -- the mission ------------------------------------------------------------------------------------------------

    async def _mission(self, incident: str) -> None:
        """From wherever the board says it has come to."""
        await self._turn_out(incident)
        if not self._reached("on_scene"):
            await self._drive(lambda: self._place(incident), incident, siren=True)
            await self._stage_first(incident)
            await self._stamp("on_scene", incident)
        truth = self._c.truth(incident)
        truth.reached = True
        if not self._reached("left_scene"):
            await self._work(incident, truth)
        if self._row().incident == incident and self._reached("left_scene"):
            await self._hospital(incident)

    def _place(self, incident: str) -> Place:
        row = self._c.desk.incident(incident)
        return row.place if row else self._unit.home

    async def _turn_out(self, incident: str) -> None:
        if self._reached("en_route"):
            return
        since = self._row().since
        turnout_s = self._draw("turnout", incident)
        heard_s = min(0.5 * turnout_s, self._dice.uniform(3.0, 14.0))
        if self._trouble and self._dice.random() < SILENT:
            heard_s = self._dice.uniform(75.0, 150.0)
            turnout_s += heard_s
        await self._wait_until(since + heard_s, incident)
        await self._stamp("acknowledged", incident)
        await self._wait_until(since + turnout_s, incident)
        await self._stamp("en_route", incident)

    async def _stage_first(self, incident: str) -> None:
        row = self._c.desk.incident(incident)
        if row is None or row.type not in STAGES_FIRST or "police" in self._unit.capabilities:
            return
        await self._stamp("staged", incident)
        await self._wait(self._dice.uniform(40.0, 150.0), incident)

    async def _work(self, incident: str, truth: Truth) -> None:
        """On scene: with the patient, or at whatever burns; ends on the way to hospital, or available."""
        row = self._c.desk.incident(incident)
        takes = "ambulance" in self._unit.capabilities and truth.taken < truth.patients
        truth.taken += takes
        try:
            if row and row.type.startswith("MED"):
                await self._wait(self._draw("to_patient", incident), incident)
                await self._stamp("at_patient", incident)
            await self._wait(self._draw("care" if takes else "on_scene", incident), incident)
        except _ReassignedError:
            truth.taken -= takes
            raise
        if takes:
            self._ride_s = self._c.times.ride_s(self._unit.unit_kind, self._dice)
            await self._stamp("left_scene", incident, await self._proposed())
        else:
            await self._stamp("available", incident)

    async def _proposed(self) -> str:
        """The hospital that the desk proposes; by the look of the map where a record says how long its ride took, or
        where the desk knows of none."""
        own = self._c.hospital(self._c.mover.where(self.id), self._dice.random(), self._ride_s).text
        if self._ride_s is not None:
            return own
        told = await self._c.desk.hospitals.destination(self.id, ())
        if isinstance(told, Refusal):
            return own
        return next((one.hospital for one in told.hospitals if one.chosen), own)

    async def _hospital(self, incident: str) -> None:
        name = self._row().destination
        known = next((h for h in self._c.hospitals if h.text == name), None)
        row = self._c.desk.board.hospitals.get(name)
        known = known or (row.place if row else None)
        hospital = known or self._c.hospital(self._c.mover.where(self.id), 0.0, None)
        if not self._reached("at_hospital"):
            await self._drive(lambda: hospital, incident, siren=False, takes_s=self._ride_s)
            await self._stamp("at_hospital", incident)
        handover_s = self._draw("handover", incident)
        await self._wait(handover_s * 0.6, incident)
        await self._stamp("handed_over", incident)
        await self._wait(handover_s * 0.4, incident)
        await self._stamp("available", incident)

    # -- driving ----------------------------------------------------------------------------------------------------

    async def _stand_by(self, row: UnitRow) -> None:
        """Drive to the post and wait there, until sent, called home or given another post."""
        post, place = row.post, row.post_place
        if place is None or row.at_post:
            await self._c.clock.sleep_until(float("inf"), self.signal)
            return
        await self._drive(lambda: place, "", siren=False, post=post)
        await self._c.mover.tell(self.id)
        if self._row().post == post and await self._c.hands.give(self._by, UnitIsAtPost(self.id)) is None:
            await self._wait(AGAIN_S, "")

    async def _go_home(self) -> None:
        await self._drive(lambda: self._unit.home, "", siren=False, post="")
        await self._c.mover.tell(self.id)
        if self._row().status == "off_duty":
            return
        if await self._c.hands.give(self._by, UnitAtStation(self.id)) is None:
            await self._wait(AGAIN_S, "")

    async def _drive(
        self,
        target: Callable[[], Place],
        incident: str,
        *,
        siren: bool,
        takes_s: float | None = None,
        post: str | None = None,
    ) -> None:
        """To a place that may change, round what gets closed on the way; in `takes_s`, if given. A unit that is free
        drives only as long as it is still meant to stand by at `post`."""
        share, row = self._dice.random(), self._c.desk.incident(incident)
        priority = row.priority if row and siren else 5

        def pace(road_s: float) -> float:
            if takes_s is not None:
                return max(0.7, takes_s / max(1.0, road_s))
            return self._c.times.pace(road_s, self._unit.unit_kind, priority, share) if siren else 1.1

        clock, mover = self._c.clock, self._c.mover
        stuck = self._trouble and siren and self._dice.random() < STUCK
        while True:
            to = target()
            journey = await self._plan(to, siren=siren, pace=pace)
            if stuck:
                middle = (clock.now() + journey.arrives_at) / 2
                journey.wait(middle, self._dice.uniform(90.0, 300.0))
                stuck = False
            mover.begin(self.id, journey)
            self._still(incident, post)
            while await clock.sleep_until(journey.arrives_at, self.signal):
                self._still(incident, post)
                if target() != to or journey.edges & self._c.closed_edges:
                    break
            else:
                self._still(incident, post)
                mover.park(self.id, journey.target)
                return

    async def _plan(self, to: Place, *, siren: bool, pace: Callable[[float], float]) -> Journey:
        here, ground, start = self._c.mover.where(self.id), self._c.desk.ground, self._c.clock.now()
        if ground is not None:
            way = await ground.way(here, (to.lat, to.lon), self._c.closures(), siren=siren)
            if way is not None:
                points = [(float(lat), float(lon)) for lat, lon in way.points_deg]
                return Journey.along(points, way.at_s.tolist(), way.edges.tolist(), start, pace(float(way.eta_s)))
        return Journey.line(here, (to.lat, to.lon), start, pace(line_time(here, (to.lat, to.lon))[0]))
