"""A centre on several machines, as far as one machine can be several: nodes are processes, the database a pair.

Shared by the tests, the fail-over bench and the soak: it starts, kills and promotes, and keeps what was acknowledged.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from tests.log.postgres_server import Server

from tocsin.access import Access

PASSWORD = "correct horse battery"
WAIT_S = 60.0
START_S = 180.0


def until(true: Callable[[], object], what: str, timeout_s: float = WAIT_S) -> float:
    """Seconds until it is true."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > timeout_s:
            raise AssertionError(f"never came to be: {what}")
        time.sleep(0.02)
    return time.monotonic() - begun


class Pair:
    """A primary and a standby that it waits for; who is who may change."""

    def __init__(self, primary: Server) -> None:
        self.primary = primary
        self.standby = primary
        self.address = ""

    def join(self) -> None:
        """A standby of the present primary, made anew, that every commit waits for."""
        base = self.primary.base.with_name(self.primary.base.name + "s")
        self.standby = Server(self.primary._bin, base)
        base.mkdir(mode=0o700)
        self.standby.own(base)
        self._follow()
        hosts = f"{self.primary.base},{self.standby.base}"
        self.address = self.address or f"postgresql://tocsin@/postgres?host={hosts}&port=5432,5432"

    def _follow(self) -> None:
        """The standby, from a copy of the primary, which then waits for it at every commit."""
        conninfo = f"host={self.primary.base} user=tocsin application_name=standby"
        self.primary.run("pg_basebackup", "-d", conninfo, "-D", self.standby.data, "-R", "-c", "fast", "--no-sync")
        self.standby.start()
        self.primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.primary.execute("SELECT pg_reload_conf()")
        until(
            lambda: self.primary.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"),
            "the primary waits for its standby",
        )

    def promote(self) -> None:
        """The standby takes over, and waits for nobody."""
        self.standby.run("pg_ctl", "-D", self.standby.data, "-w", "promote")
        self.standby.execute("ALTER SYSTEM RESET synchronous_standby_names")
        self.standby.execute("SELECT pg_reload_conf()")

    def rejoin(self) -> None:
        """The primary that died comes back, emptied, as the standby of the one that took its place."""
        self.primary, self.standby = self.standby, self.primary
        shutil.rmtree(self.standby.data)
        self._follow()

    def remove(self) -> None:
        for server in (self.primary, self.standby):
            server.remove()


