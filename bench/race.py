"""Two dispatchers send one unit at the same instant, 1,000 times: exactly one wins, the loser is told who has it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from common import Client, Server, note, place, say

TRIALS = 1_000


async def run(port: int) -> dict[str, int]:
    """How the trials ended."""
    ana, bo = await Client(port).sign_in("ana"), await Client(port).sign_in("bo")
    ended = {"one_wins": 0, "both": 0, "none": 0, "loser_told": 0}
    for i in range(TRIALS):
        numbers = []
        for j in (0, 1):
            done = await ana.must(f"o{i}-{j}", "open_incident", type="FIRE-OUTSIDE", place=place(i + j))
            numbers.append(done["entries"][0]["fact"]["incident"])
        both = await asyncio.gather(
            ana.give(f"d{i}", "dispatch_units", incident=numbers[0], units=["U0"]),
            bo.give(f"d{i}", "dispatch_units", incident=numbers[1], units=["U0"]),
        )
        won = [status == 200 for status, _ in both]
        ended[("none", "one_wins", "both")[sum(won)]] += 1
        if sum(won) == 1:
            loser, winner = both[won.index(False)][1], numbers[won.index(True)]
            told = loser["name"] == "unit_assigned" and loser["facts"]["incident"] == winner
            ended["loser_told"] += told
        await ana.must(f"a{i}", "stamp_unit", unit="U0", status="available")
    return ended


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-race-") as folder:
        note(f"{TRIALS} races for one unit")
        server = Server(Path(folder) / "data", "--units", "1")
        try:
            say("two dispatchers, same unit, same instant", n=TRIALS, **asyncio.run(run(server.port)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
