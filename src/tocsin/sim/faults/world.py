"""One world from one seed: nodes, people and screens, and the spirits that kill, step clocks and take the store away.

It storms until everybody has given their orders; then it is calm, and all must come to rest at the end of the log.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Coroutine
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from tocsin.log.codec import CODEC, Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.port import Head
from tocsin.sim.dice import Dice
from tocsin.sim.faults.checker import Broken, Checker
from tocsin.sim.faults.keys import Keys, SharedKeys, never
from tocsin.sim.faults.loop import Stuck, VirtualLoop
from tocsin.sim.faults.node import AHEAD, MASTER, Node, empty
from tocsin.sim.faults.screens import Screen
from tocsin.sim.faults.store import CENTRE, Store
from tocsin.sim.faults.users import Network, User
from tocsin.sim.faults.weather import Weather

NAMES = ("ana", "rui", "eva", "ivo")
LONGEST_S = 120.0
CALM_S = 40.0
"""Virtual seconds in which everything must come to rest."""


class Report(msgspec.Struct):
    """What became of one seed."""

    seed: int
    invariant: str = ""
    """The one that broke; empty: all hold."""
    text: str = ""
    at_s: float = 0.0
    facts: int = 0
    acknowledged: int = 0
    refused: int = 0
    kills: int = 0
    snapshots: int = 0
    connects: int = 0
    resets: int = 0
    erased: int = 0
    digest: str = ""
    """Of every fact, when and by whom: the same seed at the same commit gives the same."""


class World:
    """Everything there is, for one seed."""

    def __init__(self, seed: int, weather: Weather | None = None, *, long: bool = False) -> None:
        self.seed = seed
        dice = Dice(seed)
        self.weather = weather or Weather.drawn(dice.of("weather"), long=long)
        self.loop = VirtualLoop(dice.of("threads"))
        self.store = Store(self.loop, dice.of("store"), self.weather)
        self.keys = SharedKeys()
        self.checker = Checker(lambda: self.store.decisions.rows)
        self.store.appended = self._appended
        self._dice = dice.of("spirits")
        self._folder: Path | None = None
        self.nodes = [
            Node(name, self.loop, self.store, self.keys, dice.of("node", name), self._disk)
            for name in "abc"[: self.weather.nodes]
        ]
        network = Network(self.loop, dice.of("network"), self.weather, self.checker)
        network.failed = self.fail
        self.users = [
            User(name, dice.of("user", name), network, self.nodes, self.checker, self.weather.orders, first=not i)
            for i, name in enumerate(NAMES[: self.weather.users])
        ]
        self.screens = [
            Screen(f"screen {i}", self.loop, dice.of("screen", i), self.weather, self.nodes, self.checker)
            for i in range(self.weather.screens)
        ]
        self.failure: BaseException | None = None
        self._heads: list[Head] = []
        self._processes: list[asyncio.Task[None]] = []
        self._working = len(self.users)
        self._over: asyncio.Future[None]

    def _disk(self) -> Path:
        """Where nodes have their folders; made when one asks."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tocsin-faults-"))
        return self._folder

    def fail(self, failure: BaseException) -> None:
        """An invariant broke, or we did: the first is what the world ends with."""
        if self.failure is None:
            self.failure = failure
            if not self._over.done():
                self._over.set_result(None)

    def _appended(self, *told: Any) -> None:
        try:
            self.checker.appended(*told)
        except Exception as broken:  # noqa: BLE001 - the desk must not swallow it
            self.fail(broken)

    # -- the run --------------------------------------------------------------------------------------------------

    def run(self) -> Report:
        """From the beginning to the end. Never raises for what broke: that is the report."""
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._all())
        except Stuck as stuck:
            self.failure = self.failure or Broken("alive", str(stuck))
        finally:
            self._end()
        return self._report()

    async def _all(self) -> None:
        self._over = self.loop.create_future()
        for process in [*(node.live() for node in self.nodes), *(screen.watch() for screen in self.screens)]:
            self._begin(process)
        for spirit in self._spirits():
            self._begin(spirit)
        storm = asyncio.create_task(self._storm())
        await asyncio.wait((storm, self._over), return_when=asyncio.FIRST_COMPLETED)
        if self.failure is None and storm.exception():
            self.failure = storm.exception()
        storm.cancel()

    def _begin(self, process: Coroutine[Any, Any, None]) -> None:
        async def safely() -> None:
            try:
                await process
            except Exception as failure:  # noqa: BLE001 - handed to the report
                self.fail(failure)

        self._processes.append(self.loop.create_task(safely()))

    async def _storm(self) -> None:
        async with asyncio.TaskGroup() as group:
            for user in self.users:
                group.create_task(self._works(user))
            group.create_task(self._calm_at_last())
        await self._rest()
        self._judge()

    async def _works(self, user: User) -> None:
        try:
            await user.work()
        except Exception as failure:  # noqa: BLE001 - handed to the report
            self.fail(failure)
        self._working -= 1

    async def _calm_at_last(self) -> None:
        while self._working and self.loop.time() < LONGEST_S:
            await asyncio.sleep(0.25)
        self._calm()

    def _calm(self) -> None:
        """No more faults; one node dies once more, so that it must stand up again from what was kept."""
        if self._dice.random() < 0.5:
            self._dice.choice(self.nodes).kill()
        self.loop.hurry = True

    async def _rest(self) -> None:
        end = self.loop.time() + CALM_S
        while (moving := self._moving()) and self.failure is None:
            if self.loop.time() > end:
                raise Broken("alive", moving)
            await asyncio.sleep(0.1)

    def _moving(self) -> str:
        """What has not come to rest; nothing: empty."""
        position = self.checker.position
        for node in self.nodes:
            if node.desk is None:
                return f"node {node.name} does not stand up"
            if node.desk.position() != position:
                return f"node {node.name} stands at {node.desk.position()} of {position}"
            if not node.desk.recording:
                return f"node {node.name} does not record"
        for screen in self.screens:
            if screen.position != position:
                return f"{screen.name} stands at {screen.position} of {position}"
        left = self.checker.should_be_gone(self.keys.wrapped, self.store.decisions.rows, CODEC)
        return f"keys that should be gone: {left[:3]}" if left else ""

    def _judge(self) -> None:
        """All that can only be said at the end."""
        checker = self.checker
        fresh = Codec(sealer=KeyRing(Keys(self.keys, never), MASTER, CENTRE, AHEAD))
        log = self.store.plain(fresh)
        checker.settled(log.position())
        flaws = log.verify(self._heads)
        if flaws:
            raise Broken("evidence", "; ".join(f"{flaw.position}: {flaw.what}" for flaw in flaws[:3]))
        checker.readable(fresh, self.store.decisions.rows, "whoever opens the store")
        for node in self.nodes:
            if node.desk is not None:
                checker.decides_in(f"node {node.name}", node.desk.room)
                checker.readable(node.log.codec, self.store.decisions.rows, f"node {node.name}")

    # -- spirits --------------------------------------------------------------------------------------------------

    def _spirits(self) -> list[Coroutine[Any, Any, None]]:
        weather = self.weather
        told = [
            (weather.kill_every_s, lambda: self._dice.choice(self.nodes).kill()),
            (weather.stop_every_s, lambda: self._dice.choice(self.nodes).stop()),
            (weather.clock_step_every_s, lambda: self._dice.choice(self.nodes).step_clock()),
            (weather.outage_every_s, self._outage),
            (2.0, self._note_head),
        ]
        return [self._haunt(every_s, do) for every_s, do in told if every_s]

    async def _haunt(self, every_s: float, do: Any) -> None:
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / every_s))
            if not self.loop.hurry:
                do()

    def _outage(self) -> None:
        self.store.away_until = self.loop.time() + self._dice.choice((0.2, 1.0, 4.0))

    def _note_head(self) -> None:
        """An ombudsman writes down where the log stood."""
        self._heads.append(self.store.plain().head())

    # -- the end --------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        for node in self.nodes:
            node.kill()
        left = asyncio.all_tasks(self.loop) - {task for node in self.nodes for task in node.frozen()}
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        for node in self.nodes:
            node.bury()
        asyncio.set_event_loop(None)
        self.loop.close()
        if self._folder is not None:
            empty(self._folder)

    def _report(self) -> Report:
        failure, checker = self.failure, self.checker
        broken = failure if isinstance(failure, Broken) else None
        told = sha256()
        for entry in checker.entries:
            told.update(checker.plain(entry))
        return Report(
            self.seed,
            broken.invariant if broken else "fault of the simulation" if failure else "",
            broken.text if broken else repr(failure) if failure else "",
            round(self.loop.time(), 3),
            checker.position,
            checker.acknowledged,
            checker.refused,
            sum(node.kills for node in self.nodes),
            sum(node.snapshots for node in self.nodes),
            sum(screen.connects for screen in self.screens),
            sum(screen.resets for screen in self.screens),
            len(checker.erased),
            told.hexdigest()[:16],
        )


def run_seed(seed: int, *, long: bool = False) -> Report:
    """One world, from its seed alone."""
    quiet = logging.getLogger("tocsin")
    before, quiet.disabled = quiet.level, False
    quiet.setLevel(logging.CRITICAL)
    try:
        return World(seed, long=long).run()
    finally:
        quiet.setLevel(before)
