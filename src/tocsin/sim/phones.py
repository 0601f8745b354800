"""Callers: they ring, wait, speak when somebody answers, and hang up when nobody does."""

from __future__ import annotations

from tocsin.domain.orders import LocateCall, NoteCall, ReceiveCall, ReleaseCall
from tocsin.facts import calls, incidents
from tocsin.sim.clock import Signal
from tocsin.sim.common import Common
from tocsin.sim.ears import Heard
from tocsin.sim.hand import first_fact
from tocsin.sim.handsets import heard
from tocsin.sim.happening import Caller, Happening, Truth

LINE = "exchange"
NETWORK = "aml:invented-mobile"
CALLER = "caller"
"""The account under which a caller's own words stand in the record."""


class Line:
    """One call in progress, seen from outside."""

    def __init__(self, happening: Happening, caller: Caller) -> None:
        self.happening = happening
        self.caller = caller
        self.moved = Signal()
        """The call was answered or has ended."""
        self.said = Signal()
        """The caller has said everything."""


class Phones:
    """All callers; remembers which call is about what."""

    def __init__(self, common: Common, *, handsets: bool = False) -> None:
        self._c = common
        self._handsets = handsets
        """Whether handsets and networks say where their callers are, as they do in earnest."""
        self.lines: dict[str, Line] = {}
        for kind in (calls.CallAnswered, calls.CallReleased, calls.CallAttached):
            common.ears.on(kind, self._moved)
        common.ears.on(incidents.IncidentOpened, self._opened)
        common.ears.on(calls.CallAttached, self._attached)

    def happen(self, happening: Happening) -> None:
        """It has happened: its callers reach for their phones."""
        for caller in happening.callers:
            self._c.clock.start(self._call(happening, caller), f"caller of {happening.id}")

    def _moved(self, entry: Heard) -> None:
        line = self.lines.get(entry.fact.call)
        if line:
            line.moved.set()

    def _opened(self, entry: Heard) -> None:
        for call in entry.fact.calls:
            self._about(call, entry.fact.incident)

    def _attached(self, entry: Heard) -> None:
        self._about(entry.fact.call, entry.fact.incident)

    def _about(self, call: str, incident: str) -> None:
        line = self.lines.get(call)
        if line and line.happening.ending == "emergency":
            happening = line.happening
            self._c.incidents.setdefault(happening.id, incident)
            self._c.truths.setdefault(incident, Truth(happening, happening.patients))

    async def _call(self, happening: Happening, caller: Caller) -> None:
        clock, give = self._c.clock, self._c.hands.give
        await clock.sleep_until(happening.at + caller.after_s)
        done = await give(LINE, ReceiveCall(caller.line, caller.number, caller.name))
        if done is None:
            return
        call: str = first_fact(done).call
        line = self.lines[call] = Line(happening, caller)
        if self._handsets and caller.number and happening.ending != "information":
            clock.start(self._located(call, happening, caller), f"handset of {call}")
        elif caller.place is not None:
            await clock.sleep(2.0)
            await give(LINE, LocateCall(call, caller.place))
        await clock.sleep(caller.patience_s, line.moved)
        row = self._c.desk.call(call)
        if row is not None and row.status == "ringing":
            await give(LINE, ReleaseCall(call, "abandoned", "the caller hung up before anybody answered"))
        elif row is not None:
            await self._speak(call, line)

    async def _located(self, call: str, happening: Happening, caller: Caller) -> None:
        """The handset and its network say where the caller is while they talk, each when it knows."""
        clock, dice, began = self._c.clock, self._c.dice.of("handset", call), self._c.clock.now()
        for after_s, report in sorted(heard(happening.place, caller.number, began, dice), key=lambda one: one[0]):
            await clock.sleep_until(began + after_s)
            await self._c.hands.give(NETWORK, report)

    async def _speak(self, call: str, line: Line) -> None:
        for sentence in line.caller.sentences:
            # People speak about fifteen characters a second, and think a moment before.
            await self._c.clock.sleep(1.5 + len(sentence) / 15)
            if self._c.desk.call(call) is None:
                break
            await self._c.hands.give(CALLER, NoteCall(call, sentence))
        line.said.set()
