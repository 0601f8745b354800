"""10,000 connections that say nothing: what they cost, and whether anybody at work notices.

`python bench/idle.py [COUNT]`. Half of them never send a byte; half have asked once and stay open.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from common import Client, Server, note, place, say, spread_ms
from wall import used

COUNT, ORDERS = 10_000, 200


async def work(giver: Client, tag: str) -> list[float]:
    """Orders one after the other."""
    took = []
    for i in range(ORDERS):
        begun = time.perf_counter()
        await giver.must(f"{tag}{i}", "open_incident", type="MED-ILLNESS", place=place(i))
        took.append(time.perf_counter() - begun)
    return took


async def run(server: Server, count: int) -> None:
    giver = await Client(server.port).sign_in("ana")
    alone = await work(giver, "a")
    _, before_mb = used(server.process.pid)
    begun, kept, refused = time.perf_counter(), [], 0
    for first in range(0, count, 200):
        opened = await asyncio.gather(*(Client(server.port).open() for _ in range(200)), return_exceptions=True)
        kept += [one for one in opened if isinstance(one, Client)]
        refused += sum(not isinstance(one, Client) for one in opened)
        await asyncio.gather(*(one.ask("GET", "/api/health") for one in kept[first::2]), return_exceptions=True)
    took_s = time.perf_counter() - begun
    beside = await work(giver, "b")
    _, mb = used(server.process.pid)
    say(
        f"{count} idle connections", opened=len(kept), refused=refused, opened_in_s=round(took_s, 1),
        alone_p99_ms=spread_ms(alone)["p99_ms"], **spread_ms(beside), server_mb=round(mb),
        more_mb=round(mb - before_mb),
    )  # fmt: skip
    for one in kept:
        one.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < count + 200:
        note(f"this machine allows {most} open files: {most - 200} connections instead of {count}")
        count = most - 200
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-idle-") as folder:
        server = Server(Path(folder) / "data")
        try:
            asyncio.run(run(server, count))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
