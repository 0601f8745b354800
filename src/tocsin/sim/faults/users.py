"""People at keyboards, over a network that loses, repeats and reorders: an order without an answer is sent again.

As the console does: under the same key, to whichever node answers, until there is an answer or they give up.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import TypeAlias

from msgspec.structs import replace

from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.showing import keep_and_tell
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_caller_links import ShowMedia
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Position
from tocsin.log.media import Media
from tocsin.log.port import LogError
from tocsin.sim.faults.blobs import plain_of
from tocsin.sim.faults.checker import Broken, Checker
from tocsin.sim.faults.loop import Life, VirtualLoop
from tocsin.sim.faults.node import Node
from tocsin.sim.faults.people import People
from tocsin.sim.faults.weather import Weather
from tocsin.views.wire import Done

Give: TypeAlias = Callable[[AnyOrder], Awaitable[Done | Refusal]]
LATENCY_S = (0.0, 0.001, 0.01, 0.05, 0.3)
PATIENCE_S = 1.2
THINKING_S = (0.0, 0.0, 0.05, 0.2, 0.5)
CALM_TRIES = 60
"""So often at most a network without faults is asked before the order counts as one that is never answered."""


class Network:
    """Between people and nodes."""

    def __init__(self, loop: VirtualLoop, dice: Random, weather: Weather, checker: Checker) -> None:
        self.loop, self._dice, self._weather, self._checker = loop, dice, weather, checker
        self._pictures = 0
        self.happened: Counter[str] = Counter()
        self.failed: Callable[[BaseException], None] = lambda _: None

    def bad(self, rate: float, what: str) -> bool:
        """Whether something goes wrong now; `what`: as it is counted."""
        wrong = not self.loop.hurry and self._dice.random() < rate
        self.happened[what] += wrong
        return wrong

    def late(self) -> float:
        """How long a packet takes."""
        return 0.001 if self.loop.hurry else self._dice.choice(LATENCY_S)

    async def post(
        self, node: Node, order: AnyOrder, by: str, key: str, seen: Position
    ) -> Done | Refusal | Busy | None:
        """What came back; None when nothing did in time."""
        answer: asyncio.Future[Done | Refusal | Busy] = self.loop.create_future()
        copies = 2 if self.bad(self._weather.order_twice, "orders twice") else 1
        for _ in range(copies):
            self._checker.sent(by, key)
            if not self.bad(self._weather.order_lost, "orders lost"):
                self.loop.outside(self.late(), self._deliver, node, order, by, key, seen, answer)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await answer
        except TimeoutError:
            return None

    def _deliver(
        self, node: Node, order: AnyOrder, by: str, key: str, seen: Position,
        answer: asyncio.Future[Done | Refusal | Busy],
    ) -> None:  # fmt: skip
        if node.desk is not None and node.life is not None:
            node.life.spawn(self._serve(node, node.desk, node.life, order, by, key, seen, answer))

    async def _serve(
        self, node: Node, desk: Desk, life: Life, order: AnyOrder, by: str, key: str, seen: Position,
        answer: asyncio.Future[Done | Refusal | Busy],
    ) -> None:  # fmt: skip
        """At the node: what `web` does with an order, and the callers' page with a picture."""
        told: Done | Refusal | Busy
        try:
            give = partial(desk.give, by=by, key=key, seen=seen)
            told = await (self._show(node.media, desk, order, give) if isinstance(order, ShowMedia) else give(order))
        except Busy as busy:
            told = busy
        except Exception as failure:  # noqa: BLE001 - a stack trace where an answer should be
            self.failed(Broken("alive", f"{life.name}: {type(order).__name__} fell over: {failure!r}"))
            return
        if not self.bad(self._weather.answer_lost, "answers lost"):
            self.loop.outside(self.late(), _hand, answer, told)

    async def _show(self, media: Media, desk: Desk, order: ShowMedia, give: Give) -> Done | Refusal:
        """As the callers' page does: each try under a new name."""
        link = desk.room.caller_links.get(order.link)
        if link is None:
            return await give(order)
        self._pictures += 1
        name = f"p{self._pictures}"
        give_it = partial(give, replace(order, media=name))
        try:
            told = await keep_and_tell(media, link.call, name, plain_of(name), give_it)
        except LogError as error:
            raise Busy("busy", str(error)) from None
        if isinstance(told, Refusal) and told.name == "key_reused":  # recorded at an earlier try
            return Done(desk.position(), (), repeated=True)
        return told


def _hand(answer: asyncio.Future[Done | Refusal | Busy], told: Done | Refusal | Busy) -> None:
    if not answer.done():
        answer.set_result(told)


class User:
    """Somebody with a screen in front of them, who gives so many orders."""

    def __init__(
        self, name: str, dice: Random, network: Network, nodes: list[Node], checker: Checker, weather: Weather
    ) -> None:
        self.name, self._dice, self._network, self._nodes, self._checker = name, dice, network, nodes, checker
        self.people = People(dice, name)
        self._count, self._until_s = weather.orders, weather.storm_s
        self.given = 0

    async def work(self) -> None:
        """Order after order."""
        for _ in range(self._count):
            if self._network.loop.time() > self._until_s:
                return
            node = await self._somewhere()
            if node.desk is not None:
                board, seen = node.desk.board, node.desk.position()
                hands = self._dice.choice((1, 1, 2, 3))  # two windows, or a colleague at the same desk
                orders = [self.people.order(board) for _ in range(hands)]
                await asyncio.gather(*(self._one(o, seen, give_up=self._dice.random() < 0.1) for o in orders))
            await asyncio.sleep(self._dice.choice(THINKING_S))

    async def furnish(self) -> None:
        """Before the storm: a centre with units on duty and something to do."""
        for order in self.people.begin():
            await self._one(order, give_up=False)

    async def ask_everywhere(self) -> None:
        """After the storm: every node takes an order again."""
        for node in self._nodes:
            await self._one(self.people.first(), give_up=False, at=node)

    async def _somewhere(self) -> Node:
        while not (up := [node for node in self._nodes if node.up]):
            await asyncio.sleep(0.2)
        return self._dice.choice(up)

    async def _one(self, order: AnyOrder, seen: Position = 0, *, give_up: bool, at: Node | None = None) -> None:
        """Until there is an answer."""
        self.given += 1
        key, tries = f"{self.name}-{self.given}", 0
        while True:
            node = at or await self._somewhere()
            told = await self._network.post(node, order, self.name, key, seen)
            if isinstance(told, Done):
                self._checker.answered(self.name, key, told)
                return
            if told is not None:
                sure = isinstance(told, Refusal) or told.name != "not_known"
                self._checker.said_no(self.name, key, sure=sure)
            if isinstance(told, Refusal) or give_up:
                return
            tries += self._network.loop.hurry
            if tries > CALM_TRIES:
                raise Broken("alive", f"{key} is never answered: {told}")
            await asyncio.sleep(self._dice.choice((0.05, 0.3)))
