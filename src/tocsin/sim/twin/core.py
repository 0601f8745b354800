"""The twin itself: calls and crews on a virtual clock, every change an order through decide(), folded by evolve().

Nothing else changes the room. No desk, no event loop, no disk; recorded facts can be handed to a log.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from tocsin.domain import orders
from tocsin.domain.decide import decide
from tocsin.domain.evolve import evolve
from tocsin.domain.given import Given
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.travel import Travel, Travels
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Need
from tocsin.facts.base import Entry
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Instant
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import Outcome, Standing, TwinCall, TwinUnit
from tocsin.sim.twin.policies import Dispatch, Relocate

CATALOGUE = Catalogue(
    (IncidentType("MEDICAL", "medical", 1, {"en": "Medical"}, (Need("ambulance"),)),),
    (Disposition("handled", {"en": "Handled"}),),
)
NO_TRAVELS: Travels = {}
Keep = Callable[[AnyEntry], None]
Step = Callable[[Instant, int, int], None]


class TwinError(Exception):
    """The twin was asked something that the desk's own rules refuse; the message is the refusal."""


class Twin:
    """One run. `keep` is told every entry in order, as a log would be."""

    def __init__(
        self,
        ground: Ground,
        fleet: Sequence[TwinUnit],
        dispatch: Dispatch,
        relocate: Relocate,
        *,
        catalogue: Catalogue = CATALOGUE,
        start: Instant = 0.0,
        keep: Keep | None = None,
    ) -> None:
        self.ground, self.fleet, self.room = ground, tuple(fleet), Room()
        self.dispatch, self.relocate, self.catalogue = dispatch, relocate, catalogue
        self.outcomes: list[Outcome] = []
        self.relocation_s = 0.0
        self.number = {unit.id: n for n, unit in enumerate(fleet)}
        self.standing = [Standing(unit.base, unit.base, start, 0.0) for unit in fleet]
        self._keep, self._position, self._orders = keep, 0, count(1)
        self._heap: list[tuple[Instant, int, Step, int, int]] = []
        self._seq = count()
        self._queue: deque[tuple[int, str]] = deque()
        self._calls: list[TwinCall] = []
        self._incident_of: list[str] = []
        self._turn_of = [0] * len(self.fleet)
        self._open(start)

    # -- orders ---------------------------------------------------------------------------------------------------

    def give(
        self, order: orders.AnyOrder, now: Instant, by: str = "twin", travels: Travels = NO_TRAVELS
    ) -> DecisionFact:
        """Decide, fold, keep. Answers the first fact; raises TwinError when the desk's rules say no."""
        decided = decide(self.room, order, Given(now, by, self.catalogue, travels))
        if isinstance(decided, Refusal):
            raise TwinError(f"at {now:.3f} s {order.__struct_config__.tag} was refused: {decided.name}: {decided.text}")
        for fact in decided:
            evolve(self.room, fact)
        if self._keep:
            self._remember(decided, now, by)
        return decided[0]

    def _remember(self, facts: Iterable[DecisionFact], now: Instant, by: str) -> None:
        seen, order = self._position, str(next(self._orders))
        for fact in facts:
            self._position += 1
            if self._keep:
                self._keep(Entry(self._position, now, by, order, seen, fact))

    def _open(self, start: Instant) -> None:
        self.give(orders.OpenCentre("twin", "Planning twin", "exercise"), start)
        for unit in self.fleet:
            home = self.ground.places[unit.base]
            self.give(
                orders.RegisterUnit(
                    unit=unit.id,
                    unit_kind=unit.kind,
                    agency="twin",
                    capabilities=unit.capabilities,
                    crew_min=1,
                    home=home,
                    station=home.text,
                ),
                start,
            )
            self.give(orders.UnitOnDuty(unit.id, unit.crew), start)

    # -- the clock ------------------------------------------------------------------------------------------------

    def run(self, calls: Sequence[TwinCall], progress: Callable[[int], None] | None = None) -> list[Outcome]:
        """Live through `calls` (oldest first) to the last unit's return. Raises TwinError."""
        self._calls = list(calls)
        for index, call in enumerate(self._calls):
            self._until(call.at)
            self._arrive(call.at, index)
            if progress and index % 256 == 255:
                progress(index + 1)
        self._until(float("inf"))
        return self.outcomes

    def _until(self, now: Instant) -> None:
        """All that crews reach up to and including `now`: a unit freed at the very instant of a call can take it."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _, step, unit, what = heapq.heappop(heap)
            step(at, unit, what)

    def _at(self, at: Instant, step: Step, unit: int, what: int) -> None:
        heapq.heappush(self._heap, (at, next(self._seq), step, unit, what))

    # -- calls ----------------------------------------------------------------------------------------------------

    def _arrive(self, now: Instant, index: int) -> None:
        call, place = self._calls[index], self.ground.places[self._calls[index].node]
        self.give(orders.ReceiveCall("112", place=place), now)
        number = str(self.room.last_call)
        self.give(orders.AnswerCall(number), now)
        self.give(orders.OpenIncident(call.type, calls=(number,)), now)
        incident = str(self.room.last_incident)
        self._incident_of.append(incident)
        self.outcomes.append(Outcome(index, now))
        if self._queue or not self._send(now, index, incident):
            self.outcomes[index].waited = True
            self._queue.append((index, incident))

    def _send(self, now: Instant, index: int, incident: str) -> bool:
        """Send whom the policy chooses; False when it chooses nobody."""
        room, call = self.room, self._calls[index]
        found, kind = room.incidents[incident], self.catalogue.type(call.type)
        if kind is None:
            raise TwinError(f"call {index} is of type {call.type}, which the catalogue does not have")
        travels = self._travels(now, call.node)
        chosen = self.dispatch.choose(room, found, kind, travels, now, self.heading())
        if not chosen:
            return False
        self.give(orders.DispatchUnits(incident, chosen), now, travels=travels)
        for unit in chosen:
            self._crew(now, self.number[unit], index)
        return True

    def _travels(self, now: Instant, node: int) -> dict[str, Travel]:
        """Drives of the free units to a node."""
        ground, out = self.ground, {}
        busy = self.room.busy
        for n, unit in enumerate(self.fleet):
            if unit.id in busy:
                continue
            here = self.where(n, now)
            place = ground.places[here]
            length_m = ground.length_m[here][node] if ground.length_m else 0.0
            out[unit.id] = Travel(ground.basis, ground.siren_s[here][node], length_m, place.lat, place.lon, now)
        return out

    def where(self, unit: int, now: Instant) -> int:
        """Node at which a unit that is on no incident stands."""
        on = self.standing[unit]
        if on.drive_s <= 0.0:
            return on.target
        return self.ground.along(on.origin, on.target, (now - on.left_at) / on.drive_s)

    def heading(self) -> dict[str, int]:
        """Node each free unit stands at or drives to."""
        busy = self.room.busy
        return {u.id: on.target for u, on in zip(self.fleet, self.standing, strict=True) if u.id not in busy}

    # -- crews ----------------------------------------------------------------------------------------------------

    def _crew(self, now: Instant, unit: int, index: int) -> None:
        """The unit was sent: what its crew will do, step by step."""
        here, call, out = self.where(unit, now), self._calls[index], self.outcomes[index]
        self._turn_of[unit] += 1
        out.unit, out.sent_at, out.origin = unit, now, here
        self.standing[unit] = Standing(call.node, call.node, now, 0.0)
        self._at(now + self.ground.siren_s[here][call.node], self._on_scene, unit, index)

    def _stamp(self, now: Instant, unit: int, status: orders.Stamp, destination: str = "") -> None:
        self.give(orders.StampUnit(self.fleet[unit].id, status, destination=destination), now, by=self.fleet[unit].id)

    def _on_scene(self, now: Instant, unit: int, index: int) -> None:
        self._stamp(now, unit, "on_scene")
        self.outcomes[index].on_scene_at = now
        call = self._calls[index]
        hospital = self.ground.nearest_hospital[call.node] if call.to_hospital else -1
        step = self._free if hospital < 0 else self._leave
        self.outcomes[index].hospital = hospital
        self._at(now + call.scene_s, step, unit, index)

    def _leave(self, now: Instant, unit: int, index: int) -> None:
        node, hospital = self._calls[index].node, self.outcomes[index].hospital
        self._stamp(now, unit, "left_scene", self.ground.names[hospital])
        self._at(now + self.ground.siren_s[node][hospital], self._at_hospital, unit, index)

    def _at_hospital(self, now: Instant, unit: int, index: int) -> None:
        hospital = self.outcomes[index].hospital
        self._stamp(now, unit, "at_hospital")
        self.standing[unit] = Standing(hospital, hospital, now, 0.0)
        self._at(now + self._calls[index].hand_over_s, self._free, unit, index)

    def _free(self, now: Instant, unit: int, index: int) -> None:
        self._stamp(now, unit, "available")
        self.outcomes[index].free_at = now
        self.give(orders.CloseIncident(self._incident_of[index], "handled"), now)
        if self._queue:
            waiting, incident = self._queue[0]
            if self._send(now, waiting, incident):
                self._queue.popleft()
                return
        self._go_home(now, unit)

    def _go_home(self, now: Instant, unit: int) -> None:
        node, own = self.standing[unit].target, self.fleet[unit].id
        heading = self.heading()
        del heading[own]
        base = self.relocate.home(self.room, own, now, node, heading)
        drive_s = self.ground.quiet_s(node, base)
        self.standing[unit] = Standing(node, base, now, drive_s)
        self.relocation_s += drive_s
        self._at(now + drive_s, self._home, unit, self._turn_of[unit])

    def _home(self, now: Instant, unit: int, turn: int) -> None:
        """Back at a base, unless it was sent again on the way."""
        if self._turn_of[unit] != turn:
            return
        base = self.standing[unit].target
        self.standing[unit] = Standing(base, base, now, 0.0)
        self.give(orders.UnitAtStation(self.fleet[unit].id), now)
