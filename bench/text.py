"""Texts in many scripts, long ones, and control characters: stored and given back exactly, or clearly refused."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from common import Client, Server, place, say

TEXTS = {
    "Arabic": "حريق في الطابق الثالث، شارع الملك فيصل ٢٤",
    "Chinese": "中山路二十四号三楼起火,有人被困",
    "Tamil": "மூன்றாவது மாடியில் தீ விபத்து",
    "emoji": "🔥🚒 👩‍🚒 🏳️‍🌈 at the pier",
    "right-to-left mixed with numbers": "שריפה ב-Main St 24, קומה 3",
    "10,000 characters": "火" * 10_000,
    "10,001 characters": "火" * 10_001,
    "control characters": "a\x00b\x07c",
    "line breaks and tabs": "first\n\tsecond",
}


async def run(port: int) -> dict[str, str]:
    """What became of each text."""
    client = await Client(port).sign_in("ana")
    ended = {}
    for i, (name, text) in enumerate(TEXTS.items()):
        status, answer = await client.give(f"t{i}", "open_incident", type="SERVICE", place=place(i), summary=text)
        if status != 200:
            ended[name] = f"refused {status} {answer['name']} ({answer['field']})"
            continue
        number = answer["entries"][0]["fact"]["incident"]
        _, row = await client.ask("GET", f"/api/incidents/{number}")
        ended[name] = "exact" if row["summary"] == text else "CHANGED"
    return ended


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-text-") as folder:
        server = Server(Path(folder) / "data")
        try:
            say("texts stored and shown", n=len(TEXTS), **asyncio.run(run(server.port)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
