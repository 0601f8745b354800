"""Start-up with a million facts: from `tocsin serve` to the first picture, by snapshot and tail, and without one.

`python bench/start.py [--facts 1000000] [--tail 5000] [--postgres]`: a year of plausible incidents is written, a
snapshot made of all but the tail, and the server started as an operator would. Durable stores, warm disk cache.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import note, say
from tocsin.cli.keys_at import keys_at
from tocsin.desk.snapshot import FILE
from tocsin.facts import assignments, calls, centre, incidents, units
from tocsin.facts.assignments import Drive
from tocsin.facts.base import Entry
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Place
from tocsin.log.sqlite import SqliteLog

T0 = 1_760_000_000.0
UNITS = 200
DRIVE = Drive("road", 300.0, 4_000.0)


def facts() -> Iterator[DecisionFact]:
    """Calls that become incidents, are sent units, and end: about eleven facts each."""
    yield centre.CentreOpened(T0, "centre", "Centre", "live")
    home = Place(35.9, 14.5, "Station")
    for n in range(UNITS):
        yield units.UnitRegistered(T0, f"E{n}", "engine", "fire", ("engine",), 2, home, "Station")
        yield units.UnitCameOnDuty(T0, f"E{n}", 4)
    for n in itertools.count(1):
        at, one, unit = T0 + n * 300.0, str(n), f"E{n % UNITS}"
        place = Place(35.9 + n % 997 / 2e4, 14.45 + n % 991 / 2e4, f"{n % 200} Long Street", "address")
        yield calls.CallReceived(at, one, "112", f"+356 99{n % 1_000_000:06}", "Maria", place)
        yield calls.CallAnswered(at + 5, one, "ana")
        yield incidents.IncidentOpened(at + 30, one, "FIRE", 1, place, (one,), "smoke from the roof")
        yield calls.CallAttached(at + 30, one, one)
        yield assignments.UnitDispatched(at + 60, unit, one, DRIVE)
        yield assignments.UnitAcknowledged(at + 70, unit, one)
        yield assignments.UnitEnRoute(at + 120, unit, one)
        yield incidents.IncidentNoted(at + 200, one, "two people on the balcony, third floor")
        yield assignments.UnitOnScene(at + 400, unit, one)
        yield assignments.UnitAvailable(at + 2_000, unit, one)
        yield incidents.IncidentClosed(at + 2_100, one, "DONE")


def entries(count: int) -> Iterator[AnyEntry]:
    for position, fact in enumerate(itertools.islice(facts(), count), 1):
        yield Entry(position, fact.at, "ana", f"o{position}", position - 1, fact)


def fill(log: Any, found: Iterator[AnyEntry], upto: int) -> None:
    position = log.position()
    while position < upto:
        group = list(itertools.islice(found, min(5_000, upto - position)))
        log.append(group, position)
        position += len(group)


def start(data: Path, store: str) -> float:
    """Seconds from the command to the first picture's position being served."""
    code = "from tocsin.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--data", str(data), "--port", "0"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TOCSIN_STORE": store}
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = line.rsplit(" ", 1)[1].strip()
        urllib.request.urlopen(f"{address}/api/health", timeout=60).read()
        return time.perf_counter() - begun
    finally:
        process.terminate()
        process.communicate(timeout=60)


def measure(data: Path, log: Any, store: str, name: str, facts_n: int, tail: int) -> None:
    found = entries(facts_n)
    note(f"writing {facts_n:,} facts ({name})")
    fill(log, found, facts_n - tail)
    begun = time.perf_counter()
    snapshot = [sys.executable, "-c", "from tocsin.cli import main; main()", "log", "snapshot", str(data)]
    subprocess.run(snapshot, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "TOCSIN_STORE": store})
    made_s = time.perf_counter() - begun
    fill(log, found, facts_n)
    took = sorted(start(data, store) for _ in range(3))
    size = (data / FILE).stat().st_size
    say(
        "start to first picture, snapshot and tail",
        store=name,
        facts=facts_n,
        tail=tail,
        n=3,
        p50_s=round(took[1], 2),
        max_s=round(took[2], 2),
        snapshot_mb=round(size / 1e6, 1),
        fold_and_write_s=round(made_s, 1),
    )
    (data / FILE).unlink()
    say("start to first picture, everything folded", store=name, facts=facts_n, n=1, s=round(start(data, store), 1))


def verify(log: Any, name: str) -> None:
    begun = time.perf_counter()
    assert log.verify() == []
    took, n = time.perf_counter() - begun, log.position()
    say("verify", store=name, facts=n, s=round(took, 2), facts_per_s=round(n / took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--tail", type=int, default=5_000)
    parser.add_argument("--postgres", action="store_true", help="Also over a private PostgreSQL.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-start-") as folder:
        data = Path(folder) / "sqlite"
        data.mkdir(mode=0o700)
        with keys_at(data, "", "centre", make=True) as keys:
            log = SqliteLog.open(data / "decisions.db", "centre", codec=keys.codec)
            measure(data, log, "", "sqlite", options.facts, options.tail)
            verify(log, "sqlite")
            log.close()
        if options.postgres:
            over_postgres(Path(folder) / "postgres", options)


def over_postgres(data: Path, options: argparse.Namespace) -> None:
    from log_postgres import server_module
    from tocsin.log.postgres import PostgresLog

    module = server_module()
    bin_dir = module.programs()
    if bin_dir is None:
        note("no PostgreSQL server here")
        return
    data.mkdir(mode=0o700)
    server = module.Server.make(bin_dir)
    try:
        server.start()
        with keys_at(data, server.conninfo, "centre", make=True) as keys:
            log = PostgresLog.open(server.conninfo, "centre", codec=keys.codec)
            measure(data, log, server.conninfo, "postgres", options.facts, options.tail)
            verify(log, "postgres")
            log.close()
    finally:
        server.remove()


if __name__ == "__main__":
    main()
