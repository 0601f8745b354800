"""The log in PostgreSQL beside the log in SQLite, on this machine. One JSON object a line; durable means on the disk.

`python bench/log_postgres.py [--facts 1000000] [--dir DIR] [--skip-big]`: starts a private server with Debian's own
settings (fsync on) in DIR, which must be on the disk that matters. Also: tracks by COPY, a copy between the stores,
verifying a large log, the tree's tiles and proofs.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from common import ROOT, note, say, spread_ms
from log import T0, append, entry
from tocsin.facts.base import Entry
from tocsin.facts.units import UnitsMoved
from tocsin.facts.values import Move
from tocsin.log.codec import CODEC
from tocsin.log.copy import copy_log
from tocsin.log.memory import link
from tocsin.log.port import Raced
from tocsin.log.postgres import PostgresLog
from tocsin.log.proofs import verify_inclusion
from tocsin.log.sqlite import SqliteLog
from tocsin.log.tiles import Tiles


def server_module() -> ModuleType:
    """The tests' own private server."""
    spec = importlib.util.spec_from_file_location("postgres_server", ROOT / "tests" / "log" / "postgres_server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def groups(name: str, open_log: Callable[[str], Any]) -> None:
    for group, count in ((1, 1_000), (50, 20_000), (500, 20_000)):
        log = open_log(f"group{group}")
        took = append(log, count, group)
        say("log append, durable", store=name, group=group, facts_per_s=round(count / sum(took)), **spread_ms(took))
        log.close()


def tracks(log: PostgresLog) -> None:
    took = []
    for first in range(1, 20_001, 500):
        group = [track(n) for n in range(first, first + 500)]
        took.append(timed(lambda g=group, f=first: log.append(g, f - 1))[0])
    say(
        "tracks by COPY, relaxed",
        store="PostgreSQL",
        group=500,
        facts_per_s=round(20_000 / sum(took)),
        **spread_ms(took),
    )
    log.close()


def track(n: int) -> Entry:
    return Entry(
        n, T0 + n, "clock", f"t{n}", n - 1, UnitsMoved(T0 + n, (Move(f"E{n % 50}", T0 + n, 35.9, 14.5, 9.0, 90.0),))
    )


def race(open_log: Callable[[str], PostgresLog]) -> None:
    """Two nodes at one log, both as fast as they can: how many groups of 50 come through, how many raced."""
    nodes, done, raced = [open_log("race"), open_log("race")], [0, 0], [0, 0]
    until = time.perf_counter() + 3

    def write(which: int) -> None:
        log = nodes[which]
        while time.perf_counter() < until:
            at = log.position()
            try:
                log.append([entry(at + k) for k in range(1, 51)], at)
                done[which] += 1
            except Raced:
                raced[which] += 1

    threads = [threading.Thread(target=write, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(
        "two nodes, groups of 50",
        facts_per_s=round(sum(done) * 50 / 3),
        kept=done,
        raced=raced,
        clean=nodes[0].verify() == [],
    )
    for log in nodes:
        log.close()


def wake(open_log: Callable[[str], PostgresLog]) -> None:
    """From an append acknowledged on one node to another node knowing."""
    one, two = open_log("wake"), open_log("wake")
    lags = []
    known: list[float] = []

    def wait(position: int) -> None:
        two.wait_for(position, 10)
        known.append(time.perf_counter())

    for n in range(200):
        waiting = threading.Thread(target=wait, args=(n + 1,))
        waiting.start()
        time.sleep(0.005)
        one.append([entry(n + 1)], n)
        begun = time.perf_counter()
        waiting.join()
        lags.append(max(0.0, known[-1] - begun))
    say("NOTIFY to another node", **spread_ms(lags))
    one.close()
    two.close()


def fill(log: Any, count: int) -> None:
    """Quickly: linked here, kept as rows."""
    for first in range(1, count + 1, 5_000):
        entries = [entry(n) for n in range(first, min(first + 5_000, count + 1))]
        log.restore(link(entries, tip_of(log), CODEC), [], first - 1)


def tip_of(log: Any) -> Any:
    """Where it stands; both stores keep that under one name."""
    return log._ends()[1]


def big(store: str, log: Any, count: int) -> None:
    took, flaws = timed(log.verify)
    say("verify", store=store, facts=count, s=round(took, 2), facts_per_s=round(count / took), clean=flaws == [])
    took, _ = timed(lambda: sum(1 for _ in log.read()))
    say("read", store=store, facts=count, s=round(took, 2), facts_per_s=round(count / took))


def tree(log: Any, count: int, keep: Path) -> None:
    head = log.head()
    tiles = Tiles.of(log, keep)
    say("tree, first time", facts=count, s=round(timed(lambda: tiles.grow(head.position, head.root))[0], 2))
    again = Tiles.of(log, keep)
    say(
        "tree, from what was kept",
        facts=count,
        ms=round(timed(lambda: again.grow(head.position, head.root))[0] * 1e3, 1),
    )
    took = [timed(lambda n=n: again.inclusion(n * 997 % count, count))[0] for n in range(200)]
    say("inclusion proof made", facts=count, **spread_ms(took))
    proof, leaf = again.inclusion(count // 3, count), log.leaves(count // 3 + 1, 1)[0]
    took = [timed(lambda: verify_inclusion(count // 3, count, leaf, head.root, proof))[0] for _ in range(200)]
    say("inclusion proof checked", facts=count, hashes=len(proof), **spread_ms(took))
    took = [timed(lambda n=n: again.bytes_for(f"tile/0/{n:03d}"))[0] for n in range(200)]
    say("tile given out", **spread_ms(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--dir", type=Path, default=Path.cwd())
    parser.add_argument("--skip-big", action="store_true")
    options = parser.parse_args()
    found = server_module()
    bin_dir = found.programs()
    if bin_dir is None:
        sys.exit("PostgreSQL's server (15 or later) is not on this machine")
    server = found.Server.make(bin_dir)
    try:
        server.start()
        with tempfile.TemporaryDirectory(dir=options.dir, prefix="bench-log-") as folder:
            measure(server, Path(folder), options.facts, skip_big=options.skip_big)
    finally:
        server.remove()


def measure(server: Any, folder: Path, count: int, *, skip_big: bool) -> None:
    def in_postgres(centre: str) -> PostgresLog:
        return PostgresLog.open(server.conninfo, centre)

    def in_file(centre: str) -> SqliteLog:
        return SqliteLog.open(folder / f"{centre}.db", centre)

    groups("PostgreSQL", in_postgres)
    groups("SQLite", in_file)
    tracks(PostgresLog.open(server.conninfo, "tracks", durable=False))
    race(in_postgres)
    wake(in_postgres)
    if skip_big:
        return
    note(f"filling {count:,} facts")
    here, there = in_file("big"), in_postgres("big")
    fill(here, count)
    big("SQLite", here, count)
    took, copied = timed(lambda: copy_log(here, there))
    say("copy SQLite to PostgreSQL, compared", facts=copied, s=round(took, 1), facts_per_s=round(copied / took))
    big("PostgreSQL", there, count)
    tree(here, count, folder / "roots")
    here.close()
    there.close()


if __name__ == "__main__":
    main()
