"""5,000 units that move once a second, 200 open screens, and calls that come in: order → visible on every screen.

The screens are sockets of one process beside the server's; what that process burns the server lacks on two cores. Only
the frames with facts are looked into, so that the watching is cheap. Says also what the server's process used.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from common import Client, Server, note, place, say, spread_ms

UNITS, SCREENS, ORDERS, EVERY_S = 5_000, 200, 120, 0.25


def used(pid: int) -> tuple[float, float]:
    """Seconds of processor and MB of memory of a process so far."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(stat[11]) + int(stat[12])) / 100, pages * 4_096 / 1e6


class Watcher(asyncio.Protocol):
    """A screen that looks for orders in whatever comes, and for nothing else."""

    def __init__(self, request: bytes, seen: dict[bytes, list[float]]) -> None:
        self._request, self._seen = request, seen
        self._rest = b""
        self.b = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self.b += len(data)
        data = self._rest + data
        for key, seen in self._seen.items():
            if key in data:
                seen.append(at)
                del self._seen[key]
                break
        self._rest = data[-32:]


async def run(server: Server, units: int, screens: int) -> None:
    giver = await Client(server.port).sign_in("ana")
    viewer = await Client(server.port).sign_in("bo")
    _, picture = await viewer.ask("GET", "/api/board")
    after = picture["board"]["position"]
    sent: dict[bytes, float] = {}
    waiting: list[dict[bytes, list[float]]] = [{} for _ in range(screens)]
    seen: dict[bytes, list[float]] = {}
    loop = asyncio.get_running_loop()
    request = viewer.request("GET", f"/api/tail?after={after}")
    watchers = [
        (await loop.create_connection(lambda w=w: Watcher(request, w), "127.0.0.1", server.port))[1] for w in waiting
    ]
    await asyncio.sleep(5)
    before, begun = used(server.process.pid), time.perf_counter()
    acknowledged = []
    for i in range(ORDERS):
        key = f'"order":"k{i:05d}x"'.encode()
        seen[key] = []
        for one in waiting:
            one[key] = seen[key]
        sent[key] = time.perf_counter()
        await giver.must(f"k{i:05d}x", "receive_call", line="112", place=place(i))
        acknowledged.append(time.perf_counter() - sent[key])
        await asyncio.sleep(EVERY_S)
    await asyncio.sleep(3)
    elapsed = time.perf_counter() - begun
    after_s, mb = used(server.process.pid)
    took = [at - sent[key] for key, found in seen.items() for at in found]
    say(
        f"order to visible on {screens} screens, {units} units at 1 Hz", orders=ORDERS,
        missed=ORDERS * screens - len(took),
        **spread_ms(took), server_cores=round((after_s - before[0]) / elapsed, 2), server_mb=round(mb),
        mb_per_s=round(sum(one.b for one in watchers) / elapsed / 1e6, 1),
        acknowledged_p99_ms=spread_ms(acknowledged)["p99_ms"],
    )  # fmt: skip


def main() -> None:
    units = int(sys.argv[1]) if len(sys.argv) > 1 else UNITS
    screens = int(sys.argv[2]) if len(sys.argv) > 2 else SCREENS
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-wall-") as folder:
        note(f"{ORDERS} orders, {screens} screens, {units} units moving")
        server = Server(Path(folder) / "data", "--units", str(units), "--moving", str(units))
        try:
            asyncio.run(run(server, units, screens))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
