"""How fast the access log takes looks, durable before anything is shown. One JSON object a line.

`python bench/looks.py [--people 64] [--each 200] [--dir DIR]`: everybody looks at something past again and again, each
look waiting until it is on the disk (SQLite, fsync); all who wait together are one write. The directory must be on the
disk that matters.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from tocsin.desk.looks import Looks
from tocsin.facts.looks import Looked
from tocsin.log.sqlite import SqliteLog


async def run(folder: Path, people: int, each: int) -> dict[str, object]:
    log = SqliteLog.open(folder / "looks.db", "bench", kind="looks")
    looks = Looks(log, time.time)
    took: list[float] = []

    async def person(n: int) -> None:
        for k in range(each):
            begun = time.perf_counter()
            await looks.record(Looked(time.time(), "timeline", "complaint", incident=str(k)), by=f"p{n}")
            took.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(person(n) for n in range(people)))
    all_s = time.perf_counter() - begun
    await looks.stop()
    begun = time.perf_counter()
    flaws = log.verify()
    verified_s = time.perf_counter() - begun
    log.close()
    took.sort()
    return {
        "bench": "looks", "people": people, "looks": len(took), "looks_per_s": round(len(took) / all_s),
        "p50_ms": round(took[len(took) // 2] * 1e3, 1), "p99_ms": round(took[len(took) * 99 // 100] * 1e3, 1),
        "verify_s": round(verified_s, 2), "flaws": len(flaws),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--dir", type=Path, default=Path.cwd())
    options = parser.parse_args()
    for people in (1, options.people):
        with tempfile.TemporaryDirectory(dir=options.dir, prefix="bench-looks-") as folder:
            print(json.dumps(asyncio.run(run(Path(folder), people, options.each))), flush=True)


if __name__ == "__main__":
    main()
