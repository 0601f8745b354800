"""Screens: a picture, then rows replaced and deleted as the tail says, over connections that end at any moment.

Whatever node there is serves them; they resume by the position they hold, as the console does (`wire/tail.ts`), and now
and then by an older one, as a browser whose last event was not written down. Every picture they come to is compared.
Some are an agency's: all that comes to them is searched for what the agency must not see.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from random import Random
from typing import Any, cast

import msgspec

from tocsin.desk.desk import Desk
from tocsin.desk.tail import Frame
from tocsin.desk.view import View
from tocsin.facts.values import Position
from tocsin.sim.faults.checker import Broken, Checker
from tocsin.sim.faults.loop import Life, VirtualLoop
from tocsin.sim.faults.node import Node
from tocsin.sim.faults.weather import Weather
from tocsin.views.audience import Audience

SLOW_S = (0.02, 0.5, 2.0)
BUFFERS = (1, 1, 4)
"""Frames that fit in a socket."""
SILENCE_S = 6.0
"""After so long without a pulse a screen looks for another node."""
LINGERS_S = 4.0
"""A tick, the patience it has with a store that stalls, and the way to the screen."""

_decode = msgspec.json.Decoder().decode


class Screen:
    """One screen."""

    def __init__(
        self, name: str, loop: VirtualLoop, dice: Random, weather: Weather, nodes: list[Node], checker: Checker,
        agency: str = "",
    ) -> None:  # fmt: skip
        self.name, self.agency = name, agency
        self._loop, self._dice, self._weather, self._nodes, self._checker = loop, dice, weather, nodes, checker
        self.picture: Any = None
        self._view = ""
        """Of what the picture is."""
        self.connects = self.frames = self.resets = 0
        self.fresh = False
        """A picture was fetched since the last gap: what follows it follows it."""
        self._lingers: dict[str, float] = {}
        """What is over by the clock and still shown, at every pulse of this connection since."""

    @property
    def position(self) -> Position:
        """What it shows."""
        return -1 if self.picture is None else cast(Position, self.picture["position"])

    def _bad(self, rate: float) -> bool:
        return not self._loop.hurry and self._dice.random() < rate

    async def watch(self) -> None:
        """For as long as the world lasts."""
        while True:
            up = [node for node in self._nodes if node.up]
            if up:
                node = self._dice.choice(up)
                if node.desk is not None and node.life is not None:
                    await self._connected(node.desk, node.life)
            await asyncio.sleep(0.05 if self._loop.hurry else self._dice.choice((0.05, 0.5)))

    async def _connected(self, desk: Desk, life: Life) -> None:
        self.connects += 1
        self._lingers = {}
        if self.picture is None:
            self._fetch(desk)
        after = self.position
        if self._bad(0.2):
            after = max(0, after - self._dice.choice((1, 2, 9)))
        pipe: asyncio.Queue[Frame] = asyncio.Queue(self._dice.choice(BUFFERS))
        pump = life.spawn(_pump(desk.view(Audience(self.agency)), after, self._view, pipe))
        try:
            while not life.dead:
                if self._bad(self._weather.screen_slow):
                    await asyncio.sleep(self._dice.choice(SLOW_S))
                async with asyncio.timeout(SILENCE_S):
                    frame = await pipe.get()
                if self._bad(self._weather.screen_cut):
                    return
                self._take(desk, frame)
        except TimeoutError:
            pass
        finally:
            pump.cancel()

    def _fetch(self, desk: Desk) -> None:
        raw = desk.view(Audience(self.agency)).picture_bytes()
        told = _decode(raw)
        self.picture, self._view = told["board"], told["view"]
        if self.agency:
            self._checker.overheard(self.name, self.agency, self.position, raw, now=told["now"])
        self._checker.shown(self.name, self.picture, "picture", self.agency, told["now"])

    def _take(self, desk: Desk, frame: Frame) -> None:
        self.frames += 1
        data = _decode(frame.data)
        if frame.event == "reset":
            self.resets += 1
            self._fetch(desk)
        elif frame.event == "pulse":
            if data["position"] > self._checker.position:
                raise Broken("picture", f"a pulse says {data['position']}; the log stands at {self._checker.position}")
            if self.agency:
                self._time_passes(data["now"])
        elif frame.event == "facts":
            told = [entry["position"] for entry in data["entries"]]
            if self.agency:
                self._checker.overheard(self.name, self.agency, data["position"], frame.data, told)
            if data["position"] > self.position:
                self._fold(data, told)

    def _time_passes(self, now: float) -> None:
        """What is over goes, whatever the store does."""
        at = self._loop.time()
        self._lingers = {n: self._lingers.get(n, at) for n in self._checker.lingers(self.picture, self.agency, now)}
        if left := sorted(name for name, since in self._lingers.items() if at - since > LINGERS_S):
            raise Broken("visible", f"{self.name} of {self.agency} at {now} still shows {left}: it is over")

    def _fold(self, data: Any, told: list[Position]) -> None:
        if not self.agency:
            self._whole(data, told)
        for table, rows in data["rows"].items():
            for name, row in rows.items():
                if row is None:
                    self.picture["rows"][table].pop(name, None)
                else:
                    self.picture["rows"][table][name] = row
        self.picture["position"] = data["position"]
        self._checker.shown(self.name, self.picture, "tail", self.agency)

    def _whole(self, data: Any, told: list[Position]) -> None:
        new = [position for position in told if position > self.position]
        if new != list(range(self.position + 1, data["position"] + 1)):
            raise Broken("positions", f"{self.name} at {self.position} is told {told}, up to {data['position']}")


async def _pump(view: View, after: Position, of: str, pipe: asyncio.Queue[Frame]) -> None:
    """At the node: frames into the socket, for as long as it takes them."""
    async with aclosing(cast(Any, view.follow(after, of))) as frames:
        async for frame in frames:
            await pipe.put(frame)
