"""How fast the log appends, reads and verifies here. One JSON object a line; durable means an fsync for each group.

`python bench/log.py [--facts 100000] [--dir DIR]`: the directory must be on the disk that matters (not a RAM disk).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tocsin.facts.base import Entry
from tocsin.facts.incidents import IncidentOpened
from tocsin.facts.values import Place
from tocsin.log.codec import CODEC
from tocsin.log.port import Receipt
from tocsin.log.sqlite import SqliteLog

T0 = 1_700_000_000.0


def entry(n: int) -> Entry:
    place = Place(35.9, 14.5, f"{n % 200}, Triq il-Kbira", "address")
    fact = IncidentOpened(T0 + n, f"I-{n}", "fire.structure", 1, place, (f"C-{n}",), "smoke from the roof")
    return Entry(n, T0 + n, "ana", f"order-{n}", n - 1, fact)


def append(log: SqliteLog, count: int, group: int, receipts: bool = True) -> list[float]:
    """Append `count` facts in groups; returns the seconds each group took."""
    took = []
    start = log.position()
    for first in range(start + 1, start + count + 1, group):
        entries = [entry(n) for n in range(first, min(first + group, start + count + 1))]
        kept = [Receipt(e.by, e.order, b"\x00" * 32, e.position, e.position) for e in entries] if receipts else []
        begun = time.perf_counter()
        log.append(entries, first - 1, kept)
        took.append(time.perf_counter() - begun)
    return took


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--dir", type=Path, default=Path.cwd())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir, prefix="bench-log-") as directory:
        for group in (1, 50, 500):
            took = append(
                SqliteLog.open(Path(directory) / f"{group}.db", "bench"), 20_000 if group > 1 else 1_000, group
            )
            ordered = sorted(took)
            say(
                bench="log append, durable",
                group=group,
                facts_per_s=round((20_000 if group > 1 else 1_000) / sum(took)),
                commit_ms_p50=round(ordered[len(took) // 2] * 1e3, 2),
                commit_ms_p99=round(ordered[int(len(took) * 0.99)] * 1e3, 2),
            )
        log = SqliteLog.open(Path(directory) / "big.db", "bench")
        append(log, options.facts, 500)
        n = options.facts
        rows = [(row.position, row.raw) for row in log.rows()]
        chunks = [rows[i : i + 1_000] for i in range(0, n, 1_000)]
        del rows
        say(
            bench="log decode",
            facts=n,
            facts_per_s=round(n / timed(lambda: [CODEC.decode_all(c) and 0 for c in chunks])),
        )
        say(bench="log read", facts=n, facts_per_s=round(n / timed(lambda: sum(1 for _ in log.read()))))
        say(bench="log verify", facts=n, facts_per_s=round(n / timed(log.verify)), clean=log.verify() == [])
        say(bench="log open and head", facts=n, ms=round(timed(lambda: reopen(Path(directory) / "big.db")) * 1e3, 2))
        say(
            bench="log receipt",
            us=round(timed(lambda: [log.receipt("ana", f"order-{k}") for k in range(1_000)]) * 1e3, 1),
        )
        log.close()


def reopen(path: Path) -> None:
    again = SqliteLog.open(path, "bench")
    again.head()
    again.close()


if __name__ == "__main__":
    main()
