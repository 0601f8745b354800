"""A city for the soak: callers, people who take calls and send units, crews that follow, vehicles that tell where.

The invented city of the demo, with its map, its fleet and what its people call about, played over HTTP against any
node by whoever would: the exchange and the radio with tokens of their own, each crew under its unit's account. Drives
take a tenth of their time, so that an hour holds many stories.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import requests
from tests.nodes.cluster import PASSWORD, Machine, Person
from tests.nodes.hands import Hand, Nodes
from tests.nodes.phones import Phones

from tocsin.access import Access
from tocsin.geo.build import build_region
from tocsin.geo.region import Region
from tocsin.sim.city import lay_out, write_osm
from tocsin.sim.city.progress import Silent
from tocsin.sim.demand import Demand, Spots
from tocsin.sim.dice import Dice
from tocsin.sim.fleet import PlannedUnit, plan_fleet
from tocsin.sim.happening import Caller, Happening
from tocsin.sim.journey import Journey

PEOPLE, UNITS, TAKERS = 60_000, 36, 5
CALL_EVERY_S = 1.5
HURRY = 0.1
AGENCIES = ("fire", "ambulance", "police")
PARKED_S = 20.0
"""How often a vehicle that stands says so."""
OPEN_MOST = 5
"""Incidents that one person has in hand."""
ERASED = 0.15
"""Share of closed incidents whose callers ask to be forgotten."""
LINKS = 0.3
"""Share of callers who are sent a link."""
NEXT = {"dispatched": "acknowledged", "acknowledged": "en_route", "en_route": "on_scene", "at_patient": "left_scene",
        "left_scene": "at_hospital", "at_hospital": "handed_over", "handed_over": "available"}  # fmt: skip

Point = tuple[float, float]


class Ring(NamedTuple):
    """A line that rings at a headset."""

    call: str
    caller: Caller
    happening: Happening


class Move(NamedTuple):
    """A position that a node said it has taken."""

    unit: str
    at: float
    lat: float
    lon: float
    port: int
    """Of the node that took it."""


class Streets:
    """The region, searched by one crew at a time."""

    def __init__(self, folder: Path, seed: int) -> None:
        source = folder / "city.osm.pbf"
        write_osm(lay_out(PEOPLE, seed), source)
        self.path = folder / "city"
        build_region(source, self.path, Silent())
        self.region = Region.open(self.path)
        self.fleet = plan_fleet(self.region, PEOPLE, UNITS).units
        self.hospitals = [one for one in self.region.resources if one.kind == "hospital"]
        self._turn = threading.Lock()

    def drive(self, here: Point, to: Point) -> Journey:
        """Along the roads, from now on, in a hurry."""
        with self._turn:
            way = self.region.roads.route(here, to, siren=True, closed=self.region.roads.closed_edges([]))
        if way is None:
            return Journey.line(here, to, time.time(), HURRY)
        points = [(float(lat), float(lon)) for lat, lon in way.points_deg]
        return Journey.along(points, way.at_s.tolist(), way.edges.tolist(), time.time(), HURRY)


class Vehicle:
    """Where one unit is."""

    def __init__(self, unit: PlannedUnit) -> None:
        self.id = unit.id
        self.journey = Journey.line((unit.home.lat, unit.home.lon), (unit.home.lat, unit.home.lon), time.time(), 1.0)
        self.said_at = 0.0

    def where(self, now: float) -> list[Any] | None:
        """A position to report, if it is time for one."""
        if now > self.journey.arrives_at + 1.5 and now - self.said_at < PARKED_S:
            return None
        self.said_at = now
        lat, lon, speed_mps, heading_deg = self.journey.at(now)
        return [self.id, now, round(lat, 6), round(lon, 6), round(speed_mps, 1), round(heading_deg % 360.0, 1)]


class Radio(Hand):
    """Hears every vehicle once a second and reports to one node or the other. Never says the same twice."""

    def __init__(self, nodes: Nodes, person: Person, dice: random.Random, vehicles: list[Vehicle]) -> None:
        super().__init__("radio", nodes, person, dice)
        self.vehicles = vehicles
        self.sent: set[tuple[str, float, float, float]] = set()
        self.taken: list[Move] = []
        self.not_taken = 0

    def work(self) -> None:
        while not self.ended:
            self.report()
            time.sleep(1.0)

    def report(self) -> None:
        """Everybody who has something to say."""
        now = time.time()
        self._report([move for vehicle in self.vehicles if (move := vehicle.where(now))])

    def last(self) -> list[Any]:
        """Each vehicle once more, until a node has taken it; answers what was said."""
        while True:
            now = time.time()
            moves = [[one.id, now, *one.journey.at(now)[:2], 0.0, 0.0] for one in self.vehicles]
            if self._report(moves):
                return moves
            time.sleep(0.2)

    def _report(self, moves: list[Any]) -> bool:
        if not moves:
            return False
        node = self.node()
        self.sent |= {(move[0], move[1], move[2], move[3]) for move in moves}
        try:
            answer = self.person.post(node, "/api/tracks", {"moves": moves})
        except requests.RequestException:
            return False
        if answer.status_code != 200:
            self.answers[answer.json()["name"]] += 1
            return False
        took = answer.json()["accepted"]
        if took == len(moves):
            self.taken += [Move(*move[:4], node.port) for move in moves]
        self.not_taken += len(moves) - took
        return bool(took == len(moves))


class Exchange(Hand):
    """People call, by the dice of the city; whoever has a free headset hears it ring."""

    def __init__(
        self, nodes: Nodes, person: Person, dice: random.Random, demand: Demand, rings: queue.Queue[Ring]
    ) -> None:
        super().__init__("exchange", nodes, person, dice)
        self._demand, self._rings = demand, rings

    def work(self) -> None:
        number = 0
        while not self.ended:
            number += 1
            happening = self._demand.happening(number, time.time())
            for caller in happening.callers:
                self._ring(caller, happening)
            self.pause(0.0, 2.0 * CALL_EVERY_S)

    def _ring(self, caller: Caller, happening: Happening) -> None:
        place = {"place": {"lat": caller.place.lat, "lon": caller.place.lon, "kind": "caller"}} if caller.place else {}
        done = self.give(kind="receive_call", line=caller.line, number=caller.number, caller=caller.name, **place)
        if call := self.made("call", done):
            self._rings.put(Ring(call, caller, happening))


class Taker(Hand):
    """Takes calls, opens incidents, sends who is recommended, and looks after them until they are closed."""

    def __init__(self, name: str, nodes: Nodes, person: Person, dice: random.Random, rings: queue.Queue[Ring],
                 known: dict[str, str], eraser: Eraser) -> None:  # fmt: skip
        super().__init__(name, nodes, person, dice)
        self._rings, self._known, self._eraser = rings, known, eraser
        self.open: list[str] = []
        self.closed: list[str] = []
        self._in_vain: Counter[str] = Counter()

    def work(self) -> None:
        while not self.ended:
            if len(self.open) < OPEN_MOST:
                with suppress(queue.Empty):
                    self._take(self._rings.get(timeout=0.3))
            if self.open:
                self._look_after(self.open.pop(0))
            self.pause(0.1, 0.6)

    def _take(self, ring: Ring) -> None:
        self.give(kind="answer_call", call=ring.call)
        if ring.caller.number and self.dice.random() < LINKS:
            self.give(kind="send_caller_link", call=ring.call)
        for words in ring.caller.sentences:
            self.give(kind="note_call", call=ring.call, text=words[:500])
        if ring.happening.ending != "emergency":
            self.give(kind="release_call", call=ring.call, reason=ring.happening.ending)
            return
        known = self._known.get(ring.happening.id)
        if known and self.give(kind="attach_call", call=ring.call, incident=known):
            return
        spot = ring.happening.place
        done = self.give(
            kind="open_incident", type=ring.happening.type, calls=[ring.call], summary=f"§{ring.call}§",
            place={"lat": spot.lat, "lon": spot.lon, "text": spot.text},
        )  # fmt: skip
        if incident := self.made("incident", done):
            self._known[ring.happening.id] = incident
            self.open.append(incident)

    def _look_after(self, incident: str) -> None:
        row = self.ask(f"/api/incidents/{incident}")
        if row is None or row["status"] != "open":  # a node that has not heard of it yet, or is not there
            self.open.append(incident)
            return
        if not row["units"] and row["first_on_scene_at"]:
            if self.give(kind="close_incident", incident=incident, disposition="handled"):
                self.closed.append(incident)
                self._eraser.closed(incident)
                return
        elif not row["units"] and self._in_vain[incident] > 10:  # this city has nobody for it, or nobody free
            self.give(kind="close_incident", incident=incident, disposition="other_service")
            return
        elif not row["units"]:
            self._in_vain[incident] += 1
            self._send(incident)
        elif self.dice.random() < 0.2:
            self._change(incident, row["units"])
        self.open.append(incident)

    def _send(self, incident: str) -> None:
        told = self.ask(f"/api/incidents/{incident}/recommendation")
        units = [one["unit"] for one in told["candidates"] if one["chosen"]] if told else []
        if units:
            self.give(kind="dispatch_units", incident=incident, units=units, shown=told["id"])

    def _change(self, incident: str, units: list[Any]) -> None:
        unit, what = self.dice.choice(units)["unit"], self.dice.random()
        if what < 0.15:
            self.give(kind="cancel_unit", unit=unit)
        elif what < 0.3 and self.open:
            self.give(kind="divert_unit", unit=unit, incident=self.dice.choice(self.open))
        elif what < 0.45:
            self.give(kind="raise_level", incident=incident)
        elif what < 0.6:
            self.give(kind="share_incident", incident=incident, agency=self.dice.choice(AGENCIES), reason="mutual aid")
        else:
            self.give(kind="note_incident", incident=incident, text="two trapped")


class Eraser(Hand):
    """Somebody asks to be forgotten, now and then; what is said afterwards stays."""

    def __init__(self, nodes: Nodes, person: Person, dice: random.Random) -> None:
        super().__init__("eraser", nodes, person, dice)
        self._asked: queue.Queue[str] = queue.Queue()
        self.erased: list[str] = []

    def closed(self, incident: str) -> None:
        """It is over; perhaps somebody asks."""
        if self.dice.random() < ERASED:
            self._asked.put(incident)

    def work(self) -> None:
        while not self.ended:
            try:
                incident = self._asked.get(timeout=0.5)
            except queue.Empty:
                continue
            if self.give(kind="erase_personal", subject=f"incident:{incident}"):
                self.erased.append(incident)
                self.give(kind="note_incident", incident=incident, text="§after§")


class Crew(Hand):
    """Sees its own unit and what it is on, and does what follows from that."""

    def __init__(
        self, unit: PlannedUnit, nodes: Nodes, person: Person, dice: random.Random, vehicle: Vehicle, streets: Streets
    ) -> None:
        super().__init__(f"crew-{unit.id}", nodes, person, dice)
        self._vehicle, self._streets = vehicle, streets
        self._home: Point = unit.home.lat, unit.home.lon
        self._to = self._home

    def work(self) -> None:
        while not self.ended:
            told = self.ask("/api/field")
            row = told and told["unit"]
            if row and row["incident"]:
                self._on(row, told["incident"])
            elif row and row["status"] == "available" and not row["at_station"] and self._there(self._home):
                self.give(kind="unit_at_station", unit=row["id"])
            self.pause(0.7, 1.3)

    def _on(self, row: Any, incident: Any) -> None:
        status = row["status"]
        if status == "en_route" and not self._there((incident["place"]["lat"], incident["place"]["lon"])):
            return
        if status == "left_scene" and not self._there(self._hospital()):
            return
        self.pause(0.2, 4.0 if status == "on_scene" else 1.0)
        takes = row["unit_kind"] == "ambulance" and self.dice.random() < 0.7
        after = NEXT.get(status) or ("at_patient" if takes else "available")
        self.give(kind="stamp_unit", unit=row["id"], status=after)

    def _hospital(self) -> Point:
        if not self._streets.hospitals:
            return self._to
        return self._streets.hospitals[0].lat_deg, self._streets.hospitals[0].lon_deg

    def _there(self, to: Point) -> bool:
        """Whether it has come there; if it does not drive there yet, it does now."""
        now = time.time()
        if to != self._to:
            self._to = to
            self._vehicle.journey = self._streets.drive(self._vehicle.journey.at(now)[:2], to)
        return now >= self._vehicle.journey.arrives_at


class City:
    """Everybody."""

    def __init__(self, store: str, nodes: Nodes, streets: Streets, seed: int) -> None:
        dice = Dice(seed)
        tokens = _accounts(store, streets.fleet)
        self.chief = Person(nodes()[0], "ana")
        self.vehicles = [Vehicle(unit) for unit in streets.fleet]
        self.rings: queue.Queue[Ring] = queue.Queue()
        known: dict[str, str] = {}
        demand = Demand(Spots(streets.region), dice, time.time(), 3600.0 / CALL_EVERY_S)
        self.radio = Radio(nodes, Machine(tokens["radio"]), dice.of("radio"), self.vehicles)
        self.phones = Phones(nodes, dice.of("phones"), [node.log for node in nodes()])
        self.eraser = Eraser(nodes, Person(nodes()[0], "eva"), dice.of("eraser"))
        exchange = Exchange(nodes, Machine(tokens["exchange"]), dice.of("exchange"), demand, self.rings)
        self.takers = [
            Taker(f"t{n}", nodes, self.chief, dice.of("taker", n), self.rings, known, self.eraser)
            for n in range(TAKERS)
        ]
        crews = [
            Crew(unit, nodes, Person(nodes()[0], f"crew-{unit.id}"), dice.of("crew", unit.id), vehicle, streets)
            for unit, vehicle in zip(streets.fleet, self.vehicles, strict=True)
        ]
        self._first = Founder("founder", nodes, self.chief, dice.of("founder"))
        self._first.furnish(streets.fleet)
        self.everybody: list[Hand] = [self._first, exchange, *self.takers, *crews, self.eraser, self.phones, self.radio]

    def start(self) -> None:
        """Begin."""
        for one in self.everybody[1:]:
            one.start()

    def close(self) -> None:
        """End, callers first."""
        for one in self.everybody:
            one.ended = True
        for one in self.everybody[1:]:
            one.close()


class Founder(Hand):
    """Puts every unit on duty before the first call."""

    def furnish(self, fleet: tuple[PlannedUnit, ...]) -> None:
        """Register them, and sit their crews in them."""
        for unit in fleet:
            home = {"lat": unit.home.lat, "lon": unit.home.lon, "text": unit.home.text}
            self.give(
                kind="register_unit", unit=unit.id, unit_kind=unit.unit_kind, agency=unit.agency, home=home,
                capabilities=list(unit.capabilities), crew_min=unit.crew_min, station=unit.station,
            )  # fmt: skip
            self.give(kind="unit_on_duty", unit=unit.id, crew_count=unit.crew_count)


def _accounts(store: str, fleet: tuple[PlannedUnit, ...]) -> dict[str, str]:
    """Everybody's account; and the machines' tokens."""
    access, now = Access.at(store, "north"), time.time()
    try:
        access.add_account("ana", PASSWORD, ("dispatcher", "supervisor"), now)
        access.add_account("eva", PASSWORD, ("dispatcher", "administrator"), now)
        for unit in fleet:
            access.add_account(f"crew-{unit.id}", PASSWORD, ("field_unit",), now, unit=unit.id)
        scopes = {"exchange": ("calls",), "radio": ("report_positions",)}
        made = {name: access.tokens.add(name, held, 2.0, "ana", now) for name, held in scopes.items()}
    finally:
        access.close()
    return {name: secret for name, (secret, _) in made.items()}  # type: ignore[misc]
