"""Order → visible on 50 other screens, while 300 units move once a second. Same clock, same machine, other process."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from common import Client, Server, note, place, say, spread_ms

SCREENS, UNITS, ORDERS = 50, 300, 400


async def run(port: int) -> list[float]:
    """Seconds from sending each order to its arrival at each screen."""
    giver = await Client(port).sign_in("ana")
    viewer = await Client(port).sign_in("bo")
    _, picture = await viewer.ask("GET", "/api/board")
    after = picture["board"]["position"]
    sent: dict[bytes, float] = {}
    seen: list[float] = []
    everyone = [await Client(port).like(viewer) for _ in range(SCREENS)]

    async def watch(screen: Client) -> None:
        count = 0
        async for at, event, data in screen.tail(after):
            if event != b"facts":
                continue
            for key, begun in sent.items():
                if b'"order":"' + key + b'"' in data:
                    seen.append(at - begun)
                    count += 1
            if count >= ORDERS:
                return

    watching = [asyncio.create_task(watch(screen)) for screen in everyone]
    await asyncio.sleep(1.5)
    for i in range(ORDERS):
        key = f"k{i:05d}x"
        sent.clear()
        sent[key.encode()] = time.perf_counter()
        await giver.must(key, "open_incident", type="MED-ILLNESS", place=place(i))
        await asyncio.sleep(0.04)
    await asyncio.wait_for(asyncio.gather(*watching), 20)
    return seen


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-screens-") as folder:
        note(f"{ORDERS} orders, {SCREENS} screens, {UNITS} units moving")
        server = Server(Path(folder) / "data", "--units", str(UNITS), "--moving", str(UNITS))
        try:
            seen = asyncio.run(run(server.port))
            say("order to visible on 50 screens, 300 units at 1 Hz", orders=ORDERS, screens=SCREENS, **spread_ms(seen))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
