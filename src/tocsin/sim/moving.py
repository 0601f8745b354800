"""Every vehicle of the invented world on the map: where each is now, reported the way a vehicle's own box would."""

from __future__ import annotations

from tocsin.desk.desk import Desk
from tocsin.facts.values import Instant, Move
from tocsin.sim.clock import Clock
from tocsin.sim.journey import Journey, Point

HURRY_BEAT_S = 15.0
"""Simulated seconds between reports of a moving vehicle while nobody watches."""
PARKED_BEAT_S = 60.0
"""A parked vehicle says so this often, counted on the wall at speed 1."""


class Mover:
    """Positions of all units; `run` reports them."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._journeys: dict[str, Journey] = {}
        self._parked: dict[str, Point] = {}
        self._told: dict[str, Instant] = {}

    def begin(self, unit: str, journey: Journey) -> None:
        """A unit drives."""
        self._journeys[unit] = journey

    def park(self, unit: str, here: Point) -> None:
        """A unit stands."""
        self._journeys.pop(unit, None)
        self._parked[unit] = here
        self._told.pop(unit, None)

    def stop(self, unit: str) -> None:
        """A unit stops where it is."""
        if unit in self._journeys:
            self.park(unit, self.where(unit))

    def where(self, unit: str) -> Point:
        """Latitude and longitude now."""
        journey = self._journeys.get(unit)
        return journey.at(self._clock.now())[:2] if journey else self._parked[unit]

    def _move(self, unit: str, now: Instant) -> Move:
        journey = self._journeys.get(unit)
        if journey is None:
            return Move(unit, now, *self._parked[unit])
        lat, lon, speed_mps, heading = journey.at(now)
        return Move(unit, now, lat, lon, round(speed_mps, 1), round(heading, 1))

    async def tell(self, unit: str) -> None:
        """Report one unit at once: the desk should not decide on where it was."""
        now = self._clock.now()
        self._told[unit] = now
        await self._desk.report([self._move(unit, now)])

    async def run(self) -> None:
        """Report, again and again: those that move every beat, those that stand every minute."""
        while True:
            speed = self._clock.speed
            await self._clock.sleep(HURRY_BEAT_S if speed is None else speed)
            now = self._clock.now()
            rest_s = PARKED_BEAT_S * max(1.0, speed or HURRY_BEAT_S)
            late = [unit for unit in self._parked if now - self._told.get(unit, 0.0) >= rest_s]
            due = [*self._journeys, *(unit for unit in late if unit not in self._journeys)]
            if due:
                self._told.update(dict.fromkeys(due, now))
                await self._desk.report([self._move(unit, now) for unit in due])
