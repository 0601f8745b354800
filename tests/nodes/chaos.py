"""What the fail-over bench and a soak do to a centre: people who never stop, and a spirit that kills from a seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from tests.nodes.cluster import Node, Pair, Screen, until
from tests.nodes.hands import Hand

PLACE = {"lat": 38.7, "lon": -9.14, "text": "Rua do Ouro 12"}
SHARED = tuple(f"X{n}" for n in range(4))
"""Units that everybody sends."""
STAGES = ("acknowledged", "en_route", "on_scene", "at_patient", "left_scene", "at_hospital", "handed_over", "available")


class Dispatcher(Hand):
    """Takes a call, opens an incident, sends units, hears of them, closes it: again and again, as fast as it can."""

    def work(self) -> None:
        own = [f"{self.name}-{n}" for n in range(2)]
        for unit in (*own, *SHARED):
            self.give(
                kind="register_unit", unit=unit, unit_kind="engine", agency="fire", capabilities=["engine"], home=PLACE
            )
            self.give(kind="unit_on_duty", unit=unit, crew_count=3)
        while not self.ended:
            self._story(own)

    def _story(self, own: list[str]) -> None:
        call = self.made("call", self.give(kind="receive_call", line="112", number="+351912345678", caller="Rita"))
        if not call:
            return
        self.give(kind="answer_call", call=call)
        opened = self.give(kind="open_incident", type="FIRE-STRUCTURE", place=PLACE, calls=[call], summary="smoke")
        incident = self.made("incident", opened)
        if not incident:
            return
        units = [self.dice.choice(own), self.dice.choice(SHARED)]
        sent = [unit for unit in units if self.give(kind="dispatch_units", incident=incident, units=[unit]) is not None]
        self.give(kind="note_incident", incident=incident, text="two trapped")
        for stage in STAGES:
            for unit in sent:
                self.give(kind="stamp_unit", unit=unit, status=stage)
        self.give(kind="close_incident", incident=incident, disposition="handled")


WHAT = ("node", "node", "primary", "connections", "both", "pause")


class Spirit:
    """Kills and pauses nodes, kills primaries, cuts connections; all from one seed."""

    def __init__(self, pair: Pair, nodes: list[Node], screens: list[Screen], seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.fail_over_s: list[float] = []
        """From the promotion until every screen says again that orders are recorded."""
        self.lost_s: list[float] = []
        """From the primary's death until then."""
        self.deaths: list[tuple[float, int | None]] = []
        """When, and the port of the node; None: the primary."""
        self._pair, self._nodes, self._screens = pair, nodes, screens
        self._dice = random.Random(seed)

    def run(self, until_at: float, every_s: float, note: Callable[[str], None]) -> None:
        """One misfortune after the other, until then."""
        while True:
            wait_s = self._dice.uniform(0.5, 1.5) * every_s
            if time.monotonic() + wait_s > until_at:
                return
            time.sleep(wait_s)
            what = self._dice.choice(WHAT)
            note(what)
            self.kills[what] += 1
            getattr(self, f"_{what}")()

    def fail_over(self) -> None:
        """The primary dies, and its standby takes its place."""
        self._primary()

    def _node(self) -> None:
        which = self._dice.randrange(len(self._nodes))
        self._restart(which, self._dice.uniform(0.1, 4.0))

    def _restart(self, which: int, after_s: float) -> None:
        node = self._nodes[which]
        self._die(node)
        time.sleep(after_s)
        self._rise(which)

    def _die(self, node: Node) -> None:
        node.kill()
        self.deaths.append((time.time(), node.port))

    def _rise(self, which: int) -> None:
        node = self._nodes[which]
        self._nodes[which] = node.again(self._pair.address)
        for screen in self._screens:
            if screen.node is node:
                screen.node = self._nodes[which]

    def _both(self) -> None:
        """A node dies, and the primary while it is away."""
        which = self._dice.randrange(len(self._nodes))
        node = self._nodes[which]
        self._die(node)
        self._primary(live=[one for one in self._nodes if one is not node])
        self._rise(which)

    def _pause(self) -> None:
        self._dice.choice(self._nodes).pause(self._dice.uniform(0.5, 8.0))

    def _connections(self) -> None:
        self._pair.primary.cut()

    def _primary(self, live: list[Node] | None = None) -> None:
        watched = [screen for screen in self._screens if live is None or screen.node in live]
        begun = time.monotonic()
        self._pair.primary.kill()
        self.deaths.append((time.time(), None))
        until(lambda: not any(screen.recording for screen in watched), "every screen says that nothing is recorded")
        time.sleep(self._dice.uniform(0.0, 3.0))
        self._pair.promote()
        promoted = time.monotonic()
        until(lambda: all(screen.recording for screen in watched), "every screen is live again")
        self.fail_over_s.append(time.monotonic() - promoted)
        self.lost_s.append(time.monotonic() - begun)
        self._pair.rejoin()
