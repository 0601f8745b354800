"""What a soak and the fail-over bench do to a centre: people who work without end, and a spirit that kills from a seed.

Stands on `cluster.py`. What was acknowledged is written down here, by those who were told.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from tests.nodes.cluster import Node, Pair, Person, Screen, until

PLACE = {"lat": 38.7, "lon": -9.14, "text": "Rua do Ouro 12"}
SHARED = tuple(f"X{n}" for n in range(4))
"""Units that everybody sends."""
STAGES = ("acknowledged", "en_route", "on_scene", "at_patient", "left_scene", "at_hospital", "handed_over", "available")


class Dispatcher:
    """Takes a call, opens an incident, sends units, hears of them, closes it: again and again, on any node.

    An order without an answer is sent again under its key, to another node, until there is one, as the console does.
    """

    def __init__(
        self, name: str, nodes: Callable[[], list[Node]], person: Person, dice: random.Random, busy: float
    ) -> None:
        self.name = name
        self.acknowledged: dict[str, int] = {}
        self.answers: Counter[str] = Counter()
        self.took_s: list[float] = []
        self.ended = self.stuck = False
        self._nodes, self._person, self._dice, self._busy = nodes, person, dice, busy
        self._number = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Dispatcher:
        """Begin."""
        self._thread.start()
        return self

    def close(self) -> None:
        """End after the order in hand."""
        self.ended = True
        self._thread.join(120)
        self.stuck = self._thread.is_alive()

    def _run(self) -> None:
        own = [f"{self.name}-{n}" for n in range(2)]
        for unit in (*own, *SHARED):
            self.give(
                kind="register_unit", unit=unit, unit_kind="engine", agency="fire", capabilities=["engine"], home=PLACE
            )
            self.give(kind="unit_on_duty", unit=unit, crew_count=3)
        while not self.ended:
            self._story(own)

    def _story(self, own: list[str]) -> None:
        call = self._made("call", self.give(kind="receive_call", line="112", number="+351912345678", caller="Rita"))
        if not call:
            return
        self.give(kind="answer_call", call=call)
        opened = self.give(kind="open_incident", type="FIRE-STRUCTURE", place=PLACE, calls=[call], summary="smoke")
        incident = self._made("incident", opened)
        if not incident:
            return
        units = [self._dice.choice(own), self._dice.choice(SHARED)]
        sent = [unit for unit in units if self.give(kind="dispatch_units", incident=incident, units=[unit]) is not None]
        self.give(kind="note_incident", incident=incident, text="two trapped")
        for stage in STAGES:
            for unit in sent:
                self.give(kind="stamp_unit", unit=unit, status=stage)
        self.give(kind="close_incident", incident=incident, disposition="handled")

    @staticmethod
    def _made(name: str, done: Any) -> str:
        found = [entry["fact"][name] for entry in (done or {"entries": []})["entries"] if name in entry["fact"]]
        return str(found[0]) if found else ""

    def give(self, **order: Any) -> Any:
        """The answer, or None for a refusal or an end."""
        self._number += 1
        key = f"{self.name}#{self._number}"
        if not self.ended:
            time.sleep(self._dice.expovariate(1 / self._busy))
        begun, tries = time.monotonic(), 0
        while not self.ended or tries:
            nodes = self._nodes()
            tries += 1
            with suppress(requests.RequestException, ValueError):
                answer = self._person.give(nodes[self._dice.randrange(len(nodes))], key, **order)
                said = answer.json()
                if answer.status_code == 200:
                    self.acknowledged[key] = said["position"]
                    self.answers["done"] += 1
                    if tries == 1:
                        self.took_s.append(time.monotonic() - begun)
                    return said
                self.answers[said["name"]] += 1
                if answer.status_code == 409:
                    return None
            if time.monotonic() - begun > 90:
                self.answers["never answered"] += 1
                return None
            time.sleep(0.1)
        return None


class Spirit:
    """Kills nodes and primaries, cuts connections; all from one seed."""

    def __init__(self, pair: Pair, nodes: list[Node], folder: Path, screens: list[Screen], seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.fail_over_s: list[float] = []
        """From the promotion until every screen says again that orders are recorded."""
        self.lost_s: list[float] = []
        """From the primary's death until then."""
        self._pair, self._nodes, self._folder, self._screens = pair, nodes, folder, screens
        self._dice = random.Random(seed)

    def run(self, until_at: float, every_s: float, note: Callable[[str], None]) -> None:
        """One misfortune after the other, until then."""
        while True:
            wait_s = self._dice.uniform(0.5, 1.5) * every_s
            if time.monotonic() + wait_s > until_at:
                return
            time.sleep(wait_s)
            what = self._dice.choice(("node", "node", "primary", "connections", "both"))
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
        node.kill()
        time.sleep(after_s)
        self._nodes[which] = Node(self._folder / "ab"[which], self._pair.address, node.port)
        for screen in self._screens:
            if screen.node is node:
                screen.node = self._nodes[which]

    def _both(self) -> None:
        """A node dies, and the primary while it is away."""
        which = self._dice.randrange(len(self._nodes))
        node = self._nodes[which]
        node.kill()
        self._primary(live=[one for one in self._nodes if one is not node])
        self._nodes[which] = Node(self._folder / "ab"[which], self._pair.address, node.port)
        for screen in self._screens:
            if screen.node is node:
                screen.node = self._nodes[which]

    def _connections(self) -> None:
        self._pair.primary.cut()

    def _primary(self, live: list[Node] | None = None) -> None:
        watched = [screen for screen in self._screens if live is None or screen.node in live]
        begun = time.monotonic()
        self._pair.primary.kill()
        until(lambda: not any(screen.recording for screen in watched), "every screen says that nothing is recorded")
        time.sleep(self._dice.uniform(0.0, 3.0))
        self._pair.promote()
        promoted = time.monotonic()
        until(lambda: all(screen.recording for screen in watched), "every screen is live again")
        self.fail_over_s.append(time.monotonic() - promoted)
        self.lost_s.append(time.monotonic() - begun)
        self._pair.rejoin()
