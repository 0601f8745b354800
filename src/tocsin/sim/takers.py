"""Call-takers: bots that answer, listen, locate, and open incidents or join them. They never touch a person's call."""

from __future__ import annotations

from tocsin.domain.orders import AnswerCall, AttachCall, LocateCall, OpenIncident, ReleaseCall
from tocsin.domain.orders_calls import CallBack, CloseCallBack
from tocsin.facts import calls
from tocsin.facts.values import Place
from tocsin.geo.straight import distance_m
from tocsin.sim.clock import Signal
from tocsin.sim.common import Common
from tocsin.sim.dice import lognormal
from tocsin.sim.ears import Heard
from tocsin.sim.hand import first_fact
from tocsin.sim.happening import Happening
from tocsin.sim.phones import Line, Phones

NAMES = ("Ana", "Bruno", "Carla", "Duarte", "Elif", "Farid", "Greta", "Hugo", "Ivy", "Jonas")
BOT = "call-taker "
"""Accounts of bots at the telephones begin so."""
ASSIST_S = 25.0
"""How long a person is given before a bot answers, with `assist`."""
FAR_M = 600.0
"""A place found by its words this far from where the phone is, is the wrong one."""

ANSWERS = 0.7
"""How many lost callers pick up when they are called back."""


class Takers:
    """The bots at the telephones."""

    def __init__(self, common: Common, phones: Phones, how_many: int = 4) -> None:
        self._c = common
        self._phones = phones
        self._free = [f"{BOT}{name}" for name in NAMES[:how_many]]
        self.names = frozenset(self._free)
        self._freed = Signal()
        common.hands.names |= self.names
        common.ears.on(calls.CallReceived, self._rings)
        common.ears.on(calls.CallReleased, lambda entry: self._lost(entry.fact.call))
        self._owed: set[str] = set()
        """Lost callers whom a bot means to call back."""

    def _rings(self, entry: Heard) -> None:
        self._c.clock.start(self._serve(entry.fact.call), f"call {entry.fact.call}")

    def resume(self) -> None:
        """Lost callers of an older run are called back as well."""
        for call in list(self._c.desk.board.calls):
            self._lost(call)

    def _lost(self, call: str) -> None:
        row = self._c.desk.board.calls.get(call)
        if not self._is_lost(call) or call in self._owed:
            return
        if row and row.answered_by and not row.answered_by.startswith(BOT):
            return
        self._owed.add(call)
        self._c.clock.start(self._call_back(call), f"call back {call}")

    def _is_lost(self, call: str) -> bool:
        row = self._c.desk.board.calls.get(call)
        return row is not None and row.status == "released" and call not in self._c.persons_calls

    async def _call_back(self, call: str) -> None:
        """Once or twice, as the night allows; most pressed a key by mistake, and some never answer."""
        c, dice = self._c, self._c.dice.of("call back", call)
        answers = dice.random() < ANSWERS
        for wait_s, last in ((dice.uniform(60.0, 180.0), answers), (dice.uniform(120.0, 300.0), True)):
            await c.clock.sleep(wait_s)
            while not self._free:
                await c.clock.sleep(2.0, self._freed)
            by = self._free.pop(0)
            try:
                await c.clock.sleep(20.0)
                if not self._is_lost(call):
                    return
                ended = CloseCallBack(call, "well" if answers else "no_answer")
                await c.hands.give(by, ended if last else CallBack(call, "no_answer"))
            finally:
                self._free.append(by)
                self._freed.set()
            if last:
                return

    async def _serve(self, call: str) -> None:
        c, dice = self._c, self._c.dice.of("answer", call)
        await c.clock.sleep(0.5)  # the caller's own process knows the call's number a moment after the desk
        line = self._phones.lines.get(call)
        if line is None:
            return  # not a call of this world: a person's business
        wait_s = line.happening.answer_after_s or min(20.0, lognormal(dice, 4.5, 0.5))
        await c.clock.sleep(wait_s + (ASSIST_S if c.hands_on == "assist" else 0.0))
        by = await self._somebody(call)
        if by is None:
            return
        try:
            if await c.hands.give(by, AnswerCall(call)):
                await self._talk(by, call, line)
        finally:
            self._free.append(by)
            self._freed.set()

    async def _somebody(self, call: str) -> str | None:
        """The next free call-taker; None when the call no longer rings."""
        while True:
            row = self._c.desk.call(call)
            if row is None or row.status != "ringing":
                return None
            if self._free:
                return self._free.pop(0)
            await self._c.clock.sleep(2.0, self._freed)

    def _mine(self, call: str) -> bool:
        return call not in self._c.persons_calls and self._c.desk.call(call) is not None

    async def _talk(self, by: str, call: str, line: Line) -> None:
        c, happening = self._c, line.happening
        received_at = c.clock.now() if (row := c.desk.call(call)) is None else row.received_at
        if happening.ending == "abandoned":
            await c.clock.sleep(9.0)
            if self._mine(call):
                await c.hands.give(by, ReleaseCall(call, "abandoned", "nobody spoke"))
            return
        if line.caller.sentences:
            await c.clock.sleep(90.0, line.said)
        if happening.talk_s is not None:
            await c.clock.sleep_until(received_at + happening.talk_s)
        if not self._mine(call):
            return
        if happening.ending == "information":
            await c.hands.give(by, ReleaseCall(call, "information", happening.summary))
        else:
            await self._open(by, call, happening)

    async def _open(self, by: str, call: str, happening: Happening) -> None:
        c = self._c
        known = c.incidents.get(happening.id)
        if known is None or not self._is_open(known):
            await c.hands.give(by, LocateCall(call, await self._locate(happening)))
        known = c.incidents.get(happening.id)  # a second caller may have been quicker
        if not self._mine(call):
            return
        if known is not None:
            if self._is_open(known) and await c.hands.give(by, AttachCall(call, known)):
                return
            await c.hands.give(by, ReleaseCall(call, "information", "dealt with already, told the caller"))
            return
        done = await c.hands.give(
            by, OpenIncident(happening.type, happening.priority, calls=(call,), summary=happening.summary)
        )
        if done:
            c.incidents[happening.id] = first_fact(done).incident

    def _is_open(self, incident: str) -> bool:
        row = self._c.desk.incident(incident)
        return row is not None and row.status == "open"

    async def _locate(self, happening: Happening) -> Place:
        """Type what the caller says; take the best answer unless it is plainly somewhere else."""
        place, ground = happening.place, self._c.desk.ground
        if happening.known_place or ground is None:
            return place
        for found in await ground.search(place.text, (place.lat, place.lon), 3):
            if distance_m((found.place.lat, found.place.lon), (place.lat, place.lon)) < FAR_M:
                return found.place
        return place
