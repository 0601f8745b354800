"""One node: a desk on its wire to the store, with a clock that steps and a life that ends without warning.

Started again as an operator's service manager would: from the log, or from a snapshot that another process made of it,
whole or torn.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tocsin.desk.desk import Desk
from tocsin.desk.snapshot import FILE, Snapshots
from tocsin.facts.values import Instant
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.master import MasterKey
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.sim.faults.blobs import MemoryBlobs, SharedBlobs
from tocsin.sim.faults.keys import Keys, SharedKeys, refusing
from tocsin.sim.faults.loop import Life, VirtualLoop
from tocsin.sim.faults.scene import CATALOGUE, PLANS, T0
from tocsin.sim.faults.store import CENTRE, Store, Wire

AHEAD = 16
"""Keys made at once: a world is short."""
AGAIN_S = (0.1, 0.6, 2.0)
STEPS_S = (-600.0, -5.0, -0.5, 0.5, 5.0, 90.0, 4_000.0)
MASTER = MasterKey(bytes(range(32)))

_say = logging.getLogger(__name__)


class Node:
    """A machine: it has a folder, and a desk while it is up."""

    def __init__(
        self, name: str, loop: VirtualLoop, store: Store, keys: SharedKeys, blobs: SharedBlobs, dice: Random,
        folder: Callable[[], Path],
    ) -> None:  # fmt: skip
        self.name = name
        self.desk: Desk | None = None
        """Only while it takes orders."""
        self.offset_s = dice.choice((0.0, 0.0, 0.3, -2.0))
        self.life: Life | None = None
        self.log: Wire
        """Its own way to the record."""
        self.starts = self.kills = self.snapshots = 0
        self.media: Media
        """Its own way to what callers showed."""
        self._loop, self._store, self._keys, self._blobs, self._dice = loop, store, keys, blobs, dice
        self._folder = folder
        self._graves: list[Life] = []

    @property
    def up(self) -> bool:
        """Whether somebody who knocks is heard."""
        return self.desk is not None

    def now(self) -> Instant:
        """What this machine believes the time to be."""
        return T0 + self._loop.time() + self.offset_s

    def step_clock(self) -> None:
        """Somebody sets it; or the time service does."""
        self.offset_s = 0.0 if abs(self.offset_s) > 300 else self.offset_s + self._dice.choice(STEPS_S)

    def ring(self) -> KeyRing:
        """A way to the keys."""
        return KeyRing(Keys(self._keys, self._refusing("keys refused")), MASTER, CENTRE, AHEAD)

    def _refusing(self, what: str) -> Callable[[str], None]:
        rate = self._store.weather.keys_fail
        return refusing(lambda: self._store.trouble(rate, what))

    async def live(self) -> None:
        """Up, and up again after every death, for as long as the world lasts."""
        while True:
            await self._up()
            assert self.life is not None
            while not self.life.dead:
                await asyncio.sleep(self._dice.choice(AGAIN_S))
            await asyncio.sleep(self._dice.choice(AGAIN_S))

    async def _up(self) -> None:
        self.starts += 1
        if self.starts > 1:
            self._remember()
        self.life = Life(self._loop, f"{self.name}.{self.starts}")
        self._graves.append(self.life)
        self.life.spawn(self._start(self.life))

    async def _start(self, life: Life) -> None:
        """In its own life: read the log, then take orders. What fails is tried again by a new life."""
        try:
            ring = self.ring()
            codec = Codec(sealer=ring)
            wire = self.log = self._store.wire(codec)
            ring.learn(wire, codec)
            desk = Desk(wire, self._store.wire(durable=False), CATALOGUE, self.now, None, PLANS, shared=True)
            blobs = MemoryBlobs(self._blobs, self._loop.time, self._refusing("pictures refused"))
            media = self.media = Media(blobs, ring, desk.position)
            desk.eraser.destroy, desk.eraser.retire = media.forget, ring.retire
            desk.snapshots = self._shots(wire)
            await desk.start(CENTRE, "North", "exercise")
            known = desk.room.caller_media
            await asyncio.to_thread(media.sweep, lambda name: name in known)
        except Exception as failure:  # noqa: BLE001 - said by the operator's service manager, which tries again
            _say.info("%s did not start: %s", life.name, failure)
            life.kill()
            return
        self.desk = desk

    def _shots(self, wire: Any) -> Snapshots | None:
        return Snapshots(self._folder() / self.name, wire, b"") if self._store.weather.snapshot else None

    def _remember(self) -> None:
        """Another process made a snapshot of the log a moment ago; now and then its disk did not keep it whole."""
        weather = self._store.weather
        if self._dice.random() >= weather.snapshot:
            return
        folder = self._folder() / self.name
        folder.mkdir(exist_ok=True)
        ring = self.ring()
        shots = Snapshots(folder, self._store.wire(Codec(sealer=ring)), b"")
        shots.destroy = ring.erase_now
        try:
            shots.renew()
        except LogError as failure:
            _say.info("%s: no snapshot: %s", self.name, failure)
            return
        self.snapshots += 1
        if (folder / FILE).exists() and self._store.trouble(weather.snapshot_torn, "snapshots torn"):
            raw = bytearray((folder / FILE).read_bytes())
            raw[self._dice.randrange(len(raw))] ^= 1 << self._dice.randrange(8)
            (folder / FILE).write_bytes(raw[: self._dice.choice((len(raw), len(raw), len(raw) // 2))])

    def kill(self) -> None:
        """As a power cut would."""
        if self.life is not None and not self.life.dead:
            self.kills += 1
            self.desk = None
            self.life.kill()

    def kill_life(self, life: Life) -> None:
        """The same, if it is still that one."""
        if self.life is life:
            self.kill()

    def stop(self) -> None:
        """As an operator would: what is in hand is settled."""
        desk, life = self.desk, self.life
        if desk is None or life is None:
            return
        self.desk = None

        async def end() -> None:
            await desk.stop()
            self._loop.outside(0.0, life.kill)

        life.spawn(end())

    def frozen(self) -> list[asyncio.Task[Any]]:
        """What was going on in every life it had."""
        return [task for life in self._graves for task in life.tasks]

    def bury(self) -> None:
        """The world has ended."""
        for life in self._graves:
            life.bury()
        self.desk = None


def empty(folder: Path) -> None:
    """Nothing of this world is left on a disk."""
    shutil.rmtree(folder, ignore_errors=True)
