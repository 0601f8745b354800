"""kill -9 of the server under load, 50 times: every acknowledged order is there again, each log verifies."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
from pathlib import Path

from common import Client, Server, note, place, say
from tocsin.log.sqlite import SqliteLog

ROUNDS, CLIENTS = 50, 16


async def load(server: Server, round_: int, acknowledged: dict[str, int]) -> None:
    """Orders from every client until the server is no more."""
    first = await Client(server.port).sign_in("ana")
    everyone = [await Client(server.port).like(first) for _ in range(CLIENTS)]

    async def one(client: Client, who: int) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            for n in range(1_000_000):
                key = f"r{round_}-{who}-{n}"
                done = await client.must(key, "open_incident", type="HAZ-GAS", place=place(n))
                acknowledged[key] = done["position"]

    async def cut() -> None:
        await asyncio.sleep(random.uniform(0.15, 0.6))
        server.kill()

    await asyncio.gather(cut(), *(one(client, i) for i, client in enumerate(everyone)))


def main() -> None:
    acknowledged: dict[str, int] = {}
    lost = flaws = 0
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-kill-") as folder:
        data = Path(folder) / "data"
        for round_ in range(ROUNDS):
            asyncio.run(load(Server(data), round_, acknowledged))
            log = SqliteLog.open(data / "decisions.db", "centre", durable=True)
            kept = {entry.order: entry.position for entry in log.read()}
            lost += sum(kept.get(key) != position for key, position in acknowledged.items())
            flaws += len(log.verify())
            log.close()
            note(f"round {round_ + 1}: {len(acknowledged)} acknowledged, {lost} lost, {flaws} flaws")
    say("kill -9 under load", n=ROUNDS, acknowledged=len(acknowledged), lost=lost, flaws=flaws)


if __name__ == "__main__":
    main()
