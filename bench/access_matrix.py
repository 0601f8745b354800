"""Every route × every role, machine and agency × every state of an incident, searched for what must not be seen.

The same walk as tests/web/test_access_matrix.py, with its figures.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, note, say

sys.path.insert(0, str(ROOT))

from tests.web.matrix import matrix
from tests.web.matrix_doors import Doors
from tests.web.matrix_world import AGENCIES, STATES

from tocsin.access.roles import ROLES
from tocsin.web.routes import ROUTES


async def walk(folder: Path) -> None:
    async with matrix(folder) as made:
        note(f"{len(made.observers)} observers ask {len(ROUTES)} routes about {len(STATES)} incidents")
        begun = time.process_time()
        doors = Doors(made)
        await doors.walk()
        await made.walk()
        took_s = time.process_time() - begun
        may = [
            (one.name, case.number, kind) for one in made.observers for case in made.cases for kind in one.allowed(case)
        ]
    for leak in made.leaks[:20]:
        note(f"LEAK {leak}")
    say(
        "access matrix",
        routes=len(ROUTES),
        roles=len(ROLES),
        agencies=len(AGENCIES) - 1,
        observers=len(made.observers),
        states=len(STATES),
        requests=made.asked,
        ways_beside=len(doors.ways()),
        askers_beside=len(doors.askers),
        allowed_sights=len(may),
        allowed_sights_seen=len(made.seen.intersection(may)),
        sights_beside_unseen=len(doors.unseen()),
        leaks=len(made.leaks),
        goal_leaks=0,
        goal_met=not made.leaks and made.seen.issuperset(may) and not doors.unseen(),
        cpu_s=round(took_s, 1),
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(walk(Path(folder)))


if __name__ == "__main__":
    main()
