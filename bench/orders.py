"""Incidents opened over HTTP, each durable before it is acknowledged: 4 and 64 clients, then the log verified."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from common import Client, Server, note, place, say, spread_ms

SECONDS = 8.0


async def load(port: int, clients: int, tag: str) -> tuple[list[float], float]:
    """Each client opens one incident after the other."""
    first = await Client(port).sign_in("ana")
    everyone = [await Client(port).like(first) for _ in range(clients)]
    took: list[float] = []
    begun = time.perf_counter()

    async def one(client: Client, who: int) -> None:
        n = 0
        while time.perf_counter() - begun < SECONDS:
            n += 1
            at = time.perf_counter()
            body = {"type": "FIRE-STRUCTURE", "place": place(n), "summary": "smoke from the roof"}
            await client.must(f"{tag}-{who}-{n}", "open_incident", **body)
            took.append(time.perf_counter() - at)

    await asyncio.gather(*(one(client, i) for i, client in enumerate(everyone)))
    return took, time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-orders-") as folder:
        server = Server(Path(folder) / "data")
        try:
            for clients in (4, 64):
                note(f"opening incidents with {clients} clients for {SECONDS:.0f} s")
                took, elapsed = asyncio.run(load(server.port, clients, f"c{clients}"))
                per_s = round(len(took) / elapsed)
                say(f"incidents opened over HTTP, durable, {clients} clients", per_s=per_s, **spread_ms(took))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
