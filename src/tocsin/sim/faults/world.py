"""One world from one seed: nodes, people and screens, and the spirits that kill, step clocks and take the store away.

It storms until everybody has given their orders; then it is calm, and all must come to rest at the end of the log.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import AnyEntry
from tocsin.log.codec import CODEC, Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.media import Media
from tocsin.log.port import Head
from tocsin.sim.dice import Dice
from tocsin.sim.faults.blobs import MemoryBlobs, SharedBlobs
from tocsin.sim.faults.checker import Broken, Checker
from tocsin.sim.faults.keys import Keys, SharedKeys, never
from tocsin.sim.faults.loop import LIFE, Life, Stuck, VirtualLoop
from tocsin.sim.faults.node import AHEAD, MASTER, Node, empty
from tocsin.sim.faults.scene import AGENCIES
from tocsin.sim.faults.screens import Screen
from tocsin.sim.faults.store import CENTRE, Store
from tocsin.sim.faults.users import Network, User
from tocsin.sim.faults.weather import Weather

NAMES = ("ana", "rui", "eva", "ivo")
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
    happened: dict[str, int] = {}
    """What else there was: accidents by kind, and facts that an invariant is about."""
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
        self.keys, self.blobs = SharedKeys(), SharedBlobs()
        self.checker = Checker(lambda: self.store.decisions.rows)
        self.store.appended = self._appended
        self._dice = dice.of("spirits")
        self._folder: Path | None = None
        self.nodes = [
            Node(name, self.loop, self.store, self.keys, self.blobs, dice.of("node", name), self._disk)
            for name in "abc"[: self.weather.nodes]
        ]
        self._network = network = Network(self.loop, dice.of("network"), self.weather, self.checker)
        network.failed = self.fail
        self.users = [
            User(name, dice.of("user", name), network, self.nodes, self.checker, self.weather)
            for name in NAMES[: self.weather.users]
        ]
        self.screens = [
            Screen(f"screen {i}", self.loop, dice.of("screen", i), self.weather, self.nodes, self.checker, agency)
            for i, agency in enumerate(self._audiences(dice.of("audiences")))
        ]
        self.trace: Callable[[float, str], None] | None = None
        """Told what happens, when."""
        self.failure: BaseException | None = None
        self._heads: list[Head] = []
        self._processes: list[asyncio.Task[None]] = []
        self._working = len(self.users)
        self._over: asyncio.Future[None]

    def _audiences(self, dice: Random) -> list[str]:
        """Of which agency each screen is: at least one of them, and one beside them, the whole centre's."""
        agencies = list(AGENCIES)
        return ["", dice.choice(agencies), *(dice.choice(("", *agencies)) for _ in range(self.weather.screens - 1))]

    def _disk(self) -> Path:
        """Where nodes have their folders; made when one asks."""
        if self._folder is None:
            memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - folders of one world, gone with it
            self._folder = Path(tempfile.mkdtemp(prefix="tocsin-faults-", dir=memory))
        return self._folder

    def fail(self, failure: BaseException) -> None:
        """An invariant broke, or we did: the first is what the world ends with."""
        if self.failure is None:
            self.failure = failure
            if not self._over.done():
                self._over.set_result(None)

    def say(self, text: str) -> None:
        """Tell whoever plays this world again."""
        if self.trace is not None:
            self.trace(self.loop.time(), text)

    def _appended(self, entries: Sequence[AnyEntry]) -> None:
        if self.trace is not None:
            for entry in entries:
                self.say(f"{entry.position} durable, by {entry.by} ({entry.order}): {entry.fact}")
        try:
            self.checker.appended(entries)
        except Exception as broken:  # noqa: BLE001 - the desk must not swallow it
            self.fail(broken)
        rate = self.weather.kill_after_write * (5 if isinstance(entries[-1].fact, PersonalErased) else 1)
        if not self.loop.hurry and self._dice.random() < rate:
            self._kill_whoever(LIFE.get(), self._dice.choice((0.0, 0.0, 0.002, 0.02)))

    # -- the run --------------------------------------------------------------------------------------------------

    def run(self) -> Report:
        """From the beginning to the end. Never raises for what broke: that is the report."""
        asyncio.set_event_loop(self.loop)
        collecting = gc.isenabled()
        gc.disable()  # a world is short, and its cycles end with it
        try:
            self.loop.run_until_complete(self._all())
        except Stuck as stuck:
            self.failure = self.failure or Broken("alive", str(stuck))
        finally:
            self._end()
            if collecting:
                gc.enable()
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
        self.loop.hurry = True
        await self.users[0].furnish()
        self.loop.hurry = False
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
        while self._working and self.loop.time() < self.weather.storm_s:
            await asyncio.sleep(0.25)
        self._calm()

    def _calm(self) -> None:
        """No more faults; one node dies once more, so that it must stand up again from what was kept."""
        if self._dice.random() < 0.5:
            self._kill()
        self.say("it calms down")
        self.loop.hurry = True
        self.calm_at_s = self.loop.time()

    async def _rest(self) -> None:
        await asyncio.gather(*(user.ask_everywhere() for user in self.users[:1]))
        end = self.loop.time() + CALM_S
        while self.failure is None:
            moving, left = self._moving(), self._left()
            if not moving and not left:
                return
            if self.loop.time() > end:
                raise Broken("alive", moving) if moving else Broken("erased", f"keys are still there: {left[:3]}")
            await asyncio.sleep(0.1)

    def _moving(self) -> str:
        """What has not come to rest; nothing: empty."""
        position = self.checker.position
        for node in self.nodes:
            if node.desk is None:
                return f"node {node.name} does not stand up"
            if node.desk.position() != position:
                return f"node {node.name} stands at {node.desk.position()} of {position}"
            if node.desk.eraser.busy:
                return f"node {node.name} has keys left to destroy"
        for screen in self.screens:
            if screen.position != position:
                return f"{screen.name} stands at {screen.position} of {position}"
        return ""

    def _left(self) -> list[str]:
        return self.checker.should_be_gone(self.keys.wrapped, self.store.decisions.rows, CODEC)

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
        ring = KeyRing(Keys(self.keys, never), MASTER, CENTRE, AHEAD)
        checker.shows(Media(MemoryBlobs(self.blobs, self.loop.time, never), ring), "whoever opens the store")
        for node in self.nodes:
            if node.desk is not None:
                checker.decides_in(f"node {node.name}", node.desk.room)
                checker.glass_at(f"node {node.name}", node.desk.board)
                checker.shows(node.media, f"node {node.name}")
                checker.readable(node.log.codec, self.store.decisions.rows, f"node {node.name}")

    # -- spirits --------------------------------------------------------------------------------------------------

    def _spirits(self) -> list[Coroutine[Any, Any, None]]:
        weather = self.weather
        told = [
            (weather.kill_every_s, self._kill),
            (weather.stop_every_s, self._stop),
            (weather.clock_step_every_s, self._step),
            (weather.outage_every_s, self._outage),
            (2.0, self._note_head),
        ]
        return [self._haunt(every_s, do) for every_s, do in told if every_s]

    async def _haunt(self, every_s: float, do: Any) -> None:
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / every_s))
            if not self.loop.hurry:
                do()

    def _kill_whoever(self, life: Life | None, delay_s: float) -> None:
        """The node that wrote dies between its write and whatever comes next."""
        for node in self.nodes:
            if node.life is life and life is not None:
                self.say(f"node {node.name} dies of what it wrote")
                self.store.happened["deaths after a write"] += 1
                self.loop.outside(delay_s, node.kill_life, life)

    def _kill(self) -> None:
        node = self._dice.choice(self.nodes)
        self.say(f"node {node.name} is killed")
        node.kill()

    def _stop(self) -> None:
        node = self._dice.choice(self.nodes)
        self.say(f"node {node.name} is stopped")
        self.store.happened["stops"] += 1
        node.stop()

    def _step(self) -> None:
        node = self._dice.choice(self.nodes)
        node.step_clock()
        self.store.happened["clocks stepped"] += 1
        self.say(f"node {node.name}: the clock is {node.offset_s} s off")

    def _outage(self) -> None:
        self.say("the store goes away")
        self.store.happened["outages"] += 1
        self.store.away_until = self.loop.time() + self._dice.choice((0.2, 1.0, 4.0))

    def _note_head(self) -> None:
        """An ombudsman writes down where the log stood."""
        self._heads.append(self.store.plain().head())

    # -- the end --------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        for node in self.nodes:
            node.kill()
        self.loop.run_until_complete(asyncio.sleep(0))  # what was begun has begun, and can be ended
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
            dict(sorted((self.store.happened + self._network.happened + checker.happened).items())),
            told.hexdigest()[:16],
        )


def run_seed(seed: int, *, long: bool = False, storm: Mapping[str, Any] | None = None) -> Report:
    """One world, from its seed alone; `storm`: with this weather where it would have had other."""
    quiet = logging.getLogger("tocsin")
    before, quiet.disabled = quiet.level, False
    quiet.setLevel(logging.CRITICAL)
    try:
        weather = Weather.drawn(Dice(seed).of("weather"), long=long)
        return World(seed, msgspec.structs.replace(weather, **(storm or {}))).run()
    finally:
        quiet.setLevel(before)
