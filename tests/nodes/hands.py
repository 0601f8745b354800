"""Whoever gives orders in a soak: people, crews and machines, each a thread that goes on until it is told to end.

What was acknowledged is written down by those who were told. Whatever they trip over is kept and fails the run.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any

import requests
from tests.nodes.cluster import Node, Person

PATIENCE_S = 180.0
"""An order that nobody answers for so long is a broken promise: what was wrong is over long before."""


Nodes = Callable[[], list[Node]]


class Hand(ABC):
    """Gives orders at any node. One without an answer is sent again under its key, to another node, until there is one,
    as the console does."""

    def __init__(self, name: str, nodes: Nodes, person: Person | None, dice: random.Random) -> None:
        self.name, self.person, self.dice = name, person, dice
        self.acknowledged: dict[str, int] = {}
        self.answers: Counter[str] = Counter()
        self.took_s: list[float] = []
        self.ended = False
        self.faults: list[str] = []
        self._nodes = nodes
        self._number = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    @abstractmethod
    def work(self) -> None:
        """What they do until `ended`."""

    def start(self) -> Any:
        """Begin."""
        self._thread.start()
        return self

    def close(self) -> None:
        """End after the order in hand."""
        self.ended = True
        self._thread.join(PATIENCE_S + 60)
        if self._thread.is_alive():
            self.faults.append(f"{self.name} never ended")

    def _run(self) -> None:
        try:
            self.work()
        except Exception:  # noqa: BLE001 - the report tells it
            self.faults.append(f"{self.name} tripped: {traceback.format_exc()}")

    def pause(self, least_s: float, most_s: float) -> None:
        """As long as something takes, unless it is over."""
        until = time.monotonic() + self.dice.uniform(least_s, most_s)
        while not self.ended and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))

    def node(self) -> Node:
        """Whichever."""
        return self.dice.choice(self._nodes())

    def ask(self, path: str) -> Any:
        """What a node says there; None where it has nothing to say, or is not there."""
        try:
            answer = self.person.ask(self.node(), path)
            return answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            return None

    def give(self, **order: Any) -> Any:
        """The answer, or None for a refusal or an end."""
        self._number += 1
        key = f"{self.name}#{self._number}"
        begun, tries = time.monotonic(), 0
        while not self.ended or tries:
            tries += 1
            said = self._try(key, order)
            if said is not None and "entries" in said:
                self.acknowledged[key] = said["position"]
                if tries == 1:
                    self.took_s.append(time.monotonic() - begun)
                return said
            if said is not None and said["status"] == 409:
                return None
            if time.monotonic() - begun > PATIENCE_S:
                self.faults.append(f"{key} was never answered")
                return None
            time.sleep(0.1)
        return None

    def _try(self, key: str, order: dict[str, Any]) -> Any:
        try:
            answer = self.person.give(self.node(), key, **order)
            said = answer.json()
        except (requests.RequestException, ValueError):
            self.answers["no answer"] += 1
            return None
        self.answers["done" if answer.status_code == 200 else said["name"]] += 1
        return said | {"status": answer.status_code}

    def made(self, kind: str, done: Any) -> str:
        """The number of what an order made: `call`, `incident`."""
        found = [entry["fact"][kind] for entry in (done or {"entries": []})["entries"] if kind in entry["fact"]]
        return str(found[0]) if found else ""
