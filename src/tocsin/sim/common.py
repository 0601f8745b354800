"""What everybody in the invented world shares: the desk, the clock, the dice, and what is true out there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from tocsin.desk.desk import Desk
from tocsin.facts.values import Place
from tocsin.geo.straight import line_time
from tocsin.sim.clock import Clock
from tocsin.sim.dice import Dice
from tocsin.sim.ears import Ears
from tocsin.sim.hand import Hands
from tocsin.sim.happening import Truth
from tocsin.sim.moving import Mover
from tocsin.sim.stages import StageTimes

HandsOn: TypeAlias = Literal["auto", "assist", "off"]
"""auto: bots work at every desk; assist: they wait 25 s for a person; off: only callers and crews are invented."""

CITY_SLOWER = 1.6
"""A ride through a city without sirens against the straight line's guess."""


class Common:
    """Shared by all actors. Actors change the world only through `hands`."""

    def __init__(
        self, desk: Desk, clock: Clock, dice: Dice, times: StageTimes, hospitals: Sequence[Place], hands_on: HandsOn
    ) -> None:
        self.desk = desk
        self.clock = clock
        self.dice = dice
        self.times = times
        self.hospitals = hospitals
        self.hands_on = hands_on
        self.hands = Hands(desk, clock)
        self.ears = Ears(desk)
        self.mover = Mover(desk, clock)
        self.truths: dict[str, Truth] = {}
        """By incident."""
        self.incidents: dict[str, str] = {}
        """Incident by happening."""
        self.persons_calls: set[str] = set()
        self.persons_incidents: set[str] = set()
        """What a person has taken into their hands: bots leave it alone."""
        self.closed_edges: frozenset[int] = frozenset()

    def truth(self, incident: str) -> Truth:
        """What is true at an incident; one that a person opened out of nothing gets a truth of its type."""
        known = self.truths.get(incident)
        if known is None:
            row = self.desk.incident(incident)
            dice = self.dice.of("truth", incident)
            medical = row is not None and row.type.startswith("MED")
            known = self.truths[incident] = Truth(None, int(medical and dice.random() < 0.7))
        return known

    def hospital(self, near: tuple[float, float], turn: float, ride_s: float | None) -> Place:
        """The nearest hospital, or now and then (`turn` from 0 to 1) the second nearest; the one that is as far as a
        ride of `ride_s` goes, where the record says how long it took but not where to."""

        def away(hospital: Place) -> float:
            line_s, _ = line_time(near, (hospital.lat, hospital.lon))
            return line_s if ride_s is None else abs(line_s * CITY_SLOWER - ride_s)

        order = sorted(self.hospitals, key=away)
        if ride_s is not None:
            return order[0]
        return order[1] if turn > 0.8 and len(order) > 1 else order[0]

    def closures(self) -> list[tuple[float, float, float]]:
        """Closures as the ground wants them."""
        return [(row.place.lat, row.place.lon, row.radius_m) for row in self.desk.board.closures.values()]
