"""A hall for desks under test: clocks that go when told, logs that fail or wait when told, screens that listen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from tests.world import CATALOGUE, HERE, HOME, T0, room_of

from tocsin.desk.desk import Desk
from tocsin.desk.tail import Frame
from tocsin.desk.thaw import Thawing
from tocsin.domain import orders as o
from tocsin.facts.union import AnyEntry
from tocsin.log.memory import MemoryLog
from tocsin.log.port import LogError
from tocsin.log.sqlite import SqliteLog
from tocsin.views.audience import Audience
from tocsin.views.wire import Done

encode = msgspec.json.Encoder(order="deterministic").encode


class Clock:
    """A clock that goes when told."""

    def __init__(self, at: float = T0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class Ticks:
    """A desk's sleep: it wakes when told, and `tick` returns when the moment is over."""

    def __init__(self) -> None:
        self._go: asyncio.Queue[None] = asyncio.Queue()
        self._asleep = asyncio.Event()

    async def sleep(self, _seconds: float) -> None:
        self._asleep.set()
        await self._go.get()

    async def tick(self) -> None:
        await self._asleep.wait()
        self._asleep.clear()
        self._go.put_nowait(None)
        await self._asleep.wait()


class Fragile(MemoryLog):
    """A log that does as told: `fails` names methods that raise; `forgets_to_say` appends and then raises."""

    def __init__(self, centre: str = "north", *, durable: bool = True) -> None:
        super().__init__(centre, durable=durable)
        self.fails: set[str] = set()
        self.forgets_to_say = False
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.appended = 0

    def _maybe(self, what: str) -> None:
        if what in self.fails:
            raise LogError(f"the disk is full ({what})")

    def append(self, entries, expected, receipts=()) -> None:
        self.waiting.set()
        if not self.gate.wait(timeout=10):
            raise AssertionError("nobody opened the gate")
        self._maybe("append")
        super().append(entries, expected, receipts)
        self.appended += 1
        if self.forgets_to_say:
            raise LogError("the disk failed while it answered")

    def read(self, after=0, limit=None) -> Iterator[AnyEntry]:
        self._maybe("read")
        return super().read(after, limit)

    def position(self) -> int:
        self._maybe("position")
        return super().position()


class Logs:
    """Where a test's logs live; `again` opens the same ones as a restarted server would."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._open: list[SqliteLog] = []
        self._memory = (MemoryLog("north"), MemoryLog("north", durable=False))

    def again(self) -> tuple[Any, Any]:
        if self.path is None:
            return self._memory
        pair = (
            SqliteLog.open(self.path / "decisions.db", "north"),
            SqliteLog.open(self.path / "tracks.db", "north", durable=False),
        )
        self._open += pair
        return pair

    def close(self) -> None:
        for log in self._open:
            log.close()


@asynccontextmanager
async def desk_on(
    log, tracks_log=None, clock: Clock | None = None, ground: Any = None, **more: Any
) -> AsyncIterator[Desk]:
    """A started desk whose time stands still until `desk.ticks.tick()`."""
    desk = Desk(log, tracks_log or MemoryLog("north", durable=False), CATALOGUE, clock or Clock(), ground, **more)
    desk.ticks = Ticks()
    desk.sleep = desk.ticks.sleep
    await desk.start("north", "North", "exercise")
    try:
        yield desk
    finally:
        await desk.stop()


def with_desk(log, test: Callable[[Desk], Any], **more: Any) -> None:
    """Run an async test at a desk of its own."""

    async def run() -> None:
        async with desk_on(log, **more) as desk:
            await test(desk)

    asyncio.run(run())


_keys = iter(range(1, 1_000_000_000))


async def give(desk: Desk, *orders: o.AnyOrder, by: str = "ana") -> list[Any]:
    """Orders one after the other, each under a key of its own."""
    return [await desk.give(order, by=by, key=f"k{next(_keys)}") for order in orders]


async def staff(desk: Desk, *names: str, incidents: int = 1) -> None:
    """Units on duty and incidents open."""
    for name in names:
        await give(desk, o.RegisterUnit(name, "engine", "fire", ("engine",), HOME), o.UnitOnDuty(name, 4))
    for _ in range(incidents):
        await give(desk, o.OpenIncident("FIRE", place=HERE))


def plain(struct: Any) -> Any:
    """The same with its thawing dicts thawed: what is frozen in them is no JSON."""
    parts = {name: getattr(struct, name) for name in struct.__struct_fields__}
    thawed = {name: dict(part) for name, part in parts.items() if type(part) is Thawing}
    return msgspec.structs.replace(struct, **thawed)


def same_as_fresh(desk: Desk, log) -> None:
    """Room and board hold what the log holds, no more and no less."""
    entries = list(MemoryLog.read(log) if isinstance(log, MemoryLog) else log.read())
    assert encode(plain(desk._writer.room)) == encode(room_of([entry.fact for entry in entries]))
    assert desk._writer.position == desk.position() == len(entries)
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))


class Screen:
    """A client at the tail: a picture, then rows replaced and deleted; refuses gaps and repeats.

    An agency's is told of some entries only.
    """

    def __init__(self, desk: Desk, agency: str = "") -> None:
        self.desk, self.agency = desk, agency
        self.resets = 0
        self.heard: list[int] = []
        self.events: list[str] = []
        self.moves: dict[str, Any] = {}
        self.fetch()

    def fetch(self) -> None:
        told = self._told()
        self.picture, self.view = told["board"], told["view"]

    def _told(self) -> dict[str, Any]:
        return msgspec.json.decode(self.desk.view(Audience(self.agency)).picture_bytes())

    def follow(self, after: int | None = None) -> AsyncIterator[Frame]:
        return self.desk.view(Audience(self.agency)).follow(self.position if after is None else after, self.view)

    @property
    def position(self) -> int:
        return self.picture["position"]

    def hear(self, frame: Frame) -> None:
        data = msgspec.json.decode(frame.data)
        self.events.append(frame.event)
        if frame.event == "reset":
            self.resets += 1
            self.fetch()
        elif frame.event == "tracks":
            self.moves |= {move[0]: move for move in data["moves"]}
        elif frame.event == "facts" and data["position"] > self.position:
            positions = [entry["position"] for entry in data["entries"]]
            if not self.resets and not self.agency:
                assert positions == list(range(self.position + 1, data["position"] + 1))
            assert frame.position == data["position"]
            self.heard += positions
            for table, rows in data["rows"].items():
                for id_, row in rows.items():
                    if row is None:
                        self.picture["rows"][table].pop(id_, None)
                    else:
                        self.picture["rows"][table][id_] = row
            self.picture["position"] = data["position"]

    async def listen(self, after: int | None = None, until: int | None = None) -> None:
        """Follow until the position is reached, or for good."""
        async with aclosing(self.follow(after)) as frames:
            async for frame in frames:
                self.hear(frame)
                if until is not None and self.position >= until:
                    return

    def shows_the_truth(self) -> bool:
        return self.picture == self._told()["board"]


def facts_of(answers: Sequence[Any]) -> list[Any]:
    """The facts of those that were done."""
    return [entry.fact for answer in answers if isinstance(answer, Done) for entry in answer.entries]
