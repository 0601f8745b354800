"""The twin itself: calls and crews on a virtual clock, every change an order through decide(), folded by evolve().

Nothing else changes the room. No desk, no event loop, no disk; recorded facts can be handed to a log.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf

from tocsin.domain import orders
from tocsin.domain.orders_standby import UnitIsAtPost
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.room import Incident, Room
from tocsin.domain.travel import Travel
from tocsin.domain.types import Catalogue, IncidentType
from tocsin.facts.assignments import Basis
from tocsin.facts.values import Instant
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import Absence, Outcome, Standing, TwinCall, TwinUnit
from tocsin.sim.twin.policies import Dispatch, Relocate, Watchful
from tocsin.sim.twin.record import CATALOGUE, Keep, Record

Step = Callable[[Instant, int, int], None]
PROGRESS_EVERY = 256
ROAD: Basis = "road"


class Twin:
    """One run. `keep` is told every entry in order, as a log would be; `line=False` turns calls away when none is free.

    `tick_s`: seconds in one of the clock's units. With 60, calls, drives and outcomes are in minutes, added up as a
    simulator that counts in minutes adds them, so that its ties are ours; facts are in seconds all the same.
    `spread`: standard deviation of the logarithm of a drive's time, as those who choose take it to be; drives
    themselves take what the ground says.
    `lacks`: whether an incident's plan asks for more than came. With it, who is free next is offered to the oldest call
    that waits and can use it, then to incidents that lack something; without it calls wait in one line.
    Raises TwinError when the desk's own rules refuse an order.
    """

    def __init__(
        self,
        ground: Ground,
        fleet: Sequence[TwinUnit],
        dispatch: Dispatch,
        relocate: Relocate,
        *,
        catalogue: Catalogue = CATALOGUE,
        start: Instant = 0.0,
        absences: Sequence[Absence] = (),
        line: bool = True,
        keep: Keep | None = None,
        tick_s: float = 1.0,
        spread: float = 0.0,
        plans: Plans = NO_PLANS,
        lacks: Callable[[Room, Incident, IncidentType], bool] | None = None,
    ) -> None:
        self.ground, self.fleet = ground, tuple(fleet)
        self.dispatch, self.relocate = dispatch, relocate
        self.record, self._tick_s, self._spread = Record(catalogue, keep, tick_s, plans), tick_s, spread
        self.room, self._give = self.record.room, self.record.give
        self.outcomes: list[Outcome] = []
        self.relocation_s = 0.0
        """Seconds units drove to bases, those cut short by a call only as far as they came."""
        self.moves = 0
        self._ids = [unit.id for unit in self.fleet]
        self.number = {id_: n for n, id_ in enumerate(self._ids)}
        self._standing = [Standing(unit.base, unit.base, start, 0.0) for unit in self.fleet]
        self._absent = [0] * len(self.fleet)
        self._turn_of = [0] * len(self.fleet)
        self._heap: list[tuple[Instant, int, int, Step, int]] = []
        self._seq, self._line = 0, line
        self._idle = list(range(len(self.fleet)))
        """Numbers of the units that are free and not away, ascending."""
        self._headed: dict[str, int] | None = None
        self._queue: deque[int] = deque()
        self._lacks, self._short = lacks, dict[int, None]()
        self._watchful = relocate if isinstance(relocate, Watchful) else None
        self._wake_at = inf
        self._calls: Sequence[TwinCall] = ()
        self._incident_of: list[str] = []
        self._open(start, absences)

    def _open(self, start: Instant, absences: Sequence[Absence]) -> None:
        self._give(orders.OpenCentre("twin", "Planning twin", "exercise"), start)
        for unit in self.fleet:
            home = self.ground.places[unit.base]
            self._give(
                orders.RegisterUnit(unit.id, unit.kind, unit.agency, unit.capabilities, home, 1, home.text[:200]), start
            )
            self._give(orders.UnitOnDuty(unit.id, unit.crew), start)
        for absence in absences:
            self._at(max(start, absence.since), self._go_off, absence.unit, 0)
            self._at(max(start, absence.until), self._come_on, absence.unit, 0)

    # -- the clock ------------------------------------------------------------------------------------------------

    def run(self, calls: Sequence[TwinCall], progress: Callable[[int], None] | None = None) -> list[Outcome]:
        """Live through `calls` (oldest first) until the last unit is back. `progress` is told how many have come in."""
        self._calls = calls
        for index, call in enumerate(calls):
            self._until(call.at)
            self._arrive(call.at, index)
            if progress and index % PROGRESS_EVERY == PROGRESS_EVERY - 1:
                progress(index + 1)
        self._until(inf)
        return self.outcomes

    def _until(self, now: Instant) -> None:
        """All that crews reach up to and including `now`: a unit freed at the very instant of a call can take it."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, unit, _, step, what = heappop(heap)
            step(at, unit, what)

    def _at(self, at: Instant, step: Step, unit: int, what: int) -> None:
        if at < inf:
            self._seq += 1
            heappush(self._heap, (at, unit, self._seq, step, what))

    # -- calls ----------------------------------------------------------------------------------------------------

    def _arrive(self, now: Instant, index: int) -> None:
        call, room = self._calls[index], self.room
        self._give(orders.ReceiveCall("112", place=self.ground.places[call.node]), now)
        number = str(room.last_call)
        self._give(orders.AnswerCall(number), now)
        self._give(orders.OpenIncident(call.type, calls=(number,)), now)
        self._incident_of.append(str(room.last_incident))
        self.outcomes.append(Outcome(index, now))
        if (self._queue and not self._lacks) or not self._send(now, index):
            self.outcomes[index].waited = True
            if self._line:
                self._queue.append(index)
            else:
                self._give(orders.CloseIncident(self._incident_of[index], self.record.passed_on), now)

    def _send(self, now: Instant, index: int) -> bool:
        """Send whom the policy chooses; False when it chooses nobody."""
        call, incident = self._calls[index], self.room.incidents[self._incident_of[index]]
        kind, travels = self.record.kind(call.type), self._travels(now, call.node)
        chosen = self.dispatch.choose(self.room, incident, kind, travels, now, self) if travels else ()
        if not chosen:
            return False
        self._give(orders.DispatchUnits(incident.id, chosen), now, travels=travels)
        for unit in chosen:
            self._crew(now, self.number[unit], index)
        if self._lacks and self._lacks(self.room, incident, kind):
            self._short[index] = None
        else:
            self._short.pop(index, None)
        self._move_up(now, sent=True)
        return True

    def _travels(self, now: Instant, node: int) -> dict[str, Travel]:
        """The free units' drives to a node."""
        ground, ids, standing, out = self.ground, self._ids, self._standing, {}
        siren_s, degrees, length_m, lines = ground.siren_to_s[node], ground.degrees, ground.length_m, ground.lines
        tick_s, seen_at, spread, metres, basis = self._tick_s, now * self._tick_s, self._spread, 0.0, ROAD
        for unit in self._idle:
            on = standing[unit]
            here = on.target if on.drive_s <= 0.0 else self._node_of(on, now)
            if length_m:
                metres = length_m[here][node]
            if lines:
                basis = ground.basis_of(here, node)
            lat, lon = degrees[here]
            out[ids[unit]] = Travel(basis, siren_s[here] * tick_s, metres, lat, lon, seen_at, spread)
        return out

    # -- where free units are -------------------------------------------------------------------------------------

    def heading(self) -> dict[str, int]:
        """Node each free unit stands at or drives to, in the order of the fleet."""
        if self._headed is None:
            ids, standing = self._ids, self._standing
            self._headed = {ids[unit]: standing[unit].target for unit in self._idle}
        return self._headed

    def node_of(self, unit: str, now: Instant) -> int:
        """Node at which a free unit is now."""
        return self._node_of(self._standing[self.number[unit]], now)

    def _node_of(self, on: Standing, now: Instant) -> int:
        if on.drive_s <= 0.0:
            return on.target
        return self.ground.along(on.origin, on.target, (now - on.left_at) / on.drive_s)

    def rest_s(self, unit: str, now: Instant) -> float:
        """Seconds that a free unit still drives; 0 when it stands."""
        on = self._standing[self.number[unit]]
        return max(0.0, on.drive_s - (now - on.left_at)) if on.drive_s > 0.0 else 0.0

    def _stand(self, unit: int, node: int, now: Instant) -> None:
        self._standing[unit], self._headed = Standing(node, node, now, 0.0), None

    def _drive_to(self, unit: int, node: int, base: int, now: Instant) -> None:
        drive_s = self.ground.quiet_s(node, base)
        self._standing[unit], self._headed = Standing(node, base, now, drive_s), None
        self.relocation_s += drive_s
        self._turn_of[unit] += 1
        self._at(now + drive_s, self._home, unit, self._turn_of[unit])

    def _cut_short(self, unit: int, now: Instant) -> None:
        """Whatever it drove for is over: what it has not driven is not counted."""
        self.relocation_s -= self.rest_s(self.fleet[unit].id, now)
        self._turn_of[unit] += 1

    # -- crews ----------------------------------------------------------------------------------------------------

    def _crew(self, now: Instant, unit: int, index: int) -> None:
        """The unit was sent: its wheels turn after the turnout, and it drives."""
        call, out = self._calls[index], self.outcomes[index]
        here = self.node_of(self.fleet[unit].id, now)
        self._cut_short(unit, now)
        if not out.units:
            out.unit, out.sent_at, out.origin = unit, now, here
        out.units += 1
        self._idle.remove(unit)
        self._stand(unit, call.node, now)
        rolls = now + call.turnout_s
        if call.turnout_s > 0.0:
            self._at(rolls, self._rolls, unit, index)
        self._at(rolls + self.ground.siren_s[here][call.node], self._on_scene, unit, index)

    def _stamp(self, now: Instant, unit: int, status: orders.Stamp, destination: str = "") -> None:
        id_ = self._ids[unit]
        self._give(orders.StampUnit(id_, status, None, destination), now, id_)

    def _rolls(self, now: Instant, unit: int, _index: int) -> None:
        self._stamp(now, unit, "en_route")

    def _on_scene(self, now: Instant, unit: int, index: int) -> None:
        self._stamp(now, unit, "on_scene")
        call, out = self._calls[index], self.outcomes[index]
        carries = call.to_hospital and unit == out.unit and self.ground.nearest_hospital[call.node] >= 0
        if out.on_scene_at < 0.0 or now < out.on_scene_at:
            out.on_scene_at = now
        self._at(now + call.scene_s, self._leave if carries else self._free, unit, index)

    def _leave(self, now: Instant, unit: int, index: int) -> None:
        node = self._calls[index].node
        hospital = self.ground.nearest_hospital[node]
        self._stamp(now, unit, "left_scene", self.ground.names[hospital])
        self._at(now + self.ground.siren_s[node][hospital], self._at_hospital, unit, index)

    def _at_hospital(self, now: Instant, unit: int, index: int) -> None:
        self._stamp(now, unit, "at_hospital")
        self._stand(unit, self.ground.nearest_hospital[self._calls[index].node], now)
        self._at(now + self._calls[index].hand_over_s, self._free, unit, index)

    def _free(self, now: Instant, unit: int, index: int) -> None:
        self._stamp(now, unit, "available")
        incident = self._incident_of[index]
        if not self.room.incidents[incident].units:
            self._give(orders.CloseIncident(incident, self.record.handled), now)
            self._short.pop(index, None)
        if self._absent[unit]:
            self._give(orders.UnitOffDuty(self.fleet[unit].id), now)
            return
        self._count_in(unit)
        if not self._next_in_line(now):
            self._send_home(now, unit)

    def _count_in(self, unit: int) -> None:
        insort(self._idle, unit)
        self._headed = None

    def _next_in_line(self, now: Instant) -> bool:
        """The call that has waited longest is served before anybody goes home."""
        if self._lacks:
            return self._first_that_can(now)
        if not self._queue or not self._send(now, self._queue[0]):
            return False
        self._queue.popleft()
        return True

    def _first_that_can(self, now: Instant) -> bool:
        """The oldest call that somebody can be sent to, or the oldest incident that lacks somebody."""
        for index in self._queue:
            if self._send(now, index):
                self._queue.remove(index)
                return True
        return any(self._send(now, index) for index in list(self._short))

    def _send_home(self, now: Instant, unit: int) -> None:
        node = self._standing[unit].target
        # Not counted while it is decided where it goes.
        self._idle.remove(unit)
        self._headed = None
        base = self.relocate.home(self._ids[unit], node, self)
        self._count_in(unit)
        self._drive_to(unit, node, base, now)
        self._move_up(now, sent=False)

    def _move_up(self, now: Instant, *, sent: bool) -> None:
        move = self.relocate.move(now, self, sent=sent)
        while move:
            unit, node = self.number[move[0]], self.node_of(move[0], now)
            self._cut_short(unit, now)
            if self._watchful:
                travels = self._travels(now, move[1])
                self._give(self._watchful.order(), now, travels={move[0]: travels[move[0]]})
            self._drive_to(unit, node, move[1], now)
            self.moves += 1
            move = self.relocate.move(now, self, sent=sent) if self._watchful else None
        wake = self._watchful.wake() if self._watchful else None
        if wake is not None and not now < self._wake_at <= wake:
            self._wake_at = wake
            self._at(wake, self._look_again, -1, 0)

    def _look_again(self, now: Instant, _unit: int, _what: int) -> None:
        """Time alone has made a proposal worth showing."""
        self._wake_at = inf
        self._move_up(now, sent=False)

    def _home(self, now: Instant, unit: int, turn: int) -> None:
        """At a base, unless it was sent elsewhere on the way."""
        if self._turn_of[unit] != turn:
            return
        self._stand(unit, self._standing[unit].target, now)
        known = self.room.units[self.fleet[unit].id]
        if known.post:
            if not known.at_post:
                self._give(UnitIsAtPost(known.id), now)
        elif known.on_duty and not known.at_station:
            self._give(orders.UnitAtStation(known.id), now)

    # -- shifts and faults ----------------------------------------------------------------------------------------

    def _go_off(self, now: Instant, unit: int, _what: int) -> None:
        """Off duty at once when free; when busy, as soon as it is done."""
        self._absent[unit] += 1
        if unit in self._idle:
            self._idle.remove(unit)
            self._headed = None
        known = self.room.units[self.fleet[unit].id]
        if known.on_duty and known.assignment is None:
            self._cut_short(unit, now)
            self._give(orders.UnitOffDuty(known.id), now)

    def _come_on(self, now: Instant, unit: int, _what: int) -> None:
        """On duty again, at its own base; the first in line may have it."""
        self._absent[unit] -= 1
        known = self.room.units[self.fleet[unit].id]
        if self._absent[unit] or known.on_duty:
            return
        self._give(orders.UnitOnDuty(known.id, self.fleet[unit].crew), now)
        self._count_in(unit)
        self._stand(unit, self.fleet[unit].base, now)
        self._next_in_line(now)
