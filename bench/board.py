"""Opening the desk on 10,000 open incidents and 2,000 units: from navigation to rows on screen and a key accepted.

The browser has its cache, as at the start of any shift but the first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import PASSWORD, ROOT, Server, note, rank, say

INCIDENTS, UNITS, RUNS = 10_000, 2_000, 9
GOAL_MS = 2_000
CHROMIUMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def main() -> None:
    chromium = next((path for path in CHROMIUMS if Path(path).exists()), None)
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    console = ROOT / "console"
    if not chromium or not node or not (console / "node_modules" / "playwright-core").exists():
        note("board: left out, needs Chromium, Node and the console's packages (python console/build.py)")
        return
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-board-") as folder:
        note(f"{INCIDENTS} incidents, {UNITS} units: furnishing")
        words = ("--incidents", str(INCIDENTS), "--units", str(UNITS))
        server = Server(Path(folder) / "data", *words)
        try:
            base = f"http://127.0.0.1:{server.port}"
            asked = [node, str(ROOT / "bench" / "board.mjs"), str(console), chromium, base, PASSWORD, str(RUNS)]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=300, check=True)
        finally:
            server.stop()
    seen = json.loads(done.stdout)
    usable = [run["usable_ms"] for run in seen]
    say(
        "navigation to a usable desk",
        incidents=INCIDENTS,
        units=UNITS,
        runs=RUNS,
        p50_ms=rank(usable, 0.5),
        max_ms=max(usable),
        key_p50_ms=rank([run["key_ms"] for run in seen], 0.5),
        goal_ms=GOAL_MS,
        goal_met=max(usable) <= GOAL_MS,
    )


if __name__ == "__main__":
    main()