class Node:
    """One `tocsin serve` in a process of its own."""

    def __init__(self, data: Path, store: str, port: int = 0, more: tuple[str, ...] = ()) -> None:
        words = ["serve", "--data", str(data), "--store", store, "--port", str(port), "--centre", "north"]
        words += ["--name", "North", "--mode", "exercise", *more]
        command = [sys.executable, "-c", "from tocsin.cli import main; main()", *words]
        self.log, self._more = data.with_suffix(".log"), more
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        patience = threading.Timer(START_S, self.process.kill)  # whoever hangs at its start says nothing for ever
        patience.start()
        line = self.process.stdout.readline() if self.process.stdout else ""
        patience.cancel()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise AssertionError(f"the node did not start: {line!r} {self.log.read_text()[-2_000:]}")
        self.port = int(found[1])
        self.address = found[0]

    def again(self, store: str) -> Node:
        """The same machine, started anew."""
        return Node(self.log.with_suffix(""), store, self.port, self._more)

    def health(self) -> dict:
        return requests.get(f"{self.address}/api/health", timeout=10).json()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def pause(self, seconds: float) -> None:
        """As a machine that swaps, or is moved to another host, does: nothing runs, and nobody is told."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode


class Person:
    """Somebody signed in; the session is good at every node."""

    def __init__(self, node: Node, name: str = "ana") -> None:
        self.session = requests.Session()
        body = {"name": name, "password": PASSWORD}
        answer = self.session.post(f"{node.address}/api/session", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        # Handed on by hand: a cookie is of one host and port only for browsers.
        self.headers = {
            "X-Tocsin-CSRF": answer.json()["csrf"],
            "Cookie": answer.headers["set-cookie"].partition(";")[0],
        }

    def ask(self, node: Node, path: str) -> requests.Response:
        return requests.get(f"{node.address}{path}", headers=self.headers, timeout=30)

    def give(self, node: Node, key: str, **order: object) -> requests.Response:
        return self.post(node, "/api/orders", {"id": key, "order": order})

    def post(self, node: Node, path: str, body: object) -> requests.Response:
        return requests.post(f"{node.address}{path}", json=body, headers=self.headers, timeout=30)


class Machine(Person):
    """A token: the exchange, or the radio that hears where vehicles are."""

    def __init__(self, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}


class Screen:
    """Follows one node's tail from the first fact on, as a browser does: resumes by position over a lost server too."""

    def __init__(self, node: Node, person: Person) -> None:
        self.node, self.person = node, person
        self.position = 0
        self.orders: dict[str, int] = {}
        self.moves: dict[str, list] = {}
        self.rows: dict[str, dict] = {}
        """The picture, put together from the tail alone."""
        self.words: list[bool] = []
        self.gaps: list[tuple[int, int]] = []
        self.connects = 0
        self.ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def recording(self) -> bool:
        return self.words[-1] if self.words else True

    def _run(self) -> None:
        while not self.ended:
            with suppress(requests.RequestException):
                self._follow()
            time.sleep(0.1)

    def _follow(self) -> None:
        address = f"{self.node.address}/api/tail?after={self.position}"
        with requests.get(address, headers=self.person.headers, stream=True, timeout=30) as answer:
            self.connects += 1
            event = ""
            for line in answer.iter_lines():
                if self.ended:
                    return
                if line.startswith(b"event: "):
                    event = line[7:].decode()
                elif line.startswith(b"data: "):
                    self._take(event, json.loads(line[6:]))

    def _take(self, event: str, said: dict) -> None:
        if event == "pulse":
            self.words.append(said["recording"])
        elif event == "tracks":
            self.moves.update({move[0]: move for move in said["moves"]})
        elif event == "facts":
            for entry in said["entries"]:
                if entry["position"] != self.position + 1:
                    self.gaps.append((self.position, entry["position"]))
                self.position = entry["position"]
                self.orders[entry["order"]] = entry["position"]
            for table, rows in said["rows"].items():
                shown = self.rows.setdefault(table, {})
                shown.update(rows)
                for name in [name for name, row in rows.items() if row is None]:
                    del shown[name]

    def close(self) -> None:
        self.ended = True


class Load:
    """Somebody who gives orders to one node after the other without end, and writes down what was acknowledged.

    An order without an answer is sent again under its key until there is one, as the console does.
    """

    def __init__(self, nodes: Callable[[], list[Node]], person: Person, name: str) -> None:
        self.acknowledged: dict[str, int] = {}
        self.refused: set[str] = set()
        self.ended = False
        self._nodes, self._person, self._name = nodes, person, name
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self.ended:
            number += 1
            self._one(f"{self._name}{number}", number)

    def _one(self, key: str, number: int) -> None:
        while not self.ended:
            nodes = self._nodes()
            with suppress(requests.RequestException, IndexError):
                answer = self._person.give(nodes[number % len(nodes)], key, kind="receive_call", line="112")
                if answer.status_code == 200:
                    self.acknowledged[key] = answer.json()["position"]
                    return
                self.refused.add(answer.json()["name"])
            number += 1
            time.sleep(0.05)

    def close(self) -> None:
        self.ended = True
        self._thread.join(60)


@contextmanager
def paired(bin_dir: Path) -> Iterator[Pair]:
    """A pair of database servers, gone afterwards."""
    server = Server.make(bin_dir)
    pair = Pair(server)
    try:
        server.start()
        pair.join()
        yield pair
    finally:
        pair.remove()


def account(store: str, name: str = "ana") -> None:
    access = Access.at(store, "north")
    access.add_account(name, PASSWORD, ("dispatcher", "supervisor"), time.time())
    access.close()
