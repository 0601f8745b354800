"""A centre on two nodes and a pair of databases, under people who never stop, while nodes and primaries are killed.

`python -m tests.nodes.soak [--minutes 60] [--seed 1]`: a report at the end, for people on standard error, as one
JSON object on standard output. Ends with 1 when anything that was acknowledged is not in the log, once, where it was
said to be; when a screen missed a fact; when the log does not verify; or when a rule of the room was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from tests.log.postgres_server import programs
from tests.nodes.chaos import Dispatcher, Spirit
from tests.nodes.cluster import Node, Pair, Person, Screen, account, paired, until

from tocsin.log.master import VARIABLE, MasterKey
from tocsin.log.port import Row
from tocsin.log.postgres import PostgresLog
from tocsin.sim.faults.checker import Broken, Checker

DISPATCHERS, SCREENS = 6, 4


def note(words: str) -> None:
    """For whoever watches."""
    click.echo(f"{time.strftime('%H:%M:%S')} {words}", err=True)


def rank(values: list[float], share: float) -> float:
    """Nearest-rank percentile; 0 of none."""
    return round(sorted(values)[max(0, -(-len(values) * share // 1).__int__() - 1)], 3) if values else 0.0


def faults_of(address: str, people: list[Dispatcher], screens: list[Screen]) -> tuple[list[str], int]:
    """Everything that is not as it must be, and how many facts there are."""
    found = [f"{one.name} never ended" for one in people if one.stuck]
    acknowledged = {key: at for one in people for key, at in one.acknowledged.items()}
    log = PostgresLog.open(address, "north", read_only=True)
    try:
        found += [f"verify: {flaw.position}: {flaw.what}" for flaw in log.verify()[:5]]
        rows, entries = list(log.rows()), list(log.read())
    finally:
        log.close()
    kept: Counter[str] = Counter()
    shown: list[Row] = []
    checker = Checker(lambda: shown, pictures=False)
    try:
        for _, group in groupby(entries, key=lambda entry: (entry.by, entry.order)):
            told = list(group)
            shown += rows[len(shown) : told[-1].position]
            kept[told[0].order] += 1
            checker.appended(told)
    except Broken as broken:
        found.append(str(broken))
    last = {entry.order: entry.position for entry in entries}
    for key, at in acknowledged.items():
        if kept[key] != 1 or last[key] != at:
            found.append(f"{key} was acknowledged at {at}; it stands {kept[key]} times, last at {last.get(key)}")
    for i, screen in enumerate(screens):
        found += [f"screen {i} missed {gap}" for gap in screen.gaps[:3]]
        missing = acknowledged.keys() - screen.orders.keys()
        found += [f"screen {i} was never told of {len(missing)} orders"] if missing else []
    return found, len(entries)


def calm(nodes: list[Node], person: Person, screens: list[Screen]) -> None:
    """Everybody comes to the same end."""

    def positions() -> set[int]:
        shown = {person.ask(node, "/api/board").json()["board"]["position"] for node in nodes}
        return shown | {screen.position for screen in screens}

    until(lambda: len(positions()) == 1, "nodes and screens stand at the same position", 120)


def soak(pair: Pair, folder: Path, minutes: float, seed: int, every_s: float) -> dict[str, Any]:
    """One run; the report."""
    account(pair.address)
    nodes = [Node(folder / name, pair.address) for name in "ab"]
    person = Person(nodes[0])
    screens = [Screen(nodes[n % 2], person) for n in range(SCREENS)]
    dice = random.Random(seed)
    people = [
        Dispatcher(f"d{n}", lambda: list(nodes), person, random.Random(dice.random()), 0.25).start()
        for n in range(DISPATCHERS)
    ]
    spirit = Spirit(pair, nodes, folder, screens, seed)
    begun = time.monotonic()
    try:
        until(lambda: sum(len(one.acknowledged) for one in people) > 200, "a centre at work")
        spirit.run(begun + minutes * 60, every_s, lambda what: note(f"{what} dies at {time.monotonic() - begun:.0f} s"))
        time.sleep(max(0.0, begun + minutes * 60 - time.monotonic()))
        note("it calms down")
        for one in people:
            one.close()
        calm(nodes, person, screens)
        found, facts = faults_of(pair.address, people, screens)
    except AssertionError as never:
        found, facts = [str(never), *(node.log.read_text()[-3_000:] for node in nodes)], 0
    finally:
        for one in people:
            one.ended = True
        for screen in screens:
            screen.close()
        stopped = [node.stop() for node in nodes]
    found += [f"a node ended with {code}" for code in stopped if code]
    for node in nodes:
        before, trace, after = node.log.read_text().partition("Traceback")
        found += [f"{node.log.name} holds a stack trace: …{before[-300:]}{trace}{after[:4_000]}"] if trace else []
    took = [value for one in people for value in one.took_s]
    return {
        "name": "soak",
        "seed": seed,
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "facts": facts,
        "acknowledged": sum(len(one.acknowledged) for one in people),
        "answers": dict(sum((one.answers for one in people), Counter())),
        "order_s": {"n": len(took), "p50": rank(took, 0.5), "p99": rank(took, 0.99)},
        "killed": dict(spirit.kills),
        "live_after_promotion_s": {"n": len(spirit.fail_over_s), "max": rank(spirit.fail_over_s, 1.0)},
        "lost_s": {"n": len(spirit.lost_s), "max": rank(spirit.lost_s, 1.0)},
        "screens_resumed": sum(screen.connects - 1 for screen in screens),
        "broken": found,
    }


def main() -> int:
    """Run it and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=20.0, metavar="SECONDS", help="between misfortunes")
    words = parser.parse_args()
    bin_dir = programs()
    if bin_dir is None:
        note("PostgreSQL's server (15 or later) is not on this machine: nothing was proved")
        return 2
    os.environ[VARIABLE] = MasterKey.new().line()  # one for all nodes
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, paired(bin_dir) as pair:
        told = soak(pair, Path(folder), words.minutes, words.seed, words.every)
    for name, value in told.items():
        note(f"  {name}: {value}")
    note("every promise was kept" if not told["broken"] else f"BROKEN: {told['broken']}")
    click.echo(json.dumps(told))
    return 1 if told["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
